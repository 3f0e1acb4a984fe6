"""The next good or bad call of a service, with what it needs registered before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from ..client import IrpClient
from ..client.account import Account
from ..document import compute_irn
from ..reference.dates import indian_date, written
from ..reference.gstin import has_check_digit
from ..reference.profiles import Environment
from .answers import masked
from .calls import CALLS, log_in
from .documents import KINDS, build, kinds_for
from .faults import Fault, apply, faults_of, pick
from .journal import BAD, GOOD, PREPARATION, Journal, Step
from .plan import Parties, asked
from .stock import Registered, registered

_REMARK = "Test of the API"
_LONG = "x" * 101
_OTHER_TYPES = {"INV": "CRN", "CRN": "DBN", "DBN": "INV"}
_ROADS: tuple[Mapping[str, Any], ...] = (
    {"TransMode": "1", "VehType": "R"},
    {"TransMode": "1", "VehType": "O"},
    {"TransMode": "2"},
    {"TransMode": "3"},
)


@dataclass(frozen=True)
class Case:
    """A call to make: the step that the journal gets, and the call itself."""

    step: Step
    call: Callable[[], Any] = field(repr=False)


@dataclass(frozen=True)
class Site:
    """Where and as whom a run calls.

    :ivar account: the user of ``client``.
    :ivar prefix: of the numbers of its documents.
    """

    client: IrpClient
    environment: Environment
    account: Account
    parties: Parties
    prefix: str

    @property
    def can_cancel_ewb(self) -> bool:
        """Return whether e-way bills can be cancelled."""
        shared = self.environment.ewb_cancel != "own_session"
        offered = self.environment.wire.offers("cancel_ewb")
        return offered and (shared or self.client.ewaybill_system is not None)


class Cases:
    """Makes the calls of a run, one after another."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site = site
        self._journal = journal
        self._kinds = kinds_for(site.parties)

    def good(self, service: str, index: int) -> Case:
        """Return good call number ``index`` of a service, or one to prepare it."""
        if service == "authenticate":
            return self._log_in(GOOD, "Log in", (), {})
        target = _GOOD_TARGETS.get(service, "")
        found = self._find(target, index)
        if target and found is None:
            return self._prepared(target)
        request = self._request(service, found, index)
        title, facts = self._about(service, found, index)
        return self._case(service, GOOD, title, (), request, facts)

    def bad(self, service: str, index: int) -> Case:
        """Return bad call number ``index`` of a service, or one to prepare it.

        Raises LookupError if there is no way to make one.
        """
        site = self._site
        wire, can_cancel = site.environment.wire, site.can_cancel_ewb
        fault = pick(faults_of(service, wire, can_cancel_ewb=can_cancel), index)
        if service == "authenticate":
            return self._log_in(BAD, fault.title, fault.codes, fault.changes)
        if service == "generate_irn" and fault.target in KINDS:
            return self._faulty_document(fault)
        found = self._find(fault.target, index)
        if found is None and fault.target != "nobody":
            return self._prepared(fault.target)
        return self._faulty(service, fault, found, index)

    # -- what a call is about ----------------------------------------------------------

    def _find(self, target: str, index: int) -> Registered | None:
        """Return a registration that a call may be about; None if there is none."""
        test = _TARGETS.get(target)
        if test is None:
            return None
        life = timedelta(hours=asked()["fresh_hours"])
        stock = registered(self._journal.entries, self._now, life)
        found = [one for one in stock if test(one)]
        return found[index % len(found)] if found else None

    def _prepared(self, target: str) -> Case:
        """Return a call that brings a registration for ``target`` nearer."""
        before = _PREPARED_FROM.get(target)
        if before is None:
            kind = target if target in KINDS else "inter"
            return self._document(kind, PREPARATION, self._number)
        source, service = before
        found = self._find(source, 0)
        if found is None:
            return self._prepared(source)
        request = self._request(service, found, self._number)
        return self._case(
            service, PREPARATION, f"Prepares: {target}", (), request, _facts(found)
        )

    def _about(
        self, service: str, found: Registered | None, index: int
    ) -> tuple[str, Mapping[str, Any]]:
        if service == "generate_irn":
            kind = self._kinds[index % len(self._kinds)]
            return KINDS[kind].title, self._document_facts(kind)
        return (KINDS[found.kind].title, _facts(found)) if found else ("", {})

    def _request(
        self, service: str, found: Registered | None, index: int
    ) -> Mapping[str, Any]:
        """Return the request of a good call."""
        if service == "generate_irn":
            return self._built(self._kinds[index % len(self._kinds)], index)
        if service in ("get_gstin", "sync_gstin"):
            return {"gstin": self._site.account.gstin}
        if service == "get_rejected_irns":
            # the lists go back some days
            return {"date": written(self._today - timedelta(days=index % 2))}
        return self._request_about(service, found, index) if found else {}

    def _request_about(
        self, service: str, found: Registered, index: int
    ) -> Mapping[str, Any]:
        if service == "get_irn_by_document":
            members = (found.doc_type, found.number, found.date)
            return dict(zip(("doctype", "docnum", "docdate"), members, strict=True))
        if service == "cancel_irn":
            reason = str(index % 4 + 1)
            return {"Irn": found.irn, "CnlRsn": reason, "CnlRem": _REMARK}
        if service == "cancel_ewb":
            reason = str(index % 4 + 1)
            return {
                "ewbNo": found.ewb or found.last_ewb,
                "cancelRsnCode": reason,
                "cancelRmrk": _REMARK,
            }
        if service == "generate_ewb":
            return {"Irn": found.irn, **self._journey(index)}
        return {"irn": found.irn}

    def _journey(self, index: int) -> dict[str, Any]:
        """Return the transport of an e-way bill; the portal computes the distance."""
        road = _ROADS[index % len(_ROADS)]
        if road["TransMode"] == "1":
            return {**road, "Distance": 0, "VehNo": f"KA01AB{1000 + index % 9000}"}
        document = {"TransDocNo": f"RR/{index + 1}", "TransDocDt": written(self._today)}
        return {**road, "Distance": 0, **document}

    # -- documents ---------------------------------------------------------------------

    def _document(self, kind: str, purpose: str, index: int) -> Case:
        document, facts = self._built(kind, index), self._document_facts(kind)
        return self._case(
            "generate_irn", purpose, KINDS[kind].title, (), document, facts
        )

    def _faulty_document(self, fault: Fault) -> Case:
        document = apply(
            self._built(fault.target, 0), fault.changes, self._values(None)
        )
        facts = self._document_facts(fault.target)
        return self._case(
            "generate_irn", BAD, fault.title, fault.codes, document, facts
        )

    def _built(self, kind: str, index: int) -> dict[str, Any]:
        return build(
            kind, self._site.parties, self._document_number, self._today, index
        )

    def _document_facts(self, kind: str) -> Mapping[str, Any]:
        irn = compute_irn(
            self._site.parties.seller.gstin,
            self._today,
            KINDS[kind].doc_type,
            self._document_number,
        )
        return {"kind": kind, "irn": irn}

    # -- bad calls ---------------------------------------------------------------------

    def _faulty(
        self, service: str, fault: Fault, found: Registered | None, index: int
    ) -> Case:
        about = found or self._nobody()
        request: Mapping[str, Any]
        if service == "generate_irn":
            request = about.document
        elif service in ("get_gstin", "sync_gstin"):
            request = {"gstin": self._values(None)["no_gstin"]}
        elif service == "get_rejected_irns":
            request = {"date": written(self._today + timedelta(days=1 + index))}
        elif service == "generate_ewb":
            road = {**_ROADS[0], "Distance": 0, "VehNo": f"KA01AB{1000 + index}"}
            request = {"Irn": about.irn, **road}
        else:
            request = self._request_about(service, about, index)
        request = apply(request, fault.changes, self._values(found))
        facts = {**_facts(about), "done_before": (service, fault.target) in _DONE}
        return self._case(service, BAD, fault.title, fault.codes, request, facts)

    def _nobody(self) -> Registered:
        """Return what no portal has."""
        number = f"{self._site.prefix}X{self._number}"
        irn = hashlib.sha256(number.encode()).hexdigest()
        bill = f"3919{self._number:08d}"
        return Registered(
            irn, "inter", "INV", number, written(self._today), {}, last_ewb=bill
        )

    def _values(self, found: Registered | None) -> Mapping[str, Any]:
        """Return the values for ``{name}`` in a fault's changes."""
        parties, day = self._site.parties, timedelta(days=1)
        seller, buyer = parties.seller, parties.buyers[0]
        return {
            "seller": seller.gstin,
            "seller_state": seller.state,
            "seller_pin": seller.pin,
            "buyer": buyer.gstin,
            "buyer_state": buyer.state,
            "buyer_pin": buyer.pin,
            "other_state": parties.other.state,
            "other_pin": parties.other.pin,
            "today": written(self._today),
            "tomorrow": written(self._today + day),
            "yesterday": written(self._today - day),
            "nobody": f"NOBODY{self._number}",
            "no_gstin": self._no_gstin(),
            "long": _LONG,
            "other_type": _OTHER_TYPES[found.doc_type] if found else "CRN",
        }

    def _no_gstin(self) -> str:
        """Return a GSTIN with a wrong check digit."""
        state = self._site.parties.seller.state
        first = f"{state}ZZZZZ{self._number % 10000:04d}Z0Z"
        return next(
            gstin for gstin in (f"{first}0", f"{first}1") if not has_check_digit(gstin)
        )

    def _log_in(
        self,
        purpose: str,
        title: str,
        codes: tuple[str, ...],
        changes: Mapping[str, Any],
    ) -> Case:
        site = self._site
        made_up = apply({}, changes, self._values(None))
        account = site.account
        request = {
            "Gstin": account.gstin,
            "UserName": account.user_name,
            "ClientId": masked(account.client_id),
            **{_PUBLISHED[name]: value for name, value in made_up.items()},
        }
        step = self._step("authenticate", purpose, title, codes, request, {})
        if not made_up:
            return Case(step, lambda: log_in(site.client))
        stranger = replace(account, **made_up)
        return Case(step, lambda: log_in(site.client.with_account(stranger)))

    # -- steps -------------------------------------------------------------------------

    def _case(
        self,
        service: str,
        purpose: str,
        title: str,
        codes: tuple[str, ...],
        request: Mapping[str, Any],
        facts: Mapping[str, Any],
    ) -> Case:
        step = self._step(service, purpose, title, codes, request, facts)
        client = self._site.client
        return Case(step, lambda: CALLS[service](client, request))

    def _step(
        self,
        service: str,
        purpose: str,
        title: str,
        codes: tuple[str, ...],
        request: Mapping[str, Any],
        facts: Mapping[str, Any],
    ) -> Step:
        return Step(self._number, service, purpose, title, codes, request, facts)

    @property
    def _number(self) -> int:
        return self._journal.next_number

    @property
    def _document_number(self) -> str:
        return f"{self._site.prefix}{self._number}"

    @property
    def _now(self) -> datetime:
        return self._site.client.now()

    @property
    def _today(self) -> date:
        return indian_date(self._now)


def _facts(found: Registered) -> Mapping[str, Any]:
    return {"irn": found.irn}


def _is_open(one: Registered) -> bool:
    return not one.cancelled and not one.ewb


_TARGETS: Mapping[str, Callable[[Registered], bool]] = {
    "any": lambda one: True,
    "registered": _is_open,
    "goods": lambda one: _is_open(one) and KINDS[one.kind].takes_ewaybill,
    "service": lambda one: _is_open(one) and one.kind == "service",
    "note": lambda one: _is_open(one) and one.kind == "note",
    "export": lambda one: _is_open(one) and one.kind == "export",
    "ewaybill": lambda one: bool(one.ewb),
    "cancelled": lambda one: one.cancelled,
    "cancelled ewaybill": lambda one: bool(one.last_ewb) and not one.ewb,
}
_PREPARED_FROM: Mapping[str, tuple[str, str]] = {
    "ewaybill": ("goods", "generate_ewb"),
    "cancelled ewaybill": ("ewaybill", "cancel_ewb"),
    "cancelled": ("registered", "cancel_irn"),
}
_GOOD_TARGETS: Mapping[str, str] = {
    "get_irn": "any",
    "get_irn_by_document": "any",
    "generate_ewb": "goods",
    "get_ewb": "ewaybill",
    "cancel_ewb": "ewaybill",
    "cancel_irn": "registered",
}
# Bad because it has happened already: a look-up shows no difference to an accepted one.
_DONE = frozenset(
    {
        ("generate_irn", "registered"),
        ("generate_ewb", "ewaybill"),
        ("cancel_irn", "cancelled"),
        ("cancel_ewb", "cancelled ewaybill"),
    }
)
_PUBLISHED: Mapping[str, str] = {
    "gstin": "Gstin",
    "user_name": "UserName",
    "password": "Password",
    "client_id": "ClientId",
    "client_secret": "ClientSecret",
}
