"""The policy: the consequence of every kind of error."""

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
        (errors.IrpRejected("x", code="2306"), "unclear", None),
        (errors.IrpRejected("x", code="4037"), "unclear", None),
        (errors.IrpRejected("x", code="not published"), "unclear", None),
        (errors.IrpNotOffered("x"), "unclear", None),
        (errors.IrpRejected("x", code="5001"), "unknown", MINUTE),
        (errors.IrpRejected("x"), "unknown", MINUTE),
        (errors.IrpProtocolError("x"), "unknown", MINUTE),
        (errors.IrpSignatureError("x"), "unknown", MINUTE),
        (errors.IrpRateLimited("x", retry_after=5), "unknown", timedelta(seconds=5)),
    ],
)
def test_after_look_up(error, state, wait):
    assert policy.after_look_up(error, 1) == policy.Transition(state, wait)


@pytest.mark.parametrize(
    "error",
    [
        errors.IrpRejected("x", code="5001"),
        errors.IrpRejected("x"),
        errors.IrpProtocolError("x", http_status=404),
        errors.IrpSignatureError("x"),
        errors.IrpOutcomeUnknown("x", reason="server_error"),
    ],
)
@pytest.mark.parametrize("days", [0, 2, 3])
def test_retries_end_a_day_after_the_portals_window(error, days):
    window = policy.look_up_window(days)
    assert window == timedelta(days=days + 1)
    almost = policy.after_look_up(error, 9, age=window - MINUTE, window=window)
    assert almost.state == "unknown"
    over = policy.after_look_up(error, 9, age=window, window=window)
    assert over == policy.Transition("unclear", None)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (errors.IrpNotSent("x", reason="dns"), "unknown"),
        (errors.IrpRateLimited("x", retry_after=5), "unknown"),
        (errors.IrpSharedUser("x"), "unknown"),
        (errors.IrpAuthenticationError("x"), "unknown"),
        (errors.IrpNotFound("x", code="2154"), "to_register"),
    ],
)
def test_unsent_look_up_ends_nothing(error, state):
    age = 9 * policy.LONGEST_WINDOW
    assert policy.after_look_up(error, 9, age=age).state == state


def test_not_found_proves_nothing_while_a_call_is_in_flight():
    missing = errors.IrpNotFound("x", code="2154")
    assert policy.after_look_up(missing, 1, MINUTE) == policy.Transition(
        "unknown", MINUTE
    )


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


def test_joint_failures_are_retried_at_different_times():
    now = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
    wait = timedelta(minutes=10)
    assert policy.next_attempt_at(wait, now, 0) == now + wait
    assert policy.next_attempt_at(wait, now, 0.5) == now + timedelta(minutes=11)
    assert policy.next_attempt_at(wait, now, 1) == now + timedelta(minutes=12)
    assert policy.next_attempt_at(None, now, 1) is None


def test_shared_user_is_paused():
    error = IrpSharedUser("used elsewhere")
    assert policy.after_log_in(error, 1) == SHARED_PAUSE
    assert policy.after_log_in(IrpAuthenticationError("no"), 1) is None
    assert policy.after_log_in(IrpNotSent("no", reason="dns"), 1) == policy.pause(1)
