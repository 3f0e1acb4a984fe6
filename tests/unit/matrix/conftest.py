"""Served portals that the tests of the matrix share: each test has its own document."""

import pytest
from irp.protocol.transport import RequestsTransport

from unit.matrix.bench import Served, key_material, new_store


@pytest.fixture(scope="package")
def material():
    return key_material()


@pytest.fixture(scope="package")
def transport():
    transport = RequestsTransport()
    yield transport
    transport.close()


@pytest.fixture(scope="package")
def start(material, transport):
    """Return a function that serves a portal, with another one's store if given."""
    started, stores = [], []

    def start(code, store=None, **options):
        if store is None:
            store = new_store(material)
            stores.append(store)
        started.append(Served(code, store, transport, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()
    for store in stores:
        store.close()


@pytest.fixture(scope="package")
def serve_once(start):
    """Return a function that serves each portal once.

    The e-way bill system that IRIS's users cancel at is NIC's, which knows the e-way
    bills of all IRPs.
    """
    served = {}

    def get(code):
        if code not in served:
            portal = start(code)
            elsewhere = code == "iris"
            portal.ewb = start("nic1", portal.portal.store) if elsewhere else portal
            served[code] = portal
        portal = served[code]
        for one in {portal, portal.ewb}:
            one.app.faults.clear()
        return portal

    return get


@pytest.fixture
def signed_in(serve_once):
    """Return a function that returns a portal and a client with a session there."""

    def get(code, service=""):
        portal = serve_once(code)
        client = portal.connect()
        client.ensure_session()
        if (code, service) in (("iris", "cancel_ewb"), ("alankit", "cancel_ewb")):
            client.ewaybill_system = portal.connect_ewb(portal.ewb)
            client.ewaybill_system.ensure_session()
        return portal, client

    return get
