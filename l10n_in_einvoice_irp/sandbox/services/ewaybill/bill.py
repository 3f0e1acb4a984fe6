"""The queries that return one e-way bill, or one consolidated e-way bill."""

from typing import Any

from ...portal.ewaybill.fields import code, text, whole
from ...portal.portal import Portal
from ...store.movements import PartB, Waybill
from ...wire.dates import from_wire
from . import rights
from .calls import Act, is_told, moment, reject, valid_upto
from .part_b import waybill_of
from .trips import bills_of

# the order of the recorded answer, with the members that come from Part A
_HEAD = (
    *("supplyType", "subSupplyType", "docType", "docNo", "docDate"),
    *("fromGstin", "fromTrdName", "fromAddr1", "fromAddr2", "fromPlace", "fromPincode"),
    *("fromStateCode", "toGstin", "toTrdName", "toAddr1", "toAddr2", "toPlace"),
    *("toPincode", "toStateCode", "totalValue", "totInvValue", "cgstValue"),
    *("sgstValue", "igstValue", "cessValue"),
)
_WIDTH = 3


def get_bill(portal: Portal, act: Act) -> dict[str, Any]:
    """Return an e-way bill with its Part B (NIC Get e-way bill v1.03).

    :raises Refusal: 301 for the number; 357 for a bill that does not exist, or whose
        caller is not supplier, recipient, transporter or generator
    """
    text_of_number = text(act.fields, "ewbno")
    if not text_of_number.isdigit():
        raise reject("395" if text_of_number else "301")
    waybill = waybill_of(portal, act, portal.settings.ewb_not_yours_code)
    if act.gstin not in rights.parties(waybill):
        raise reject(portal.settings.ewb_not_yours_code)
    return _shown(portal, waybill)


def get_by_document(portal: Portal, act: Act) -> dict[str, Any]:
    """Return the bill that the caller generated for a document.

    The last one, if an earlier one was cancelled.

    :raises Refusal: 204, 206 together for the query; 418 or 325 without a bill
    """
    kind, number = code(act.fields, "doctype"), text(act.fields, "docno")
    missing = [wrong for value, wrong in ((kind, "204"), (number, "206")) if not value]
    if missing:
        raise reject(*missing)
    waybill = portal.movements.of_document(act.gstin, kind, number)
    if waybill is None or not is_told(portal, waybill, act.now):
        raise reject(portal.settings.ewb_nothing_found_code)
    bill = waybill.bill
    return {
        "ewayBillNo": bill.number,
        "ewayBillDate": moment(bill.generated_at),
        "validUpto": valid_upto(portal, bill.valid_till),
        "alert": "",
    }


def get_trip(portal: Portal, act: Act) -> dict[str, Any]:
    """Return a consolidated e-way bill to its generator (NIC Get trip sheet v1.03).

    :raises Refusal: 387 for an unknown number, 357 or 325 for anybody else
    """
    number = whole(act.fields, "tripsheetno")
    trip = portal.trips.of_number(number) if number else None
    if trip is None:
        raise reject("387")
    if act.gstin != trip.gstin:
        raise reject(portal.settings.ewb_not_yours_code)
    shown = {name: one for name, one in trip.details.items() if name != "bills"}
    return {
        "tripSheetNo": trip.number,
        **shown,
        "userGstin": trip.gstin,
        "enteredDate": moment(trip.entered_at),
        "status": trip.status,
        "tripSheetEwbBills": [_trip_row(portal, one) for one in bills_of(portal, trip)],
    }


def _trip_row(portal: Portal, waybill: Waybill) -> dict[str, Any]:
    part_a, bill = waybill.movement.part_a, waybill.bill
    return {
        "ewbNo": bill.number,
        "ewbDate": moment(bill.generated_at),
        "userGstin": bill.gstin,
        "docNo": part_a["docNo"],
        "docDate": part_a["docDate"],
        "fromGstin": part_a["fromGstin"],
        "fromTradeName": part_a["fromTrdName"],
        "toGstin": part_a["toGstin"],
        "toTradeName": part_a["toTrdName"],
        "totInvValue": part_a["totInvValue"],
        "status": bill.status,
        "validUpto": valid_upto(portal, bill.valid_till),
        "toPlace": part_a["toPlace"],
        "toPincode": part_a["toPincode"],
        "actToStateCode": part_a["actToStateCode"],
    }


def _shown(portal: Portal, waybill: Waybill) -> dict[str, Any]:
    """Return the answer as recorded in 2022, sub-supply type padded."""
    bill, movement, part_a = waybill.bill, waybill.movement, waybill.movement.part_a
    head = {name: part_a.get(name) for name in _HEAD}
    head["subSupplyType"] = str(head["subSupplyType"]).ljust(_WIDTH)
    entries = portal.movements.entries(bill.number)
    kinds = [one.details.get("vehicleType") for one in reversed(entries)]
    return {
        "ewbNo": bill.number,
        "ewayBillDate": moment(bill.generated_at),
        "genMode": part_a.get("genMode", "API"),
        "userGstin": bill.gstin,
        **head,
        "transporterId": movement.transporter_id,
        "transporterName": _name_of(portal, waybill),
        "status": bill.status,
        "actualDist": movement.distance,
        "noValidDays": _valid_days(waybill),
        "validUpto": valid_upto(portal, bill.valid_till),
        "extendedTimes": movement.extended_times,
        "rejectStatus": "Y" if movement.rejected_at else "N",
        "actFromStateCode": part_a.get("actFromStateCode"),
        "actToStateCode": part_a.get("actToStateCode"),
        "vehicleType": (kinds[0] if kinds else "") or "",
        "transactionType": part_a.get("transactionType"),
        "otherValue": part_a.get("otherValue", 0),
        "cessNonAdvolValue": part_a.get("cessNonAdvolValue", 0),
        "itemList": [_line(*one) for one in enumerate(part_a["itemList"], 1)],
        "VehiclListDetails": [_entry(one) for one in entries],
    }


def _valid_days(waybill: Waybill) -> int:
    """Return the days from the first Part B to the end of the validity."""
    start, stop = waybill.movement.started_at, waybill.bill.valid_till
    if start is None or stop is None:
        return 0
    return (from_wire(stop).date() - from_wire(start).date()).days


def _name_of(portal: Portal, waybill: Waybill) -> str:
    """Return the portal's own name for the transporter, else the one that was sent."""
    transporter = waybill.movement.transporter_id
    record = portal.registry.record(transporter) if transporter else None
    named = (record or {}).get("TradeName") or (record or {}).get("LegalName")
    return str(named or waybill.movement.part_a.get("transporterName") or "")


def _line(number: int, item: dict[str, Any]) -> dict[str, Any]:
    hsn = str(item.get("hsnCode") or "")
    code_of_hsn = int(hsn) if hsn.isdigit() else 0
    return {"itemNo": number, "productId": 0, **item, "hsnCode": code_of_hsn}


def _entry(entry: PartB) -> dict[str, Any]:
    details = dict(entry.details)
    return {
        "updMode": details.get("updMode", "API"),
        "vehicleNo": details["vehicleNo"],
        "fromPlace": details["fromPlace"],
        "fromState": details["fromState"],
        "tripshtNo": details.get("tripshtNo", 0),
        "userGSTINTransin": entry.entered_by,
        "enteredDate": moment(entry.entered_at),
        "transMode": str(details["transMode"]).ljust(_WIDTH),
        "transDocNo": details["transDocNo"],
        "transDocDate": details["transDocDate"],
        "groupNo": details.get("groupNo", "0"),
        "vehicleType": details["vehicleType"],
    }
