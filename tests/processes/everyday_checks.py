"""What has to hold of every INV-01 document that the portal took."""

from .everyday_shop import Registered

GST = {"IgstAmt": "igst", "CgstAmt": "cgst", "SgstAmt": "sgst"}
CESSES = ("CesAmt", "CesNonAdvlAmt", "StateCesAmt", "StateCesNonAdvlAmt")
SUMS = {
    "AssVal": ("AssAmt",),
    "IgstVal": ("IgstAmt",),
    "CgstVal": ("CgstAmt",),
    "SgstVal": ("SgstAmt",),
}


def assert_sound(registered: Registered) -> None:
    """It adds up, no item is below 0, and each has what the portal wants of it."""
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
    # positive, or of goods given free
    assert item["Qty"] > 0, item
    assert min(item["UnitPrice"], item["AssAmt"], item["Discount"]) >= 0, item
    assert round(item["TotAmt"] - item["Discount"], 2) == item["AssAmt"], item
    assert item["HsnCd"] and item["PrdDesc"], item
    assert item["IsServc"] == "Y" or item["Unit"], item
    charged = item["AssAmt"] + item["OthChrg"] + sum(item[name] for name in CESSES)
    if not reverse_charge:
        charged += sum(item[name] for name in GST)
    assert item["TotItemVal"] == round(charged, 2), item


def assert_as_booked(registered: Registered) -> None:
    """Value and taxes are those of the journal, rate by rate, and the total is the
    printed one."""
    assert_sound(registered)
    booked = registered.books["taxable"]
    assert "" not in booked, booked
    assert {f"{rate:g}": sum_ for rate, sum_ in registered.taxable().items()} == booked
    for member, kind in GST.items():
        total = round(sum(item[member] for item in registered.items), 2)
        assert total == registered.books["taxes"].get(kind, 0), member
    assert registered.values["TotInvVal"] == registered.books["total"]
