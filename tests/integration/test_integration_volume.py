"""No screen or scheduled action reads a large table from end to end.

`bin/bench volume` measures the same with 1 000 000 registrations.
"""

import sys
from pathlib import Path

import pytest
from processes.database import cloned_database
from processes.odoo_process import running_worker

SCRIPT = Path(sys.modules["processes"].__file__).with_name("volume_worker.py")
# enough that an index is cheaper than the table
INVOICES = 20_000
# read by what lists, counts or sums every row
WHOLE = {
    # what is left when everything else is found
    "Invoices: IRN Not Applicable",
}


@pytest.fixture(scope="module")
def worker():
    with (
        cloned_database("volume") as database,
        running_worker(database, SCRIPT) as process,
    ):
        yield process


@pytest.fixture(scope="module")
def sample(worker):
    """A database with the copies of a registered invoice."""
    ids = worker.ask("set_up")
    invoice = worker.ask(
        "sell", company=ids["company"], buyer=ids["regular"], product=ids["drill"]
    )
    assert worker.ask("register", invoice=invoice) == "registered"
    worker.ask("copy_invoices", invoice=invoice, count=INVOICES)
    worker.ask("copy_registration", invoice=invoice)
    worker.ask("vacuum")
    return worker.ask("sample", invoice=invoice)


def test_no_path_reads_a_large_table_as_a_whole(worker, sample):
    found = worker.ask("scans", sample=sample)
    assert {name: found[name] for name in found.keys() - WHOLE} == {}
