"""Check the steps of a movement by several vehicles (MULTIVEHMOVINT, MULTIVEHADD,
MULTIVEHUPD; NIC v1.03)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

from ...reference.dates import indian_date
from ...reference.ewaybill import CODES
from ..invoice.violation import Violation, _lt
from .common import (
    ROAD,
    bill_number,
    breach,
    document_form,
    place,
    vehicle_form,
    vehicle_reason,
)
from .requests import (
    ActionRequest,
    AddMultiVehicle,
    ChangeMultiVehicle,
    StartMultiVehicle,
)
from .standing import Standing

_STATE_CODES = {"MULTIVEHMOVINT": "847", "MULTIVEHADD": "846", "MULTIVEHUPD": "848"}
_MODES = frozenset(CODES["transport_modes"]) - {"5"}


def start_violations(
    request: StartMultiVehicle, bill: Standing, user: str, now: datetime
) -> list[Violation]:
    """Return every breach of a start, with the portal's code.

    :param user: the GSTIN or TRANSIN that calls.
    :param now: aware.
    """
    return [
        *bill_number(request, request.number),
        *place(request),
        *place(request, "to_place", "to_state", ("321", "320")),
        *vehicle_reason(request),
        *_mode(request),
        *_quantity(request, request.quantity),
        *_unit_and_total(request, bill),
        *_state(request, bill, user, now),
    ]


def add_violations(
    request: AddMultiVehicle,
    bill: Standing,
    user: str,
    now: datetime,
    *,
    mode: str,
    used: Decimal = Decimal(0),
) -> list[Violation]:
    """Return every breach of a further vehicle, with the portal's code.

    :param mode: the mode with which the group was started.
    :param used: the quantity of the vehicles that the group has already.
    """
    return [
        *bill_number(request, request.number),
        *_group(request, bill),
        *_vehicle_or_document(request, mode, now),
        *_quantity(request, request.quantity),
        *_within_group(request, bill, used),
        *_state(request, bill, user, now),
    ]


def change_violations(
    request: ChangeMultiVehicle,
    bill: Standing,
    user: str,
    now: datetime,
    *,
    entered: Collection[str] | None = None,
) -> list[Violation]:
    """Return every breach of another vehicle, with the portal's code.

    :param entered: the vehicles and documents of the group; None if not known.
    """
    return [
        *bill_number(request, request.number),
        *_group(request, bill),
        *place(request),
        *vehicle_reason(request),
        *vehicle_form(request, "old_vehicle", "407"),
        *vehicle_form(request, "new_vehicle", "408"),
        *document_form(request, "old_document", "409"),
        *document_form(request, "new_document", "410"),
        *_old_and_new(request),
        *_is_entered(request, entered),
        *_state(request, bill, user, now),
    ]


def _mode(request: StartMultiVehicle) -> Iterator[Violation]:
    if request.mode not in _MODES:
        template = _lt("Choose the mode of the vehicles: road, rail, air or ship.")
        yield breach(request, "302", "mode", "ewb_group_mode", template)


def _quantity(request: ActionRequest, quantity: Decimal | None) -> Iterator[Violation]:
    if quantity is None or quantity <= 0:
        template = _lt("Enter the quantity that goes on, above zero.")
        yield breach(request, "402", "quantity", "ewb_group_quantity", template)


def _unit_and_total(request: StartMultiVehicle, bill: Standing) -> Iterator[Violation]:
    """The unit is an item's (399), and that of the first group (413); a total is at
    most the one before it (400)."""
    units = dict(bill.quantities)
    if bill.group_unit and request.unit != bill.group_unit:
        template = _lt("The unit must be %(unit)s, as when the movement was started.")
        kind, unit = "ewb_group_other_unit", bill.group_unit
        yield breach(request, "413", "unit", kind, template, unit=unit)
        return
    if units and request.unit not in units:
        yield breach(
            request,
            "399",
            "unit",
            "ewb_group_unit",
            _lt("%(unit)s is not a unit of its goods: %(units)s."),
            unit=request.unit,
            units=", ".join(units),
        )
        return
    before = bill.groups[-1][1] if bill.groups else units.get(request.unit)
    if before is not None and (request.quantity or 0) > before:
        yield _above(request, before)


def _within_group(
    request: AddMultiVehicle, bill: Standing, used: Decimal
) -> Iterator[Violation]:
    total = dict(bill.groups).get(request.group)
    if total is not None and used + (request.quantity or 0) > total:
        yield _above(request, total - used)


def _above(request: ActionRequest, most: Decimal) -> Violation:
    template = _lt("At most %(most)s are left to go on.")
    kind = "ewb_group_excess"
    return breach(request, "400", "quantity", kind, template, most=f"{most:f}")


def _group(
    request: AddMultiVehicle | ChangeMultiVehicle, bill: Standing
) -> Iterator[Violation]:
    if not request.group.isdecimal() or not request.group.strip("0"):
        template = _lt("Enter the number of the group, from 1 on.")
        yield breach(request, "406", "group", "ewb_group_form", template)
    elif bill.groups and request.group not in dict(bill.groups):
        template = _lt("It has no group %(group)s. Start the movement first.")
        kind, group = "ewb_group_unknown", request.group
        yield breach(request, "411", "group", kind, template, group=group)


def _vehicle_or_document(
    request: AddMultiVehicle, mode: str, now: datetime
) -> Iterator[Violation]:
    yield from vehicle_form(request)
    yield from document_form(request, mode=mode)
    if mode == ROAD and not request.vehicle:
        template = _lt("A movement by road needs the vehicle number.")
        yield breach(request, "303", "vehicle", "ewb_group_vehicle", template)
    if mode != ROAD and not request.document:
        template = _lt("Enter the transport document number.")
        yield breach(request, "394", "document", "ewb_group_document", template)
    if mode != ROAD and request.document_date is None:
        template = _lt("Enter the transport document date.")
        kind = "ewb_group_document_date"
        yield breach(request, "385", "document_date", kind, template)
    if request.document_date and request.document_date > indian_date(now):
        template = _lt("The transport document is dated after today.")
        kind = "ewb_group_document_future"
        yield breach(request, "224", "document_date", kind, template)


def _old_and_new(request: ChangeMultiVehicle) -> Iterator[Violation]:
    """An old vehicle or document is replaced by a new one of the same kind (405)."""
    if not request.old_vehicle and not request.old_document:
        template = _lt("Name the vehicle or document that is replaced.")
        yield breach(request, "405", "old_vehicle", "ewb_group_old", template)
    if request.old_vehicle and not request.new_vehicle:
        template = _lt("Enter the vehicle that goes on.")
        yield breach(request, "408", "new_vehicle", "ewb_group_new", template)
    if request.old_document and not request.new_document:
        template = _lt("Enter the transport document that goes on.")
        kind = "ewb_group_new_document"
        yield breach(request, "410", "new_document", kind, template)


def _is_entered(
    request: ChangeMultiVehicle, entered: Collection[str] | None
) -> Iterator[Violation]:
    """A vehicle that is replaced is an active entry of the group (405)."""
    old = request.old_vehicle or request.old_document
    if entered is not None and old and old not in entered:
        template = _lt("%(old)s is not in group %(group)s, or was replaced already.")
        kind, group = "ewb_group_no_entry", request.group
        yield breach(
            request, "405", "old_vehicle", kind, template, old=old, group=group
        )


def _state(
    request: ActionRequest, bill: Standing, user: str, now: datetime
) -> Iterator[Violation]:
    for code, kind, template in _faults(request, bill, now):
        yield breach(request, code, "number", kind, template)
    if not bill.is_keeper(user):
        theirs = bill.part_b_by and bill.part_b_by == bill.transporter
        yield breach(
            request,
            "645" if theirs else "646",
            "number",
            "ewb_group_not_yours",
            _lt("Only %(keeper)s can divide it among vehicles."),
            keeper=bill.transporter or bill.generator,
        )


def _faults(
    request: ActionRequest, bill: Standing, now: datetime
) -> Iterator[tuple[str, str, str]]:
    if bill.is_cancelled or bill.is_expired(now):
        template = _lt("It is cancelled, or its validity is over.")
        yield "817", "ewb_group_inactive", template
    if bill.has_part_b is False:
        template = _lt("Part B is not entered yet. Enter it first.")
        yield "381", "ewb_group_part_a", template
    if bill.is_gold:
        template = _lt("The goods of a bill for gold cannot be divided.")
        yield "814", "ewb_group_gold", template
    if bill.is_closed:
        template = _lt("It is closed, so its goods cannot be divided.")
        yield _STATE_CODES[request.action], "ewb_group_closed", template
