"""Two portals of one seller: the second takes over while the first hangs.

Whatever happens, no invoice gets two IRNs.
"""

import os
import signal
from contextlib import contextmanager

import pytest
from processes.odoo_client import DOCUMENT, credential_values, signing_key_values
from processes.portal import served_portal
from processes.seller import GSTIN
from processes.waiting import wait_for

CREDENTIAL = "l10n_in.irp.credential"
BACKLOG = 30
# before it stops; as many answers are lost as calls are under way
FIRST = 6


@pytest.fixture(scope="module")
def iris():
    """IRIS, in its dialect."""
    options = ("--portal", "iris")
    with served_portal(GSTIN, "iris_api", "Right-Passw0rd", *options) as place:
        yield place


@pytest.fixture
def two_portals(odoo, iris):
    """The seller's Odoo, with IRIS standing by for NIC from half an hour of outage."""
    [nic] = odoo.worker.call(CREDENTIAL, "search", args=[[]])
    odoo.worker.call(CREDENTIAL, "write", [nic], args=[{"calls": 2}])
    name = "l10n_in_einvoice_irp.portal_iris"
    portal = odoo.worker.call("ir.model.data", "_xmlid_to_res_id", args=[name])
    values = {
        **credential_values(iris),
        "company_id": odoo.seller["company"],
        "portal_id": portal,
        "signing_key_ids": [(0, 0, signing_key_values(iris))],
    }
    odoo.worker.call(CREDENTIAL, "create", args=[values])
    allow(odoo, minutes=30)
    yield odoo
    allow(odoo, minutes=0)


def allow(odoo, minutes):
    values = {"l10n_in_irp_takeover_minutes": minutes}
    odoo.worker.call("res.company", "write", [odoo.seller["company"]], args=[values])


@contextmanager
def stopped(portal):
    """Stop a portal's process: it takes connections, and answers none."""
    os.kill(portal.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(portal.pid, signal.SIGCONT)


def pass_an_hour(odoo):
    odoo.database.rows(
        "UPDATE l10n_in_irp_circuit_breaker"
        " SET down_since = down_since - interval '1 hour'"
    )


def run_queue(odoo):
    """Run the scheduled action once the pauses are over; it waits a second for each
    answer."""
    odoo.pass_time()
    odoo.run_queue(transport="short_timeout")


def wait_until_idle(portal):
    """Wait until a portal has processed the calls that it got while it was stopped."""
    seen = []

    def is_idle():
        seen.append((portal.all_calls, len(portal.irns)))
        return len(seen) > 5 and len(set(seen[-5:])) == 1

    wait_for("the portal is idle", is_idle)


def assert_one_irn_each(odoo, moves, *portals):
    """Assert that each invoice is registered, with one IRN at one portal."""
    assert odoo.states(moves) == {"registered"}
    irns = sorted(odoo.document(move)["irn"] for move in moves)
    made = [irn for portal in portals for irn in portal.irns]
    assert sorted(irn for irn in made if irn in irns) == irns


@pytest.fixture
def hanging(two_portals, portal):
    """Invoices of a backlog in whose middle the first portal stops answering."""
    odoo = two_portals
    portal.fault("delay", "generate_irn", times=0, seconds=0.2)
    moves = odoo.posted_batch(BACKLOG)
    odoo.worker.send(
        "call",
        model=DOCUMENT,
        method="_cron_process_queue",
        transport="short_timeout",
    )
    wait_for("the first are sent", lambda: portal.calls("generate_irn") >= FIRST)
    with stopped(portal):
        odoo.worker.receive()
        yield moves
    portal.clear_faults()


def test_backlog_moves_to_the_second_and_nothing_is_registered_twice(
    two_portals, portal, iris, hanging
):
    odoo, moves = two_portals, hanging
    run_queue(odoo)
    assert not iris.irns, "it has been down for a moment only"
    pass_an_hour(odoo)
    run_queue(odoo)
    assert odoo.states(moves) <= {"registered", "unknown"}
    assert iris.irns
    lost = [move for move in moves if odoo.state(move) == "unknown"]
    assert lost
    for _hour in range(3):
        pass_an_hour(odoo)
        run_queue(odoo)
    assert [move for move in moves if odoo.state(move) == "unknown"] == lost
    os.kill(portal.pid, signal.SIGCONT)
    wait_until_idle(portal)
    odoo.drain(moves)
    assert_one_irn_each(odoo, moves, portal, iris)
    assert set(portal.irns).isdisjoint(iris.irns)
    later = odoo.posted()
    odoo.run_queue()
    assert odoo.document(later)["irn"] in portal.irns


def test_killed_process_leaves_its_invoice_to_the_first(
    two_portals, portal, iris, second_worker
):
    odoo, before = two_portals, len(iris.irns)
    move = odoo.posted()
    with pytest.raises(Exception, match="exited"):
        odoo.run_queue(second_worker, transport="killed_after_response")
    with stopped(portal):
        run_queue(odoo)
        pass_an_hour(odoo)
        run_queue(odoo)
        assert odoo.state(move) == "unknown"
        assert len(iris.irns) == before
    wait_until_idle(portal)
    odoo.drain([move])
    assert_one_irn_each(odoo, [move], portal, iris)


def test_portal_is_changed_for_good_with_an_open_answer(two_portals, portal, iris):
    odoo = two_portals
    portal.fault("drop_after", "generate_irn")
    early = odoo.posted()
    odoo.run_queue()
    domain = [("role", "=", "standby")]
    [second] = odoo.worker.call(CREDENTIAL, "search", args=[domain])
    odoo.worker.call(CREDENTIAL, "action_make_main", [second])
    late = odoo.posted()
    odoo.run_queue_later()
    assert odoo.document(early)["irn"] in portal.irns
    assert odoo.document(late)["irn"] in iris.irns
    assert_one_irn_each(odoo, [early, late], portal, iris)
