"""GENEWAYBILL: an e-way bill without an IRN."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ...portal.ewaybill import items, part_a, transport, validity
from ...portal.ewaybill.fields import (
    Members,
    amount,
    code,
    day,
    is_pin,
    text,
    whole,
)
from ...portal.portal import Portal
from ...store.movements import Movement, PartB
from ...store.records import EwayBill
from ...wire.dates import to_wire
from .calls import Act, ground_of, is_told, moment, reject, valid_upto

# members of Part A that are stored as they were sent, with their types
_TEXTS = (
    *("supplyType", "subSupplyType", "subSupplyDesc", "docType", "docNo", "docDate"),
    *("fromGstin", "fromTrdName", "fromAddr1", "fromAddr2", "fromPlace"),
    *("toGstin", "toTrdName", "toAddr1", "toAddr2", "toPlace"),
    *("dispatchFromGSTIN", "dispatchFromTradeName", "shipToGSTIN", "shipToTradeName"),
    "transporterName",
)
_NUMBERS = (
    *("fromPincode", "fromStateCode", "toPincode", "toStateCode"),
    *("actFromStateCode", "actToStateCode", "transactionType"),
)
_AMOUNTS = (
    *("totalValue", "otherValue", "cgstValue", "sgstValue", "igstValue"),
    *("cessValue", "cessNonAdvolValue", "totInvValue"),
)
_LONGEST: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "fromtrdname": (100, "229"),
        "totrdname": (100, "231"),
        "fromaddr1": (120, "209"),
        "fromaddr2": (120, "209"),
        "toaddr1": (120, "213"),
        "toaddr2": (120, "213"),
        "fromplace": (50, "230"),
        "toplace": (50, "232"),
        "transportername": (100, ""),
        "dispatchfromtradename": (100, ""),
        "shiptotradename": (100, ""),
    }
)


def generate(portal: Portal, act: Act) -> dict[str, Any]:
    """Make an e-way bill (NIC Generate e-way bill v1.03).

    :raises Refusal: together the codes of Part A, items, amounts and transport (see
        ``portal/ewaybill``), 604 for a document with an active e-way bill, 702 with the
        portal's distance in ``info``
    """
    codes, infos, distance = check(portal, act)
    if codes:
        raise reject(*codes, infos=infos)
    bill = make(portal, act, distance.kilometres)
    return {
        "ewayBillNo": bill.number,
        "ewayBillDate": moment(bill.generated_at),
        "validUpto": valid_upto(portal, bill.valid_till),
        "alert": distance.alert,
    }


def check(
    portal: Portal, act: Act
) -> tuple[list[str], list[dict[str, Any]], validity.Distance]:
    """Return the codes against a request, ``info``, and the distance."""
    request, ground = act.fields, ground_of(portal, act)
    document_day = day(request, "docdate")
    codes = [
        *part_a.document_codes(request, ground),
        *part_a.party_codes(request, ground),
        *part_a.place_codes(request, ground),
        *_length_codes(request, ground.settings.ewb_schema_code),
        *items.amount_codes(request, ground.settings.ewb_schema_code),
        *items.item_codes(request, ground),
        *_transport_codes(portal, act),
    ]
    if document_day:
        key = part_a.document_key(request, document_day)
        live = portal.movements.live(key)
        if live is not None and is_told(portal, live, act.now):
            codes.append("604")
    distance, infos = _distance(portal, request)
    if distance.code:
        codes.append(distance.code)
    return codes, infos, distance


def _length_codes(request: Members, schema_code: str) -> list[str]:
    """Return the codes for texts that exceed the schema."""
    return [
        wrong or schema_code
        for name, (longest, wrong) in _LONGEST.items()
        if len(text(request, name)) > longest
    ]


def _transport_codes(portal: Portal, act: Act) -> list[str]:
    request = act.fields
    codes: list[str] = []
    if not items.is_gold(items.items_of(request)):
        document_day = day(request, "docdate")
        codes += transport.generation_codes(request, document_day, portal.settings)
    transporter = code(request, "transporterid")
    if transporter:
        codes += new_transporter_codes(portal, transporter, act.gstin)
    return codes


def new_transporter_codes(portal: Portal, transporter: str, caller: str) -> list[str]:
    """Return the codes against a transporter ID: 222, 655.

    A caller who names himself is known, since he has signed in. Missing returns of a
    transporter no longer count (NIC, 18-05-2021).
    """
    if transporter != caller and not portal.registry.is_transporter(transporter):
        return ["222"]
    is_common = transporter.startswith("88")
    is_enrolled = not is_common and portal.registry.has_common_enrolment(transporter)
    return ["655"] if is_enrolled else []


def _distance(
    portal: Portal, request: Members
) -> tuple[validity.Distance, list[dict[str, Any]]]:
    start, stop = whole(request, "frompincode"), whole(request, "topincode")
    if start is None or stop is None or not is_pin(start) or not is_pin(stop):
        # refused for its PIN code
        return validity.Distance(0), []
    sent = whole(request, "transdistance")
    found = validity.distance(sent, start, stop, portal.settings)
    if found.code != "702":
        return found, []
    pins = {"fromPinCode": str(start), "toPinCode": str(stop)}
    return found, [{**pins, "distance": found.known}]


def make(portal: Portal, act: Act, kilometres: int) -> EwayBill:
    """Store the e-way bill of a request that passed the checks."""
    request = act.fields
    end = _end(request, kilometres, act.now)
    bill = portal.eway_bills.add(
        lambda number: EwayBill(number, "", act.gstin, act.at, end),
        portal.settings.ewb_portal,
    )
    document_day = day(request, "docdate")
    if document_day is None:
        raise ValueError("the document has no date")
    transporter = code(request, "transporterid")
    movement = Movement(
        number=bill.number,
        document_key=part_a.document_key(request, document_day),
        doc_type=code(request, "doctype"),
        doc_no=text(request, "docno"),
        from_gstin=code(request, "fromgstin"),
        to_gstin=code(request, "togstin"),
        transporter_id=transporter,
        assigned_at=act.at if transporter else None,
        distance=kilometres,
        started_at=act.at if end else None,
        extended_times=0,
        rejected_at=None,
        part_a={"genMode": act.mode, **_part_a(request)},
    )
    portal.movements.add(movement, _part_b(act, bill.number) if end else None)
    return bill


def _end(request: Members, kilometres: int, now: datetime) -> str | None:
    """Return the end of the validity, None for a Part A slip."""
    if not text(request, "transmode"):
        return None
    return to_wire(validity.end(now, kilometres, transport.is_oversize(request)))


def _part_b(act: Act, number: int) -> PartB:
    request = act.fields
    state = whole(request, "actfromstatecode")
    details = transport_details(act, state)
    return PartB(number, act.at, act.gstin, details)


def transport_details(act: Act, state: int | None) -> dict[str, Any]:
    """Return the members of a Part B that Get e-way bill shows."""
    request = act.fields
    return {
        "updMode": act.mode,
        "vehicleNo": code(request, "vehicleno"),
        "fromPlace": text(request, "fromplace"),
        "fromState": state,
        "transMode": text(request, "transmode"),
        "transDocNo": text(request, "transdocno"),
        "transDocDate": text(request, "transdocdate") or None,
        "vehicleType": code(request, "vehicletype"),
    }


def _part_a(request: Members) -> dict[str, Any]:
    lines = [_line(one) for one in items.items_of(request)]
    return {
        **{name: text(request, name.lower()) for name in _TEXTS},
        **{name: whole(request, name.lower()) for name in _NUMBERS},
        **{name: _number(request, name.lower()) for name in _AMOUNTS},
        "itemList": lines,
    }


def _line(item: Members) -> dict[str, Any]:
    non_advol = amount(item, "cessnonadvol") or amount(item, "cessnonadvolvalue")
    rates = ("cgstRate", "sgstRate", "igstRate", "cessRate")
    return {
        "productName": text(item, "productname"),
        "productDesc": text(item, "productdesc"),
        "hsnCode": text(item, "hsncode"),
        "quantity": _number(item, "quantity"),
        "qtyUnit": code(item, "qtyunit"),
        **{name: _number(item, name.lower()) for name in rates},
        "cessNonAdvol": float(non_advol or 0),
        "taxableAmount": _number(item, "taxableamount"),
    }


def _number(members: Members, name: str) -> float:
    return float(amount(members, name) or 0)
