"""Compute GST from the retail sale price, for tobacco and pan masala.

Rule 31D of the CGST Rules (notification 20/2025-Central Tax), from 01-02-2026. HSN
codes, rates and dates are in ``data/retail-price.json``.
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
# the quantity multiplies the rounding of an amount per unit
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
    """Return whether goods with an HSN code are taxed on their retail sale price.

    A code of four or six digits counts if its goods are listed, even if some of them
    are excepted: 240319 covers biris and other goods.

    >>> is_taxed_on_retail_price("24039910", date(2026, 2, 1))
    True
    >>> is_taxed_on_retail_price("24031921", date(2026, 2, 1))
    False
    """
    return any(one.has(hsn) for one in _periods() if one.covers(day))


def is_too_short_for_retail_price(hsn: str, day: date) -> bool:
    """Return whether an HSN code is too short to say whether the goods are listed.

    >>> is_too_short_for_retail_price("210690", date(2026, 2, 1))
    True
    """
    periods = [one for one in _periods() if one.covers(day)]
    return bool(hsn) and any(
        code.startswith(hsn) and code != hsn for one in periods for code in one.listed
    )


def retail_price_rate(hsn: str, day: date) -> Decimal | None:
    """Return the notified GST rate of listed goods in percent; None for others."""
    found = [one for one in _periods() if one.covers(day) and one.has(hsn)]
    return found[0].rate if found else None


def tax_in_retail_price(value: Decimal, rate: Decimal) -> Decimal:
    """Return the tax included in a retail sale price, unrounded.

    Rule 31D(2): retail sale price x rate / (100 + sum of rates).

    >>> tax_in_retail_price(Decimal(6000), Decimal(40)).quantize(Decimal("0.01"))
    Decimal('1714.29')
    """
    return value * rate / (_HUNDRED + rate)


def rate_of_retail_tax(tax: Decimal, value: Decimal, day: date) -> Decimal | None:
    """Return the notified rate at which a retail value includes ``tax``, or None.

    >>> rate_of_retail_tax(Decimal("1714.30"), Decimal(6000), date(2026, 2, 1))
    Decimal('40')
    """
    return _matching_rate(tax, partial(tax_in_retail_price, value), day)


def rate_of_tax(tax: Decimal, taxable: Decimal, day: date) -> Decimal | None:
    """Return the notified rate that gives ``tax`` on a taxable value, or None.

    >>> rate_of_tax(Decimal(180), Decimal(1000), date(2026, 2, 1))
    Decimal('18')
    """
    return _matching_rate(tax, lambda rate: taxable * rate / _HUNDRED, day)


def _matching_rate(
    tax: Decimal, tax_at: Callable[[Decimal], Decimal], day: date
) -> Decimal | None:
    """Return the rate above 0 that gives the tax; None if there is not exactly one."""
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
