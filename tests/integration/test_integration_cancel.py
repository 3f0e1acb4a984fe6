"""Cancellations across processes: what is committed before and after a call."""

import signal

import pytest
from processes.odoo_process import OdooError

CANCEL = "l10n_in.irp.cancel"
SETTLE = "l10n_in.irp.settle"


@pytest.fixture
def registered(desk):
    move = desk.posted()
    desk.run_queue()
    assert desk.state(move) == "registered"
    return move


def cancel_in_child(desk, move, death=None):
    """Press 'Cancel at the portal' in a process that may die meanwhile."""
    accountant = desk.seller["accountant"]
    values = {"move_id": move, "reason": "3", "remark": "Order Cancelled"}
    [wizard] = desk.worker.call(CANCEL, "create", args=[values], user=accountant)
    [child] = desk.worker.ask(
        "call_in_children",
        model=CANCEL,
        method="action_cancel",
        ids=[wizard],
        user=accountant,
        deaths=[death],
    )
    return child


def activities(desk, move):
    domain = [("res_model", "=", "account.move"), ("res_id", "=", move)]
    names = ["summary", "user_id"]
    return desk.worker.call("mail.activity", "search_read", args=[domain, names])


def notice(desk, move):
    """The registration's state, and what was said of its cancellation."""
    document = desk.invoice(move, "l10n_in_irp_document_id")
    names = ("state", "cancel_notice", "next_attempt_at", "settled_as")
    return desk.worker.read(
        "l10n_in.irp.document", document["l10n_in_irp_document_id"], *names
    )


def test_process_that_died_before_it_sent_is_told_of(desk, portal, registered):
    child = cancel_in_child(desk, registered, {"step": "before_call", "number": 1})
    assert child["status"] == -signal.SIGKILL
    assert portal.calls("cancel_irn") == 0
    assert desk.state(registered) == "cancelling"
    desk.run_queue()
    desk.run_queue_later()
    assert notice(desk, registered)["state"] == "registered"
    [activity] = activities(desk, registered)
    assert activity["user_id"][0] == desk.seller["accountant"]
    assert "not cancelled" in activity["summary"]
    assert "still active" in desk.banner(registered)
    assert cancel_in_child(desk, registered)["status"] == 0
    assert desk.state(registered) == "cancelled"
    assert portal.calls("cancel_irn") == 1
    assert not activities(desk, registered)


def test_process_that_died_with_the_answer_is_settled(desk, portal, registered):
    child = cancel_in_child(desk, registered, {"step": "after_call", "number": 1})
    assert child["status"] == -signal.SIGKILL
    desk.run_queue()
    assert notice(desk, registered)["state"] == "cancelled"
    assert portal.calls("cancel_irn") == 1
    assert not activities(desk, registered)


def test_unclear_cancellation_ends_and_a_manager_settles_it(desk, portal, registered):
    portal.fault("drop_after", "cancel_irn")
    portal.fault("refuse", "get_irn_by_document", code="2283", times=0)
    cancel_in_child(desk, registered)
    assert desk.state(registered) == "cancelling"
    desk.run_queue_later()
    found = notice(desk, registered)
    assert (found["state"], found["next_attempt_at"]) == ("cancel_unclear", False)
    calls = portal.all_calls
    desk.run_queue_later()
    assert portal.all_calls == calls
    [activity] = activities(desk, registered)
    assert "Cancellation Unclear" in activity["summary"]
    document = desk.invoice(registered, "l10n_in_irp_document_id")
    values = {
        "document_id": document["l10n_in_irp_document_id"],
        "known_word": "active",
        "remark": "Seen on the portal's page",
    }
    with pytest.raises(OdooError, match="not allowed"):
        desk.worker.call(
            SETTLE, "create", args=[values], user=desk.seller["accountant"]
        )
    [wizard] = desk.worker.call(
        SETTLE, "create", args=[values], user=desk.seller["admin"]
    )
    desk.worker.call(SETTLE, "action_settle", [wizard], user=desk.seller["admin"])
    found = notice(desk, registered)
    assert (found["state"], found["settled_as"]) == ("registered", "active")
    assert "not confirmed by the portal" in desk.banner(registered)
    assert portal.all_calls == calls


def test_process_that_dies_anywhere_leaves_nobody_uninformed(desk, portal):
    """The state is committed first; the activity, which comes later, is not lost."""
    portal.fault("refuse", "get_irn_by_document", code="2283", times=0)

    def lose_cancellation():
        move = desk.posted()
        desk.run_queue()
        portal.fault("drop_after", "cancel_irn")
        cancel_in_child(desk, move)
        desk.pass_time()
        return move

    lose_cancellation()
    [alive] = desk.run_queue_in_children(None)
    commits = alive["counts"]["after_commit"]
    assert commits > 2
    for number in range(1, commits + 1):
        move = lose_cancellation()
        desk.run_queue_in_children({"step": "after_commit", "number": number})
        for _turn in range(3):
            desk.run_queue_later()
        assert notice(desk, move)["state"] == "cancel_unclear", number
        assert len(activities(desk, move)) == 1, number
