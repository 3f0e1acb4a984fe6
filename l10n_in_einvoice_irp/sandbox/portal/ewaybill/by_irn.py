"""The movement of an e-way bill that was made from an IRN."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ...store.movements import Movement, PartB
from ...store.records import EwayBill, Registration
from ...wire import crypto, jsontext
from ...wire.dates import document_date
from .. import places
from ..goods_movement import (
    Members,
    destination,
    dispatch_from,
    is_export,
    section,
    ship_to,
)
from . import part_a
from .fields import UNREGISTERED

_TOTALS: Mapping[str, str] = MappingProxyType(
    {
        "totalValue": "AssVal",
        "cgstValue": "CgstVal",
        "sgstValue": "SgstVal",
        "igstValue": "IgstVal",
        "cessValue": "CesVal",
        "otherValue": "OthChrg",
        "totInvValue": "TotInvVal",
    }
)
_DOCUMENT_TYPES = {"INV": "INV"}
_EXPORT, _SUPPLY = "3", "1"


def signed_document(registration: Registration) -> Members:
    """Return the registered document, as the portal signed it."""
    payload = registration.signed_invoice.split(".")[1]
    members = jsontext.json_object(crypto.from_base64url(payload))
    return jsontext.json_object(members["data"])


def movement_of(
    bill: EwayBill, request: Members, invoice: Members, kilometres: int
) -> tuple[Movement, PartB | None]:
    """Return the movement of a bill, and its Part B if the request has one.

    :param kilometres: 0 if nobody said them; then the portal computes them
    """
    members = _part_a(request, invoice)
    pins = members["fromPincode"], members["toPincode"]
    if not kilometres and all(isinstance(pin, int) for pin in pins):
        kilometres = places.distance(*pins) or 0
    document_day = document_date(section(invoice, "DocDtls")["Dt"])
    lowered = {name.lower(): value for name, value in members.items()}
    entry = _part_b(bill, request, invoice)
    transporter = str(request.get("TransId") or "")
    movement = Movement(
        number=bill.number,
        document_key=part_a.document_key(lowered, document_day),
        doc_type=members["docType"],
        doc_no=members["docNo"],
        from_gstin=members["fromGstin"],
        to_gstin=members["toGstin"],
        transporter_id=transporter,
        assigned_at=bill.generated_at if transporter else None,
        distance=kilometres,
        started_at=bill.generated_at if entry or bill.valid_till else None,
        extended_times=0,
        rejected_at=None,
        part_a=members,
    )
    return movement, entry


def _part_a(request: Members, invoice: Members) -> dict[str, Any]:
    document, totals = section(invoice, "DocDtls"), section(invoice, "ValDtls")
    seller, buyer = section(invoice, "SellerDtls"), section(invoice, "BuyerDtls")
    is_dispatched = dispatch_from(request, invoice) is not seller
    kind = 1 + bool(ship_to(request, invoice)) + 2 * is_dispatched
    return {
        "supplyType": "O",
        "subSupplyType": _EXPORT if is_export(invoice) else _SUPPLY,
        "docType": _DOCUMENT_TYPES.get(str(document["Typ"]).upper(), "OTH"),
        "docNo": document["No"],
        "docDate": document["Dt"],
        **_party("from", seller, dispatch_from(request, invoice)),
        **_party("to", buyer, destination(request, invoice)),
        **{name: totals.get(theirs) or 0 for name, theirs in _TOTALS.items()},
        "transactionType": kind,
        "transporterName": request.get("TransName") or "",
        "itemList": [_item(item) for item in invoice["ItemList"]],
    }


def _party(end: str, party: Members, place: Members) -> dict[str, Any]:
    actual = f"act{end.title()}StateCode"
    return {
        f"{end}Gstin": str(party.get("Gstin") or UNREGISTERED),
        f"{end}TrdName": party.get("TrdNm") or party.get("LglNm") or "",
        f"{end}Addr1": place.get("Addr1") or "",
        f"{end}Addr2": place.get("Addr2") or "",
        f"{end}Place": place.get("Loc") or "",
        f"{end}Pincode": place.get("Pin"),
        f"{end}StateCode": _state(party),
        actual: _state(place),
    }


def _state(place: Members) -> int | None:
    text = str(place.get("Stcd") or "")
    return int(text) if text.isdigit() else None


def _item(item: Members) -> dict[str, Any]:
    sent = item.get("GstRt")
    rate = sent if isinstance(sent, int | float) else 0
    is_local = bool(item.get("CgstAmt"))
    return {
        "productName": "",
        "productDesc": item.get("PrdDesc") or "",
        "hsnCode": item.get("HsnCd"),
        "quantity": item.get("Qty") or 0,
        "qtyUnit": item.get("Unit") or "",
        "cgstRate": rate / 2 if is_local else 0,
        "sgstRate": rate / 2 if is_local else 0,
        "igstRate": 0 if is_local else rate,
        "cessRate": item.get("CesRt") or 0,
        "cessNonAdvol": item.get("CesNonAdvlAmt") or 0,
        "taxableAmount": item.get("AssAmt") or 0,
    }


def _part_b(bill: EwayBill, request: Members, invoice: Members) -> PartB | None:
    if not request.get("TransMode"):
        return None
    place = dispatch_from(request, invoice)
    details = {
        "vehicleNo": str(request.get("VehNo") or ""),
        "fromPlace": place.get("Loc") or "",
        "fromState": _state(place),
        "transMode": str(request["TransMode"]),
        "transDocNo": str(request.get("TransDocNo") or ""),
        "transDocDate": request.get("TransDocDt"),
        "vehicleType": str(request.get("VehType") or ""),
    }
    return PartB(bill.number, bill.generated_at, bill.gstin, details)
