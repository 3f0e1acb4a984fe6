"""From which value a movement within a state needs an e-way bill.

CGST Rule 138(14)(d) lets each state set its own limit. The list is from secondary
sources only (``confidence`` and ``note`` say how sure it is); no notification was read.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from ..datafiles import DATA
from .limits import LIMITS


@dataclass(frozen=True)
class StateThreshold:
    """The limit within a state.

    :ivar state: two-digit code.
    :ivar limit: consignment value in rupees above which a bill is needed; None if none
        is needed inside the state at all.
    :ivar begun: since when e-way bills exist inside the state; None if not known.
    :ivar scope: which goods it covers, in words; "" if not known.
    :ivar confidence: H, M or L.
    :ivar note: on the sources: dates and disagreements.
    :ivar exceptions: what a person who sends goods has to know besides, in words.
    """

    state: str
    limit: Decimal | None
    begun: date | None
    scope: str
    confidence: str
    note: str
    exceptions: str

    @property
    def covers_all_goods(self) -> bool:
        """Return whether the limit holds for every taxable good, without exception."""
        return self.scope == "all taxable goods"


def _read(row: Mapping[str, str]) -> StateThreshold:
    return StateThreshold(
        row["state"],
        Decimal(row["limit"]) if row["limit"] else None,
        date.fromisoformat(row["begun"]) if row["begun"] else None,
        row["scope"],
        row["confidence"],
        row["note"],
        row["exceptions"],
    )


def _thresholds() -> dict[str, StateThreshold]:
    path = DATA / "ewaybill" / "intrastate-thresholds.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["state"]: _read(row) for row in csv.DictReader(lines)}


THRESHOLDS: Mapping[str, StateThreshold] = MappingProxyType(_thresholds())
"""The states' limits by two-digit code."""


def threshold_of(from_state: str, to_state: str) -> Decimal | None:
    """Return the consignment value in rupees above which a bill is needed.

    Between states Rs 50 000 (CGST Rule 138(1)), and within a state that is not in the
    list as well. None if no bill is needed whatever the value.

    :param from_state: two-digit code of the state where the movement begins.
    :param to_state: that of the state where it ends.
    """
    known = THRESHOLDS.get(from_state)
    if from_state != to_state or known is None:
        return LIMITS.between_states
    return known.limit


def is_enabled_within(state: str, day: date) -> bool:
    """Return whether a movement inside a state can have an e-way bill on ``day`` (363).

    True where the begin is not known.

    :param state: two-digit code.
    """
    known = THRESHOLDS.get(state)
    return known is None or known.begun is None or day >= known.begun
