"""All local checks of an invoice in one call, and the judge handed to the sandbox."""

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
    """Judge an INV-01 document as the portal would, as far as it can be told here.

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
    """Everything wrong with an INV-01 document at once: schema and rules together.

    For documents that a builder made, which may lack members or hold a value out of
    bounds, but never one of the wrong type: a portal, which takes documents from
    anybody, judges in two steps (see `violations`). A member that breaks the schema
    is not named a second time by a rule.
    """
    found = schema_violations(invoice)
    named = {fault.path for fault in found}
    ruled = rule_violations(invoice, today=today, profile=profile)
    return found + [fault for fault in ruled if fault.path not in named]


class Sender(Protocol):
    """What a portal knows of who asks for an IRN."""

    @property
    def gstin(self) -> str: ...

    @property
    def is_operator(self) -> bool: ...

    @property
    def turnover_crore(self) -> int | None: ...


def portal_check(
    invoice: Mapping[str, Any], now: datetime, sender: Sender | None = None
) -> list[tuple[str, str]]:
    """Why a portal refuses an invoice: (code, message) pairs; empty if it does not.

    Faults of the e-way bill part are left out, as the portal issues the IRN all the
    same (NIC API 'Generate IRN' v1.03, EWBERR); see ewaybill_check.

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
    """Why a portal issues the IRN without the e-way bill asked for (EWBERR).

    NIC's sandbox was recorded in September 2022 to answer 4019 alone where nobody
    carries the goods, also for notes and services, which get no e-way bill at all.
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
