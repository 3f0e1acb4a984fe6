"""Compute the taxes of goods whose values a person has stated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from ..requests import Item

_PAISA = Decimal("0.01")
_ZERO = Decimal(0)


def tax_values(items: Iterable[Item], *, per_line: bool) -> Mapping[str, Decimal]:
    """Return the taxes on ``items`` in rupees, by their names in `Generate`.

    :param per_line: whether the tax of each line is rounded, or that of all goods with
        the same rate; Odoo rounds the taxes of an invoice in one of these two ways.
    """
    goods = list(items)
    rates = {"cgst": "cgst_rate", "sgst": "sgst_rate", "igst": "igst_rate"}
    values = {
        name: _tax(goods, rate, per_line)
        for name, rate in {**rates, "cess": "cess_rate"}.items()
    }
    per_unit = sum((one.cess_non_advol for one in goods), _ZERO)
    return {**values, "cess_non_advol": per_unit}


def in_paise(amount: Decimal) -> Decimal:
    """Return an amount in rupees rounded half up, as Odoo rounds it."""
    return amount.quantize(_PAISA, rounding=ROUND_HALF_UP)


def _tax(items: list[Item], rate: str, per_line: bool) -> Decimal:
    amounts: dict[object, Decimal] = {}
    for number, item in enumerate(items):
        percent = getattr(item, rate)
        key = number if per_line else ("rate", percent)
        amount = item.taxable_amount * percent / 100
        amounts[key] = amounts.get(key, _ZERO) + amount
    return sum(map(in_paise, amounts.values()), _ZERO)
