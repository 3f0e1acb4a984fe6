"""The known facts of an e-way bill, for the checks before a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Standing:
    """An e-way bill as far as it is known; what is not known refuses nothing.

    :ivar generator: GSTIN or TRANSIN that generated it.
    :ivar supplier: GSTIN of the supplier, "URP" included.
    :ivar recipient: GSTIN of the recipient.
    :ivar transporter: id of the current transporter; "" if none is assigned.
    :ivar generated_at: aware; None if not known.
    :ivar valid_until: aware; None while only Part A exists, or if not known.
    :ivar has_part_b: whether Part B is entered; None if not known.
    :ivar part_b_by: who entered the Part B in force; "" if not known.
    :ivar part_b_at: when the first Part B was entered; aware, None if not known.
    :ivar is_gold: whether all its goods fall under "EWB for Gold" (chapter 71).
    :ivar distance_km: the distance of the whole journey; 0 if not known.
    :ivar quantities: total quantity of the bill by unit.
    :ivar groups: quantity by group of a multi-vehicle movement, in their order.
    :ivar group_unit: unit of the first of these groups; "" if not known.
    """

    number: str = ""
    generator: str = ""
    supplier: str = ""
    recipient: str = ""
    transporter: str = ""
    generated_at: datetime | None = None
    valid_until: datetime | None = None
    has_part_b: bool | None = None
    part_b_by: str = ""
    part_b_at: datetime | None = None
    distance_km: int = 0
    is_cancelled: bool = False
    is_rejected: bool = False
    is_closed: bool = False
    is_gold: bool = False
    is_oversize: bool = False
    has_groups: bool = False
    quantities: tuple[tuple[str, Decimal], ...] = ()
    groups: tuple[tuple[str, Decimal], ...] = ()
    group_unit: str = ""

    def is_expired(self, now: datetime) -> bool:
        """Return whether its validity is over at ``now`` (aware).

        It ends at midnight; the portal writes the minute before, 11:59 PM.
        """
        return self.valid_until is not None and now >= self.valid_until + _MINUTE

    def is_keeper(self, user: str) -> bool:
        """Return whether ``user`` may act for the transport: the current transporter,
        or the generator while none is assigned. True if neither is known."""
        keeper = self.transporter or self.generator
        return not keeper or keeper == user
