"""A real Odoo server on a cloned database, a portal, and Chromium."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from processes.browser import WebClient, running_chromium
from processes.database import cloned_database
from processes.odoo_client import OdooClient
from processes.odoo_process import running_server, running_worker
from processes.portal import served_portal
from processes.seller import GSTIN, PASSWORD


@pytest.fixture(scope="session")
def database():
    with cloned_database("e2e") as clone:
        yield clone


@pytest.fixture(scope="session")
def worker(database):
    """A process to set up and inspect; the server does the work."""
    with running_worker(database) as process:
        yield process


@pytest.fixture(scope="session")
def seller(worker):
    """Ids of the company and its records by name."""
    return worker.ask("set_up")


@pytest.fixture(scope="session")
def server_url(database, worker, seller):
    """The address of Odoo's server, which registers posted invoices."""
    with running_server(database) as (_server, url):
        for name in ("report.url", "web.base.url"):
            worker.call("ir.config_parameter", "set_param", args=[name, url])
        yield url


@pytest.fixture(scope="session")
def portal():
    with served_portal(GSTIN, "seller_api", "Right-Passw0rd") as place:
        yield place


@pytest.fixture
def unconnected_odoo(worker, database, seller):
    """The seller's Odoo without a credential."""
    odoo = OdooClient(worker, database, seller)
    # leaving a changed form in the browser saves it
    odoo.clear()
    yield odoo
    odoo.clear()


@pytest.fixture
def odoo(unconnected_odoo, portal):
    """The seller's Odoo, connected to the portal."""
    unconnected_odoo.connect(portal)
    return unconnected_odoo


@pytest.fixture(scope="session")
def browser():
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def log_in(browser, server_url):
    """Return a function giving the browser state of a logged-in user."""
    states = {}

    def state_of(login):
        if login not in states:
            context = browser.new_context()
            WebClient(context.new_page(), server_url).log_in(login, PASSWORD)
            states[login] = context.storage_state()
            context.close()
        return states[login]

    return state_of


@pytest.fixture
def open_client(browser, server_url, log_in):
    """Return a function that opens a user's web client in a new browser context."""
    contexts = []

    def client_of(login, **options):
        defaults = {
            "viewport": {"width": 1500, "height": 1100},
            # as sharp as a phone's photo of the screen
            "device_scale_factor": 3,
        }
        context = browser.new_context(
            storage_state=log_in(login), **{**defaults, **options}
        )
        contexts.append(context)
        return WebClient(context.new_page(), server_url)

    yield client_of
    for context in contexts:
        context.close()


@pytest.fixture
def accountant(open_client):
    """The web client of a user with the Invoicing right only."""
    return open_client("accountant")


@pytest.fixture
def phone(open_client):
    """The same user's phone."""
    size = {"width": 390, "height": 844}
    return open_client("accountant", viewport=size, has_touch=True, is_mobile=True)


@pytest.fixture
def admin(open_client):
    return open_client("admin")
