"""The queue by jobs of queue_job's real runner: parts of it are killed, and the whole.

Each kill is of SIGKILL, in the middle of a slice. One of them, chosen by IRP_SEED, is
tried by ``bin/test``, all by ``bin/test --long``.
"""

import os
import random
import signal

import pytest
from processes.database import cloned_database
from processes.hosts import QUEUE_JOB, runner, running_hosts
from processes.odoo_client import OdooClient
from processes.odoo_process import running_worker
from processes.sizes import SEED, size
from processes.waiting import wait_for

INVOICES = size("IRP_JOBS_INVOICES", 24, 200)
CALLS = 4
DELAY = 0.3
# within which the work goes on
MINUTE = 62
# after which a lost answer may be sent again, see `settling_seconds` of a profile
SETTLED = 60
# a runner outlives the server that is killed, and calls nobody
KILLS = ("runner", "worker", "server", "host")
CHOSEN = KILLS if os.environ.get("IRP_LONG") else [random.Random(SEED).choice(KILLS)]


@pytest.fixture(scope="module")
def shared_database():
    with cloned_database("jobs") as clone:
        QUEUE_JOB.prepare(clone)
        # a slice that does not end the backlog
        clone.rows(
            "UPDATE ir_config_parameter SET value = '1'"
            " WHERE key = 'l10n_in_einvoice_irp.slice_seconds'"
        )
        yield clone


@pytest.fixture(scope="module")
def office(shared_database):
    """The worker through which a test posts invoices and looks at them."""
    with running_worker(shared_database) as worker:
        yield OdooClient(worker, shared_database, worker.ask("set_up"))


@pytest.fixture
def hosts(office, shared_database, portal):
    """A host with a runner and worker processes, and one with the scheduler alone."""
    office.connect(portal, calls=CALLS, read_timeout=2)
    portal.fault("delay", "generate_irn", times=0, seconds=DELAY)
    with running_hosts(shared_database, portal, QUEUE_JOB) as hosts:
        hosts.start(workers=2, max_cron_threads=1)
        hosts.start(server_wide_modules="base,web", max_cron_threads=2)
        yield hosts
    office.clear()
    shared_database.rows("DELETE FROM queue_job")


def kill(kind, hosts, database):
    """End a part of the first host as a power failure would."""
    host = hosts.all[0]
    if kind == "host":
        host.kill()
    elif kind == "server":
        os.kill(host.pid, signal.SIGKILL)
    elif kind == "runner":
        os.kill(int(runner(database).removeprefix("odoo-")), signal.SIGKILL)
    else:
        os.kill(wait_for("a job is at work", lambda: worker(database)), signal.SIGKILL)


def worker(database):
    """Return the id of the process that a job runs in; 0 if none runs."""
    begun = "SELECT worker_pid FROM queue_job WHERE state = 'started'"
    return next((pid for (pid,) in database.rows(begun)), 0)


def registered(office, moves):
    domain = [("move_id", "in", moves), ("state", "=", "registered")]
    return office.worker.call("l10n_in.irp.document", "search_count", args=[domain])


def done_jobs(database):
    done = "SELECT count(*) FROM queue_job WHERE state = 'done'"
    return database.rows(done)[0][0]


@pytest.mark.parametrize("kind", CHOSEN)
def test_backlog_survives_a_kill(hosts, office, portal, shared_database, kind):
    done_before = done_jobs(shared_database)
    moves = office.posted_batch(INVOICES)
    wait_for("a job is done", lambda: done_jobs(shared_database) > done_before, 120)
    wait_for("calls are made", lambda: portal.calls("generate_irn") > CALLS)
    assert hosts.at_work() in ([hosts.all[0]], []), "lanes stand aside"
    kill(kind, hosts, shared_database)
    enough = min(len(portal.irns) + CALLS + 1, INVOICES)
    wait_for("the work goes on", lambda: len(portal.irns) >= enough, MINUTE)
    wait_for(
        "all are registered",
        lambda: registered(office, moves) == INVOICES,
        2 * SETTLED + MINUTE,
    )
    irns = [office.document(move)["irn"] for move in moves]
    assert sorted(irns) == sorted(portal.irns)
    assert len(set(irns)) == INVOICES
    assert portal.most_at_once() <= CALLS
    jobs = done_jobs(shared_database) - done_before
    assert 0 < jobs < INVOICES / 2, "a job is a slice"
