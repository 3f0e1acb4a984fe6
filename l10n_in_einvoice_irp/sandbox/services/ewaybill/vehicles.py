"""MULTIVEHMOVINT, MULTIVEHADD, MULTIVEHUPD: one e-way bill, several vehicles."""

from decimal import Decimal
from typing import Any

from ...portal.ewaybill import transport
from ...portal.ewaybill.fields import (
    Codes,
    Members,
    amount,
    code,
    day,
    is_state,
    text,
    whole,
)
from ...portal.portal import Portal
from ...store.movements import PartB, Waybill
from ...store.trips import Group, GroupVehicle
from . import rights
from .calls import Act, is_over, moment, reject
from .part_b import LONGEST_PLACE, place_codes, reason_codes, waybill_of

_ROAD_CODES = ("407", "408")
_DOCUMENT_CODES = ("409", "410")


def initiate(portal: Portal, act: Act) -> dict[str, Any]:
    """Begin a movement with several vehicles from a place (NIC v1.03).

    The same request again makes no new group.

    :raises Refusal: 301 for the number; together 302, 305–308, 320, 321, 399, 400, 402,
        413, 659 for the request, 381, 645, 646, 814, 817 for the bill and the caller
    """
    waybill = waybill_of(portal, act, "301")
    groups = portal.groups.of_number(waybill.number)
    details = _details(act.fields)
    codes = [
        *_request_codes(portal, act.fields),
        *_quantity_codes(act.fields, waybill, groups),
        *_bill_codes(portal, waybill, act),
    ]
    is_repeated = bool(groups) and groups[-1].details == details
    if is_repeated:
        codes = _bill_codes(portal, waybill, act)
    if codes:
        raise reject(*codes)
    group = groups[-1] if is_repeated else _new_group(portal, act, waybill, details)
    return {
        "ewbNo": str(waybill.number),
        "groupNo": str(group.group_no),
        "createdDate": moment(group.created_at),
    }


def add_vehicle(portal: Portal, act: Act) -> dict[str, Any]:
    """Add a vehicle to a group (NIC Add multi vehicles v1.03).

    :raises Refusal: 301, 406, 411 for number and group; together 303, 304, 394, 223 for
        the vehicle or document, 400, 402 for the quantity, 645, 646, 817 for bill and
        caller
    """
    waybill = waybill_of(portal, act, "301")
    group = _group(portal, act, waybill)
    quantity = amount(act.fields, "quantity")
    codes = [
        *_added_codes(act.fields, group),
        *_left_codes(portal, group, quantity),
        *_bill_codes(portal, waybill, act),
    ]
    if codes or quantity is None:
        raise reject(*codes)
    vehicle = code(act.fields, "vehicleno")
    document = text(act.fields, "transdocno")
    portal.groups.add_vehicle(group, vehicle, document, quantity)
    _enter(portal, act, group, vehicle, document)
    return {
        "ewbNo": str(waybill.number),
        "groupNo": str(group.group_no),
        "vehAddedDate": moment(act.at),
    }


def change_vehicle(portal: Portal, act: Act) -> dict[str, Any]:
    """Replace a vehicle of a group (NIC Change multi vehicles v1.03).

    :raises Refusal: 301, 406, 411 for number and group; together 305–308, 659, 407–410
        for the request, 645, 646, 817 for bill and caller; 405 without such a vehicle
    """
    waybill = waybill_of(portal, act, "301")
    group = _group(portal, act, waybill)
    codes = [
        *_changed_codes(act.fields, group),
        *place_codes(act.fields),
        *reason_codes(portal, act.fields),
        *_bill_codes(portal, waybill, act),
    ]
    if codes:
        raise reject(*codes)
    old = _old_vehicle(portal, act.fields, group)
    if old is None:
        raise reject("405")
    vehicle = code(act.fields, "newvehicleno")
    document = text(act.fields, "newtranno")
    portal.groups.replace_vehicle(old.id, vehicle, document)
    _enter(portal, act, group, vehicle, document)
    return {
        "ewbNo": str(waybill.number),
        "groupNo": str(group.group_no),
        "vehUpdDate": moment(act.at),
    }


def _details(fields: Members) -> dict[str, Any]:
    names = ("reasonCode", "reasonRem", "fromPlace", "fromState", "toPlace", "toState")
    others = ("transMode", "unitCode")
    total = amount(fields, "totalquantity")
    return {
        **{name: text(fields, name.lower()) for name in names + others},
        "totalQuantity": str(total if total is None else total.normalize()),
    }


def _new_group(
    portal: Portal, act: Act, waybill: Waybill, details: dict[str, Any]
) -> Group:
    return portal.groups.add(waybill.number, act.at, details)


def _request_codes(portal: Portal, fields: Members) -> Codes:
    yield from place_codes(fields)
    if not 0 < len(text(fields, "toplace")) <= LONGEST_PLACE:
        yield "321"
    if not is_state(whole(fields, "tostate")):
        yield "320"
    yield from reason_codes(portal, fields)
    if text(fields, "transmode") not in transport.MODES:
        yield "302"


def _quantity_codes(fields: Members, waybill: Waybill, groups: list[Group]) -> Codes:
    """The unit is one of the bill's; the total is at most that of the group before."""
    total, unit = amount(fields, "totalquantity"), code(fields, "unitcode")
    lines = [
        one for one in waybill.movement.part_a["itemList"] if one["qtyUnit"] == unit
    ]
    if not total or total < 0:
        yield "402"
    if not lines:
        yield "399"
    elif groups and groups[0].details["unitCode"].upper() != unit:
        yield "413"
    if groups:
        most = Decimal(groups[-1].details["totalQuantity"])
    else:
        most = sum((Decimal(str(one["quantity"])) for one in lines), Decimal())
    if total and lines and total > most:
        yield "400"


def _bill_codes(portal: Portal, waybill: Waybill, act: Act) -> list[str]:
    if waybill.bill.status != "ACT" or is_over(waybill, act.now):
        return ["817"]
    names = ("646", "645", "646")
    codes = [rights.acting_code(portal, waybill, act.gstin, names)]
    if waybill.movement.started_at is None:
        codes.append("381")
    if rights.is_gold_bill(waybill):
        codes.append("814")
    return [one for one in codes if one]


def _group(portal: Portal, act: Act, waybill: Waybill) -> Group:
    number = whole(act.fields, "groupno")
    if not number:
        raise reject("406")
    for group in portal.groups.of_number(waybill.number):
        if group.group_no == number:
            return group
    raise reject("411")


def _is_by_road(group: Group) -> bool:
    return bool(group.details["transMode"] == transport.ROAD)


def _added_codes(fields: Members, group: Group) -> Codes:
    vehicle, document = code(fields, "vehicleno"), text(fields, "transdocno")
    if _is_by_road(group) and not vehicle:
        yield "303"
    if vehicle and not transport.is_vehicle(vehicle):
        yield "304"
    if not _is_by_road(group) and not document:
        yield "394"
    if document and not transport.is_document(document):
        yield "223"
    if text(fields, "transdocdate") and day(fields, "transdocdate") is None:
        yield "224"


def _left_codes(portal: Portal, group: Group, quantity: Decimal | None) -> Codes:
    if quantity is None or quantity <= 0:
        yield "402"
        return
    vehicles = portal.groups.vehicles(group.number, group.group_no)
    loaded = sum((one.quantity for one in vehicles), Decimal())
    if loaded + quantity > Decimal(group.details["totalQuantity"]):
        yield "400"


def _changed_codes(fields: Members, group: Group) -> Codes:
    if _is_by_road(group):
        pairs = zip(("oldvehicleno", "newvehicleno"), _ROAD_CODES, strict=True)
        for name, wrong in pairs:
            if not transport.is_vehicle(code(fields, name)):
                yield wrong
        return
    pairs = zip(("oldtranno", "newtranno"), _DOCUMENT_CODES, strict=True)
    for name, wrong in pairs:
        if not transport.is_document(text(fields, name)):
            yield wrong


def _old_vehicle(portal: Portal, fields: Members, group: Group) -> GroupVehicle | None:
    vehicle, document = code(fields, "oldvehicleno"), text(fields, "oldtranno")
    for one in portal.groups.vehicles(group.number, group.group_no):
        if _is_by_road(group) and one.vehicle_no == vehicle:
            return one
        if not _is_by_road(group) and one.document_no == document:
            return one
    return None


def _enter(portal: Portal, act: Act, group: Group, vehicle: str, document: str) -> None:
    """Show a vehicle of a group in Part B."""
    details = {
        "updMode": act.mode,
        "vehicleNo": vehicle,
        "fromPlace": text(act.fields, "fromplace") or group.details["fromPlace"],
        "fromState": int(group.details["fromState"]),
        "transMode": group.details["transMode"],
        "transDocNo": document,
        "transDocDate": text(act.fields, "transdocdate") or None,
        "vehicleType": "",
        "groupNo": str(group.group_no),
    }
    portal.movements.enter(PartB(group.number, act.at, act.gstin, details))
