"""A lane under Odoo's own scheduler, whose process is to end."""

import os
import random
import signal

import pytest
from processes.odoo_process import running_cron
from processes.sizes import SEED, size
from processes.waiting import wait_for

CALLS = 3
INVOICES = 9
DELAY = 0.7
# of processes: none is threads
WORKERS = [0, 1]
TRIED = random.Random(SEED).sample(WORKERS, size("IRP_STOPPED_SERVERS", 1, 2))


@pytest.fixture
def slow(odoo, portal):
    """Odoo at a slow portal, with few calls in flight."""
    odoo.connect(portal, calls=CALLS)
    portal.fault("delay", "generate_irn", times=0, seconds=DELAY)
    return odoo


@pytest.mark.parametrize("workers", TRIED)
def test_sigterm_stores_what_is_in_flight_and_begins_nothing(
    slow, portal, database, workers
):
    """Odoo runs with threads, or with worker processes; a slice tries one of them."""
    with running_cron(database, f"--workers={workers}") as cron:
        moves = slow.posted_batch(INVOICES)
        wait_for("calls are in flight", lambda: portal.calls("generate_irn") > 0)
        os.kill(cron.pid, signal.SIGTERM)
        assert cron.wait() == 0
    found = [slow.state(move) for move in moves]
    assert set(found) == {"registered", "to_register"}, "no answer is missing"
    assert found.count("registered") == portal.calls("generate_irn") <= 2 * CALLS
    portal.clear_faults()
    slow.run_queue()
    assert slow.states(moves) == {"registered"}
    assert portal.calls("generate_irn") == len(portal.irns) == INVOICES
