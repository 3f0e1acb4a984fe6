"""Read the movement of goods from an e-way bill request and its invoice."""

from collections.abc import Mapping
from typing import Any

Members = Mapping[str, Any]


def section(members: Members, name: str) -> Members:
    """Return an object inside ``members``, an empty one if it is missing."""
    value = members.get(name)
    return value if isinstance(value, Mapping) else {}


def dispatch_from(request: Members, invoice: Members) -> Members:
    """Return the place of dispatch: the invoice's, the request's, or the supplier.

    ``DispDtls`` of a request by IRN counts only if the invoice has none (NIC E-way bill
    by IRN v1.03).
    """
    return (
        section(invoice, "DispDtls")
        or section(request, "DispDtls")
        or section(invoice, "SellerDtls")
    )


def ship_to(request: Members, invoice: Members) -> Members:
    """Return the ship-to address, an empty object if there is none.

    ``ExpShipDtls`` is for exports only and may differ from the registered document; the
    ship-to of any other supply is fixed with its IRN (NIC advisory 17-06-2026).
    """
    port = section(request, "ExpShipDtls") if is_export(invoice) else {}
    return port or section(invoice, "ShipDtls")


def is_export(invoice: Members) -> bool:
    """Return whether the supply type is an export."""
    return supply_type(invoice).startswith("EXP")


def destination(request: Members, invoice: Members) -> Members:
    """Return the place of delivery: the ship-to address, else the recipient's."""
    return ship_to(request, invoice) or section(invoice, "BuyerDtls")


def supply_type(invoice: Members) -> str:
    """Return ``SupTyp`` in upper case."""
    return str(section(invoice, "TranDtls").get("SupTyp") or "").upper()


def has_goods(invoice: Members) -> bool:
    """Return whether at least one line is not a service (HSN 99)."""
    return any(
        str(item.get("IsServc") or "").upper() != "Y"
        and not str(item.get("HsnCd") or "").startswith("99")
        for item in invoice["ItemList"]
    )
