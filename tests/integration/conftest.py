"""Odoo in separate processes on a cloned database, and a portal for each test."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from processes.database import cloned_database
from processes.odoo_client import OdooClient
from processes.odoo_process import running_worker
from processes.portal import served_portal
from processes.seller import GSTIN


@pytest.fixture(scope="session")
def database():
    with cloned_database("integration") as clone:
        yield clone


@pytest.fixture(scope="session")
def worker(database):
    """The Odoo process that most tests use."""
    with running_worker(database) as process:
        yield process


@pytest.fixture(scope="session")
def seller(worker):
    """Ids of the company and its records by name."""
    return worker.ask("set_up")


@pytest.fixture
def portal():
    """A portal for this test alone, so that its counts are the test's."""
    with served_portal(GSTIN, "seller_api", "Right-Passw0rd") as place:
        yield place


@pytest.fixture
def other_portal():
    """Another portal, with other keys."""
    with served_portal(GSTIN, "seller_api", "Right-Passw0rd") as place:
        yield place


@pytest.fixture
def unconnected_odoo(worker, database, seller):
    """The seller's Odoo without a credential and with an empty queue."""
    odoo = OdooClient(worker, database, seller)
    yield odoo
    odoo.clear()


@pytest.fixture
def odoo(unconnected_odoo, portal):
    """The seller's Odoo, connected to the portal."""
    unconnected_odoo.connect(portal)
    return unconnected_odoo


@pytest.fixture
def second_worker(database, seller):
    """Another process on the same database, to be killed or to compete."""
    with running_worker(database) as process:
        yield process
