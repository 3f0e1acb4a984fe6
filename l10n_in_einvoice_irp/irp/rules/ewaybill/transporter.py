"""Check a change of transporter (UPDATETRANSPORTER; NIC "Update transporter" v1.03)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ...reference.ewaybill import cross_portal_code
from ...reference.gstin import transporter_fault
from ..invoice.violation import Violation, _lt
from .common import bill_number, breach
from .requests import UpdateTransporter
from .standing import Standing


def transporter_violations(
    request: UpdateTransporter,
    bill: Standing,
    user: str,
    now: datetime,
    *,
    portal: str = "",
    check_digits: bool = True,
) -> list[Violation]:
    """Return every breach, with the portal's code.

    :param user: the GSTIN or TRANSIN that calls.
    :param now: aware.
    :param portal: the e-way bill portal that is called, "1" or "2"; "" if not known.
    :param check_digits: whether to check the check digit of the transporter ID; NIC's
        sandbox uses transporters with a wrong one.
    """
    return [
        *bill_number(request, request.number),
        *_transporter(request, check_digits),
        *_state(request, bill, now),
        *_who(request, bill, user),
        *_portal(request, portal),
    ]


def _transporter(request: UpdateTransporter, check_digits: bool) -> Iterator[Violation]:
    fault = transporter_fault(request.transporter_id)
    if fault and (check_digits or fault != "check_digit"):
        yield breach(
            request,
            "222",
            "transporter_id",
            "ewb_transporter_form",
            _lt(
                "“%(id)s” is not a transporter ID: a GSTIN, a TRANSIN or a common "
                "enrolment number of 15 characters. Check for a typo."
            ),
            id=request.transporter_id,
        )


def _state(
    request: UpdateTransporter, bill: Standing, now: datetime
) -> Iterator[Violation]:
    if bill.is_cancelled:
        template = _lt("It is cancelled, so the transporter cannot be changed.")
        yield breach(request, "280", "number", "ewb_transporter_cancelled", template)
    elif bill.is_expired(now):
        template = _lt("Its validity is over, so the transporter cannot be changed.")
        yield breach(request, "281", "number", "ewb_transporter_expired", template)
    if bill.is_gold:
        template = _lt("The transporter of a bill for gold cannot be changed.")
        yield breach(request, "810", "number", "ewb_transporter_gold", template)
    if bill.is_closed:
        template = _lt("It is closed, so the transporter cannot be changed.")
        yield breach(request, "850", "number", "ewb_transporter_closed", template)


def _who(request: UpdateTransporter, bill: Standing, user: str) -> Iterator[Violation]:
    if not bill.is_keeper(user):
        yield breach(
            request,
            "339",
            "number",
            "ewb_transporter_not_yours",
            _lt("Only %(keeper)s can hand it over to another transporter."),
            keeper=bill.transporter or bill.generator,
        )
    if bill.part_b_by and bill.part_b_by == bill.transporter:
        yield breach(
            request,
            "338",
            "number",
            "ewb_transporter_fixed",
            _lt(
                "Transporter %(transporter)s has entered Part B, so the transporter "
                "cannot be changed any more."
            ),
            transporter=bill.transporter,
        )


def _portal(request: UpdateTransporter, portal: str) -> Iterator[Violation]:
    code = cross_portal_code("update_transporter", request.number, portal)
    if code:
        template = _lt("It was made at the other e-way bill portal; change it there.")
        yield breach(request, code, "number", "ewb_transporter_portal", template)
