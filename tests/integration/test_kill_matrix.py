"""Processes are killed at every step of their work, and at random moments.

Runs with 20 kills, with 200 under ``bin/test --long``; ``IRP_KILLS`` sets another
number. ``IRP_SEED`` repeats the run whose seed a failure names.
"""

import random
import signal
import sys
import time
from collections import Counter

import pytest
from processes.database import cloned_database
from processes.odoo_client import OdooClient
from processes.odoo_process import running_worker
from processes.portal import served_portal
from processes.seller import GSTIN
from processes.sizes import SEED, size
from processes.waiting import wait_for

KILLS = size("IRP_KILLS", 20, 200)
STEPS = ("before_commit", "after_commit", "before_call", "in_call", "after_call")
INVOICES = 5
# long enough to kill a process during its calls
CALL_SECONDS = 0.05


@pytest.fixture
def portal():
    with served_portal(GSTIN, "seller_api", "Right-Passw0rd") as place:
        place.fault("delay", "generate_irn", times=0, seconds=CALL_SECONDS)
        yield place


@pytest.fixture
def odoo(portal):
    """An Odoo without invoices of other tests, because all invoices are checked."""
    with cloned_database("kills") as database, running_worker(database) as worker:
        odoo = OdooClient(worker, database, worker.ask("set_up"))
        odoo.connect(portal)
        yield odoo


def run_uninterrupted(odoo):
    """Return the step counts and the seconds of a run that is not killed."""
    odoo.posted_batch(INVOICES)
    began = time.monotonic()
    [child] = odoo.run_queue_in_children(None)
    assert child["status"] == 0
    return child["counts"], time.monotonic() - began


def planned_kill(chance, turn, counts, seconds):
    """Return where to kill: each step in turn, alternating with a random moment."""
    if turn % 2:
        return {"step": "moment", "seconds": chance.uniform(0, seconds)}
    step = STEPS[turn // 2 % len(STEPS)]
    return {
        "step": step,
        "number": chance.randint(1, counts[step]),
        "seconds": chance.uniform(0, CALL_SECONDS),
    }


def assert_registered_once(odoo, portal, moves, kill):
    """Assert that Odoo and the portal hold all of them, with one Generate each."""
    held = sorted(portal.irns)
    assert len(set(held)) == len(held), kill
    names = ["irn", "move_id", "state", "worker", "signed_attachment_id", "error"]
    rows = odoo.worker.call("l10n_in.irp.document", "search_read", args=[[], names])
    assert {row["state"] for row in rows} == {"registered"}, kill
    assert sorted(row["irn"] for row in rows) == held, kill
    assert {row["move_id"][0] for row in rows} >= set(moves), kill
    assert portal.calls("generate_irn") == len(held), kill
    assert not any(row["worker"] for row in rows), kill
    assert [row for row in rows if not row["signed_attachment_id"]] == [], kill
    attachments = {row["signed_attachment_id"][0] for row in rows}
    assert len(attachments) == len(rows), kill


def test_kills_lose_and_duplicate_nothing(odoo, portal):
    counts, seconds = run_uninterrupted(odoo)
    chance = random.Random(SEED)
    ended = Counter()
    for turn in range(KILLS):
        kill = planned_kill(chance, turn, counts, seconds)
        moves = odoo.posted_batch(INVOICES)
        [child] = odoo.run_queue_in_children(kill)
        ended[kill["step"], child["status"]] += 1
        turn_name = f"seed {SEED}, turn {turn}: {kill}"
        assert child["status"] in (0, -signal.SIGKILL), turn_name
        wait_for(
            "the portal is done",
            lambda: portal.calls("generate_irn") == len(portal.irns),
        )
        odoo.drain(moves)
        assert_registered_once(odoo, portal, moves, turn_name)
    assert odoo.differences() == [], f"seed {SEED}"
    sys.stdout.write(f"seed {SEED}: {dict(ended)}\n")
    killed = sum(times for (_step, status), times in ended.items() if status)
    assert killed >= KILLS // 2, f"seed {SEED}: {ended}"
