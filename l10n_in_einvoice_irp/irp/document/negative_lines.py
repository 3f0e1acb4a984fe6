"""Negative lines, which the INV-01 schema does not know, folded into positive ones."""

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
    """An item, and what the schema does not say of it.

    :ivar item: as of the INV-01 schema.
    :ivar spreads: it reduces all items of its rates, whatever their HSN: a discount
        of the order, a reward, an advance already invoiced.
    :ivar absorbs: an advance given back: goods delivered come off it, whatever their
        HSN.
    :ivar reverse_charge: the buyer pays its taxes: they are not part of TotItemVal.
    """

    item: Item
    spreads: bool = False
    absorbs: bool = False
    reverse_charge: bool = False


def fold_negative(lines: Iterable[Line]) -> list[Item]:
    """Take negative items off positive ones, as their discount.

    Goods returned come off items of the same HSN and rates: the largest item gives
    first, never more than it has of any amount, and what remains goes to the next one.
    Discounts come off all items of the same rates, each by its share of the taxable
    value (CGST Act s. 15(3)(a)). A negative item that cannot be taken off stays in the
    list, reduced by what was taken; a paisa that rounding left of its taxes alone is
    dropped. Serial numbers keep their holes, so that they still name the lines of the
    printed invoice.

    :param lines: their items are not changed.
    """
    copies = [line._replace(item=dict(line.item)) for line in lines]
    _net_deductions(copies)
    negatives = [line for line in copies if _is_negative(line.item)]
    for negative in sorted(negatives, key=lambda line: line.spreads):
        takers = [line for line in copies if _fits(line, negative)]
        if negative.spreads:
            _spread(negative, takers)
        else:
            _hand_out(negative, takers)
        if _is_rounding(negative.item):
            negative.item["_folded"] = True
    return [line.item for line in copies if not line.item.pop("_folded", False)]


def is_left_negative(item: Item) -> bool:
    """Whether an item is what nobody could take: nothing, or less, is charged for it,
    and one of its numbers is below 0."""
    members = ("Qty", "UnitPrice", *AMOUNTS)
    return item["AssAmt"] <= 0 and any(item.get(name, 0) < 0 for name in members)


def _is_negative(item: Item) -> bool:
    """Also of what is returned for nothing."""
    if item["AssAmt"]:
        return bool(item["AssAmt"] < 0)
    return bool(item.get("Qty", 0) < 0 or item.get("UnitPrice", 0) < 0)


def _fits(taker: Line, negative: Line) -> bool:
    any_hsn = negative.spreads or taker.absorbs
    same = _RATES if any_hsn else ("HsnCd", *_RATES)
    is_like = all(taker.item.get(name) == negative.item.get(name) for name in same)
    is_payer_same = taker.reverse_charge == negative.reverse_charge
    return is_like and is_payer_same and taker.item["AssAmt"] > 0


# --- goods returned ------------------------------------------------------------------


def _hand_out(negative: Line, takers: Sequence[Line]) -> None:
    items = [taker.item for taker in takers]
    item = negative.item
    for taker in sorted(items, key=itemgetter("AssAmt"), reverse=True):
        if _can_take(taker, item):
            _discount(taker, -item["AssAmt"])
            _move(item, taker)
            item["_folded"] = True
            break
        if _is_used_up(taker, item):
            item["TotAmt"] = _sum(item["TotAmt"], taker["AssAmt"])
            _discount(taker, taker["AssAmt"])
            _move(taker, item)


def _can_take(taker: Item, negative: Item) -> bool:
    """Return whether no amount turns negative, not even a cess per unit."""
    return all(_sum(taker[name], negative[name]) >= 0 for name in AMOUNTS)


def _is_used_up(taker: Item, negative: Item) -> bool:
    return _sum(taker["AssAmt"], negative["AssAmt"]) <= 0


def _move(source: Item, target: Item) -> None:
    """Add all amounts of ``source`` to ``target`` and leave none."""
    for name in AMOUNTS:
        target[name] = _sum(target[name], source[name])
        source[name] = 0.0


# --- discounts -----------------------------------------------------------------------


def _net_deductions(lines: Sequence[Line]) -> None:
    """Take what an advance was reduced by off its deduction.

    The advance on a discounted order has a negative part, which is deducted as a
    positive one.
    """
    spreading = [line for line in lines if line.spreads]
    for line in spreading:
        if _is_negative(line.item):
            continue
        alike = (other for other in spreading if _fits(line, other))
        larger = (one for one in alike if _is_used_up(line.item, one.item))
        if deduction := next(larger, None):
            amount = line.item["AssAmt"]
            deduction.item["TotAmt"] = _sum(deduction.item["TotAmt"], amount)
            _move(line.item, deduction.item)
            line.item["_folded"] = True


def _spread(negative: Line, takers: Sequence[Line]) -> None:
    weights = [_paise(taker.item["AssAmt"]) for taker in takers]
    before = negative.item["AssAmt"]
    for name in PARTS:
        room = [_paise(taker.item[name]) for taker in takers]
        shares = _share_out(-_paise(negative.item[name]), weights, room)
        for taker, share in zip(takers, shares, strict=True):
            _shift(negative.item, taker.item, name, share / 100)
    taken = _sum(negative.item["AssAmt"], -before)
    negative.item["TotAmt"] = _sum(negative.item["TotAmt"], taken)
    for line in (negative, *takers):
        _total(line)


def _shift(negative: Item, taker: Item, name: str, amount: float) -> None:
    taker[name] = _sum(taker[name], -amount)
    negative[name] = _sum(negative[name], amount)
    if name == "AssAmt":
        _discount(taker, amount)


def _share_out(total: int, weights: Sequence[int], room: Sequence[int]) -> list[int]:
    """Divide paise by weight, by largest remainders, none more than it has room for."""
    total = min(total, sum(room))
    if total <= 0:
        return [0] * len(weights)
    whole = sum(weights)
    shares = [
        min(total * weight // whole, most)
        for weight, most in zip(weights, room, strict=True)
    ]
    by_remainder = sorted(
        range(len(weights)), key=lambda index: total * weights[index] % whole
    )
    while rest := total - sum(shares):
        open_to = [index for index in by_remainder if shares[index] < room[index]]
        portion = max(1, rest // len(open_to))
        for index in reversed(open_to[-rest:]):
            shares[index] += min(portion, room[index] - shares[index])
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
    """Amounts of money, added without binary noise; never -0.0."""
    return float(sum(Decimal(str(amount)) for amount in amounts)) + 0.0
