"""A run of test calls at a served local portal, in the dialects that ask for one."""

import threading
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from irp.client import Account, IrpClient, Timeouts
from irp.onboarding import Hooks, Journal, Runner, Site, parties, services_of
from irp.protocol import RequestsTransport
from irp.protocol.crypto.cipher import load_auth_key
from irp.reference import PROFILES
from irp.rules import portal_check
from sandbox import DIALECTS, Faults, Portal, Store, create_app, serve

GSTIN = "27ZZZCD9999D1ZE"
SEZ = "24ZZZCA9998A1ZU"
SECRETS = {"password": "Pa55word-hidden", "client_secret": "Secr3t-of-the-client"}
USER = {
    "gstin": GSTIN,
    "user_name": "seller_api",
    "client_id": "CLIENTID2026",
    **SECRETS,
}
NOW = datetime(2026, 11, 29, 6, 30, tzinfo=timezone.utc)
# profile, dialect of the local portal
PORTALS = {
    "nic": "nic1",
    "iris": "iris",
    "ey": "ey",
    "clear-gsp": "clear_gsp",
    "alankit": "alankit",
    "taxpro": "taxpro",
    "whitebooks": "whitebooks",
}
SECRET = SECRETS["client_secret"]
# what a GSP gives besides
FIELDS = {
    "clear-gsp": {"auth_token": SECRET},
    "alankit": {"subscription_key": SECRET},
    "taxpro": {"asp_id": "CLIENTID2026", "asp_password": SECRET},
    "whitebooks": {"email": "a@b.example", "ip_address": "203.0.113.9"},
}


class Bench:
    """A portal in one dialect, and runs at it."""

    def __init__(self, dialect, base_url, app, portal, transport, folder):
        self.base_url, self.app, self.portal = base_url, app, portal
        self.fields = FIELDS.get(dialect, {})
        self.environment = replace(
            PROFILES[PORTALS[dialect]].environments["sandbox"],
            in_flight_timeout=timedelta(seconds=60),
        )
        self.transport = transport
        self.path = folder / "report.journal"
        self.paces, self.waits = 0, []
        self.services = services_of(self.environment, has_ewb_user=False)
        self.parties = parties(GSTIN, sez_buyers=[SEZ])

    @property
    def faults(self):
        return self.app.faults

    def account(self):
        is_sealed = self.environment.wire.is_sealed
        key = load_auth_key(self.portal.auth_public_key) if is_sealed else None
        return Account(**USER, auth_key=key, fields=self.fields)

    def connect(self, records):
        return IrpClient(
            self.account(),
            self.transport,
            base_url=self.base_url,
            environment=self.environment,
            clock=lambda: NOW,
            timeouts=Timeouts(connect=10, read=10),
            event_hook=records.append,
        )

    def pace(self):
        self.paces += 1

    def runner(self, journal, wanted, services=(), *, pace=None):
        """Return a runner as a new process would make it."""
        records = deque()
        self.client = self.connect(records)
        site = Site(
            self.client,
            self.environment,
            self.account(),
            self.parties,
            "T",
        )

        def taken():
            found = list(records)
            records.clear()
            return found

        hooks = Hooks(pace or self.pace, self.waits.append, taken)
        wanted_services = services or self.services
        return Runner(site, journal, hooks, services=wanted_services, wanted=wanted)

    def run(self, wanted, services=(), **options):
        """Run to the end, in a new process; return problems and entries."""
        journal = Journal(self.path)
        try:
            problems = self.runner(journal, wanted, services, **options).run()
            return problems, journal.entries
        finally:
            journal.close()

    def entries(self):
        journal = Journal(self.path)
        journal.close()
        return journal.entries

    def count(self, name):
        """Return how often a service of the portal was called."""
        return self.app.calls.get(name, 0)


@pytest.fixture(scope="session")
def keys():
    """One set of a portal's keys, because making them takes a while."""
    store = Store()
    assert Portal(store).ewb_auth_public_key
    names = ("auth_key", "ewb_auth_key", "signing_key", "signing_certificate")
    return {name: store.get_or_create(name, lambda: b"missing") for name in names}


@pytest.fixture(scope="session")
def transport():
    transport = RequestsTransport()
    yield transport
    transport.close()


@pytest.fixture(scope="session")
def store_of(keys):
    """Return a function that makes a store with the keys of every dialect."""

    def make():
        store = Store()
        for name, value in keys.items():
            for end in ("", ":iris", ":ey"):
                store.get_or_create(name + end, lambda value=value: value)
        return store

    return make


@pytest.fixture
def new_bench(store_of, transport, tmp_path):
    """Return a function that serves a portal in a dialect."""
    servers, stores = [], []

    def make(name, check=portal_check, **settings):
        dialect, store = DIALECTS[name], store_of()
        stores.append(store)
        portal = Portal(
            store,
            check=check,
            clock=lambda: NOW,
            settings=dialect.settings_with(**settings),
        )
        portal.add_user(
            GSTIN,
            USER["user_name"],
            USER["password"],
            USER["client_id"],
            USER["client_secret"],
        )
        portal.set_taxpayer(SEZ, TxpType="SEZ")
        app = create_app(portal, Faults(sleep=lambda seconds: None), dialect)
        server = serve(app, "127.0.0.1", 0)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.port}{dialect.base}"
        return Bench(name, url, app, portal, transport, tmp_path)

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()
    for store in stores:
        store.close()


@pytest.fixture
def bench(new_bench):
    """NIC's portal."""
    return new_bench("nic")
