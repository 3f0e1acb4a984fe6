"""Several processes on one queue, and processes that die."""

import signal

import pytest
from processes.desk import QUEUE
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


def test_person_may_settle_what_a_killed_process_left(desk, portal, dead_worker):
    desk.refresh(dead_worker)
    assert desk.state(dead_worker) == "registered"
    assert len(portal.irns) == 1


def test_two_processes_drain_one_queue(desk, portal, second_worker):
    portal.fault("delay", "generate_irn", times=0, seconds=0.05)
    moves = desk.posted_batch(45)
    desk.worker.send("call", model=QUEUE, method="_cron_process")
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
