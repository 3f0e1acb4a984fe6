"""How the queue shares its workers among GSTINs: whose turn it is, and for how long.

A lane works for one GSTIN at a time, and no other lane does meanwhile: so the calls in
flight of a GSTIN stay those of one worker, however many lanes and hosts there are. When
others wait, it works a slice of time, then for the GSTIN that has waited longest. A
GSTIN with a backlog has waited since the end of its last slice, one with a single
invoice since that was due: the backlog of one delays all others by one slice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

# Part of the time limit of Odoo's scheduled actions, after which it kills the process:
# calls in flight are still awaited after a slice, and other actions share the limit.
PART_OF_LIMIT = 0.25


def waiting_since(due: datetime, *held_until: datetime | None) -> datetime:
    """Return since when a GSTIN has waited for its turn.

    :param due: when its oldest record was due.
    :param held_until: when its last turn ended, and from when its calls per minute
        allow the next call; None if neither applies.
    """
    return max([due, *filter(None, held_until)])


@dataclass(frozen=True)
class Limits:
    """The longest that a lane works for one GSTIN.

    :ivar seconds: after which no call is begun.
    :ivar number: of stored results after which no call is begun.
    """

    seconds: float = math.inf
    number: float = math.inf

    def within(self, limit_time_real: float) -> Limits:
        """Return limits that end well before Odoo kills the process.

        :param limit_time_real: seconds; 0 or less: Odoo has no limit.
        """
        longest = limit_time_real * PART_OF_LIMIT if limit_time_real > 0 else math.inf
        return Limits(min(self.seconds, longest), self.number)

    def share(self, parts: int) -> Limits:
        """Return the limits of one of several equal parts."""
        return Limits(self.seconds / parts, self.number / parts)


class Slice:
    """A lane's work for one GSTIN, as a worker's `progress`.

    :param progress: takes how many results were stored; returns how many seconds the
        lane has left.
    :param is_stopping: returns whether the process is to end.
    :param clock: returns seconds.
    """

    def __init__(
        self,
        progress: Callable[[int], float],
        limits: Limits,
        is_stopping: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress = progress
        self._is_stopping = is_stopping
        self._clock = clock
        self._number = limits.number
        self._ends = clock() + limits.seconds

    def __call__(self, stored: int) -> float:
        """Count stored results.

        :return: the seconds that are left; 0: no more calls may be begun.
        """
        if stored:
            self._number -= stored
            self._ends = min(self._ends, self._clock() + self._progress(stored))
        if self._number <= 0 or self._is_stopping():
            return 0
        return max(0, self._ends - self._clock())
