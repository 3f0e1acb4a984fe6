"""The records inside the portal's responses, and how each is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ..reference.dates import read_portal_datetime
from .envelope import is_irn, parse_errors
from .errors import Info, IrpProtocolError, IrpSignatureError, PortalError
from .incoming import as_code, as_text, bounded, lower_names
from .signature import MAX_TOKEN_CHARACTERS, peek

_CANCELLED = "CNL"
_MAX_DISTANCE_DIGITS = 9


@dataclass(frozen=True)
class Registration:
    """A registered document, as Generate IRN and both Get IRN services return it.

    Dates are aware, in IST. ``status`` is "ACT", "CNL" or "" if missing; ``ewb_…``
    are empty unless an e-way bill was made. Nothing of it is verified yet: see
    :mod:`.verification`.
    """

    irn: str
    ack_number: str
    ack_date: datetime
    signed_invoice: str
    signed_qr: str
    status: str = ""
    cancel_date: datetime | None = None
    ewb_number: str = ""
    ewb_date: datetime | None = None
    ewb_valid_till: datetime | None = None
    remarks: str = ""
    infos: tuple[Info, ...] = ()

    @property
    def is_cancelled(self) -> bool:
        """Return whether the portal has cancelled it."""
        return self.status == _CANCELLED

    @property
    def ewb_errors(self) -> tuple[PortalError, ...]:
        """Return why the e-way bill was not generated (EWBERR); the IRN stands."""
        found = [info.desc for info in self.infos if info.code.upper() == "EWBERR"]
        return tuple(error for desc in found for error in parse_errors(desc))

    @property
    def ewb_distance_km(self) -> int | None:
        """Return the distance that the portal computed (EWBPPD), None if missing."""
        return distance_km(self.infos)


@dataclass(frozen=True)
class Cancellation:
    """A cancelled IRN; ``cancel_date`` is aware, in IST."""

    irn: str
    cancel_date: datetime


@dataclass(frozen=True)
class EwayBillCancellation:
    """A cancelled e-way bill; ``cancel_date`` is aware, in IST."""

    number: str
    cancel_date: datetime


@dataclass(frozen=True)
class EwayBill:
    """An e-way bill; dates are aware, in IST.

    ``valid_till`` is None while only Part A exists. ``distance_km`` is what the portal
    computed, None if it did not. ``status`` ("ACT" or "CNL") and ``generator_gstin``
    come from Get e-way bill alone, else "".
    """

    number: str
    date: datetime | None
    valid_till: datetime | None
    remarks: str = ""
    distance_km: int | None = None
    infos: tuple[Info, ...] = ()
    status: str = ""
    generator_gstin: str = ""

    @property
    def is_cancelled(self) -> bool:
        """Return whether the portal has cancelled it."""
        return self.status == _CANCELLED


@dataclass(frozen=True)
class Taxpayer:
    """A GSTIN as the portal's master holds it.

    ``state_code`` has two digits, ``pin`` six ("" if unknown). ``taxpayer_type`` is
    REG, SEZ, COM…; ``status`` ACT, CNL, INA, PRO or SUS; ``block_status`` "B" if
    e-way bills are blocked, else "U" or "". ``raw`` is the answer itself. Its repr has
    neither name nor address: a taxpayer may be a person.
    """

    gstin: str
    trade_name: str = field(repr=False)
    legal_name: str = field(repr=False)
    building_name: str = field(repr=False)
    building_number: str = field(repr=False)
    floor: str = field(repr=False)
    street: str = field(repr=False)
    location: str = field(repr=False)
    state_code: str
    pin: str = field(repr=False)
    taxpayer_type: str
    status: str
    block_status: str
    registered_on: date | None
    deregistered_on: date | None
    raw: Mapping[str, Any] = field(repr=False)


def parse_registration(data: object, infos: tuple[Info, ...] = ()) -> Registration:
    """Read the decrypted data of Generate IRN or Get IRN (NIC v1.03).

    Raises IrpProtocolError if there is no IRN, or no date of acknowledgement in either
    the answer or its signed invoice.
    """
    members = _members(data)
    irn = as_text(members.get("irn")).lower()
    if not is_irn(irn):
        raise IrpProtocolError("the answer's data contain no IRN")
    signed_invoice = _token(members.get("signedinvoice"))
    return Registration(
        irn=irn,
        ack_number=as_code(members.get("ackno")),
        ack_date=_ack_date(members.get("ackdt"), signed_invoice),
        signed_invoice=signed_invoice,
        signed_qr=_token(members.get("signedqrcode")),
        status=as_code(members.get("status")).upper(),
        cancel_date=read_portal_datetime(members.get("canceldate")),
        ewb_number=as_code(members.get("ewbno")),
        ewb_date=read_portal_datetime(members.get("ewbdt")),
        ewb_valid_till=read_portal_datetime(members.get("ewbvalidtill")),
        remarks=as_text(members.get("remarks")),
        infos=infos,
    )


def parse_cancellation(data: object, irn: str) -> Cancellation:
    """Read the decrypted data of Cancel IRN (NIC v1.03) for the ``irn`` asked for.

    Raises IrpProtocolError if it has no date, or another IRN.
    """
    members = _members(data)
    if (as_text(members.get("irn")) or irn).lower() != irn:
        raise IrpProtocolError("the answer cancels another IRN")
    return Cancellation(irn, _cancel_date(members))


def parse_ewb_cancellation(data: object, number: str) -> EwayBillCancellation:
    """Read the decrypted data of Cancel EWB (NIC v1.03, CANEWB) for ``number``.

    Raises IrpProtocolError if it has no date, or another number.
    """
    members = _members(data)
    found = as_code(members.get("ewaybillno") or members.get("ewbno"))
    if (found or number) != number:
        raise IrpProtocolError("the answer cancels another e-way bill")
    return EwayBillCancellation(number, _cancel_date(members))


def parse_ewaybill(data: object, infos: tuple[Info, ...] = ()) -> EwayBill:
    """Read the decrypted data of Generate or Get e-way bill by IRN (NIC v1.03).

    Raises IrpProtocolError if there is no number.
    """
    members = _members(data)
    number = as_code(members.get("ewbno"))
    if not re.fullmatch(r"(?=.*[1-9])[0-9]{1,15}", number):
        raise IrpProtocolError("the answer's data contain no e-way bill number")
    return EwayBill(
        number=number,
        date=read_portal_datetime(members.get("ewbdt")),
        valid_till=read_portal_datetime(members.get("ewbvalidtill")),
        remarks=as_text(members.get("remarks")),
        distance_km=distance_km(infos),
        infos=infos,
        status=as_code(members.get("status")).upper(),
        generator_gstin=as_code(members.get("gengstin")).upper(),
    )


def parse_taxpayer(data: object, gstin: str) -> Taxpayer:
    """Read the decrypted data of Get or Sync GSTIN (NIC v1.04) for ``gstin``.

    Raises IrpProtocolError if it is about another GSTIN, or empty, or a record of the
    GST portal's public search, which has other names ("sts", "lgnm").
    """
    members = _members(data)
    if as_text(members.get("gstin")).upper() != gstin:
        raise IrpProtocolError("the answer is not about the GSTIN asked for")
    if "sts" in members and "status" not in members:
        raise IrpProtocolError("the answer is a record of the public search")
    state, pin = (_digits(members.get(name)) for name in ("statecode", "addrpncd"))
    return Taxpayer(
        gstin=gstin,
        trade_name=as_text(members.get("tradename")),
        legal_name=as_text(members.get("legalname")),
        building_name=as_text(members.get("addrbnm")),
        building_number=as_text(members.get("addrbno")),
        floor=as_text(members.get("addrflno")),
        street=as_text(members.get("addrst")),
        location=as_text(members.get("addrloc")),
        state_code=state.zfill(2) if state else "",
        pin=pin,
        taxpayer_type=as_code(members.get("txptype")).upper(),
        status=as_code(members.get("status")).upper(),
        block_status=as_code(members.get("blkstatus")).upper(),
        registered_on=_day(members.get("dtreg")),
        deregistered_on=_day(members.get("dtdreg")),
        raw=bounded(members),
    )


def parse_irns(data: object) -> tuple[str, ...]:
    """Read the decrypted data of Get rejected IRNs (NIC v1.03): an array of IRNs.

    Raises IrpProtocolError if it is none.
    """
    if not isinstance(data, list):
        raise IrpProtocolError("the answer's data are not a list of IRNs")
    irns = tuple(_irn(item).lower() for item in data)
    if not all(map(is_irn, irns)):
        raise IrpProtocolError("the answer's data contain what is no IRN")
    return irns


def distance_km(infos: Iterable[Info]) -> int | None:
    """Return the kilometres of an EWBPPD, "Pin-Pin calc distance: 2467KM"; else None.

    The last number counts: a text may name the PIN codes before.
    """
    for info in infos:
        if info.code.upper() != "EWBPPD":
            continue
        numbers = re.findall(r"[0-9]+(?:\.[0-9]+)?", as_text(info.desc))
        if numbers and len(numbers[-1]) <= _MAX_DISTANCE_DIGITS:
            return round(float(numbers[-1]))
    return None


def _irn(item: object) -> str:
    return as_text(lower_names(item).get("irn") if isinstance(item, Mapping) else item)


def _members(data: object) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise IrpProtocolError("the answer's data are not an object")
    return lower_names(data)


def _cancel_date(members: Mapping[str, Any]) -> datetime:
    cancelled = read_portal_datetime(members.get("canceldate"))
    if cancelled is None:
        raise IrpProtocolError("the answer has no date of cancellation")
    return cancelled


def _digits(value: object) -> str:
    """Return a code that the portal writes as a number; 0 is none."""
    text = as_code(value)
    return text if text.strip("0") else ""


def _token(value: object) -> str:
    """Return a signed token whole; one that is too large fails its verification."""
    return as_text(value, MAX_TOKEN_CHARACTERS + 1)


def _day(value: object) -> date | None:
    moment = read_portal_datetime(value)
    return moment.date() if moment else None


def _ack_date(value: object, signed_invoice: str) -> datetime:
    acknowledged = read_portal_datetime(value)
    if acknowledged is None and signed_invoice:
        try:
            acknowledged = read_portal_datetime(peek(signed_invoice).data.get("AckDt"))
        except IrpSignatureError:
            acknowledged = None
    if acknowledged is None:
        raise IrpProtocolError("the answer has no date of acknowledgement")
    return acknowledged
