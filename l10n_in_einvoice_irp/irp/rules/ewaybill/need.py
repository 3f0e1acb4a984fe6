"""Say if a movement needs an e-way bill (CGST Rule 138).

An answer for a person, never a reason to make one unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ...reference.ewaybill import LIMITS, THRESHOLDS, threshold_of

_JOB_WORK = frozenset({"4", "6"})


@dataclass(frozen=True)
class Movement:
    """A movement of goods.

    :ivar value: consignment value in rupees with taxes and cess, without the value of
        exempt goods on the same document (Rule 138(1), Explanation 2).
    :ivar from_state: two-digit code of the state where it begins.
    :ivar to_state: that of the state where it ends.
    :ivar sub_supply_type: "1" to "12".
    :ivar all_exempt: whether all goods are exempt (Rule 138(14)).
    """

    value: Decimal
    from_state: str
    to_state: str
    sub_supply_type: str = "1"
    all_exempt: bool = False


@dataclass(frozen=True)
class Need:
    """The need of an e-way bill.

    :ivar needed: None where the state's list covers some goods only, or is doubtful.
    :ivar reason: "exempt", "any_value" (job work between states),
        "above_limit", "below_limit", "not_inside_state" or "depends_on_goods".
    :ivar limit: the limit in rupees that counts; None if none does.
    :ivar confidence: how sure the limit is: "H", "M" or "L".
    :ivar note: the state's exceptions in words; "" if there are none.
    """

    needed: bool | None
    reason: str
    limit: Decimal | None
    confidence: str = "H"
    note: str = ""


def need_of(movement: Movement) -> Need:
    """Return whether ``movement`` needs an e-way bill, and why."""
    if movement.all_exempt:
        return Need(False, "exempt", None)
    between = movement.from_state != movement.to_state
    if between and movement.sub_supply_type in _JOB_WORK:
        # Rule 138(1), third proviso; the fourth, on handicraft goods, is for persons
        # exempt from registration, who have no GSTIN to report with
        return Need(True, "any_value", None)
    if between:
        return _by_value(movement.value, LIMITS.between_states)
    return _inside(movement)


def _by_value(value: Decimal, limit: Decimal) -> Need:
    needed = value > limit
    return Need(needed, "above_limit" if needed else "below_limit", limit)


def _inside(movement: Movement) -> Need:
    state = THRESHOLDS.get(movement.from_state)
    limit = threshold_of(movement.from_state, movement.to_state)
    if state is None and limit is not None:
        return _by_value(movement.value, limit)
    confidence = state.confidence if state else "L"
    words = state.exceptions if state else ""
    if limit is None:
        return Need(False, "not_inside_state", None, confidence, words)
    found = _by_value(movement.value, limit)
    depends = state is not None and not state.covers_all_goods
    if depends and movement.value > min(limit, LIMITS.between_states):
        return Need(None, "depends_on_goods", limit, confidence, words)
    return Need(found.needed, found.reason, limit, confidence, words)
