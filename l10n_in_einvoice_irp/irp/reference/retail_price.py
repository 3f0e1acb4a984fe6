"""Goods whose GST is computed from their retail sale price: tobacco and pan masala.

Rule 31D of the CGST Rules (notification 20/2025-Central Tax), from 01-02-2026. What the
codes are and since when is data: ``data/retail-price.json``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, partial

from . import codes
from .datafiles import load_json

_HUNDRED = Decimal(100)
_PAISA = Decimal("0.01")
# rounding of an amount per unit, which many units multiply
_SHARE = Decimal("0.01")


@dataclass(frozen=True)
class _Period:
    valid_from: date
    valid_to: date | None
    listed: tuple[str, ...]
    excepted: tuple[str, ...]
    rate: Decimal

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (not self.valid_to or day <= self.valid_to)

    def has(self, hsn: str) -> bool:
        return hsn.startswith(self.listed) and not hsn.startswith(self.excepted)


def is_taxed_on_retail_price(hsn: str, day: date) -> bool:
    """Return whether goods of a code are taxed on a declared retail sale price.

    A code of four or six digits counts if all it stands for is listed, or if only some
    of it is excepted: 240319 has biris and other goods.

    >>> is_taxed_on_retail_price("24039910", date(2026, 2, 1))
    True
    >>> is_taxed_on_retail_price("24031921", date(2026, 2, 1))
    False
    """
    return any(one.has(hsn) for one in _periods() if one.covers(day))


def is_too_short_for_retail_price(hsn: str, day: date) -> bool:
    """Return whether a code leaves open whether the goods are among the listed ones.

    >>> is_too_short_for_retail_price("210690", date(2026, 2, 1))
    True
    """
    periods = [one for one in _periods() if one.covers(day)]
    return bool(hsn) and any(
        code.startswith(hsn) and code != hsn for one in periods for code in one.listed
    )


def retail_price_rate(hsn: str, day: date) -> Decimal | None:
    """Return the notified GST rate in percent of listed goods; None for others."""
    found = [one for one in _periods() if one.covers(day) and one.has(hsn)]
    return found[0].rate if found else None


def tax_in_retail_price(value: Decimal, rate: Decimal) -> Decimal:
    """Return the tax that a retail sale price includes, not rounded.

    Rule 31D(2): retail sale price x rate / (100 + sum of rates).

    >>> tax_in_retail_price(Decimal(6000), Decimal(40)).quantize(Decimal("0.01"))
    Decimal('1714.29')
    """
    return value * rate / (_HUNDRED + rate)


def rate_of_retail_tax(tax: Decimal, value: Decimal, day: date) -> Decimal | None:
    """Return the notified rate at which a retail value includes a tax, if one does.

    >>> rate_of_retail_tax(Decimal("1714.30"), Decimal(6000), date(2026, 2, 1))
    Decimal('40')
    """
    return _matching_rate(tax, partial(tax_in_retail_price, value), day)


def rate_of_tax(tax: Decimal, taxable: Decimal, day: date) -> Decimal | None:
    """Return the notified rate that gives a tax on a taxable value, if one does.

    >>> rate_of_tax(Decimal(180), Decimal(1000), date(2026, 2, 1))
    Decimal('18')
    """
    return _matching_rate(tax, lambda rate: taxable * rate / _HUNDRED, day)


def _matching_rate(
    tax: Decimal, tax_at: Callable[[Decimal], Decimal], day: date
) -> Decimal | None:
    """Return the only rate above 0 that gives the tax, or None if several do."""
    margin = max(_PAISA, abs(tax) * _SHARE)
    fitting = [
        rate
        for rate in codes.gst_rates_on(day)
        if rate and tax and abs(tax_at(rate) - tax) <= margin
    ]
    return fitting[0] if len(fitting) == 1 else None


@cache
def _periods() -> tuple[_Period, ...]:
    return tuple(
        _Period(
            date.fromisoformat(one["valid_from"]),
            date.fromisoformat(one["valid_to"]) if one["valid_to"] else None,
            tuple(one["hsn"]),
            tuple(one["except"]),
            Decimal(one["rate"]),
        )
        for one in load_json("retail-price.json")["periods"]
    )
