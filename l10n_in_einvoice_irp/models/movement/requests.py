"""From what a person has entered to a request of the e-way bill system, with the checks
that belong to it."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from ...irp.rules.ewaybill import (
    AddMultiVehicle,
    ChangeMultiVehicle,
    Consolidate,
    ExtendValidity,
    RegenerateTripSheet,
    Reject,
    StartMultiVehicle,
    UpdateTransporter,
    UpdateVehicle,
    add_violations,
    change_violations,
    consolidation_violations,
    extension_violations,
    part_b_violations,
    regeneration_violations,
    rejection_violations,
    start_violations,
    transporter_violations,
)

PART_B, TRANSPORTER, EXTENSION, REJECTION, CONSOLIDATION = (
    "part_b",
    "transporter",
    "extension",
    "rejection",
    "consolidation",
)
GROUP_START, GROUP_VEHICLE, GROUP_CHANGE = (
    "group_start",
    "group_vehicle",
    "group_change",
)
TRIP_SHEET = "trip_sheet"
# the portal shows them as entries of Part B
PART_B_KINDS = (PART_B, GROUP_VEHICLE, GROUP_CHANGE)
# changes of several e-way bills at once
SHEET_KINDS = (CONSOLIDATION, TRIP_SHEET)
ROAD = "1"
# rail and air carry by document, never by vehicle
WITHOUT_VEHICLE = ("2", "3")
IN_TRANSIT = "5"


class Kind(NamedTuple):
    """A kind of change.

    :ivar service: its name in `irp.reference.SERVICES`.
    :ivar build: (entered record, e-way bill number) -> its request.
    :ivar check: (request, `Standing`, own GSTIN, now) -> violations; of a consolidation
        with the standings of all its bills, by number.
    """

    service: str
    build: Callable
    check: Callable


def _transport(entered):
    """Return the members of mode, vehicle and document; what the mode has no place for
    is left out."""
    mode = entered.trans_mode or ""
    has_vehicle = mode not in WITHOUT_VEHICLE
    return {
        "mode": mode,
        "vehicle": clean_vehicle(entered.vehicle_number) if has_vehicle else "",
        "document": (entered.trans_doc_number or "").strip(),
        "document_date": entered.trans_doc_date or None,
    }


def clean_vehicle(number):
    """Return letters and digits only, as the portal requires: MH12AB1234."""
    return "".join(filter(str.isalnum, number or "")).upper()


def _place(entered):
    state = entered.state_id.l10n_in_tin or ""
    return {"from_place": (entered.place or "").strip(), "from_state": state}


def _remark(entered):
    return (entered.remark or "").strip()


def _part_b(entered, number):
    transport = _transport(entered)
    kind = entered.vehicle_type if transport["vehicle"] else ""
    return UpdateVehicle(
        number=number,
        reason=entered.vehicle_reason or "",
        remark=_remark(entered),
        vehicle_type=kind or "",
        **_place(entered),
        **transport,
    )


def _transporter(entered, number):
    transporter = (entered.transporter_gstin or "").strip().upper()
    return UpdateTransporter(number=number, transporter_id=transporter)


def _extension(entered, number):
    transit = entered.transit_type or ""
    transport = _transport(entered)
    if transit:
        transport = {**transport, "mode": IN_TRANSIT}
    addresses = {
        name: (entered[name] or "").strip() if transit else ""
        for name in ("address1", "address2", "address3")
    }
    return ExtendValidity(
        number=number,
        reason=entered.extension_reason or "",
        remark=_remark(entered),
        remaining_km=entered.remaining_km or None,
        from_pin=(entered.pin or "").strip(),
        status="T" if transit else "M",
        transit_type=transit,
        **addresses,
        **_place(entered),
        **transport,
    )


def _rejection(entered, number):
    return Reject(number=number)


def _consolidation(entered, number):
    numbers = sorted(filter(None, entered.bill_ids.mapped("number")))
    return Consolidate(bills=tuple(numbers), **_place(entered), **_transport(entered))


def _group_start(entered, number):
    return StartMultiVehicle(
        number=number,
        reason=entered.vehicle_reason or "",
        remark=_remark(entered),
        to_place=(entered.to_place or "").strip(),
        to_state=entered.to_state_id.l10n_in_tin or "",
        mode=entered.trans_mode or "",
        quantity=exact(entered.quantity),
        unit=entered.unit or "",
        **_place(entered),
    )


def exact(quantity):
    """Return a quantity of a field as a number without its binary rest."""
    return Decimal(f"{quantity or 0:.3f}").normalize()


def _group_vehicle(entered, number):
    transport = _transport(entered)
    return AddMultiVehicle(
        number=number,
        group=entered.multi_vehicle_group or "",
        quantity=exact(entered.quantity),
        vehicle=transport["vehicle"],
        document=transport["document"],
        document_date=transport["document_date"],
    )


def _group_change(entered, number):
    """Return the replacement of a vehicle; by road the document stays if none is
    entered."""
    old, transport = entered.replaced_id, _transport(entered)
    has_vehicle = transport["mode"] not in WITHOUT_VEHICLE
    has_document = transport["document"] or transport["mode"] != ROAD
    return ChangeMultiVehicle(
        number=number,
        group=old.multi_vehicle_group or "",
        old_vehicle=clean_vehicle(old.vehicle_number) if has_vehicle else "",
        new_vehicle=transport["vehicle"],
        old_document=(old.trans_doc_number or "").strip() if has_document else "",
        new_document=transport["document"],
        reason=entered.vehicle_reason or "",
        remark=_remark(entered),
        **_place(entered),
    )


def _trip_sheet(entered, number):
    return RegenerateTripSheet(
        sheet=entered.old_trip_sheet or "",
        reason=entered.vehicle_reason or "",
        remark=_remark(entered),
        **_place(entered),
        **_transport(entered),
    )


def _trip_sheet_violations(request, bill, user, now, **options):
    """Check a regeneration; the portal publishes no code for who may not."""
    return regeneration_violations(request, now, **options)


KINDS = {
    PART_B: Kind("update_vehicle", _part_b, part_b_violations),
    TRANSPORTER: Kind("update_transporter", _transporter, transporter_violations),
    EXTENSION: Kind("extend_validity", _extension, extension_violations),
    REJECTION: Kind("reject_ewaybill", _rejection, rejection_violations),
    CONSOLIDATION: Kind("consolidate", _consolidation, consolidation_violations),
    GROUP_START: Kind("start_multi_vehicle", _group_start, start_violations),
    GROUP_VEHICLE: Kind("add_multi_vehicle", _group_vehicle, add_violations),
    GROUP_CHANGE: Kind("change_multi_vehicle", _group_change, change_violations),
    TRIP_SHEET: Kind("regenerate_trip_sheet", _trip_sheet, _trip_sheet_violations),
}
