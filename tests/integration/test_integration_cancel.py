"""Cancellations across processes: commits before and after a call."""

import signal

import pytest
from processes.odoo_process import OdooError

CANCEL = "l10n_in.irp.cancel"
SETTLE = "l10n_in.irp.settle"


@pytest.fixture
def registered(odoo):
    move = odoo.posted()
    odoo.run_queue()
    assert odoo.state(move) == "registered"
    return move


def cancel_in_child(odoo, move, kill=None):
    """Press 'Cancel at the portal' in a child process that may be killed."""
    accountant = odoo.seller["accountant"]
    values = {"move_id": move, "reason": "3", "remark": "Order Cancelled"}
    [wizard] = odoo.worker.call(CANCEL, "create", args=[values], user=accountant)
    [child] = odoo.worker.ask(
        "call_in_children",
        model=CANCEL,
        method="action_cancel",
        ids=[wizard],
        user=accountant,
        kills=[kill],
    )
    return child


def activities(odoo, move):
    domain = [("res_model", "=", "account.move"), ("res_id", "=", move)]
    names = ["summary", "user_id"]
    return odoo.worker.call("mail.activity", "search_read", args=[domain, names])


def cancellation(odoo, move):
    """Return the fields of the registration about its state and cancellation."""
    document = odoo.invoice(move, "l10n_in_irp_document_id")
    names = ("state", "cancel_notice", "next_attempt_at", "settled_as")
    return odoo.worker.read(
        "l10n_in.irp.document", document["l10n_in_irp_document_id"], *names
    )


def test_kill_before_the_call_is_notified(odoo, portal, registered):
    child = cancel_in_child(odoo, registered, {"step": "before_call", "number": 1})
    assert child["status"] == -signal.SIGKILL
    assert portal.calls("cancel_irn") == 0
    assert odoo.state(registered) == "cancelling"
    odoo.run_queue()
    odoo.run_queue_later()
    assert cancellation(odoo, registered)["state"] == "registered"
    [activity] = activities(odoo, registered)
    assert activity["user_id"][0] == odoo.seller["accountant"]
    assert "not cancelled" in activity["summary"]
    assert "still active" in odoo.banner(registered)
    assert cancel_in_child(odoo, registered)["status"] == 0
    assert odoo.state(registered) == "cancelled"
    assert portal.calls("cancel_irn") == 1
    assert not activities(odoo, registered)


def test_kill_after_the_answer_is_settled(odoo, portal, registered):
    child = cancel_in_child(odoo, registered, {"step": "after_call", "number": 1})
    assert child["status"] == -signal.SIGKILL
    odoo.run_queue()
    assert cancellation(odoo, registered)["state"] == "cancelled"
    assert portal.calls("cancel_irn") == 1
    assert not activities(odoo, registered)


def test_manager_settles_an_unclear_cancellation(odoo, portal, registered):
    portal.fault("drop_after", "cancel_irn")
    portal.fault("refuse", "get_irn_by_document", code="2283", times=0)
    cancel_in_child(odoo, registered)
    assert odoo.state(registered) == "cancelling"
    odoo.run_queue_later()
    found = cancellation(odoo, registered)
    assert (found["state"], found["next_attempt_at"]) == ("cancel_unclear", False)
    calls = portal.all_calls
    odoo.run_queue_later()
    assert portal.all_calls == calls
    [activity] = activities(odoo, registered)
    assert "Cancellation Unclear" in activity["summary"]
    document = odoo.invoice(registered, "l10n_in_irp_document_id")
    values = {
        "document_id": document["l10n_in_irp_document_id"],
        "known_word": "active",
        "remark": "Seen on the portal's page",
    }
    with pytest.raises(OdooError, match="not allowed"):
        odoo.worker.call(
            SETTLE, "create", args=[values], user=odoo.seller["accountant"]
        )
    [wizard] = odoo.worker.call(
        SETTLE, "create", args=[values], user=odoo.seller["admin"]
    )
    odoo.worker.call(SETTLE, "action_settle", [wizard], user=odoo.seller["admin"])
    found = cancellation(odoo, registered)
    assert (found["state"], found["settled_as"]) == ("registered", "active")
    assert "not confirmed by the portal" in odoo.banner(registered)
    assert portal.all_calls == calls


def test_kill_at_any_commit_loses_no_notification(odoo, portal):
    """The activity is committed after the state and must not be lost in between."""
    portal.fault("refuse", "get_irn_by_document", code="2283", times=0)

    def lose_cancellation():
        move = odoo.posted()
        odoo.run_queue()
        portal.fault("drop_after", "cancel_irn")
        cancel_in_child(odoo, move)
        odoo.pass_time()
        return move

    lose_cancellation()
    [finished] = odoo.run_queue_in_children(None)
    commits = finished["counts"]["after_commit"]
    assert commits > 2
    for number in range(1, commits + 1):
        move = lose_cancellation()
        odoo.run_queue_in_children({"step": "after_commit", "number": number})
        for _turn in range(3):
            odoo.run_queue_later()
        assert cancellation(odoo, move)["state"] == "cancel_unclear", number
        assert len(activities(odoo, move)) == 1, number
