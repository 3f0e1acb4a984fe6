"""Check an extension of the validity (EXTENDVALIDITY; NIC "Extend validity" v1.03)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ...reference import codes
from ...reference.dates import indian_date
from ...reference.ewaybill import CODES
from ..invoice.violation import Violation, _lt
from .common import ROAD, TRANSIT, bill_number, breach, place, reason, transport
from .requests import ExtendValidity
from .standing import Standing
from .validity import extension_window, last_extension

_ADDRESSES = (("address1", "706"), ("address2", "707"), ("address3", "708"))
_LONGEST_ADDRESS = 120


def extension_violations(
    request: ExtendValidity, bill: Standing, user: str, now: datetime
) -> list[Violation]:
    """Return every breach, with the portal's code.

    :param user: the GSTIN or TRANSIN that calls.
    :param now: aware; when it is sent, which may be later than when it was entered.
    """
    return [
        *bill_number(request, request.number),
        *place(request),
        *reason(request, "extension_reasons", "386", "386", "386"),
        *transport(request, indian_date(now)),
        *_pin(request),
        *_distance(request, bill),
        *_consignment(request),
        *_state(request, bill),
        *_window(request, bill, now),
        *_who(request, bill, user),
    ]


def _pin(request: ExtendValidity) -> Iterator[Violation]:
    pin = request.from_pin
    has_form = len(pin) == 6 and pin.isascii() and pin.isdecimal() and pin[0] != "0"
    if not has_form or not codes.pin_exists(int(pin)):
        template = _lt("“%(pin)s” is not a PIN Code of India, such as 560001.")
        yield breach(request, "421", "from_pin", "ewb_pin_form", template, pin=pin)
    elif not codes.pin_in_state(int(pin), request.from_state.zfill(2)):
        yield breach(
            request,
            "710",
            "from_pin",
            "ewb_pin_elsewhere",
            _lt("PIN Code %(pin)s is not in %(state)s."),
            pin=pin,
            state=codes.state_name(request.from_state.zfill(2)),
        )


def _distance(request: ExtendValidity, bill: Standing) -> Iterator[Violation]:
    left = request.remaining_km
    if left is None or left <= 0:
        template = _lt("Enter the kilometres that are left to the destination.")
        yield breach(request, "389", "remaining_km", "ewb_remaining_missing", template)
    elif bill.distance_km and left > bill.distance_km:
        yield breach(
            request,
            "390",
            "remaining_km",
            "ewb_remaining_long",
            _lt("%(left)s km cannot be left: the whole distance is %(whole)s km."),
            left=left,
            whole=bill.distance_km,
        )


def _consignment(request: ExtendValidity) -> Iterator[Violation]:
    in_transit = request.mode == TRANSIT
    if request.status not in CODES["consignment_statuses"] or (
        in_transit != (request.status == "T")
    ):
        template = _lt(
            "Goods in transit (T) have the mode In Transit; goods in movement (M) the "
            "mode by which they go."
        )
        yield breach(request, "711", "status", "ewb_consignment", template)
    elif in_transit:
        yield from _in_transit(request)
    else:
        yield from _in_movement(request)


def _in_transit(request: ExtendValidity) -> Iterator[Violation]:
    if request.transit_type not in CODES["transit_types"]:
        template = _lt("Choose where the goods are: road, warehouse or others.")
        yield breach(request, "705", "transit_type", "ewb_transit_type", template)
    for name, code in _ADDRESSES:
        length = len(getattr(request, name).strip())
        if not length:
            template = _lt("Enter all three address lines of where the goods are.")
            yield breach(request, code, name, "ewb_transit_address", template)
        elif length > _LONGEST_ADDRESS:
            yield breach(
                request,
                code,
                name,
                "ewb_transit_long",
                _lt("The line has %(length)s characters; %(most)s are allowed."),
                length=length,
                most=_LONGEST_ADDRESS,
            )


def _in_movement(request: ExtendValidity) -> Iterator[Violation]:
    if request.transit_type:
        template = _lt("Leave the transit type empty while the goods are in movement.")
        yield breach(request, "712", "transit_type", "ewb_movement_type", template)
    for name, _ in _ADDRESSES:
        if getattr(request, name).strip():
            template = _lt("Leave the address empty while the goods are in movement.")
            yield breach(request, "713", name, "ewb_movement_address", template)


def _state(request: ExtendValidity, bill: Standing) -> Iterator[Violation]:
    if bill.is_cancelled:
        template = _lt("It is cancelled, so it cannot be extended.")
        yield breach(request, "379", "number", "ewb_extend_cancelled", template)
    if bill.has_part_b is False:
        template = _lt("Part B is not entered, so there is no validity to extend.")
        yield breach(request, "381", "number", "ewb_extend_part_a", template)
    if bill.is_closed:
        template = _lt("It is closed, so it cannot be extended.")
        yield breach(request, "844", "number", "ewb_extend_closed", template)
    if bill.is_gold and request.mode != ROAD:
        template = _lt("A bill for gold can be extended for road transport only.")
        yield breach(request, "816", "mode", "ewb_extend_gold", template)


def _window(
    request: ExtendValidity, bill: Standing, now: datetime
) -> Iterator[Violation]:
    if bill.valid_until:
        first, last = extension_window(bill.valid_until)
        if not first <= now <= last:
            yield breach(
                request,
                "382",
                "number",
                "ewb_extend_window",
                _lt("It can be extended from %(first)s to %(last)s (IST)."),
                first=_moment(first),
                last=_moment(last),
            )
    end = last_extension(bill, now)
    if end and now > end:
        template = _lt("It was generated more than 360 days ago.")
        yield breach(request, "821", "number", "ewb_extend_days", template)


def _moment(moment: datetime) -> str:
    return moment.strftime("%d/%m/%Y %H:%M")


def _who(request: ExtendValidity, bill: Standing, user: str) -> Iterator[Violation]:
    if bill.is_keeper(user):
        return
    theirs = bill.part_b_by and bill.part_b_by == bill.transporter
    yield breach(
        request,
        "637" if theirs else "700" if bill.transporter else "384",
        "number",
        "ewb_extend_not_yours",
        _lt("Only %(keeper)s can extend it."),
        keeper=bill.transporter or bill.generator,
    )
