"""What follows from an error: the next state of a registration, and when to look again.

One pure function, so that the whole policy can be read and tested in one place.

* Never sent, or the portal asks for patience -> ``to_register``, after a pause.
* Outcome unknown -> ``unknown``: only a look-up may leave it, never a second Generate.
* No look-up can tell any more -> ``unclear``, ``cancel_unclear`` for a cancellation: a
  person has to settle it.
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
"""How long a look-up can tell anything: the longest window that a source names for
"Get IRN" (NIC: 3 days, others 2). What still fails then is not tried for ever."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))


@dataclass(frozen=True)
class Transition:
    """The next state of a registration.

    :ivar state: ``to_register``, ``unknown``, ``unclear``, ``rejected`` or
        ``conflict``; of a cancellation ``registered`` or ``cancelling``.
    :ivar wait: how long to leave it alone; None when a person has to act first.
    """

    state: str
    wait: timedelta | None


def pause(attempt: int) -> timedelta:
    """Growing pause after the ``attempt``-th try (1 = first) without a result."""
    return PAUSES[min(max(attempt, 1), len(PAUSES)) - 1]


def next_attempt_at(
    wait: timedelta | None, now: datetime, jitter: float
) -> datetime | None:
    """When to look again: ``wait`` from ``now``, and up to a fifth of it later.

    What failed together must not come back together.

    :param jitter: from 0 to 1, at random.
    """
    return None if wait is None else now + wait * (1 + jitter / 5)


def after_log_in(error: IrpError, attempt: int) -> timedelta | None:
    """How long a document waits whose log-in failed: it was not asked about at all."""
    if isinstance(error, IrpSharedUser):
        return SHARED_PAUSE
    return after_generate(error, attempt).wait


def after_generate(error: IrpError, attempt: int) -> Transition:
    """The transition after a Generate IRN that raised ``error``.

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
    """The transition after a Get IRN by document details that raised ``error``.

    Not found is the one answer that makes another Generate safe, once the first cannot
    be in work any more. Past the portal's retrieval window (2283), or when it refuses
    the look-up itself (2226), nothing further can be learnt from it.

    :param in_flight: how much longer a call that was sent before may be in work.
    :param age: how long the answer has been missing.
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
    """Whether asking again is useless; what never reached the portal tells nothing."""
    if isinstance(error, (IrpNotSent, IrpSharedUser)):
        return False
    if isinstance(error, IrpRejected) and error.code and error.remedy != "retry":
        return True
    return age >= LONGEST_WINDOW


def after_cancel(error: IrpError, attempt: int) -> Transition:
    """The transition after a Cancel IRN that raised ``error``.

    The portal's no leaves the document registered. A lost answer leaves it
    ``cancelling``: only a look-up tells what became of it.
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
        # "unable to sign", "application error": the portal failed on its way, and may
        # have got as far as the registration
        return Transition(states.UNKNOWN, pause(attempt))
    if error.remedy == "look_up":
        # 2295: another IRP holds it, and this portal cannot show it
        return Transition(states.CONFLICT, None)
    return Transition(states.REJECTED, None)


def _asked_pause(error: IrpRateLimited, attempt: int) -> timedelta:
    if error.retry_after is None:
        return pause(attempt)
    return timedelta(seconds=error.retry_after)
