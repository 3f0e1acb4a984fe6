"""Cancelling a registration, client against portal."""

import dataclasses
from datetime import timedelta

import pytest
from irp.operations.registration import cancel, register, settle_cancel


@pytest.fixture
def registered(client, keys, make_request):
    """A request that the portal has registered."""
    wanted = make_request()
    register(client, keys, wanted)
    return dataclasses.replace(
        wanted, cancel_reason="2", cancel_remark="Data entry mistake"
    )


def test_cancels_within_the_window(client, keys, registered, clock):
    result = cancel(client, keys, registered)
    assert result.state == "cancelled"
    assert abs(result.cancel_date - clock()) < timedelta(minutes=1)


def test_lost_answer_is_settled_by_a_look_up(client, keys, registered, faults):
    faults.add("drop_after", "cancel_irn")
    assert cancel(client, keys, registered).state == "cancelling"
    assert settle_cancel(client, keys, registered).state == "cancelled"


def test_cancellation_that_never_arrived_leaves_it_registered(
    client, keys, registered, faults
):
    faults.add("drop_before", "cancel_irn")
    assert cancel(client, keys, registered).state == "cancelling"
    assert settle_cancel(client, keys, registered).state == "registered"


def test_cancellation_that_may_be_in_work_is_waited_for(client, keys, registered):
    waiting = dataclasses.replace(registered, in_flight=timedelta(seconds=40))
    result = settle_cancel(client, keys, waiting)
    assert (result.state, result.wait) == ("cancelling", timedelta(seconds=40))
    cancel(client, keys, registered)
    assert settle_cancel(client, keys, waiting).state == "cancelled"


def test_already_cancelled_is_asked_not_assumed(client, keys, registered):
    cancel(client, keys, registered)
    again = cancel(client, keys, registered)
    assert again.state == "cancelled"
    assert again.registration is not None


def test_refused_cancellation_leaves_it_registered(client, keys, registered, clock):
    clock.advance(hours=25)
    result = cancel(client, keys, registered)
    assert result.state == "registered"
    assert result.error.code == "2270"


def test_cancellation_that_is_looked_up_too_late_is_unclear(
    client, keys, registered, faults, clock
):
    faults.add("drop_after", "cancel_irn")
    assert cancel(client, keys, registered).state == "cancelling"
    clock.advance(days=4)
    result = settle_cancel(client, keys, registered)
    assert (result.state, result.wait) == ("cancel_unclear", None)
    assert result.error.code == "2283"


@pytest.mark.parametrize("code", ["2154", "2226", "2306", "2143"])
def test_registered_document_not_shown_is_unclear(
    client, keys, registered, faults, code
):
    faults.add("refuse", "get_irn_by_document", code=code)
    result = settle_cancel(client, keys, registered)
    assert (result.state, result.wait) == ("cancel_unclear", None)
    assert result.error.code == code


def test_other_content_leaves_the_cancellation_unclear(client, keys, registered):
    buyer = {**registered.invoice["BuyerDtls"], "LglNm": "Somebody else"}
    other = {**registered.invoice, "BuyerDtls": buyer}
    result = settle_cancel(client, keys, dataclasses.replace(registered, invoice=other))
    assert (result.state, result.wait) == ("cancel_unclear", None)
    assert result.verdict.state == "mismatch"
    assert result.registration is None


def test_refused_log_in_stops_the_look_up_without_an_end(
    client, keys, registered, faults
):
    faults.add("refuse", "get_irn_by_document", code="1010")
    result = settle_cancel(client, keys, registered)
    assert (result.state, result.wait) == ("cancelling", None)


def test_already_cancelled_but_not_shown_is_unclear(client, keys, registered, faults):
    cancel(client, keys, registered)
    faults.add("refuse", "get_irn_by_document", code="2283")
    result = cancel(client, keys, registered)
    assert (result.state, result.error.code) == ("cancel_unclear", "9999")


def test_only_a_request_that_never_arrived_may_be_resent(
    client, keys, registered, faults
):
    faults.add("refuse", "cancel_irn", code="3095")
    assert cancel(client, keys, registered).unsent
    faults.add("drop_after", "cancel_irn")
    assert not cancel(client, keys, registered).unsent
    faults.add("refuse", "get_irn_by_document", code="3095")
    asked = settle_cancel(client, keys, registered)
    assert (asked.state, asked.unsent) == ("cancelling", False)


def test_unsettled_cancellation_is_looked_at_again(client, keys, registered, faults):
    faults.add("error", "get_irn_by_document")
    result = settle_cancel(client, keys, registered)
    assert result.state == "cancelling"
    assert result.wait == timedelta(minutes=1)
