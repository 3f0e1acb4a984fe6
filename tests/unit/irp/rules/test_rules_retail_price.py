"""Goods taxed on their retail sale price, and the comparisons they skip."""

from datetime import date
from decimal import Decimal

import pytest
from irp.reference.retail_price import (
    is_taxed_on_retail_price,
    is_too_short_for_retail_price,
    rate_of_retail_tax,
    rate_of_tax,
    retail_price_rate,
    tax_in_retail_price,
)
from irp.rules.invoice.registry import rule_violations

DAY = date(2026, 2, 1)
L, V, D = "ItemList.0.", "ValDtls.", "DocDtls."
BY_RETAIL_PRICE = {
    L + "HsnCd": "24039910",
    L + "GstRt": 40,
    L + "IgstAmt": 1714.29,
    L + "TotItemVal": 2714.29,
    V + "IgstVal": 1714.29,
    V + "TotInvVal": 2714.29,
}
HALVES = {
    L + "HsnCd": "24039910",
    L + "GstRt": 40,
    L + "CgstAmt": 857.14,
    L + "SgstAmt": 857.14,
    L + "TotItemVal": 2714.28,
    V + "CgstVal": 857.14,
    V + "SgstVal": 857.14,
    V + "TotInvVal": 2714.28,
}
OTHER_TOTAL = {L + "TotItemVal": 2800, V + "TotInvVal": 2800}
BEFORE = {D + "Dt": "31/01/2026"}
NOTIFIED = ("21069020", "2401", "2402", "2403", "24041100", "24041900")
LISTED = (*NOTIFIED, "24012090", "24022090", "240319", "24039910", "240411")
BIRIS = ("24031921", "24031929")
NOT_LISTED = (*BIRIS, "2404", "210690", "21069099", "24049100", "0401", "82041120")


def codes_of(document, today):
    return [one.code for one in rule_violations(document, today=today)]


@pytest.mark.parametrize("hsn", LISTED)
def test_listed_goods_from_the_first_day(hsn):
    assert is_taxed_on_retail_price(hsn, DAY)
    assert not is_taxed_on_retail_price(hsn, date(2026, 1, 31))
    assert retail_price_rate(hsn, DAY) == 40
    assert not is_too_short_for_retail_price(hsn, DAY)


@pytest.mark.parametrize("hsn", NOT_LISTED)
def test_other_goods(hsn):
    assert not is_taxed_on_retail_price(hsn, DAY)
    assert retail_price_rate(hsn, DAY) is None


@pytest.mark.parametrize("hsn", ["24", "2404", "2106", "210690"])
def test_codes_that_leave_it_open(hsn):
    assert is_too_short_for_retail_price(hsn, DAY)
    assert not is_too_short_for_retail_price(hsn, date(2026, 1, 31))


@pytest.mark.parametrize("hsn", ["", "24031921", "21069099", "240491"])
def test_codes_that_do_not(hsn):
    assert not is_too_short_for_retail_price(hsn, DAY)


@pytest.mark.parametrize("hsn", LISTED)
def test_tax_and_total_are_not_compared(make, today, hsn):
    changes = {**BY_RETAIL_PRICE, L + "HsnCd": hsn}

    assert codes_of(make("inter", changes), today) == []
    assert codes_of(make("intra", {**HALVES, L + "HsnCd": hsn}), today) == []
    assert codes_of(make("inter", {**changes, **OTHER_TOTAL}), today) == []


@pytest.mark.parametrize("hsn", NOT_LISTED)
def test_of_other_goods_they_are(make, today, hsn):
    changes = {**BY_RETAIL_PRICE, L + "HsnCd": hsn}

    assert codes_of(make("inter", changes), today) == ["2235"]
    assert codes_of(make("intra", {**HALVES, L + "HsnCd": hsn}), today) == ["2234"]
    found = codes_of(make("inter", {**changes, **OTHER_TOTAL}), today)
    assert found == ["2235", "2194"]


def test_before_the_rule_they_are(make):
    today = date(2026, 2, 2)

    assert codes_of(make("inter", {**BY_RETAIL_PRICE, **BEFORE}), today) == ["2235"]
    assert codes_of(make("intra", {**HALVES, **BEFORE}), today) == ["2234"]
    first_day = {D + "Dt": "01/02/2026"}
    assert codes_of(make("inter", {**BY_RETAIL_PRICE, **first_day}), today) == []


def test_sums_are_compared_all_the_same(make, today):
    changes = {**BY_RETAIL_PRICE, V + "IgstVal": 1500, V + "TotInvVal": 2500}

    assert codes_of(make("inter", changes), today) == ["2185", "2189"]


def test_other_lines_are_compared_all_the_same(make, today):
    document = make("inter", BY_RETAIL_PRICE)
    document["ItemList"].append(
        {
            **make()["ItemList"][0],
            "SlNo": "2",
            "IgstAmt": 150,
            "TotItemVal": 1150,
        }
    )
    document["ValDtls"] = {"AssVal": 2000, "IgstVal": 1864.29, "TotInvVal": 3864.29}

    [fault] = rule_violations(document, today=today)
    assert (fault.code, fault.path) == ("2235", "ItemList[1].IgstAmt")


@pytest.mark.parametrize(
    ("hsn", "is_hinted"), [("210690", True), ("21069099", False), ("82041120", False)]
)
def test_hint_at_a_longer_code(make, today, hsn, is_hinted):
    changes = {**BY_RETAIL_PRICE, L + "HsnCd": hsn}

    [fault] = rule_violations(make("inter", changes), today=today)
    assert (fault.kind == "tax_amount_short_hsn") is is_hinted


def test_tax_in_the_retail_price():
    tax = tax_in_retail_price(Decimal(6000), Decimal(40))
    assert tax.quantize(Decimal("0.01")) == Decimal("1714.29")


@pytest.mark.parametrize(
    ("tax", "value", "rate"),
    [
        ("1714.29", "6000", 40),
        ("1714.30", "6000", 40),
        ("1715", "6000", 40),
        ("-1714.29", "-6000", 40),
        ("1312.50", "6000", 28),
        ("0.29", "1", 40),
        ("1500", "6000", None),
        ("1714.29", "-6000", None),
        ("1714.29", "0", None),
        ("0", "6000", None),
        # several rates give the same amount to the paisa
        ("0.01", "0.20", None),
    ],
)
def test_rate_of_a_retail_tax(tax, value, rate):
    assert rate_of_retail_tax(Decimal(tax), Decimal(value), DAY) == rate


@pytest.mark.parametrize(
    ("tax", "taxable", "day", "rate"),
    [
        ("180", "1000", DAY, 18),
        ("2.50", "1000", DAY, Decimal("0.25")),
        ("400", "1000", DAY, 40),
        ("400", "1000", date(2025, 9, 21), None),
        ("171.43", "1000", DAY, None),
    ],
)
def test_rate_of_a_tax(tax, taxable, day, rate):
    assert rate_of_tax(Decimal(tax), Decimal(taxable), day) == rate
