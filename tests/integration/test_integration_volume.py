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
INVOICES, BRANCHES = 15_000, 3
# may read the whole
WHOLE = {
    # no index finds it: what is left when everything else is found
    "Invoices: IRN Not Applicable",
    # most invoices, half of the calls: of a million, no more are counted than of these
    "Invoices: IRN Registered",
    "API Log, searched: gstin",
}


@pytest.fixture(scope="module")
def database():
    with cloned_database("volume") as clone:
        yield clone


@pytest.fixture(scope="module")
def worker(database):
    with running_worker(database, SCRIPT) as process:
        yield process


@pytest.fixture(scope="module")
def sample(worker):
    """A database with the copies of a registered invoice."""
    ids = worker.ask("set_up")
    invoice = worker.ask(
        "sell", company=ids["company"], buyer=ids["regular"], product=ids["drill"]
    )
    assert worker.ask("register", invoice=invoice) == "registered"
    worker.ask("copy_invoices", invoice=invoice, count=INVOICES, branches=BRANCHES)
    worker.ask("copy_registration", invoice=invoice)
    worker.ask("vacuum")
    return worker.ask("sample", invoice=invoice)


def test_no_path_reads_a_large_table_as_a_whole(worker, sample):
    found = worker.ask("scans", sample=sample)
    assert {name: found[name] for name in found.keys() - WHOLE} == {}


def test_path_without_its_index_is_found(worker, sample, database):
    database.rows("DROP INDEX l10n_in_irp_document_notices")
    found = worker.ask("scans", sample=sample, names=["cancellations"])
    assert list(found) == ["cancellations"]
