"""Run all local checks of a document, for the client and for the local portal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol

from ..reference.dates import indian_date
from .applicability import reporting_class
from .consequences import without_consequences
from .invoice.registry import Profile, rule_violations
from .invoice.schema import schema_violations
from .invoice.violation import Violation

_UNKNOWN_SUPPLIER = Profile()
_NO_TRANSPORTER = "4019"


def violations(
    invoice: Mapping[str, Any], *, today: date, profile: Profile = _UNKNOWN_SUPPLIER
) -> list[Violation]:
    """Check an INV-01 document as the portal would, as far as possible offline.

    :param invoice: the document as it would be sent.
    :param today: the date in India.
    :param profile: facts about the supplier that the document lacks.
    :return: every breach of the schema; if there is none, every breach of a rule. The
        portal still issues the IRN if all of them have ``ewaybill`` set.
    """
    found = schema_violations(invoice)
    return found or rule_violations(invoice, today=today, profile=profile)


def preflight(
    invoice: Mapping[str, Any], *, today: date, profile: Profile = _UNKNOWN_SUPPLIER
) -> list[Violation]:
    """Return every violation in an INV-01 document, of schema and rules together.

    For documents from our own builder, which may lack members or contain values out of
    range, but never values of the wrong type. A portal accepts documents from anyone,
    so it checks in two steps (see `violations`). A member that breaks the schema is not
    reported again by a rule, nor is what only follows from another fault.
    """
    found = schema_violations(invoice)
    named = {fault.path for fault in found}
    ruled = rule_violations(invoice, today=today, profile=profile)
    found += [fault for fault in ruled if fault.path not in named]
    return without_consequences(found, invoice)


class Sender(Protocol):
    """The sender of an invoice, as a portal knows them."""

    @property
    def gstin(self) -> str:
        """Return the GSTIN of the credential."""

    @property
    def is_operator(self) -> bool:
        """Return whether it is registered as an e-commerce operator (TCS)."""

    @property
    def turnover_crore(self) -> int | None:
        """Return the aggregate turnover in crore rupees; None if unknown."""


def portal_check(
    invoice: Mapping[str, Any], now: datetime, sender: Sender | None = None
) -> list[tuple[str, str]]:
    """Return a portal's reasons for refusing an invoice, as (code, message) pairs.

    Omit those in the e-way bill part, because the portal issues the IRN anyway (NIC API
    'Generate IRN' v1.03, EWBERR); see `ewaybill_check`.

    :param now: aware; the portal's day is India's.
    :param sender: None skips the rules on the requester and on turnover.
    """
    profile = _profile(sender) if sender else _UNKNOWN_SUPPLIER
    return [
        (fault.code, fault.message)
        for fault in violations(invoice, today=indian_date(now), profile=profile)
        if not fault.ewaybill
    ]


def ewaybill_check(invoice: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    """Return the reasons for issuing the IRN without its e-way bill (EWBERR).

    If no transporter is given, NIC's sandbox returns only 4019, even for notes and
    services, which never get an e-way bill (recorded in September 2022).

    :param now: aware.
    :return: (code, message) pairs.
    """
    faults = [
        (fault.code, fault.message)
        for fault in violations(invoice, today=indian_date(now))
        if fault.ewaybill
    ]
    return [fault for fault in faults if fault[0] == _NO_TRANSPORTER] or faults


def _profile(sender: Sender) -> Profile:
    turnover = sender.turnover_crore
    aato_class = "unknown" if turnover is None else reporting_class(turnover)
    return Profile(aato_class, sender.gstin, sender.is_operator)
