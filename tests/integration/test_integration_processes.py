"""Several processes on one queue, and killed processes."""

import signal

import pytest
from processes.odoo_client import DOCUMENT
from processes.odoo_process import WorkerExited


@pytest.fixture
def interrupted(odoo, second_worker):
    """An invoice whose process was killed after the portal's answer."""
    move = odoo.posted()
    with pytest.raises(WorkerExited) as exited:
        odoo.run_queue(second_worker, transport="killed_after_response")
    assert exited.value.status == -signal.SIGKILL
    return move


def test_next_run_settles_an_interrupted_invoice(odoo, portal, interrupted):
    assert odoo.state(interrupted) == "sending"
    assert len(portal.irns) == 1
    odoo.run_queue()
    document = odoo.document(interrupted)
    assert (document["state"], document["adopted"]) == ("registered", True)
    assert portal.irns == [document["irn"]]
    assert portal.calls("generate_irn") == 1


def test_call_in_flight_is_not_sent_again(odoo, portal, second_worker):
    """The call of a killed process may reach the portal after our look-up."""
    portal.fault("drop_before", "generate_irn")
    move = odoo.posted()
    with pytest.raises(WorkerExited):
        odoo.run_queue(second_worker, transport="killed_on_timeout")
    odoo.run_queue()
    assert portal.calls("get_irn_by_document") == 1
    assert odoo.document(move)["state"] == "unknown"
    odoo.refresh(move)
    assert portal.calls("get_irn_by_document") == 2
    assert portal.calls("generate_irn") == 1
    odoo.run_queue_later()
    assert odoo.state(move) == "to_register"
    odoo.run_queue_later()
    assert odoo.state(move) == "registered"
    assert portal.calls("generate_irn") == 2


def test_interrupted_invoice_waits_for_a_credential(odoo, portal, interrupted):
    odoo.disconnect()
    odoo.run_queue()
    document = odoo.document(interrupted)
    assert document["state"] == "unknown"
    assert not document["next_attempt_at"]
    assert "no IRP credential" in document["error"]
    odoo.connect(portal)
    odoo.run_queue()
    assert odoo.state(interrupted) == "registered"


def test_user_may_settle_an_interrupted_invoice(odoo, portal, interrupted):
    odoo.refresh(interrupted)
    assert odoo.state(interrupted) == "registered"
    assert len(portal.irns) == 1


def test_interrupted_fetch_is_followed_up(odoo, portal):
    """Wherever it is killed, answer and attachment are there in the end."""
    portal.fault("drop_after", "generate_irn")
    move = odoo.posted()
    odoo.run_queue(transport="short_timeout")
    assert odoo.document(move)["state"] == "unknown"
    for number in range(1, 20):
        kill = {"step": "after_commit", "number": number}
        child = odoo.fetch_in_child(move, kill)
        if odoo.state(move) == "registered":
            break
    assert child["status"] == -signal.SIGKILL
    assert odoo.document(move)["signed_attachment_id"]
    assert odoo.document(move)["worker"]
    odoo.run_queue()
    assert not odoo.document(move)["worker"]
    assert portal.calls("generate_irn") == 1


def test_two_processes_drain_one_queue(odoo, portal, second_worker):
    portal.fault("delay", "generate_irn", times=0, seconds=0.05)
    moves = odoo.posted_batch(45)
    odoo.worker.send("call", model=DOCUMENT, method="_cron_process_queue")
    while not odoo.worker.has_answered():
        odoo.run_queue(second_worker)
    odoo.worker.receive()
    odoo.run_queue_later()
    assert odoo.states(moves) == {"registered"}
    assert len(portal.irns) == len(moves)
    assert portal.calls("generate_irn") == len(moves)


def test_queue_longer_than_one_batch(odoo, portal):
    moves = odoo.posted_batch(22)
    odoo.run_queue()
    assert odoo.states(moves) == {"registered"}
    assert portal.calls("authenticate") == 1
