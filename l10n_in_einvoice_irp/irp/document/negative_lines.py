"""Negative lines, which the INV-01 schema does not know, folded into positive ones."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

Item = dict[str, Any]

AMOUNTS = (
    "AssAmt",
    "IgstAmt",
    "CgstAmt",
    "SgstAmt",
    "CesAmt",
    "CesNonAdvlAmt",
    "StateCesAmt",
    "StateCesNonAdvlAmt",
    "OthChrg",
    "TotItemVal",
)
_PAISA = 0.01
_SAME = ("HsnCd", "GstRt", "CesRt", "StateCesRt")


def fold_negative(items: Sequence[Item]) -> list[Item]:
    """Take negative items off those with the same HSN and rates, as their discount.

    The largest item gives first, and never more than it has of any amount: what
    remains goes to the next one. A negative item that nobody can take stays in the
    list, reduced by what was taken; a paisa that rounding left of its taxes alone is
    dropped. Serial numbers keep their holes, so that they
    still name the lines of the printed invoice.

    :param items: items as of the INV-01 schema; they are not changed.
    """
    if not any(map(_is_negative, items)):
        return list(items)
    copies = [dict(item) for item in items]
    takers = sorted(
        (item for item in copies if item["AssAmt"] > 0),
        key=itemgetter("AssAmt"),
        reverse=True,
    )
    for negative in filter(_is_negative, copies):
        _hand_out(negative, [item for item in takers if _fits(item, negative)])
    return [item for item in copies if not item.pop("_folded", False)]


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


def _fits(item: Item, negative: Item) -> bool:
    is_like = all(item.get(name) == negative.get(name) for name in _SAME)
    return is_like and item["AssAmt"] > 0


def _hand_out(negative: Item, takers: Sequence[Item]) -> None:
    for taker in takers:
        if _can_take(taker, negative):
            _discount(taker, -negative["AssAmt"])
            _move(negative, taker)
            negative["_folded"] = True
            break
        if _is_used_up(taker, negative):
            negative["TotAmt"] = _sum(negative["TotAmt"], taker["AssAmt"])
            _discount(taker, taker["AssAmt"])
            _move(taker, negative)
    if _is_rounding(negative):
        negative["_folded"] = True


def _is_rounding(item: Item) -> bool:
    amounts = [abs(item[name]) for name in AMOUNTS if name != "TotItemVal"]
    return not item["AssAmt"] and max(amounts) <= _PAISA


def _can_take(taker: Item, negative: Item) -> bool:
    """Whether no amount turns negative, be it a cess per unit that the taker lacks."""
    return all(_sum(taker[name], negative[name]) >= 0 for name in AMOUNTS)


def _is_used_up(taker: Item, negative: Item) -> bool:
    return _sum(taker["AssAmt"], negative["AssAmt"]) <= 0


def _discount(item: Item, amount: float) -> None:
    item["Discount"] = _sum(item["Discount"], amount)


def _move(source: Item, target: Item) -> None:
    """Add all amounts of ``source`` to ``target`` and leave none."""
    for name in AMOUNTS:
        target[name] = _sum(target[name], source[name])
        source[name] = 0.0


def _sum(left: float, right: float) -> float:
    """Two amounts of money, added without binary noise."""
    return float(Decimal(str(left)) + Decimal(str(right)))
