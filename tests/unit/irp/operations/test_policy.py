"""The policy: every kind of error and what follows from it."""

from datetime import datetime, timedelta, timezone

import pytest
from irp.operations import policy
from irp.operations.circuit_breaker import SHARED_PAUSE
from irp.protocol import errors
from irp.protocol.errors import IrpAuthenticationError, IrpNotSent, IrpSharedUser

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("error", "state", "wait"),
    [
        (errors.IrpNotSent("x", reason="dns"), "to_register", MINUTE),
        (errors.IrpOutcomeUnknown("x", reason="reset"), "unknown", MINUTE),
        (errors.IrpProtocolError("x"), "unknown", MINUTE),
        (errors.IrpAuthenticationError("x", code="1019"), "to_register", None),
        (
            errors.IrpRateLimited("x", retry_after=90),
            "to_register",
            timedelta(seconds=90),
        ),
        (errors.IrpRateLimited("x", retry_after=None), "to_register", MINUTE),
        (errors.IrpRejected("x", code="2265"), "rejected", None),
        (errors.IrpRejected("x", code="2147"), "unknown", MINUTE),
        (errors.IrpRejected("x", code="2295"), "conflict", None),
    ],
)
def test_after_generate(error, state, wait):
    assert policy.after_generate(error, 1) == policy.Transition(state, wait)


@pytest.mark.parametrize(
    ("error", "state", "wait"),
    [
        (errors.IrpNotFound("x", code="2154"), "to_register", timedelta(0)),
        (errors.IrpTooLate("x", code="2283"), "unclear", None),
        (errors.IrpAuthenticationError("x"), "unknown", None),
        (errors.IrpNotSent("x", reason="dns"), "unknown", MINUTE),
        (errors.IrpOutcomeUnknown("x", reason="reset"), "unknown", MINUTE),
        (errors.IrpRejected("x", code="2226"), "unclear", None),
        (errors.IrpRejected("x", code="2147"), "unknown", MINUTE),
        (errors.IrpRateLimited("x", retry_after=5), "unknown", timedelta(seconds=5)),
    ],
)
def test_after_look_up(error, state, wait):
    assert policy.after_look_up(error, 1) == policy.Transition(state, wait)


def test_not_found_proves_nothing_while_a_call_may_be_in_work():
    missing = errors.IrpNotFound("x", code="2154")
    assert policy.after_look_up(missing, 1, MINUTE) == policy.Transition(
        "unknown", MINUTE
    )


@pytest.mark.parametrize(
    ("error", "state", "wait"),
    [
        (errors.IrpOutcomeUnknown("x", reason="reset"), "unclear", None),
        (errors.IrpProtocolError("x"), "unclear", None),
        (errors.IrpNotSent("x", reason="dns"), "unknown", MINUTE),
        (errors.IrpAuthenticationError("x"), "unknown", None),
        (errors.IrpNotFound("x", code="2154"), "to_register", timedelta(0)),
    ],
)
def test_look_ups_end_with_the_portals_longest_window(error, state, wait):
    age = policy.LONGEST_WINDOW
    before = policy.after_look_up(error, 1, age=age - timedelta(seconds=1))
    assert policy.after_look_up(error, 1, age=age) == policy.Transition(state, wait)
    assert before.state != "unclear"


@pytest.mark.parametrize(
    ("error", "state", "wait"),
    [
        (errors.IrpNotSent("x", reason="dns"), "cancelling", MINUTE),
        (errors.IrpOutcomeUnknown("x", reason="reset"), "cancelling", MINUTE),
        (errors.IrpAuthenticationError("x", code="1019"), "cancelling", None),
        (
            errors.IrpRateLimited("x", retry_after=90),
            "cancelling",
            timedelta(seconds=90),
        ),
        (errors.IrpTooLate("x", code="2270"), "registered", None),
        (errors.IrpRejected("x", code="2230"), "registered", None),
        (errors.IrpRejected("x", code="5001"), "cancelling", MINUTE),
    ],
)
def test_after_cancel(error, state, wait):
    assert policy.after_cancel(error, 1) == policy.Transition(state, wait)


def test_pauses_grow_and_stop_growing():
    pauses = [policy.pause(attempt) for attempt in range(1, 12)]
    assert pauses == sorted(pauses)
    assert pauses[0] == MINUTE
    assert pauses[-1] == timedelta(hours=1)


def test_what_failed_together_does_not_come_back_together():
    now = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
    wait = timedelta(minutes=10)
    assert policy.next_attempt_at(wait, now, 0) == now + wait
    assert policy.next_attempt_at(wait, now, 0.5) == now + timedelta(minutes=11)
    assert policy.next_attempt_at(wait, now, 1) == now + timedelta(minutes=12)
    assert policy.next_attempt_at(None, now, 1) is None


def test_shared_user_is_left_alone_for_a_while():
    error = IrpSharedUser("used elsewhere")
    assert policy.after_log_in(error, 1) == SHARED_PAUSE
    assert policy.after_log_in(IrpAuthenticationError("no"), 1) is None
    assert policy.after_log_in(IrpNotSent("no", reason="dns"), 1) == policy.pause(1)
