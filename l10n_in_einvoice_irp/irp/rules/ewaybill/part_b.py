"""Check a Part B before it is sent (VEHEWB; NIC "Vehicle number update" v1.03)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ...reference.dates import indian_date
from ..invoice.violation import Violation, _lt
from .common import (
    bill_number,
    breach,
    place,
    transport,
    vehicle_reason,
    vehicle_type,
)
from .requests import UpdateVehicle
from .standing import Standing


def part_b_violations(
    request: UpdateVehicle, bill: Standing, user: str, now: datetime
) -> list[Violation]:
    """Return every breach, with the portal's code.

    :param user: the GSTIN or TRANSIN that calls.
    :param now: aware.
    """
    return [
        *bill_number(request, request.number),
        *place(request),
        *vehicle_reason(request),
        *transport(request, indian_date(now)),
        *vehicle_type(request),
        *_state(request, bill, now),
        *_who(request, bill, user),
    ]


def _state(
    request: UpdateVehicle, bill: Standing, now: datetime
) -> Iterator[Violation]:
    if bill.is_cancelled:
        template = _lt("It is cancelled.")
        yield breach(request, "312", "number", "ewb_is_cancelled", template)
    elif bill.is_expired(now):
        template = _lt(
            "Its validity is over, so the vehicle cannot be changed. Extend it "
            "first: that is possible until 8 hours after its end."
        )
        yield breach(request, "311", "number", "ewb_part_b_expired", template)
    if bill.has_groups:
        template = _lt(
            "Its goods go on by several vehicles, so Part B cannot be changed. Change "
            "the vehicle of the group."
        )
        yield breach(request, "412", "number", "ewb_part_b_groups", template)
    if bill.is_gold:
        template = _lt("The vehicle of a bill for gold cannot be changed.")
        yield breach(request, "811", "number", "ewb_part_b_gold", template)
    if bill.is_closed:
        template = _lt("It is closed, so the vehicle cannot be changed.")
        yield breach(request, "851", "number", "ewb_part_b_closed", template)


def _who(request: UpdateVehicle, bill: Standing, user: str) -> Iterator[Violation]:
    if bill.is_keeper(user):
        return
    if bill.part_b_by and bill.part_b_by == bill.transporter:
        template = _lt("Only transporter %(transporter)s, who entered Part B, can.")
        code, kind = "635", "ewb_part_b_theirs"
    else:
        template = _lt(
            "Only %(transporter)s, to whom it is assigned, can enter Part B."
        )
        code, kind = "636", "ewb_part_b_not_yours"
    keeper = bill.transporter or bill.generator
    yield breach(request, code, "number", kind, template, transporter=keeper)
