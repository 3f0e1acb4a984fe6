"""GENCEWB and REGENTRIPSHEET: one consolidated e-way bill for a lorry with many."""

from collections.abc import Sequence
from typing import Any

from ...portal.ewaybill import transport
from ...portal.ewaybill.fields import Members, bill_number, code, text, whole
from ...portal.portal import Portal
from ...store.movements import Waybill
from ...store.trips import Trip
from ...wire.jsontext import lower_keys
from . import rights
from .calls import Act, is_over, moment, portal_of, reject
from .part_b import entry_of, find, place_codes, reason_codes


def consolidate(portal: Portal, act: Act) -> dict[str, Any]:
    """Make a consolidated e-way bill (NIC Generate consolidated e-way bill v1.03).

    It writes a Part B into each of its bills.

    :raises Refusal: together 302–306 and the codes of the transport, 301 for a wrong
        number, 826 without one, and for each bill 452, 453, 648 to 650, 653, 812, 818
    """
    numbers = _numbers(act.fields)
    found = [find(portal, one, act.now) if one else None for one in numbers]
    waybills = [one for one in found if one is not None]
    codes = [
        *transport.part_b_codes(act.fields, None, portal.settings),
        *place_codes(act.fields),
        *_portal_codes(portal, waybills),
    ]
    if not numbers:
        codes.append("826")
    if len(waybills) < len(numbers):
        codes.append("301")
    for waybill in waybills:
        codes += _bill_codes(portal, waybill, act)
    if codes:
        raise reject(*codes)
    trip = _make(portal, act, [one.number for one in waybills])
    return {"cEwbNo": str(trip.number), "cEWBDate": moment(act.at)}


def regenerate(portal: Portal, act: Act) -> dict[str, Any]:
    """Put the bills of a consolidated e-way bill on another vehicle.

    They get a new number; the old one is cancelled, and bills that are no longer active
    and valid stay behind (NIC Regenerate trip sheet v1.03).

    :raises Refusal: 387 for an unknown number or another's, 392 if it is cancelled;
        together 302–308, 659 and the codes of the transport; 391 without a bill left
    """
    number = whole(act.fields, "tripsheetno")
    trip = portal.trips.of_number(number) if number else None
    if trip is None or not _may_regenerate(portal, trip, act):
        raise reject("387")
    if trip.status != "ACT":
        raise reject("392")
    codes = [
        *transport.part_b_codes(act.fields, None, portal.settings),
        *place_codes(act.fields),
        *reason_codes(portal, act.fields),
    ]
    if codes:
        raise reject(*codes)
    left = [one for one in bills_of(portal, trip) if _is_running(one, act)]
    if not left:
        raise reject("391")
    portal.trips.cancel(trip.number)
    new = _make(portal, act, [one.number for one in left])
    bills = [{"ewbNo": one.number} for one in left]
    return {"tripSheetNo": new.number, "tripSheetEwayBills": bills}


def bills_of(portal: Portal, trip: Trip) -> list[Waybill]:
    """Return the e-way bills of a consolidated one."""
    found = (portal.movements.of_number(one) for one in trip.details["bills"])
    return [one for one in found if one is not None]


def _numbers(fields: Members) -> list[int | None]:
    """Return the numbers of ``tripSheetEwbBills``, each once; None for a wrong one."""
    found = fields.get("tripsheetewbbills")
    rows = found if isinstance(found, list) else []
    members = [row for row in rows if isinstance(row, dict)]
    return list(dict.fromkeys(bill_number(lower_keys(row)) for row in members))


def _portal_codes(portal: Portal, waybills: Sequence[Waybill]) -> list[str]:
    homes = {portal_of(one.number) for one in waybills}
    if homes == {1, 2}:
        return ["453"]
    return ["452"] if homes == {2} and portal.settings.ewb_portal == 1 else []


def _bill_codes(portal: Portal, waybill: Waybill, act: Act) -> list[str]:
    if waybill.bill.status != "ACT":
        return ["653"]
    # the generator may consolidate until the transporter has entered Part B
    codes = []
    if act.gstin not in (waybill.bill.gstin, waybill.movement.transporter_id):
        codes.append("650")
    elif act.gstin != rights.acting_party(waybill) and rights.transporter_entered(
        portal, waybill
    ):
        codes.append("649")
    if is_over(waybill, act.now):
        codes.append("818")
    if portal.groups.of_number(waybill.number):
        codes.append("648")
    return [*codes, "812"] if rights.is_gold_bill(waybill) else codes


def _may_regenerate(portal: Portal, trip: Trip, act: Act) -> bool:
    """Return whether the caller made it, or is the transporter of all its bills."""
    if act.gstin == trip.gstin:
        return True
    bills = bills_of(portal, trip)
    return all(one.movement.transporter_id == act.gstin for one in bills)


def _is_running(waybill: Waybill, act: Act) -> bool:
    return waybill.bill.status == "ACT" and not is_over(waybill, act.now)


def _make(portal: Portal, act: Act, numbers: list[int]) -> Trip:
    fields = act.fields
    details = {
        "fromPlace": text(fields, "fromplace"),
        "fromState": text(fields, "fromstate"),
        "vehicleNo": code(fields, "vehicleno"),
        "transMode": text(fields, "transmode"),
        "transDocNo": text(fields, "transdocno"),
        "transDocDate": text(fields, "transdocdate"),
        "bills": numbers,
    }
    trip = portal.trips.add(act.gstin, act.at, details)
    for number in numbers:
        portal.movements.enter(entry_of(act, number, tripshtNo=trip.number))
    return trip
