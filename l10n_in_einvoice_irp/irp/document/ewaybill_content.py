"""The contents of the e-way bill that a portal generates for an invoice.

Part A follows from the INV-01 document, Part B from the transport details that were
sent (NIC "E-way bill schema to API mapping", FORM GST EWB-01).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..reference import codes

Members = Mapping[str, Any]

_VEHICLE_TYPES = {"R": "Regular", "O": "Over-dimensional Cargo"}
_TRANSACTION_TYPES = {
    (False, False): "Regular",
    (False, True): "Bill To - Ship To",
    (True, False): "Bill From - Dispatch From",
    (True, True): "Combination of 2 and 3",
}


@dataclass(frozen=True)
class Place:
    """A place where goods are dispatched or delivered.

    :ivar name: who is there; a port of export has none.
    :ivar lines: the lines of the address, then place, state and PIN code.
    """

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """An e-way bill as the portal holds it; texts are empty where nothing is known.

    :ivar value: total value of the invoice in rupees, taxes included (A.7).
    :ivar goods: HSN code and description of the goods, one for each HSN code (A.8).
    :ivar reason: for transportation (A.9).
    :ivar transport: the request's transport details; empty if sent from elsewhere.
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
    """Return what the e-way bill of an invoice says.

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


def dispatch_from(invoice: Members, request: Members) -> Members:
    """Return where the goods start: DispDtls of a request by IRN counts only if the
    invoice has none (NIC "E-way bill by IRN" v1.03)."""
    return (
        section(invoice, "DispDtls")
        or section(request, "DispDtls")
        or section(invoice, "SellerDtls")
    )


def deliver_to(invoice: Members, request: Members) -> Members:
    """Return where the goods end: ExpShipDtls of a request by IRN counts for exports
    alone (NIC "E-way bill by IRN" v1.03)."""
    port = section(request, "ExpShipDtls") if is_export(invoice) else {}
    return port or section(invoice, "ShipDtls") or section(invoice, "BuyerDtls")


def is_export(invoice: Members) -> bool:
    """Return whether the supply type is an export."""
    return _text(section(invoice, "TranDtls"), "SupTyp").upper().startswith("EXP")


def section(members: Members, name: str) -> Members:
    """Return a section of a document; an empty one if it was left out."""
    value = members.get(name)
    return value if isinstance(value, Mapping) else {}


def _goods(invoice: Members) -> tuple[tuple[str, str], ...]:
    """Return the HSN codes of the goods with the first description of each."""
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
