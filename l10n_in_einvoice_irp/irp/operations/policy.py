"""The retry policy: map an error to the next state and the time of the next attempt.

Pure functions, so that the whole policy can be read and tested in one place.

* Never sent, or the portal asks for fewer calls -> ``to_register``, after a pause.
* No usable response -> ``unknown``: only a look-up leaves it, never a second Generate.
* No look-up can settle it any more -> ``unclear``, or ``cancel_unclear`` for a
  cancellation: a user has to settle it.
* Refused -> ``rejected``: no more attempts until a user corrects the record.
* Registered by another portal -> ``conflict``: a user decides.
* Login refused -> ``to_register`` with no next attempt: the portal locks an account
  after several wrong passwords, so the queue resumes once the credential is corrected.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..protocol.errors import (
    IrpAuthenticationError,
    IrpError,
    IrpNotFound,
    IrpNotOffered,
    IrpNotSent,
    IrpRateLimited,
    IrpRejected,
    IrpSharedUser,
)
from ..reference.catalogue import entry
from . import states
from .circuit_breaker import SHARED_PAUSE

NO_TIME = timedelta(0)
UNSEEN = (IrpNotSent, IrpRateLimited, IrpAuthenticationError, IrpSharedUser)
"""Errors that prove that the portal has not seen the request."""
LONGEST_WINDOW = timedelta(days=3)
"""The longest window that a source gives for "Get IRN" (NIC: 3 days, others 2)."""
FIRST_EXPORT_PAUSE = timedelta(hours=1)
"""From the export of a document for the bulk upload to the first look-up: a person has
to upload it."""
EXPORT_PAUSE = timedelta(hours=6)
"""Between the look-ups of an exported document: "not found" is an erroneous call, and
the portals block senders of many."""
WINDOW_MARGIN = timedelta(days=1)
"""By how much sources differ in how long a portal returns a registration."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))


@dataclass(frozen=True)
class Transition:
    """The next state of a registration.

    :ivar state: ``to_register``, ``unknown``, ``unclear``, ``rejected`` or
        ``conflict``; for a cancellation ``registered`` or ``cancelling``.
    :ivar wait: how long to wait before the next attempt; None if a user has to act
        first.
    """

    state: str
    wait: timedelta | None


def pause(attempt: int) -> timedelta:
    """Return the pause after attempt number ``attempt``: from 1 minute to 1 hour."""
    return PAUSES[min(max(attempt, 1), len(PAUSES)) - 1]


def look_up_window(retrieval_days: int) -> timedelta:
    """Return how long look-ups of a missing response are retried at a portal.

    :param retrieval_days: how long it returns a registration, by its profile.
    """
    return timedelta(days=retrieval_days) + WINDOW_MARGIN


def next_attempt_at(
    wait: timedelta | None, now: datetime, jitter: float
) -> datetime | None:
    """Return when to retry: ``wait`` after ``now``, plus up to a fifth of ``wait``.

    The jitter spreads the retries of records that failed together.

    :param jitter: a random number from 0 to 1.
    :return: None if ``wait`` is None.
    """
    return None if wait is None else now + wait * (1 + jitter / 5)


def after_log_in(error: IrpError, attempt: int) -> timedelta | None:
    """Return the wait after a failed login; the document was not sent.

    :return: None if the credential has to be corrected first.
    """
    if isinstance(error, IrpSharedUser):
        return SHARED_PAUSE
    return after_generate(error, attempt).wait


def after_generate(error: IrpError, attempt: int) -> Transition:
    """Return the transition after Generate IRN raised ``error``.

    :param attempt: number of this attempt, from 1.
    """
    if isinstance(error, IrpRateLimited):
        return Transition(states.TO_REGISTER, _requested_pause(error, attempt))
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
    window: timedelta = LONGEST_WINDOW,
) -> Transition:
    """Return the transition after a look-up (Get IRN) raised ``error``.

    Only "not found" makes another Generate safe, and only once the first call can no
    longer be in progress. Past the portal's retrieval window (2283), or if the portal
    refuses the look-up (2226) or does not offer it, further look-ups are useless.

    :param attempt: number of this attempt, from 1.
    :param in_flight: how much longer an earlier call may be in progress.
    :param age: how long its response has been missing.
    :param window: from which age on a look-up that still fails ends the retries.
    """
    if isinstance(error, IrpNotFound):
        if in_flight:
            return Transition(states.UNKNOWN, in_flight)
        return Transition(states.TO_REGISTER, NO_TIME)
    if isinstance(error, IrpAuthenticationError):
        return Transition(states.UNKNOWN, None)
    if isinstance(error, IrpRateLimited):
        return Transition(states.UNKNOWN, _requested_pause(error, attempt))
    if _ends_look_ups(error, is_over=age >= window):
        return Transition(states.UNCLEAR, None)
    return Transition(states.UNKNOWN, pause(attempt))


def _ends_look_ups(error: IrpError, *, is_over: bool) -> bool:
    """Return whether the error ends the look-ups; a failed connection does not."""
    if isinstance(error, (IrpNotSent, IrpSharedUser)):
        return False
    if isinstance(error, IrpNotOffered):
        return True
    if isinstance(error, IrpRejected) and error.code and error.remedy != "retry":
        return True
    return is_over


def after_cancel(error: IrpError, attempt: int) -> Transition:
    """Return the transition after Cancel IRN raised ``error``.

    A refusal leaves the document registered. A missing response leaves it
    ``cancelling``: only a look-up can settle it.

    :param attempt: number of this attempt, from 1.
    """
    if isinstance(error, IrpRateLimited):
        return Transition(states.CANCELLING, _requested_pause(error, attempt))
    if isinstance(error, IrpAuthenticationError):
        return Transition(states.CANCELLING, None)
    if isinstance(error, IrpRejected) and error.remedy != "retry":
        return Transition(states.REGISTERED, None)
    return Transition(states.CANCELLING, pause(attempt))


def is_understood(refusal: IrpRejected) -> bool:
    """Return whether a refusal proves that nothing was done.

    It was not sent, a gateway refused it, or one of its codes is in a list of the
    portals. What is in none proves nothing.
    """
    if isinstance(refusal, IrpNotOffered) or refusal.gateway:
        return True
    codes = {one.code for one in refusal.violations} | {refusal.code}
    return any(entry(code).group for code in codes)


def _after_refusal(error: IrpRejected, attempt: int) -> Transition:
    if error.remedy == "retry":
        # "unable to sign", "application error": the portal may have registered the
        # document before it failed
        return Transition(states.UNKNOWN, pause(attempt))
    if error.remedy == "look_up":
        # 2295: another IRP registered it, and this portal cannot return it
        return Transition(states.CONFLICT, None)
    return Transition(states.REJECTED, None)


def _requested_pause(error: IrpRateLimited, attempt: int) -> timedelta:
    if error.retry_after is None:
        return pause(attempt)
    return timedelta(seconds=error.retry_after)
