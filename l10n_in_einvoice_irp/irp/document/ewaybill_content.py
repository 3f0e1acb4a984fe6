"""Derive the contents of the e-way bill that the portal generates for an invoice.

Part A comes from the INV-01 document, Part B from the transport details that were
sent (NIC "E-way bill schema to API mapping", FORM GST EWB-01).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..reference import codes
from ..reference.ewaybill import CODES

Members = Mapping[str, Any]

# members of "E-way bill by IRN" -> those of GENEWAYBILL
_TRANSPORT = {
    "TransId": "transporterId",
    "TransName": "transporterName",
    "TransMode": "transMode",
    "Distance": "transDistance",
    "TransDocNo": "transDocNo",
    "TransDocDt": "transDocDate",
    "VehNo": "vehicleNo",
    "VehType": "vehicleType",
}
_VEHICLE_TYPES = {"R": "Regular", "O": "Over-dimensional Cargo"}
_TRANSACTION_TYPES = {
    (False, False): "Regular",
    (False, True): "Bill To - Ship To",
    (True, False): "Bill From - Dispatch From",
    (True, True): "Combination of 2 and 3",
}


@dataclass(frozen=True)
class Place:
    """The place of dispatch or delivery.

    :ivar name: legal name; empty for a port of export.
    :ivar lines: address lines, then town and PIN code, then state.
    """

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """The contents of an e-way bill; unknown texts are empty.

    :ivar value: total value of the invoice in rupees, taxes included (A.7).
    :ivar goods: one pair of HSN code and description per HSN code (A.8).
    :ivar reason: reason for transportation (A.9).
    :ivar transport: transport details of the request; empty if another system sent it.
    """

    document_number: str
    document_date: str
    supplier: str
    supplier_gstin: str
    dispatch: Place
    recipient: str
    recipient_gstin: str
    delivery: Place
    value: str
    goods: tuple[tuple[str, str], ...]
    reason: str
    transaction_type: str
    transport: Members

    @property
    def mode(self) -> str:
        """Return the mode of transport, e.g. "Road"; empty without Part B."""
        return codes.transport_mode(_text(self.transport, "TransMode")).capitalize()

    @property
    def vehicle_type(self) -> str:
        """Return the vehicle type in words."""
        return _VEHICLE_TYPES.get(_text(self.transport, "VehType").upper(), "")


def ewaybill_content(invoice: Members, request: Members) -> Content:
    """Return the contents of an invoice's e-way bill.

    :param invoice: the INV-01 document as registered.
    :param request: the body of "E-way bill by IRN", or EwbDtls of the document.
    """
    document = section(invoice, "DocDtls")
    seller, buyer = section(invoice, "SellerDtls"), section(invoice, "BuyerDtls")
    start, end = dispatch_from(invoice, request), deliver_to(invoice, request)
    return Content(
        document_number=_text(document, "No"),
        document_date=_text(document, "Dt"),
        supplier=_text(seller, "LglNm"),
        supplier_gstin=_text(seller, "Gstin"),
        dispatch=_place(start),
        recipient=_text(buyer, "LglNm"),
        recipient_gstin=_text(buyer, "Gstin"),
        delivery=_place(end),
        value=_money(section(invoice, "ValDtls").get("TotInvVal")),
        goods=_goods(invoice),
        reason=f"Outward - {'Export' if is_export(invoice) else 'Supply'}",
        transaction_type=_TRANSACTION_TYPES[start != seller, end != buyer],
        transport=request,
    )


def content_without_irn(body: Members) -> Content:
    """Return the contents of an e-way bill without an IRN.

    :param body: the body of its request (GENEWAYBILL).
    """
    supply = CODES["supply_types"].get(_text(body, "supplyType"), "")
    sub_supply = CODES["sub_supply_types"].get(_text(body, "subSupplyType"), "")
    described = _text(body, "subSupplyDesc")
    kind = _text(body, "transactionType")
    return Content(
        document_number=_text(body, "docNo"),
        document_date=_text(body, "docDate"),
        supplier=_text(body, "fromTrdName"),
        supplier_gstin=_text(body, "fromGstin"),
        dispatch=_place(_side(body, "from", "actFromStateCode")),
        recipient=_text(body, "toTrdName"),
        recipient_gstin=_text(body, "toGstin"),
        delivery=_place(_side(body, "to", "actToStateCode")),
        value=_money(body.get("totInvValue")),
        goods=_goods({"ItemList": [_item(one) for one in body["itemList"]]}),
        reason=" - ".join(filter(None, (supply, sub_supply, described))),
        transaction_type=CODES["transaction_types"].get(kind, ""),
        transport={
            name: body[member]
            for name, member in _TRANSPORT.items()
            if body.get(member) not in (None, "")
        },
    )


def _side(body: Members, side: str, state: str) -> Members:
    """Return the address of one side in the members of INV-01."""
    return {
        "Addr1": body.get(f"{side}Addr1"),
        "Addr2": body.get(f"{side}Addr2"),
        "Loc": body.get(f"{side}Place"),
        "Pin": body.get(f"{side}Pincode"),
        "Stcd": body.get(state),
    }


def _item(item: Members) -> Members:
    return {"HsnCd": item.get("hsnCode"), "PrdDesc": item.get("productName")}


def dispatch_from(invoice: Members, request: Members) -> Members:
    """Return the place of dispatch.

    DispDtls of the request counts only if the invoice has none (NIC "E-way bill by IRN"
    v1.03).
    """
    return (
        section(invoice, "DispDtls")
        or section(request, "DispDtls")
        or section(invoice, "SellerDtls")
    )


def deliver_to(invoice: Members, request: Members) -> Members:
    """Return the place of delivery.

    ExpShipDtls of the request counts only for exports (NIC "E-way bill by IRN" v1.03).
    """
    port = section(request, "ExpShipDtls") if is_export(invoice) else {}
    return port or section(invoice, "ShipDtls") or section(invoice, "BuyerDtls")


def is_export(invoice: Members) -> bool:
    """Return whether the supply type is an export."""
    return _text(section(invoice, "TranDtls"), "SupTyp").upper().startswith("EXP")


def section(members: Members, name: str) -> Members:
    """Return a section of a document; empty if it is missing or null."""
    value = members.get(name)
    return value if isinstance(value, Mapping) else {}


def _goods(invoice: Members) -> tuple[tuple[str, str], ...]:
    """Return the HSN codes of the goods, each with its first description."""
    goods: dict[str, str] = {}
    for item in invoice.get("ItemList") or ():
        hsn = _text(item, "HsnCd")
        if not codes.is_service_code(hsn):
            goods.setdefault(hsn, _text(item, "PrdDesc"))
    return tuple(goods.items())


def _place(address: Members) -> Place:
    state = codes.states().get(codes.state_code(_text(address, "Stcd")))
    town = ", ".join(filter(None, (_text(address, "Loc"), state.name if state else "")))
    pin = _text(address, "Pin")
    lines = (
        _text(address, "Addr1"),
        _text(address, "Addr2"),
        f"{town} - {pin}" if pin else town,
    )
    name = _text(address, "Nm") or _text(address, "LglNm")
    return Place(name, tuple(filter(None, lines)))


def _money(amount: Any) -> str:
    return "" if amount is None else f"{Decimal(str(amount)):.2f}"


def _text(members: Members, name: str) -> str:
    value = members.get(name)
    return "" if value is None else str(value)
