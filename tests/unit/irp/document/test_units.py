"""Quantity and price with three decimals that still give the amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.document.units import fit_quantity
from irp.reference.codes import is_unit
from irp.reference.datafiles import load_json

SCALES = load_json("unit-scales.json")
THOUSANDTH = Decimal("0.001")


@pytest.mark.parametrize(
    ("given_as", "expected"),
    [
        ((10, 99.5, "KGS", 995), (10.0, 99.5, "KGS")),
        ((100000, 0.3333, "PCS", 33330), (100.0, 333.3, "THD")),
        ((100000, 0.3333, "UNT", 33330), (100.0, 333.3, "THD")),
        ((0.0004, 1000000, "KGS", 400), (0.4, 1000.0, "GMS")),
        ((0.0004, 1000000, "TON", 400), (0.4, 1000.0, "KGS")),
        ((0.0004, 1000000, "MTS", 400), (0.4, 1000.0, "KGS")),
        ((0.0004, 1000000, "QTL", 400), (0.04, 10000.0, "KGS")),
        ((0.0625, 1000000, "GRS", 62500), (0.75, 83333.333, "DOZ")),
        ((250000, 0.01234, "GMS", 3085), (250.0, 12.34, "KGS")),
        ((1000, 99.5, "LTR", 99500), (1000.0, 99.5, "LTR")),
    ],
    ids=lambda row: f"{row[0]:g} {row[2]}",
)
def test_units_that_are_converted(given_as, expected):
    assert fit_quantity(*given_as) == expected


def test_more_decimals_within_a_rupee_are_rounded():
    assert fit_quantity(3, 33.33333, "KGS", 100) == (3.0, 33.333, "KGS")


def test_halves_are_rounded_up():
    assert fit_quantity(1.0005, 2.0005, "BOX", 2) == (1.001, 2.001, "BOX")


def test_unit_without_another_scale_is_rounded():
    assert fit_quantity(100000, 0.3333, "BOX", 33330) == (100000.0, 0.333, "BOX")


def test_missing_unit_stays_missing():
    assert fit_quantity(100000, 0.3333, "", 33330) == (100000.0, 0.333, "")


@pytest.mark.parametrize("amount", [400, 0.4])
def test_quantity_of_goods_never_becomes_zero(amount):
    """Not even where the whole amount lies within the tolerance."""
    assert fit_quantity(0.0004, amount / 0.0004, "BOX", amount)[0] == 0.001


def test_zero_quantity_stays_zero():
    assert fit_quantity(0, 99.5, "KGS", 0) == (0.0, 99.5, "KGS")


def test_negative_quantity_is_unchanged():
    assert fit_quantity(-1, 400, "KGS", -400) == (-1.0, 400.0, "KGS")


def test_scales_are_between_units_of_the_portal():
    for small, large, factor in SCALES:
        assert is_unit(small), small
        assert is_unit(large), large
        assert factor > 1


# --- properties ----------------------------------------------------------------------

quantities = st.decimals("0.0001", 1_000_000, places=4)
prices = st.decimals(0, 1_000_000, places=6)
units = st.sampled_from(sorted({one for row in SCALES for one in row[:2]} | {"BOX"}))


def factor_between(small, large):
    return {(one, other): factor for one, other, factor in SCALES}.get((small, large))


@st.composite
def sales(draw):
    """Draw quantity, price, unit and the resulting amount."""
    quantity, price = draw(quantities), draw(prices)
    amount = (quantity * price).quantize(Decimal("0.01"))
    return float(quantity), float(price), draw(units), float(amount)


@given(sales())
def test_a_unit_is_changed_only_for_the_amount(sale):
    _quantity, _price, unit, amount = sale
    quantity, price, fitted_unit = fit_quantity(*sale)
    if fitted_unit != unit:
        product = Decimal(str(quantity)) * Decimal(str(price))
        assert abs(product - Decimal(str(amount))) <= 1


@given(sales())
def test_another_unit_measures_the_same(sale):
    given_quantity, _price, unit, _amount = sale
    quantity, _unit_price, fitted_unit = fit_quantity(*sale)
    up, down = factor_between(unit, fitted_unit), factor_between(fitted_unit, unit)
    same = quantity * up if up else quantity / down if down else quantity
    step = 0.001 * (up or 1)
    assert abs(same - given_quantity) <= step


@given(sales())
def test_three_decimals_and_some_quantity(sale):
    quantity, price, _unit = fit_quantity(*sale)
    for number in (quantity, price):
        assert Decimal(str(number)) % THOUSANDTH == 0
    assert quantity > 0
    assert price >= 0


@given(sales())
def test_fitted_quantity_is_stable(sale):
    fitted = fit_quantity(*sale)
    assert fit_quantity(*fitted, sale[3])[0] > 0
    amount = Decimal(str(fitted[0])) * Decimal(str(fitted[1]))
    if abs(amount - Decimal(str(sale[3]))) <= 1:
        assert fit_quantity(*fitted, sale[3]) == fitted
