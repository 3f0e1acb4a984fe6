"""All local checks of an invoice in one call, and the check for the local portal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol

from ..reference.dates import indian_date
from .applicability import reporting_class
from .invoice.registry import Profile, rule_violations
from .invoice.schema import schema_violations
from .invoice.violation import Violation

_ANYBODY = Profile()
_NOBODY_CARRIES = "4019"


def violations(
    invoice: Mapping[str, Any], *, today: date, profile: Profile = _ANYBODY
) -> list[Violation]:
    """Check an INV-01 document as the portal would, as far as possible without it.

    :param invoice: the document as it would be sent.
    :param today: the date in India.
    :param profile: what is known of the supplier beyond the document.
    :return: every breach of the schema; if there is none, every rule broken. Those
        with ``ewaybill`` true do not keep the portal from issuing the IRN.
    """
    found = schema_violations(invoice)
    return found or rule_violations(invoice, today=today, profile=profile)


def preflight(
    invoice: Mapping[str, Any], *, today: date, profile: Profile = _ANYBODY
) -> list[Violation]:
    """Return everything wrong with an INV-01 document: schema and rules together.

    For documents that a builder made, which may lack members or hold a value out of
    bounds, but never one of the wrong type. A portal, which accepts documents from
    anyone, checks in two steps (see `violations`). A member that breaks the schema is
    not reported again by a rule.
    """
    found = schema_violations(invoice)
    named = {fault.path for fault in found}
    ruled = rule_violations(invoice, today=today, profile=profile)
    return found + [fault for fault in ruled if fault.path not in named]


class Sender(Protocol):
    """What a portal knows about the sender of an invoice."""

    @property
    def gstin(self) -> str: ...

    @property
    def is_operator(self) -> bool: ...

    @property
    def turnover_crore(self) -> int | None: ...


def portal_check(
    invoice: Mapping[str, Any], now: datetime, sender: Sender | None = None
) -> list[tuple[str, str]]:
    """Return why a portal refuses an invoice, as (code, message) pairs.

    Faults of the e-way bill part are left out, because the portal issues the IRN
    anyway (NIC API 'Generate IRN' v1.03, EWBERR); see ewaybill_check.

    :param now: an aware datetime; the portal's day is India's.
    :param sender: None leaves out the rules on who may ask, and by turnover.
    """
    profile = _profile(sender) if sender else _ANYBODY
    return [
        (fault.code, fault.message)
        for fault in violations(invoice, today=indian_date(now), profile=profile)
        if not fault.ewaybill
    ]


def ewaybill_check(invoice: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    """Return why a portal issues the IRN without the e-way bill (EWBERR).

    In September 2022 NIC's sandbox was recorded to return 4019 alone where no
    transporter is given, also for notes and services, which get no e-way bill at all.
    """
    faults = [
        (fault.code, fault.message)
        for fault in violations(invoice, today=indian_date(now))
        if fault.ewaybill
    ]
    return [fault for fault in faults if fault[0] == _NOBODY_CARRIES] or faults


def _profile(sender: Sender) -> Profile:
    turnover = sender.turnover_crore
    aato_class = "unknown" if turnover is None else reporting_class(turnover)
    return Profile(aato_class, sender.gstin, sender.is_operator)
