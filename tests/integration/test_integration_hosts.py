"""Several hosts on one database and one portal: killed, cut off, and back again.

The hosts are Odoo servers with configurations of their own, in network namespaces where
this machine allows them (`processes.networks`). Every invoice is registered once, in
Odoo and at the portal, whatever happens.
"""

import pytest
from processes.database import cloned_database
from processes.hosts import ENGINES, running_hosts
from processes.odoo_client import OdooClient
from processes.odoo_process import running_worker
from processes.sizes import size
from processes.waiting import wait_for

INVOICES = size("IRP_HOSTS_INVOICES", 30, 300)
CALLS = 4
DELAY = 0.3
# within which the work goes on: a scheduler that nobody wakes looks once a minute
MINUTE = 62
# after which a lost answer may be sent again, see `settling_seconds` of a profile
SETTLED = 60


@pytest.fixture(scope="module", params=ENGINES, ids=lambda engine: engine.name)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def shared_database(engine):
    """A database of the engine alone."""
    with cloned_database("hosts") as clone:
        engine.prepare(clone)
        yield clone


@pytest.fixture(scope="module")
def office(shared_database):
    """The worker through which a test posts invoices and looks at them."""
    with running_worker(shared_database) as worker:
        yield OdooClient(worker, shared_database, worker.ask("set_up"))


@pytest.fixture
def hosts(office, shared_database, engine, portal):
    """Two hosts, the second one with fewer threads."""
    office.connect(portal, calls=CALLS, read_timeout=2)
    portal.fault("delay", "generate_irn", times=0, seconds=DELAY)
    with running_hosts(shared_database, portal, engine) as hosts:
        hosts.start(max_cron_threads=3)
        hosts.start(max_cron_threads=2)
        yield hosts
    office.clear()


def registered(office, moves):
    domain = [("move_id", "in", moves), ("state", "=", "registered")]
    return office.worker.call("l10n_in.irp.document", "search_count", args=[domain])


def begin(office, portal):
    """Post a backlog; return its invoices once some of them are registered."""
    moves = office.posted_batch(INVOICES)
    wait_for("calls are made", lambda: portal.calls("generate_irn") > CALLS)
    return moves


def wait_until_work_goes_on(portal):
    """Wait until more is registered than calls were in flight."""
    enough = len(portal.irns) + CALLS + 1
    enough = min(enough, INVOICES)
    wait_for("the work goes on", lambda: len(portal.irns) >= enough, MINUTE)


def assert_each_once(office, portal, moves):
    """Wait until all are registered; assert that the portal holds each once."""
    pauses = 2 * SETTLED + MINUTE

    def is_done():
        return registered(office, moves) == len(moves)

    wait_for("all are registered", is_done, pauses)
    irns = [office.document(move)["irn"] for move in moves]
    assert sorted(irns) == sorted(portal.irns)
    assert len(set(irns)) == len(moves)
    assert portal.most_at_once <= CALLS


def test_killed_host(hosts, office, portal):
    moves = begin(office, portal)
    [killed] = hosts.at_work()
    killed.kill()
    wait_until_work_goes_on(portal)
    assert_each_once(office, portal, moves)
