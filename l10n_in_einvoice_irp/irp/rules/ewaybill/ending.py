"""Check a cancellation or a rejection (CANEWB v1.03, REJEWB)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ...reference.ewaybill import cross_portal_code
from ..cancellation import cancel_violations
from ..invoice.violation import Violation, _lt
from .common import bill_number, breach
from .requests import Cancel, Reject
from .standing import Standing
from .validity import cancel_until, reject_until

# The codes of "E-way bill by IRN" and those of the e-way bill system for the same.
_OWN_CODES = {"4059": "307", "4060": "308", "5002": "308", "4055": "315"}


def cancellation_violations(
    request: Cancel,
    bill: Standing,
    user: str,
    now: datetime,
    *,
    since: datetime | None = None,
    portal: str = "",
) -> list[Violation]:
    """Return every breach of a cancellation, with the e-way bill system's code.

    Reason and remark are judged as for an e-way bill by IRN (`..cancellation`).

    :param user: the GSTIN that calls.
    :param now: aware.
    :param since: start of the 24 hours, which may be the entry of Part B (728); aware,
        None if it is not known.
    :param portal: the e-way bill portal that is called, "1" or "2"; "" if not known.
    """
    shared = cancel_violations("ewb", request.reason, request.remark)
    return [
        *bill_number(request, request.number),
        *(replace(one, code=_OWN_CODES.get(one.code, one.code)) for one in shared),
        *_cancel_state(request, bill, user),
        *_cancel_window(request, since, now),
        *_cancel_portal(request, portal),
    ]


def rejection_violations(
    request: Reject, bill: Standing, user: str, now: datetime
) -> list[Violation]:
    """Return every breach of a rejection, with the portal's code.

    :param user: the GSTIN that calls.
    :param now: aware.
    """
    return [
        *bill_number(request, request.number, "344"),
        *_reject_who(request, bill, user),
        *_reject_state(request, bill),
        *_reject_window(request, bill, now),
    ]


def _cancel_state(request: Cancel, bill: Standing, user: str) -> Iterator[Violation]:
    if bill.is_cancelled:
        template = _lt("It is cancelled already.")
        yield breach(request, "312", "number", "ewb_cancelled_already", template)
    elif bill.generator not in ("", user):
        template = _lt("Only %(generator)s, who generated it, can cancel it.")
        kind, who = "ewb_cancel_not_yours", bill.generator
        yield breach(request, "312", "number", kind, template, generator=who)
    if bill.is_closed:
        template = _lt("It is closed, so it cannot be cancelled.")
        yield breach(request, "843", "number", "ewb_cancel_closed", template)


def _cancel_window(
    request: Cancel, since: datetime | None, now: datetime
) -> Iterator[Violation]:
    if since and now > cancel_until(since):
        template = _lt("The 24 hours for cancelling have passed.")
        yield breach(request, "315", "number", "ewb_cancel_late", template)


def _cancel_portal(request: Cancel, portal: str) -> Iterator[Violation]:
    code = cross_portal_code("cancel_ewb", request.number, portal)
    if code:
        template = _lt("It was made at the other e-way bill portal; cancel it there.")
        yield breach(request, code, "number", "ewb_cancel_portal", template)


def _reject_who(request: Reject, bill: Standing, user: str) -> Iterator[Violation]:
    if bill.generator == user:
        template = _lt("You generated it. Cancel it instead.")
        yield breach(request, "341", "number", "ewb_reject_own", template)
    elif bill.supplier and bill.recipient and user not in _parties(bill):
        template = _lt("Only its supplier or recipient can reject it.")
        yield breach(request, "342", "number", "ewb_reject_not_party", template)


def _parties(bill: Standing) -> tuple[str, str]:
    return bill.supplier, bill.recipient


def _reject_state(request: Reject, bill: Standing) -> Iterator[Violation]:
    if bill.is_cancelled:
        template = _lt("It is cancelled, so there is nothing to reject.")
        yield breach(request, "343", "number", "ewb_reject_cancelled", template)
    if bill.is_rejected:
        template = _lt("It is rejected already.")
        yield breach(request, "824", "number", "ewb_rejected_already", template)
    if bill.has_part_b is False:
        template = _lt("Part B is not entered yet, so it cannot be rejected.")
        yield breach(request, "348", "number", "ewb_reject_part_a", template)
    if bill.is_closed:
        template = _lt("It is closed, so it cannot be rejected.")
        yield breach(request, "849", "number", "ewb_reject_closed", template)


def _reject_window(
    request: Reject, bill: Standing, now: datetime
) -> Iterator[Violation]:
    if bill.generated_at and now > reject_until(bill.generated_at):
        template = _lt(
            "The 72 hours for rejecting have passed: it counts as accepted (Rule "
            "138(12))."
        )
        yield breach(request, "346", "number", "ewb_reject_late", template)
    if bill.is_expired(now):
        template = _lt("Its validity is over, so it cannot be rejected.")
        yield breach(request, "345", "number", "ewb_reject_expired", template)
