"""Processes that are killed at every step, and at any moment, of their work.

A sample of 20 kills runs, 200 with ``bin/test --long``, or so many as ``IRP_KILLS``
says. ``IRP_SEED`` repeats the run whose seed a failure names.
"""

import random
import signal
import sys
import time
from collections import Counter

import pytest
from processes.database import cloned_database
from processes.desk import Desk
from processes.odoo_process import running_worker
from processes.portal import served_portal
from processes.seller import GSTIN
from processes.sizes import SEED, size
from processes.waiting import wait_for

KILLS = size("IRP_KILLS", 20, 200)
STEPS = ("before_commit", "after_commit", "before_call", "in_call", "after_call")
INVOICES = 5
# long enough for a process to die while its calls are on their way
CALL_SECONDS = 0.05


@pytest.fixture
def portal():
    with served_portal(GSTIN, "seller_api", "Right-Passw0rd") as place:
        place.fault("delay", "generate_irn", times=0, seconds=CALL_SECONDS)
        yield place


@pytest.fixture
def desk(portal):
    """An Odoo that no other test has made invoices in: all of them are judged."""
    with cloned_database("kills") as database, running_worker(database) as worker:
        desk = Desk(worker, database, worker.ask("set_up"))
        desk.connect(portal)
        yield desk


def undisturbed(desk):
    """What a process passes that nobody kills: its steps, and the seconds it takes."""
    desk.posted_batch(INVOICES)
    began = time.monotonic()
    [child] = desk.run_queue_in_children(None)
    assert child["status"] == 0
    return child["counts"], time.monotonic() - began


def planned_death(chance, turn, counts, seconds):
    """Every step comes in turn, and in between a moment of no step at all."""
    if turn % 2:
        return {"step": "moment", "seconds": chance.uniform(0, seconds)}
    step = STEPS[turn // 2 % len(STEPS)]
    return {
        "step": step,
        "number": chance.randint(1, counts[step]),
        "seconds": chance.uniform(0, CALL_SECONDS),
    }


def assert_registered_once(desk, portal, moves, death):
    """All of them, in both places, with one Generate each."""
    held = sorted(portal.irns)
    assert len(set(held)) == len(held), death
    names = ["irn", "move_id", "state", "worker", "signed_attachment_id", "error"]
    rows = desk.worker.call("l10n_in.irp.document", "search_read", args=[[], names])
    assert {row["state"] for row in rows} == {"registered"}, death
    assert sorted(row["irn"] for row in rows) == held, death
    assert {row["move_id"][0] for row in rows} >= set(moves), death
    assert portal.calls("generate_irn") == len(held), death
    assert not any(row["worker"] for row in rows), death
    assert [row for row in rows if not row["signed_attachment_id"]] == [], death
    attachments = {row["signed_attachment_id"][0] for row in rows}
    assert len(attachments) == len(rows), death


def test_killed_processes_lose_and_double_nothing(desk, portal):
    counts, seconds = undisturbed(desk)
    chance = random.Random(SEED)
    ended = Counter()
    for turn in range(KILLS):
        death = planned_death(chance, turn, counts, seconds)
        moves = desk.posted_batch(INVOICES)
        [child] = desk.run_queue_in_children(death)
        ended[death["step"], child["status"]] += 1
        told = f"seed {SEED}, turn {turn}: {death}"
        assert child["status"] in (0, -signal.SIGKILL), told
        wait_for(
            "the portal is done",
            lambda: portal.calls("generate_irn") == len(portal.irns),
        )
        desk.drain(moves)
        assert_registered_once(desk, portal, moves, told)
    assert desk.differences() == [], f"seed {SEED}"
    sys.stdout.write(f"seed {SEED}: {dict(ended)}\n")
    killed = sum(times for (_step, status), times in ended.items() if status)
    assert killed >= KILLS // 2, f"seed {SEED}: {ended}"
