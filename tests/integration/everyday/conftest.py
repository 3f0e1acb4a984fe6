"""A seller with Odoo's sales, stock and tills, and its people."""

import pytest
from processes.database import cloned_database
from processes.everyday.shop import MODULES, Shop
from processes.odoo_client import OdooClient
from processes.odoo_process import install, running_worker
from processes.portal import served_portal
from processes.seller import GSTIN


@pytest.fixture(scope="session")
def shop():
    """A seller with Odoo's sales, stock and tills, shared by all tests in this folder.

    Installing takes about 20 seconds of CPU time.
    """
    with cloned_database("everyday") as database:
        install(database, *MODULES)
        with (
            served_portal(GSTIN, "seller_api", "Right-Passw0rd") as portal,
            running_worker(database) as worker,
        ):
            ids = worker.ask("set_up_everyday")
            odoo = OdooClient(worker, database, ids)
            odoo.connect(portal)
            yield Shop(worker, ids, odoo, portal)


@pytest.fixture
def salesman(shop):
    return shop.salesman


@pytest.fixture
def cashier(shop):
    return shop.cashier


@pytest.fixture
def storekeeper(shop):
    return shop.storekeeper


@pytest.fixture
def accountant(shop):
    return shop.accountant
