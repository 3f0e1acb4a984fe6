"""Several processes on one queue, and processes that die."""

import signal

import pytest
from processes.desk import DOCUMENT
from processes.odoo_process import WorkerDied


@pytest.fixture
def dead_worker(desk, second_worker):
    """Returns an invoice whose process was killed when the portal had answered."""
    move = desk.posted()
    with pytest.raises(WorkerDied) as death:
        desk.run_queue(second_worker, transport="death_after_answer")
    assert death.value.status == -signal.SIGKILL
    return move


def test_next_run_settles_what_a_killed_process_left(desk, portal, dead_worker):
    assert desk.state(dead_worker) == "sending"
    assert len(portal.irns) == 1
    desk.run_queue()
    document = desk.document(dead_worker)
    assert (document["state"], document["adopted"]) == ("registered", True)
    assert portal.irns == [document["irn"]]
    assert portal.calls("generate_irn") == 1


def test_what_may_still_be_in_work_is_not_sent_again(desk, portal, second_worker):
    """The call of a dead process may be slower than our look-up."""
    portal.fault("drop_before", "generate_irn")
    move = desk.posted()
    with pytest.raises(WorkerDied):
        desk.run_queue(second_worker, transport="death_at_silence")
    desk.run_queue()
    assert portal.calls("get_irn_by_document") == 1
    assert desk.document(move)["state"] == "unknown"
    desk.refresh(move)
    assert portal.calls("get_irn_by_document") == 2
    assert portal.calls("generate_irn") == 1
    desk.run_queue_later()
    assert desk.state(move) == "to_register"
    desk.run_queue_later()
    assert desk.state(move) == "registered"
    assert portal.calls("generate_irn") == 2


def test_what_a_killed_process_left_waits_for_a_credential(desk, portal, dead_worker):
    desk.disconnect()
    desk.run_queue()
    document = desk.document(dead_worker)
    assert document["state"] == "unknown"
    assert not document["next_attempt_at"]
    assert "no IRP credential" in document["error"]
    desk.connect(portal)
    desk.run_queue()
    assert desk.state(dead_worker) == "registered"


def test_person_may_settle_what_a_killed_process_left(desk, portal, dead_worker):
    desk.refresh(dead_worker)
    assert desk.state(dead_worker) == "registered"
    assert len(portal.irns) == 1


def test_fetch_that_died_is_followed_up(desk, portal):
    """Wherever it dies, answer and attachment are there in the end."""
    portal.fault("drop_after", "generate_irn")
    move = desk.posted()
    desk.run_queue(transport="short_timeout")
    assert desk.document(move)["state"] == "unknown"
    for number in range(1, 20):
        death = {"step": "after_commit", "number": number}
        child = desk.fetch_in_child(move, death)
        if desk.state(move) == "registered":
            break
    assert child["status"] == -signal.SIGKILL
    assert not desk.document(move)["signed_attachment_id"]
    desk.run_queue()
    assert desk.document(move)["signed_attachment_id"]
    assert portal.calls("generate_irn") == 1


def test_two_processes_drain_one_queue(desk, portal, second_worker):
    portal.fault("delay", "generate_irn", times=0, seconds=0.05)
    moves = desk.posted_batch(45)
    desk.worker.send("call", model=DOCUMENT, method="_cron_process_queue")
    while not desk.worker.has_answered():
        desk.run_queue(second_worker)
    desk.worker.receive()
    desk.run_queue_later()
    assert desk.states(moves) == {"registered"}
    assert len(portal.irns) == len(moves)
    assert portal.calls("generate_irn") == len(moves)


def test_queue_longer_than_one_batch(desk, portal):
    moves = desk.posted_batch(22)
    desk.run_queue()
    assert desk.states(moves) == {"registered"}
    assert portal.calls("authenticate") == 1
