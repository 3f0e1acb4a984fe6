"""The policy: which state follows from an error, and when to try again.

Pure functions, so that the whole policy can be read and tested in one place.

* Never sent, or the portal asks for fewer calls -> ``to_register``, after a pause.
* Outcome unknown -> ``unknown``: only a look-up may leave it, never a second Generate.
* No look-up can settle it any more -> ``unclear``, ``cancel_unclear`` for a
  cancellation: a person has to.
* Refused -> ``rejected``: waits for a person, and takes no further attempts.
* Held by another portal -> ``conflict``: a person has to decide.
* Log-in refused -> ``to_register`` without a next time: the portal locks an account
  after several wrong passwords, so only a corrected credential starts it again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..protocol.errors import (
    IrpAuthenticationError,
    IrpError,
    IrpNotFound,
    IrpNotSent,
    IrpRateLimited,
    IrpRejected,
    IrpSharedUser,
)
from . import states
from .circuit_breaker import SHARED_PAUSE

NO_TIME = timedelta(0)
UNSEEN = (IrpNotSent, IrpRateLimited, IrpAuthenticationError, IrpSharedUser)
"""Errors after which the portal has not seen what it was asked to do."""
LONGEST_WINDOW = timedelta(days=3)
"""How long a look-up can succeed: the longest window that a source names for "Get IRN"
(NIC: 3 days, others 2). What still fails then is not retried for ever."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))


@dataclass(frozen=True)
class Transition:
    """The next state of a registration.

    :ivar state: ``to_register``, ``unknown``, ``unclear``, ``rejected`` or
        ``conflict``; of a cancellation ``registered`` or ``cancelling``.
    :ivar wait: how long to wait before the next attempt; None when a person has to act
        first.
    """

    state: str
    wait: timedelta | None


def pause(attempt: int) -> timedelta:
    """Return the growing pause after the ``attempt``-th attempt without a result."""
    return PAUSES[min(max(attempt, 1), len(PAUSES)) - 1]


def next_attempt_at(
    wait: timedelta | None, now: datetime, jitter: float
) -> datetime | None:
    """Return when to try again: ``wait`` from ``now``, and up to a fifth of it later.

    What failed together must not be retried together.

    :param jitter: from 0 to 1, at random.
    """
    return None if wait is None else now + wait * (1 + jitter / 5)


def after_log_in(error: IrpError, attempt: int) -> timedelta | None:
    """Return how long a document waits after a failed log-in: it was not sent."""
    if isinstance(error, IrpSharedUser):
        return SHARED_PAUSE
    return after_generate(error, attempt).wait


def after_generate(error: IrpError, attempt: int) -> Transition:
    """Return the transition after a Generate IRN that raised ``error``.

    :param attempt: how many times the document was tried, this time included.
    """
    if isinstance(error, IrpRateLimited):
        return Transition(states.TO_REGISTER, _asked_pause(error, attempt))
    if isinstance(error, IrpNotSent):
        return Transition(states.TO_REGISTER, pause(attempt))
    if isinstance(error, IrpAuthenticationError):
        return Transition(states.TO_REGISTER, None)
    if isinstance(error, IrpRejected):
        return _after_refusal(error, attempt)
    return Transition(states.UNKNOWN, pause(attempt))


def after_look_up(
    error: IrpError,
    attempt: int,
    in_flight: timedelta = NO_TIME,
    age: timedelta = NO_TIME,
) -> Transition:
    """Return the transition after a look-up (Get IRN) that raised ``error``.

    Only "not found" makes another Generate safe, once the first call cannot be in
    progress any more. Past the portal's retrieval window (2283), or when it refuses
    the look-up itself (2226), further look-ups are useless.

    :param in_flight: how much longer an earlier call may be in progress.
    :param age: how long the response has been missing.
    """
    if isinstance(error, IrpNotFound):
        if in_flight:
            return Transition(states.UNKNOWN, in_flight)
        return Transition(states.TO_REGISTER, NO_TIME)
    if isinstance(error, IrpAuthenticationError):
        return Transition(states.UNKNOWN, None)
    if isinstance(error, IrpRateLimited):
        return Transition(states.UNKNOWN, _asked_pause(error, attempt))
    if _ends_look_ups(error, age):
        return Transition(states.UNCLEAR, None)
    return Transition(states.UNKNOWN, pause(attempt))


def _ends_look_ups(error: IrpError, age: timedelta) -> bool:
    """Return whether further look-ups are useless; a failure to connect is no proof."""
    if isinstance(error, (IrpNotSent, IrpSharedUser)):
        return False
    if isinstance(error, IrpRejected) and error.code and error.remedy != "retry":
        return True
    return age >= LONGEST_WINDOW


def after_cancel(error: IrpError, attempt: int) -> Transition:
    """Return the transition after a Cancel IRN that raised ``error``.

    A refusal leaves the document registered. A lost response leaves it ``cancelling``:
    only a look-up can settle it.
    """
    if isinstance(error, IrpRateLimited):
        return Transition(states.CANCELLING, _asked_pause(error, attempt))
    if isinstance(error, IrpAuthenticationError):
        return Transition(states.CANCELLING, None)
    if isinstance(error, IrpRejected) and error.remedy != "retry":
        return Transition(states.REGISTERED, None)
    return Transition(states.CANCELLING, pause(attempt))


def _after_refusal(error: IrpRejected, attempt: int) -> Transition:
    if error.remedy == "retry":
        # "unable to sign", "application error": the portal failed halfway, and may
        # have registered it
        return Transition(states.UNKNOWN, pause(attempt))
    if error.remedy == "look_up":
        # 2295: another IRP holds it, and this portal cannot show it
        return Transition(states.CONFLICT, None)
    return Transition(states.REJECTED, None)


def _asked_pause(error: IrpRateLimited, attempt: int) -> timedelta:
    if error.retry_after is None:
        return pause(attempt)
    return timedelta(seconds=error.retry_after)
