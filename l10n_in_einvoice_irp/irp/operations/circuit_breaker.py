"""Circuit breaker for calls to a portal, as immutable values.

While a portal is down, every queued document would cost a timeout; and a portal that
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
    """Consecutive failures of one GSTIN's calls to one environment.

    :ivar failures: consecutive calls without a usable response.
    :ivar trips: consecutive openings without a usable response in between.
    :ivar error: the last failure; None after a usable response.
    """

    failures: int = 0
    trips: int = 0
    error: IrpError | None = None

    def after(self, error: IrpError | None) -> Breaker:
        """Return the breaker after a call; a refusal by the portal is not a failure.

        :param error: the error that the call raised; None if it succeeded.
        """
        if isinstance(error, IrpRateLimited):
            return Breaker(max(THRESHOLD, self.failures + 1), self.trips, error)
        if isinstance(error, IrpTransportError):
            return Breaker(self.failures + 1, self.trips, error)
        return Breaker()

    @property
    def is_open(self) -> bool:
        """Return whether calls must pause; after a pause, one failure reopens it."""
        return self.failures >= (1 if self.trips else THRESHOLD)

    @property
    def is_down(self) -> bool:
        """Return whether the last calls got no usable response, not even a refusal."""
        return isinstance(self.error, IrpTransportError)

    @property
    def pause(self) -> timedelta:
        """Return the pause: the portal's Retry-After, else longer after every trip."""
        retry_after = getattr(self.error, "retry_after", None)
        if retry_after is not None:
            return timedelta(seconds=retry_after)
        return PAUSES[min(self.trips, len(PAUSES) - 1)]


@dataclass(frozen=True)
class Refusals:
    """Count of tokens that the portal refused before they expired.

    One is normal (the portal was restarted). Several within an hour mean that another
    program logs in with the same API user.

    :ivar since: when the first of them was refused (aware); None if none was.
    """

    count: int = 0
    since: datetime | None = None

    def after(self, now: datetime) -> Refusals:
        """Return the count with one more refusal; start over after an hour.

        :param now: aware.
        """
        if self.since is None or now - self.since > SHARED_WITHIN:
            return Refusals(1, now)
        return Refusals(self.count + 1, self.since)

    @property
    def is_shared(self) -> bool:
        """Return whether another program seems to use the API user."""
        return self.count >= SHARED_AFTER
