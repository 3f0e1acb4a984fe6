"""When to leave a portal alone: a circuit breaker, as plain values.

A portal that is down answers nobody: asking it for every waiting document costs each a
timeout, and a portal that asks for patience (3095, 3096) blocks who does not listen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..protocol.errors import IrpError, IrpRateLimited, IrpTransportError

THRESHOLD = 5
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15))

SHARED_AFTER = 3
SHARED_WITHIN = timedelta(hours=1)
SHARED_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True)
class Breaker:
    """The calls of one GSTIN to one environment, as far as they failed in a row.

    :ivar failures: calls in a row that brought no usable answer.
    :ivar trips: how many times in a row it has opened without an answer between.
    :ivar error: the last failure, while there is one.
    """

    failures: int = 0
    trips: int = 0
    error: IrpError | None = None

    def after(self, error: IrpError | None) -> Breaker:
        """The breaker after a call; a refusal is an answer as good as any."""
        if isinstance(error, IrpRateLimited):
            return Breaker(max(THRESHOLD, self.failures + 1), self.trips, error)
        if isinstance(error, IrpTransportError):
            return Breaker(self.failures + 1, self.trips, error)
        return Breaker()

    @property
    def is_open(self) -> bool:
        """Whether nothing more is to be asked; after a pause one failure is enough."""
        return self.failures >= (1 if self.trips else THRESHOLD)

    @property
    def pause(self) -> timedelta:
        """How long to leave the portal alone, if it did not say so itself."""
        asked = getattr(self.error, "retry_after", None)
        if asked is not None:
            return timedelta(seconds=asked)
        return PAUSES[min(self.trips, len(PAUSES) - 1)]


@dataclass(frozen=True)
class Refusals:
    """Tokens that the portal refused although they had not expired.

    One is normal (the portal was restarted). Several within an hour mean that another
    program logs in as the same API user.
    """

    count: int = 0
    since: datetime | None = None

    def after(self, now: datetime) -> Refusals:
        """The count with one more refusal."""
        if self.since is None or now - self.since > SHARED_WITHIN:
            return Refusals(1, now)
        return Refusals(self.count + 1, self.since)

    @property
    def is_shared(self) -> bool:
        """Whether somebody else uses the API user."""
        return self.count >= SHARED_AFTER
