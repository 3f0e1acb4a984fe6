"""Compute the taxes of goods: of a transfer, or with values that a person states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from ..requests import Item

_PAISA = Decimal("0.01")
_ZERO = Decimal(0)


def tax_values(items: Iterable[Item], *, per_line: bool) -> Mapping[str, Decimal]:
    """Return the taxes charged on ``items`` in rupees, by their names in `Generate`.

    :param per_line: whether the tax of each line is rounded, or that of all goods with
        the same rate; Odoo rounds the taxes of an invoice in one of these two ways.
    """
    goods = list(items)
    taxed = [one for one in goods if one.charges_gst]
    cessed = [one for one in goods if one.charges_cess]
    return {
        "cgst": _tax(taxed, "cgst_rate", per_line),
        "sgst": _tax(taxed, "sgst_rate", per_line),
        "igst": _tax(taxed, "igst_rate", per_line),
        "cess": _tax(cessed, "cess_rate", per_line),
        "cess_non_advol": sum((one.cess_non_advol for one in cessed), _ZERO),
    }


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
