"""A registered invoice, and the checks that its INV-01 document has to pass."""

from dataclasses import dataclass, field
from typing import Any

GST = {"IgstAmt": "igst", "CgstAmt": "cgst", "SgstAmt": "sgst"}
CESSES = ("CesAmt", "CesNonAdvlAmt", "StateCesAmt", "StateCesNonAdvlAmt")
SUMS = {
    "AssVal": ("AssAmt",),
    "IgstVal": ("IgstAmt",),
    "CgstVal": ("CgstAmt",),
    "SgstVal": ("SgstAmt",),
}


@dataclass(frozen=True)
class Registered:
    """A registered invoice.

    :ivar sent: its INV-01 document, as the portal signed it.
    :ivar books: the journal's figures for it, see ``Accountant.books``.
    :ivar warnings: the findings that do not block it.
    """

    move: int
    sent: dict[str, Any]
    books: dict[str, Any]
    warnings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def items(self) -> list[dict[str, Any]]:
        return self.sent["ItemList"]

    @property
    def values(self) -> dict[str, float]:
        return self.sent["ValDtls"]

    @property
    def payment(self) -> dict[str, Any]:
        return self.sent.get("PayDtls", {})

    def item(self, hsn: str) -> dict[str, Any]:
        """Return the only item of an HSN."""
        [found] = [item for item in self.items if item["HsnCd"] == hsn]
        return found

    def taxable(self) -> dict[float, float]:
        """Return the taxable value of each GST rate."""
        sums: dict[float, float] = {}
        for item in self.items:
            rate = item["GstRt"]
            sums[rate] = round(sums.get(rate, 0) + item["AssAmt"], 2)
        return sums


def amounts(registered: Registered) -> tuple[dict[float, float], float, float]:
    """Return the taxable value by rate, the CGST (equal to the SGST) and the total."""
    values = registered.values
    assert values["CgstVal"] == values["SgstVal"]
    return registered.taxable(), values["CgstVal"], values["TotInvVal"]


def assert_sound(registered: Registered) -> None:
    """Assert that it adds up, and that each item is positive and complete."""
    for item in registered.items:
        _assert_item(item, registered.sent["TranDtls"]["RegRev"] == "Y")
    values = registered.values
    for member, parts in SUMS.items():
        total = sum(item[part] for item in registered.items for part in parts)
        assert values[member] == round(total, 2), member
    total = sum(item["TotItemVal"] for item in registered.items)
    total += values["OthChrg"] + values["RndOffAmt"] - values["Discount"]
    assert values["TotInvVal"] == round(total, 2)


def _assert_item(item, reverse_charge: bool) -> None:
    # an amount of 0 is a free item
    assert item["Qty"] > 0, item
    assert min(item["UnitPrice"], item["AssAmt"], item["Discount"]) >= 0, item
    assert round(item["TotAmt"] - item["Discount"], 2) == item["AssAmt"], item
    assert item["HsnCd"], item
    assert item.get("PrdDesc"), item
    assert item["IsServc"] == "Y" or item["Unit"], item
    charged = item["AssAmt"] + item["OthChrg"] + sum(item[name] for name in CESSES)
    if not reverse_charge:
        charged += sum(item[name] for name in GST)
    assert item["TotItemVal"] == round(charged, 2), item


def assert_as_booked(registered: Registered) -> None:
    """Assert that taxable value and taxes match the journal for each rate, and that the
    total is the printed one."""
    assert_sound(registered)
    booked = registered.books["taxable"]
    assert "" not in booked, booked
    assert {f"{rate:g}": sum_ for rate, sum_ in registered.taxable().items()} == booked
    for member, kind in GST.items():
        total = round(sum(item[member] for item in registered.items), 2)
        assert total == registered.books["taxes"].get(kind, 0), member
    assert registered.values["TotInvVal"] == registered.books["total"]
