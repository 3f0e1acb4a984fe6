"""Fit quantity and unit price into the three decimals of the INV-01 schema.

Ten thousand screws at 0.3333 rupees cost 3,333; with the price rounded to 0.333 they
would cost 3,330. As ten thousands (THD) at 333.300 the amount is right.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ..reference.datafiles import load_json

_THOUSANDTH = Decimal("0.001")
_TOLERANCE = Decimal(1)
"""NIC's calculation rules accept one rupee more or less."""

# (unit, larger unit, number of the first in one of the second)
_SCALES: tuple[tuple[str, str, int], ...] = tuple(
    (small, large, factor) for small, large, factor in load_json("unit-scales.json")
)


def fit_quantity(
    quantity: float, unit_price: float, unit: str, amount: float
) -> tuple[float, float, str]:
    """Round quantity and price to three decimals so that they still give the amount.

    If they miss it by more than one rupee, try a larger or smaller unit of the same
    kind (``data/unit-scales.json``). If none fits, return the rounded values: the
    portal no longer checks the product (2192 withdrawn), and the amount is sent
    separately. A positive quantity never becomes 0.

    :param unit: UQC.
    :param amount: gross amount of the line in rupees.
    :return: quantity, unit price, UQC.

    >>> fit_quantity(100000, 0.3333, "PCS", 33330)
    (100.0, 333.3, 'THD')
    >>> fit_quantity(10, 99.5, "KGS", 995)
    (10.0, 99.5, 'KGS')
    """
    if _fits_as_it_is(quantity, unit_price, amount):
        return quantity + 0.0, unit_price + 0.0, unit
    plain = _Measure(Decimal(str(quantity)), Decimal(str(unit_price)), unit)
    exact = Decimal(str(amount))
    if plain.makes(exact):
        return plain.rounded()
    fitting = (measure for measure in _rescaled(plain) if measure.makes(exact))
    return next(fitting, plain).rounded()


def _fits_as_it_is(quantity: float, unit_price: float, amount: float) -> bool:
    """Return whether no rounding is needed, the usual case."""
    is_short = round(quantity, 3) == quantity and round(unit_price, 3) == unit_price
    return is_short and abs(quantity * unit_price - amount) < 1


class _Measure(NamedTuple):
    quantity: Decimal
    unit_price: Decimal
    unit: str

    def makes(self, amount: Decimal) -> bool:
        """Return whether three decimals give the amount and a quantity above zero."""
        quantity, price = _rounded(self.quantity), _rounded(self.unit_price)
        is_lost = self.quantity and not quantity
        return not is_lost and abs(quantity * price - amount) <= _TOLERANCE

    def rounded(self) -> tuple[float, float, str]:
        quantity = _rounded(self.quantity)
        if self.quantity > 0 and not quantity:
            quantity = _THOUSANDTH
        return float(quantity), float(_rounded(self.unit_price)), self.unit


def _rescaled(measure: _Measure) -> list[_Measure]:
    quantity, price, unit = measure
    found = []
    for small, large, factor in _SCALES:
        if unit == small:
            found.append(_Measure(quantity / factor, price * factor, large))
        if unit == large:
            found.append(_Measure(quantity * factor, price / factor, small))
    return found


def _rounded(number: Decimal) -> Decimal:
    # adding 0 turns -0 into 0
    return number.quantize(_THOUSANDTH, ROUND_HALF_UP) + 0
