"""Taxes of goods whose values a person has stated, and goods that need no bill."""

from dataclasses import replace
from decimal import Decimal

import pytest
from irp.reference.ewaybill import (
    is_in_annexure,
    may_be_in_annexure,
)
from irp.rules.ewaybill import Generate, Item, in_paise, tax_values

HALF = Decimal("2.5")


def goods(*values, **rates):
    rates = rates or {"cgst_rate": HALF, "sgst_rate": HALF}
    return [Item(taxable_amount=Decimal(value), **rates) for value in values]


def test_rounded_per_line_or_once_per_rate():
    items = goods("400.20", "33.40")
    assert tax_values(items, per_line=False)["cgst"] == Decimal("10.84")
    assert tax_values(items, per_line=True)["cgst"] == Decimal("10.85")


def test_each_rate_is_rounded_for_itself():
    items = [*goods("0.20"), *goods("0.10", igst_rate=Decimal(5))]
    taxes = tax_values(items, per_line=False)
    assert (taxes["cgst"], taxes["sgst"], taxes["igst"]) == (
        Decimal("0.01"),
        Decimal("0.01"),
        Decimal("0.01"),
    )


def test_cess_by_value_and_by_quantity():
    items = goods("1000", cess_rate=Decimal(5), cess_non_advol=Decimal("15.91"))
    taxes = tax_values(items, per_line=False)
    assert (taxes["cess"], taxes["cess_non_advol"]) == (50, Decimal("15.91"))


def test_what_is_stated_but_not_charged_is_no_tax():
    rates = {"igst_rate": Decimal(18), "cess_rate": Decimal(5)}
    (item,) = goods("1000", cess_non_advol=Decimal("15.91"), **rates)
    unpaid = replace(item, charges_gst=False)
    taxes = tax_values([item, unpaid], per_line=False)
    assert (taxes["igst"], taxes["cess"]) == (180, 100)
    taxes = tax_values([replace(unpaid, charges_cess=False)], per_line=True)
    assert set(taxes.values()) == {0}
    sent = [Generate(items=(one,)).body()["itemList"] for one in (item, unpaid)]
    assert sent[0] == sent[1]


def test_nothing_is_taxed_with_nothing():
    assert set(tax_values([], per_line=True).values()) == {0}


@pytest.mark.parametrize(
    ("amount", "rounded"), [("10.005", "10.01"), ("0.835", "0.84"), ("2.4", "2.40")]
)
def test_half_a_paisa_is_rounded_up(amount, rounded):
    assert in_paise(Decimal(amount)) == Decimal(rounded)


def test_annexure():
    assert is_in_annexure("71131910", "24", "27")
    assert not is_in_annexure("711719", "24", "27"), "imitation jewellery"
    assert not is_in_annexure("820750", "24", "24")
    assert is_in_annexure("7108", "24", "24")
    assert not is_in_annexure("7108", "32", "32"), "Kerala demands one"
    assert is_in_annexure("7108", "32", "33")
    assert may_be_in_annexure("27111900")
    assert not may_be_in_annexure("7108")
