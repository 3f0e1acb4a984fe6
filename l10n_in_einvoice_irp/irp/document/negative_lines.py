"""Fold negative lines, which the INV-01 schema does not allow, into positive ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

Item = dict[str, Any]

TAXES = (
    "IgstAmt",
    "CgstAmt",
    "SgstAmt",
    "CesAmt",
    "CesNonAdvlAmt",
    "StateCesAmt",
    "StateCesNonAdvlAmt",
)
PARTS = ("AssAmt", *TAXES, "OthChrg")
AMOUNTS = (*PARTS, "TotItemVal")
_PAISA = 0.01
_RATES = ("GstRt", "CesRt", "StateCesRt")


class Line(NamedTuple):
    """An item with facts that the schema has no member for.

    :ivar item: an item of the INV-01 schema.
    :ivar spreads: reduces all items with its tax rates, whatever their HSN code: an
        order discount, a reward, an advance already invoiced.
    :ivar absorbs: a refunded advance: delivered goods are deducted from it, whatever
        their HSN code.
    :ivar reverse_charge: the buyer pays the taxes, so TotItemVal excludes them.
    """

    item: Item
    spreads: bool = False
    absorbs: bool = False
    reverse_charge: bool = False


def fold_negative(lines: Iterable[Line]) -> list[Item]:
    """Deduct negative items from positive ones, as their discount.

    Returned goods are deducted from items with the same HSN code and rates: from the
    largest item first, never below zero in any amount, the remainder from the next.
    Discounts are deducted from all items with the same rates, in proportion to the
    taxable value (CGST Act s. 15(3)(a)). A negative item that cannot be deducted in
    full stays in the list with the remainder; if only a paisa of tax remains from
    rounding, it is dropped. Serial numbers still match the printed lines.

    :param lines: not modified, nor are their items.
    """
    copies = [line._replace(item=dict(line.item)) for line in lines]
    _net_deductions(copies)
    # a discount that rounds to nothing has no sign
    negatives = [line for line in copies if line.spreads or _is_negative(line.item)]
    for negative in sorted(negatives, key=lambda line: line.spreads):
        targets = [line for line in copies if _can_absorb(line, negative)]
        if negative.spreads:
            _deduct_discount(negative, targets)
        else:
            _deduct_return(negative, targets)
        if _is_rounding(negative.item):
            negative.item["_folded"] = True
    return [line.item for line in copies if not line.item.pop("_folded", False)]


def is_left_negative(item: Item) -> bool:
    """Return whether :func:`fold_negative` left a remainder in an item.

    Its taxable value is zero or less, and one of its numbers is negative.
    """
    members = ("Qty", "UnitPrice", *AMOUNTS)
    return item["AssAmt"] <= 0 and any(item.get(name, 0) < 0 for name in members)


def _is_negative(item: Item) -> bool:
    """Return whether an item is a deduction, also of goods that were free of charge."""
    if item["AssAmt"]:
        return bool(item["AssAmt"] < 0)
    return bool(item.get("Qty", 0) < 0 or item.get("UnitPrice", 0) < 0)


def _can_absorb(target: Line, negative: Line) -> bool:
    any_hsn = negative.spreads or target.absorbs
    same = _RATES if any_hsn else ("HsnCd", *_RATES)
    is_like = all(target.item.get(name) == negative.item.get(name) for name in same)
    is_payer_same = target.reverse_charge == negative.reverse_charge
    return is_like and is_payer_same and target.item["AssAmt"] > 0


# --- returned goods ------------------------------------------------------------------


def _deduct_return(negative: Line, targets: Sequence[Line]) -> None:
    items = [target.item for target in targets]
    item = negative.item
    for target in sorted(items, key=itemgetter("AssAmt"), reverse=True):
        if _covers(target, item):
            _discount(target, -item["AssAmt"])
            _move(item, target)
            item["_folded"] = True
            break
        if _is_exhausted(target, item):
            item["TotAmt"] = _sum(item["TotAmt"], target["AssAmt"])
            _discount(target, target["AssAmt"])
            _move(target, item)


def _covers(target: Item, negative: Item) -> bool:
    """Return whether no amount turns negative, not even a cess per unit."""
    return all(_sum(target[name], negative[name]) >= 0 for name in AMOUNTS)


def _is_exhausted(target: Item, negative: Item) -> bool:
    return _sum(target["AssAmt"], negative["AssAmt"]) <= 0


def _move(source: Item, target: Item) -> None:
    """Add all amounts of ``source`` to ``target`` and set them to zero."""
    for name in AMOUNTS:
        target[name] = _sum(target[name], source[name])
        source[name] = 0.0


# --- discounts -----------------------------------------------------------------------


def _net_deductions(lines: Sequence[Line]) -> None:
    """Net the positive deductions of an advance against its negative ones.

    An advance on a discounted order includes the discount as a negative line; deducting
    the advance turns that line positive.
    """
    spreading = [line for line in lines if line.spreads]
    for line in spreading:
        if _is_negative(line.item):
            continue
        alike = (other for other in spreading if _can_absorb(line, other))
        larger = (one for one in alike if _is_exhausted(line.item, one.item))
        if deduction := next(larger, None):
            amount = line.item["AssAmt"]
            deduction.item["TotAmt"] = _sum(deduction.item["TotAmt"], amount)
            _move(line.item, deduction.item)
            line.item["_folded"] = True


def _deduct_discount(negative: Line, targets: Sequence[Line]) -> None:
    weights = [_paise(target.item["AssAmt"]) for target in targets]
    before = negative.item["AssAmt"]
    for name in PARTS:
        limits = [_paise(target.item[name]) for target in targets]
        shares = _allocate(-_paise(negative.item[name]), weights, limits)
        for target, share in zip(targets, shares, strict=True):
            _deduct(negative.item, target.item, name, share / 100)
    deducted = _sum(negative.item["AssAmt"], -before)
    negative.item["TotAmt"] = _sum(negative.item["TotAmt"], deducted)
    for line in (negative, *targets):
        _total(line)


def _deduct(negative: Item, target: Item, name: str, amount: float) -> None:
    target[name] = _sum(target[name], -amount)
    negative[name] = _sum(negative[name], amount)
    if name == "AssAmt":
        _discount(target, amount)


def _allocate(total: int, weights: Sequence[int], limits: Sequence[int]) -> list[int]:
    """Divide paise in proportion to weights, by largest remainders, within limits."""
    total = min(total, sum(limits))
    if total <= 0:
        return [0] * len(weights)
    whole = sum(weights)
    shares = [
        min(total * weight // whole, limit)
        for weight, limit in zip(weights, limits, strict=True)
    ]
    by_remainder = sorted(
        range(len(weights)), key=lambda index: total * weights[index] % whole
    )
    while rest := total - sum(shares):
        below = [index for index in by_remainder if shares[index] < limits[index]]
        portion = max(1, rest // len(below))
        for index in reversed(below[-rest:]):
            shares[index] += min(portion, limits[index] - shares[index])
    return shares


def _total(line: Line) -> None:
    charged = ("AssAmt", "OthChrg") if line.reverse_charge else PARTS
    line.item["TotItemVal"] = _sum(*(line.item[name] for name in charged))


# --- both ----------------------------------------------------------------------------


def _is_rounding(item: Item) -> bool:
    amounts = [abs(item[name]) for name in PARTS]
    return not item["AssAmt"] and max(amounts) <= _PAISA


def _discount(item: Item, amount: float) -> None:
    item["Discount"] = _sum(item["Discount"], amount)


def _paise(amount: float) -> int:
    return round(amount * 100)


def _sum(*amounts: float) -> float:
    """Return the sum of amounts without binary rounding errors; never -0.0."""
    return float(sum(Decimal(str(amount)) for amount in amounts)) + 0.0
