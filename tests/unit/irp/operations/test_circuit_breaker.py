"""When a portal is paused, and when a shared API user is recognised."""

from datetime import datetime, timedelta, timezone

import pytest
from irp.operations.circuit_breaker import PAUSES, THRESHOLD, Breaker, Refusals
from irp.protocol.errors import (
    IrpAuthenticationError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpRateLimited,
    IrpRejected,
)

NOW = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
LOST = IrpOutcomeUnknown("read timed out", reason="read_timeout")


def after(*errors, start=None):
    breaker = start or Breaker()
    for error in errors:
        breaker = breaker.after(error)
    return breaker


@pytest.mark.parametrize("error", [LOST, IrpNotSent("refused", reason="connect")])
def test_failures_in_a_row_open_it(error):
    assert not after(*[error] * (THRESHOLD - 1)).is_open
    assert after(*[error] * THRESHOLD).is_open


@pytest.mark.parametrize(
    "answer", [None, IrpRejected("no", code="2172"), IrpAuthenticationError("no")]
)
def test_any_answer_closes_it(answer):
    breaker = after(*[LOST] * (THRESHOLD - 1), answer, LOST)
    assert (breaker.failures, breaker.is_open) == (1, False)


def test_only_a_missing_answer_is_an_outage():
    assert after(LOST).is_down
    assert not Breaker().is_down
    for error in (None, IrpRejected("no", code="2172"), IrpAuthenticationError("no")):
        assert not after(LOST, error).is_down
    assert not after(IrpRateLimited("slow down")).is_down


def test_portal_that_asks_for_patience_gets_it_at_once():
    breaker = after(IrpRateLimited("blocked", retry_after=90))
    assert breaker.is_open
    assert breaker.pause == timedelta(seconds=90)


def test_after_a_pause_one_failure_is_enough():
    assert after(LOST, start=Breaker(trips=1)).is_open


def test_pauses_grow_to_a_bound():
    pauses = [Breaker(trips=trips).pause for trips in range(20)]
    assert pauses == sorted(pauses)
    assert pauses[0] == PAUSES[0]
    assert pauses[-1] == PAUSES[-1] == timedelta(minutes=15)


def test_an_answer_after_a_pause_forgets_the_pauses():
    assert after(None, start=Breaker(trips=4)) == Breaker()


def test_single_refusals_of_a_token_are_normal():
    refusals = Refusals()
    for hours in (0, 2, 4, 6):
        refusals = refusals.after(NOW + timedelta(hours=hours))
        assert not refusals.is_shared


def test_refusals_within_an_hour_mean_a_shared_user():
    refusals = Refusals()
    for minutes in (0, 10, 20):
        refusals = refusals.after(NOW + timedelta(minutes=minutes))
    assert refusals.is_shared
    assert not refusals.after(NOW + timedelta(hours=2)).is_shared
