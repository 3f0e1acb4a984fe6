"""Several hosts on one database and one portal: killed, cut off, and back again.

The hosts are Odoo servers with separate configurations, in network namespaces where
this machine allows them (`processes.networks`). Every invoice is registered once, in
Odoo and at the portal, whatever happens, and the work goes on within a minute.

A scheduler that nobody wakes looks once a minute, and a lost answer proves nothing
until another minute is over: a long run waits for both. A slice wakes the schedulers,
as anybody does who posts an invoice, and lets the time pass.
"""

import os
import random
import signal
import time
from contextlib import contextmanager

import pytest
from processes.database import cloned_database
from processes.hosts import ENGINES, running_hosts
from processes.odoo_client import (
    PORTAL,
    OdooClient,
    credential_values,
    gstin_of,
    portal_domain,
    signing_key_values,
    today,
)
from processes.odoo_process import GROUP_WORKER, running_worker
from processes.portal import served_portal
from processes.seller import GSTIN
from processes.sizes import SEED, size
from processes.waiting import wait_for

IS_LONG = bool(os.environ.get("IRP_LONG"))
INVOICES = size("IRP_HOSTS_INVOICES", 20, 300)
BACKLOG = size("IRP_HOSTS_BACKLOG", 200, 20_000)
BRANCHES = size("IRP_HOSTS_BRANCHES", 5, 29)
PERSONS = 6
SUPERUSER = 1
CALLS = 3
# seconds of a call: something breaks before the few invoices of a slice are done
SLOW = 0.3 if IS_LONG else 1
MINUTE = 60
# a scheduler's thread looks a little later than once a minute
WOKEN = MINUTE + 5
# until a lost call has been looked up, and sent again
SETTLED = 3 * MINUTE
PER_MINUTE = 20
BRANCH_GSTINS = [gstin_of(number) for number in range(BRANCHES)]
# of a branch whose calls per minute are limited
PACED = gstin_of(BRANCHES)
CLIENT = {"client_id": "group-client", "client_secret": "group-secret"}
LOG_IN = {"username": "branch_api", "password": "Right-Passw0rd"}


@pytest.fixture(scope="module", params=ENGINES, ids=lambda engine: engine.name)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def portal():
    """A portal that knows the seller and its branches, and takes a moment."""
    secrets = [*LOG_IN.values(), *CLIENT.values()]
    users = [":".join([gstin, *secrets]) for gstin in (*BRANCH_GSTINS, PACED)]
    options = [part for user in users for part in ("--user", user)]
    with served_portal(GSTIN, "seller_api", "Right-Passw0rd", *options) as place:
        yield place


@pytest.fixture(scope="module")
def shared_database(engine):
    """A database of the engine alone."""
    with cloned_database("hosts") as clone:
        engine.prepare(clone)
        yield clone


@pytest.fixture(scope="module")
def group(shared_database):
    """The worker through which a test posts invoices and looks at them."""
    with running_worker(shared_database, GROUP_WORKER) as worker:
        yield OdooClient(worker, shared_database, worker.ask("set_up"))


@pytest.fixture(scope="module")
def all_hosts(group, shared_database, portal, engine):
    with running_hosts(shared_database, portal, engine) as hosts:
        yield hosts


@pytest.fixture
def office(group, portal):
    """The office of the seller, whose credential allows few calls."""
    portal.clear_faults()
    portal.fault("delay", "generate_irn", times=0, seconds=SLOW)
    group.connect(portal, calls=CALLS, read_timeout=3)
    yield group
    group.clear()


@pytest.fixture
def hosts(all_hosts, office):
    """Two hosts with a different number of threads, and nothing to do."""
    for threads in (3, 2)[len(all_hosts.running) :]:
        all_hosts.start(max_cron_threads=threads)
    return all_hosts


# -- what tests do and see -------------------------------------------------------------


def registered(office, moves):
    """Return the IRNs of those invoices that are registered."""
    rows = office.database.rows(
        "SELECT irn FROM l10n_in_irp_document"
        " WHERE move_id = ANY(%s) AND state = 'registered'",
        moves,
    )
    return [irn for (irn,) in rows]


def begin(office):
    """Post a backlog; return its invoices once some of them are registered."""
    moves = office.posted_batch(INVOICES)
    wait_for("some are registered", lambda: registered(office, moves))
    return moves


def begin_backlog(office, portal):
    """Post a large backlog, and wait until calls have been made about it."""
    calls = portal.calls("generate_irn")
    office.worker.ask("post_backlog", ids=office.seller, day=today(), count=BACKLOG)
    wait_for("calls are made", lambda: portal.calls("generate_irn") > calls + CALLS)


def waiting(office):
    """Return how many invoices have not been sent."""
    [(count,)] = office.database.rows(
        "SELECT count(*) FROM l10n_in_irp_document WHERE state = 'to_register'"
    )
    return count


def abandon(office, hosts):
    """Give up what is left of a backlog: what a slice has taken comes back unsent."""

    def is_given_up():
        office.database.rows(
            "UPDATE l10n_in_irp_document SET state = 'rejected', next_attempt_at = NULL"
            " WHERE state = 'to_register'"
        )
        [(count,)] = office.database.rows(
            "SELECT count(*) FROM l10n_in_irp_document"
            " WHERE state IN ('to_register', 'sending')"
        )
        return not count and not hosts.at_work()

    wait_for("nobody is at work", is_given_up)


def wait_in_slices(office, what, condition, seconds):
    """Wait for a condition; in a slice, let time pass and wake the schedulers."""
    woken_at = 0.0

    def is_met():
        nonlocal woken_at
        if not IS_LONG and time.monotonic() > woken_at:
            office.pass_time()
            office.worker.ask("wake")
            woken_at = time.monotonic() + 2
        return condition()

    wait_for(what, is_met, seconds)


def wait_for_work(office, portal, seconds=WOKEN):
    """Wait until the portal is called again."""
    calls = portal.all_calls
    wait_in_slices(
        office, "work goes on", lambda: portal.all_calls > calls + 1, seconds
    )


def assert_each_once(office, portal, moves):
    """Wait until all are registered; assert that the portal holds each once."""

    def are_registered():
        return len(registered(office, moves)) == len(moves)

    wait_in_slices(office, "all are registered", are_registered, SETTLED)
    irns = registered(office, moves)
    held = [one for one in portal.registrations if one["irn"] in irns]
    assert len({one["number"] for one in held}) == len(held) == len(moves)
    numbers = {one["number"] for one in held}
    again = [one for one in portal.registrations if one["number"] in numbers]
    assert len(again) == len(moves), "none is registered twice"


# -- limits and turns -----------------------------------------------------------------


@pytest.fixture
def branches(office, portal):
    """The seller's branches, each with another GSTIN and a credential."""
    return add_branches(office, portal, BRANCH_GSTINS)


def add_branches(office, portal, gstins, **values):
    """Create branches of the seller and return their ids.

    :param values: of their credentials.
    """
    [chosen] = office.worker.call(PORTAL, "search", args=[portal_domain(portal)])
    values = {
        **credential_values(portal),
        **CLIENT,
        **LOG_IN,
        "portal_id": chosen,
        "signing_key_ids": [(0, 0, signing_key_values(portal))],
        **values,
    }
    credentials = [{**values, "gstin": gstin} for gstin in gstins]
    return office.worker.ask("branches", ids=office.seller, credentials=credentials)


def test_nobody_waits_behind_a_backlog(hosts, office, portal, branches):
    """People click on invoices of its GSTIN, other GSTINs post one each; calls in
    flight of the GSTIN hold over hosts and clicks."""
    who = {"ids": office.seller, "day": today()}
    office.register_on("manual")
    clicked = office.posted_batch(PERSONS)
    office.register_on("posting")
    portal.clear_faults()
    portal.fault("delay", "generate_irn", times=0, seconds=SLOW)
    portal.forget_load()
    begin_backlog(office, portal)
    others = office.worker.ask("post_in", **who, companies=branches)
    posted_at = time.monotonic()
    user = office.seller["accountant"]
    states = office.worker.ask("click", moves=clicked, user=user)
    assert states == ["registered"] * PERSONS
    everyone = "all GSTINs have their IRN"
    left = posted_at + MINUTE - time.monotonic()
    wait_for(everyone, lambda: len(registered(office, others)) == BRANCHES, left)
    assert waiting(office), "the backlog was over before"
    abandon(office, hosts)
    numbers = [(one["seller_gstin"], one["number"]) for one in portal.registrations]
    assert len(set(numbers)) == len(numbers)
    assert portal.most_at_once() == CALLS


@pytest.mark.long
def test_calls_per_minute_hold_over_hosts_and_clicks(hosts, office, portal):
    who = {"ids": office.seller, "day": today()}
    [branch] = add_branches(office, portal, [PACED], calls_per_minute=PER_MINUTE)
    company = [branch]
    manual, posting = (
        {"l10n_in_irp_register_on": one} for one in ("manual", "posting")
    )
    office.worker.call("res.company", "write", company, args=[manual])
    clicked = office.worker.ask("post_in", **who, companies=company * PERSONS)
    office.worker.call("res.company", "write", company, args=[posting])
    count = 3 * PER_MINUTE
    moves = office.worker.ask("post_in", **who, companies=company * count)
    office.worker.ask("click", moves=clicked, user=SUPERUSER)
    wait_for("all", lambda: len(registered(office, moves)) == count, 6 * MINUTE)
    # and the log-in
    assert PER_MINUTE / 2 < portal.most_per_minute(PACED) <= PER_MINUTE + 1


# -- what breaks -----------------------------------------------------------------------


@contextmanager
def stopped(hosts, portal):
    """Stop the portal's process: it takes connections, and answers none."""
    os.kill(portal.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(portal.pid, signal.SIGCONT)


@contextmanager
def unplugged(hosts, portal):
    """Pull the cables of all hosts, which reach PostgreSQL without them."""
    for host in hosts.running:
        host.network.pull()
    try:
        yield
    finally:
        for host in hosts.running:
            host.network.plug()


def cut_off(way):
    """Return a function that cuts the portal off until answers are missing."""

    def cut(hosts, office, portal, moves):
        with way(hosts, portal):
            wait_for("answers are missing", lambda: "unknown" in office.states(moves))

    return cut


def cut_connections(hosts, office, portal, moves):
    """Cut the connections to the database, those of the test included."""
    hosts.cut_connections()


def kill_host(hosts, office, portal, moves):
    """Kill the host that is at work."""
    [host] = hosts.at_work()
    host.kill()


# what happens -> how long until calls are made again: a portal that fails is paused
BREAKS = {
    "killed": (kill_host, WOKEN),
    "connections": (cut_connections, WOKEN),
    "stopped": (cut_off(stopped), WOKEN + MINUTE),
    "unplugged": (cut_off(unplugged), WOKEN + MINUTE),
}
TRIED = random.Random(SEED).sample([*BREAKS], size("IRP_HOSTS_BREAKS", 1, len(BREAKS)))


@pytest.mark.parametrize("name", TRIED)
def test_nothing_is_lost_and_work_goes_on(hosts, office, portal, name):
    """A slice tries one of the ways to break it."""
    if name == "unplugged" and not hosts.running[0].network.has_cable:
        pytest.skip("this machine allows no network namespaces")
    break_it, seconds = BREAKS[name]
    moves = begin(office)
    break_it(hosts, office, portal, moves)
    wait_for_work(office, portal, seconds)
    assert_each_once(office, portal, moves)
