"""The movement of goods: what an e-way bill request and its invoice say of it."""

from collections.abc import Mapping
from typing import Any

Members = Mapping[str, Any]


def section(members: Members, name: str) -> Members:
    """Return an object inside ``members``, an empty one if it is missing."""
    value = members.get(name)
    return value if isinstance(value, Mapping) else {}


def dispatch_from(request: Members, invoice: Members) -> Members:
    """Return where the goods start: as invoiced, as asked, or at the supplier's.

    ``DispDtls`` of a request by IRN is for an invoice that names no place of dispatch
    (NIC E-way bill by IRN v1.03); one that it names stays.
    """
    return (
        section(invoice, "DispDtls")
        or section(request, "DispDtls")
        or section(invoice, "SellerDtls")
    )


def ship_to(request: Members, invoice: Members) -> Members:
    """Return where the goods are said to go, an empty object if nowhere else.

    ``ExpShipDtls`` is for exports alone, and may differ from what was registered; the
    ship-to of any other supply is fixed with its IRN (NIC advisory 17-06-2026).
    """
    port = section(request, "ExpShipDtls") if is_export(invoice) else {}
    return port or section(invoice, "ShipDtls")


def is_export(invoice: Members) -> bool:
    """Whether the recipient is abroad by supply type."""
    return supply_type(invoice).startswith("EXP")


def destination(request: Members, invoice: Members) -> Members:
    """Return where the goods arrive: the ship-to address, else the recipient's."""
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
