"""Quantity and unit price within the three decimals of the INV-01 schema.

Ten thousand screws at 0.3333 rupees cost 3,333; with the price cut to 0.333 they would
seem to cost 3,330. Told as ten thousands (THD) at 333.300 the amount stands.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from .datafiles import load_json

_THOUSANDTH = Decimal("0.001")
_TOLERANCE = Decimal(1)
"""NIC's calculation rules accept one rupee more or less."""

# (unit, larger unit, how many of the first make one of the second)
_SCALES: tuple[tuple[str, str, int], ...] = tuple(
    (small, large, factor) for small, large, factor in load_json("unit-scales.json")
)


def fit_quantity(
    quantity: float, unit_price: float, unit: str, amount: float
) -> tuple[float, float, str]:
    """Round quantity and price to three decimals so that they still make the amount.

    If they would not, within one rupee, a unit of the same kind is tried that is
    larger or smaller (``data/unit-scales.json``). If none helps the plain rounding is
    returned: the portal no longer checks the product (2192 withdrawn), and the amount
    itself is told apart. A positive quantity never becomes 0.

    :param amount: gross amount of the line in rupees.
    :return: quantity, unit price, UQC.

    >>> fit_quantity(100000, 0.3333, "PCS", 33330)
    (100.0, 333.3, 'THD')
    >>> fit_quantity(10, 99.5, "KGS", 995)
    (10.0, 99.5, 'KGS')
    """
    numbers = (Decimal(str(quantity)), Decimal(str(unit_price)))
    plain = (*map(_rounded, numbers), unit)
    for candidate in (plain, *_rescaled(*numbers, unit)):
        if abs(candidate[0] * candidate[1] - Decimal(str(amount))) <= _TOLERANCE:
            return float(candidate[0]), float(candidate[1]), candidate[2]
    shown = plain[0] or (_THOUSANDTH if quantity > 0 else plain[0])
    return float(shown), float(plain[1]), unit


def _rescaled(
    quantity: Decimal, unit_price: Decimal, unit: str
) -> list[tuple[Decimal, Decimal, str]]:
    found = []
    for small, large, factor in _SCALES:
        if unit == small:
            found.append(
                (_rounded(quantity / factor), _rounded(unit_price * factor), large)
            )
        if unit == large:
            found.append(
                (_rounded(quantity * factor), _rounded(unit_price / factor), small)
            )
    return found


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(_THOUSANDTH, ROUND_HALF_UP)
