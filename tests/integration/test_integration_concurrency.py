"""Four processes on one queue: each invoice is sent by one of them, once.

A sample of 120 invoices runs, 2 000 with ``bin/test --long``, or so many as
``IRP_CONCURRENT`` says.
"""

import pytest
from processes.database import cloned_database
from processes.odoo_client import OdooClient
from processes.odoo_process import running_worker
from processes.portal import served_portal
from processes.seller import GSTIN
from processes.sizes import size

INVOICES = size("IRP_CONCURRENT", 120, 2000)
PROCESSES = 4
CALL_SECONDS = 0.02


@pytest.fixture
def portal():
    with served_portal(GSTIN, "seller_api", "Right-Passw0rd") as place:
        place.fault("delay", "generate_irn", times=0, seconds=CALL_SECONDS)
        yield place


@pytest.fixture
def odoo(portal):
    """An Odoo that no other test has made invoices in: all of them are judged."""
    with cloned_database("concurrency") as database, running_worker(database) as worker:
        odoo = OdooClient(worker, database, worker.ask("set_up"))
        odoo.connect(portal)
        yield odoo


def test_no_invoice_is_sent_twice(odoo, portal):
    moves = odoo.posted_batch(INVOICES)
    children = odoo.run_queue_in_children(*[None] * PROCESSES)
    assert [child["status"] for child in children] == [0] * PROCESSES
    assert not [child["answer"] for child in children if "error" in child["answer"]]
    # one log-in is made by whoever comes first; a chunk may be all that others leave
    calls = [child["counts"].get("after_call", 0) for child in children]
    assert len([count for count in calls if count > 1]) > 1
    odoo.drain(moves)
    assert portal.calls("generate_irn") == INVOICES
    assert len(set(portal.irns)) == INVOICES
    assert portal.calls("authenticate") == 1
    assert odoo.differences() == []
