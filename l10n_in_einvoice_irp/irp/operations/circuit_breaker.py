"""A circuit breaker for the calls to a portal, as plain values.

While a portal is down, every waiting document would cost a timeout; and a portal that
asks for fewer calls (3095, 3096) blocks users who do not comply.
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
    """The failures in a row of one GSTIN's calls to one environment.

    :ivar failures: calls in a row without a usable response.
    :ivar trips: how many times in a row it has opened without a response in between.
    :ivar error: the last failure, if any.
    """

    failures: int = 0
    trips: int = 0
    error: IrpError | None = None

    def after(self, error: IrpError | None) -> Breaker:
        """Return the breaker after a call; a refusal by the portal is no failure."""
        if isinstance(error, IrpRateLimited):
            return Breaker(max(THRESHOLD, self.failures + 1), self.trips, error)
        if isinstance(error, IrpTransportError):
            return Breaker(self.failures + 1, self.trips, error)
        return Breaker()

    @property
    def is_open(self) -> bool:
        """Return whether calls have to pause; after a pause one failure is enough."""
        return self.failures >= (1 if self.trips else THRESHOLD)

    @property
    def pause(self) -> timedelta:
        """Return how long to pause: what the portal asked for, or a growing time."""
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
        """Return the count with one more refusal."""
        if self.since is None or now - self.since > SHARED_WITHIN:
            return Refusals(1, now)
        return Refusals(self.count + 1, self.since)

    @property
    def is_shared(self) -> bool:
        """Return whether another program uses the API user."""
        return self.count >= SHARED_AFTER
