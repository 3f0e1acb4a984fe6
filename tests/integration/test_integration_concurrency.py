"""Four processes share a queue, and each invoice is sent exactly once.

Runs with 120 invoices, with 2 000 under ``bin/test --long``; ``IRP_CONCURRENT`` sets
another number.
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
    """An Odoo without invoices of other tests, because all invoices are checked."""
    with cloned_database("concurrency") as database, running_worker(database) as worker:
        odoo = OdooClient(worker, database, worker.ask("set_up"))
        odoo.connect(portal)
        yield odoo


def test_no_invoice_is_sent_twice(odoo, portal):
    moves = odoo.posted_batch(INVOICES)
    children = odoo.run_queue_in_children(*[None] * PROCESSES)
    assert [child["status"] for child in children] == [0] * PROCESSES
    assert not [child["answer"] for child in children if "error" in child["answer"]]
    # one at a time has the GSTIN's turn; the others leave it
    calls = [child["counts"].get("after_call", 0) for child in children]
    assert max(calls) > 1
    odoo.drain(moves)
    assert portal.calls("generate_irn") == INVOICES
    assert len(set(portal.irns)) == INVOICES
    assert portal.calls("authenticate") == 1
    assert odoo.differences() == []
