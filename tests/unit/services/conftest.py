"""The client over HTTP against one server, with a new portal for each test."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from threading import Thread
from typing import Any

import pytest
from irp.client import Account, IrpClient, Timeouts
from irp.client.ewaybill_system import EwaybillSystem
from irp.protocol.crypto.cipher import load_auth_key
from irp.protocol.errors import IrpError
from irp.protocol.records import Registration
from irp.protocol.session import Session
from irp.protocol.transport import Request, RequestsTransport
from irp.reference.catalogue import entry
from irp.reference.profiles import ENVIRONMENTS
from irp.rules.checks import portal_check
from sandbox import Faults, Portal, Store, create_app, serve

SELLER = "29AAACK0000A1ZK"
BUYER = "27AAACS0000B1ZE"
NOW = datetime(2026, 10, 15, 6, 30, tzinfo=timezone.utc)
TODAY = date(2026, 10, 15)
NUMBER = "BLR/26-27/0042"
NOBODYS_IRN = "a" * 64
NOBODYS_BILL = "391999999999"
DROP = "(drop)"
ROAD = {"TransMode": "1", "Distance": 0, "VehNo": "KA01AB1234", "VehType": "R"}
USER = {
    "gstin": SELLER,
    "user_name": "user",
    "password": "password",
    "client_id": "client",
    "client_secret": "secret",
}
EWB_USER = {
    "gstin": SELLER,
    "user_name": "ewb_user",
    "password": "ewb_password",
    "client_id": "ewb_client",
    "client_secret": "ewb_secret",
}
GROUPS = {
    "ewb_authenticate": "EWBAPI",
    **dict.fromkeys(("authenticate", "get_gstin", "sync_gstin"), "VITAL"),
    **dict.fromkeys(("generate_ewb", "get_ewb"), "EWB"),
    "cancel_ewb": "EWBAPI",
}

LINE = {
    "SlNo": "1",
    "PrdDesc": "Torque wrench",
    "IsServc": "N",
    "HsnCd": "82041120",
    "Qty": 10,
    "Unit": "NOS",
    "UnitPrice": 100,
    "TotAmt": 1000,
    "AssAmt": 1000,
    "GstRt": 18,
    "IgstAmt": 180,
    "TotItemVal": 1180,
}
INVOICE = {
    "Version": "1.1",
    "TranDtls": {"TaxSch": "GST", "SupTyp": "B2B", "RegRev": "N"},
    "DocDtls": {"Typ": "INV", "No": NUMBER, "Dt": "10/10/2026"},
    "SellerDtls": {
        "Gstin": SELLER,
        "LglNm": "Kaveri Tools Private Limited",
        "Addr1": "14 Residency Road",
        "Loc": "Bengaluru",
        "Pin": 560025,
        "Stcd": "29",
    },
    "BuyerDtls": {
        "Gstin": BUYER,
        "LglNm": "Sahyadri Machines Limited",
        "Addr1": "7 Station Road",
        "Loc": "Mumbai",
        "Pin": 400001,
        "Stcd": "27",
        "Pos": "27",
    },
    "ItemList": [LINE],
    "ValDtls": {"AssVal": 1000, "IgstVal": 180, "TotInvVal": 1180},
}
INTRA = {
    "BuyerDtls.Gstin": "29AAACS0000B1ZA",
    "BuyerDtls.Pin": 570001,
    "BuyerDtls.Stcd": "29",
    "BuyerDtls.Pos": "29",
    "ItemList.0.IgstAmt": DROP,
    "ItemList.0.CgstAmt": 90,
    "ItemList.0.SgstAmt": 90,
    "ValDtls.IgstVal": DROP,
    "ValDtls.CgstVal": 90,
    "ValDtls.SgstVal": 90,
}
EXPORT = {
    "TranDtls.SupTyp": "EXPWP",
    "BuyerDtls.Gstin": "URP",
    "BuyerDtls.Pin": 999999,
    "BuyerDtls.Stcd": "96",
    "BuyerDtls.Pos": "96",
    "ExpDtls": {"Port": "INMUN1", "CntCode": "US", "ForCur": "USD"},
}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "inter": {},
    "intra": INTRA,
    "export": EXPORT,
    "service": {"ItemList.0.HsnCd": "998314", "ItemList.0.IsServc": "Y"},
    "note": {"DocDtls.Typ": "CRN"},
    "gold": {**INTRA, "ItemList.0.HsnCd": "71131910"},
    "gold inter": {"ItemList.0.HsnCd": "71131910"},
    "old": {"DocDtls.Dt": "17/04/2026"},
}


def put(document: Any, path: str, value: Any) -> None:
    """Set, or drop, the member of a document at a dotted path."""
    *steps, last = path.split(".")
    for step in steps:
        document = document[int(step) if step.isdigit() else step]
    if value == DROP:
        document.pop(last, None)
    else:
        document[last] = copy.deepcopy(value)


class Clock:
    """A clock for client and portal that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Bench:
    """A served portal and its client, with the actions of the tests."""

    def __init__(
        self, portal: Portal, clock: Clock, base_url: str, transport: RequestsTransport
    ) -> None:
        self.portal, self.clock, self.base_url = portal, clock, base_url
        self.transport = transport
        self.app = create_app(portal, Faults())
        self.faults = self.app.faults
        self.add_user()
        self.client = self.connect()

    def add_user(self, **changes: str) -> None:
        """Enter the usual API user, or another one."""
        user = {**USER, **changes}
        self.portal.add_user(
            *(user["gstin"], user["user_name"], user["password"]),
            *(user["client_id"], user["client_secret"]),
        )

    def connect(
        self,
        *,
        session: Session | None = None,
        headers: Mapping[str, str] | None = None,
        auth_key: bytes = b"",
        base_url: str = "",
        environment: Mapping[str, Any] | None = None,
        **account: str,
    ) -> IrpClient:
        """Return a client of the usual account with some values changed."""
        key = load_auth_key(auth_key or self.portal.auth_public_key)
        return IrpClient(
            Account(**{**USER, **account}, auth_key=key),
            self.transport,
            base_url=base_url or self.base_url,
            environment=replace(ENVIRONMENTS["demo"], **(environment or {})),
            clock=self.clock,
            session=session,
            timeouts=Timeouts(connect=10, read=10),
            headers=headers,
        )

    def connect_ewb(self, **account: str) -> EwaybillSystem:
        """Return the e-way bill system for its usual user with some values changed.

        As in production, it has a separate host and path.
        """
        key = load_auth_key(self.portal.ewb_auth_public_key)
        production = ENVIRONMENTS["production"]
        return EwaybillSystem(
            Account(**{**EWB_USER, **account}, auth_key=key),
            self.transport,
            base_url=self.base_url.replace("127.0.0.1", "localhost"),
            environment=replace(
                ENVIRONMENTS["demo"], path_prefix=production.path_prefix
            ),
            clock=self.clock,
            timeouts=Timeouts(connect=10, read=10),
        )

    def production_client(self, **account: str) -> IrpClient:
        """Return a client that cancels e-way bills as in production."""
        self.set(ewb_shares_session=False)
        self.portal.add_ewb_user(*EWB_USER.values())
        client = self.connect(environment={"ewb_cancel": "own_session"})
        client.ewaybill_system = self.connect_ewb(**account)
        return client

    def stranger(self) -> IrpClient:
        """Return a client of another taxpayer."""
        other = {
            "gstin": BUYER,
            "user_name": "other_user",
            "client_id": "other_client",
            "client_secret": "other_secret",
        }
        self.add_user(**other)
        return self.connect(**other)

    def set(self, **settings: Any) -> None:
        """Change the portal's settings."""
        self.portal.settings = replace(self.portal.settings, **settings)

    def speak(self, **dialect: Any) -> None:
        """Change the portal's dialect."""
        self.set(dialect=replace(self.portal.settings.dialect, **dialect))

    def control(self, method: str, path: str, value: Any = None) -> Any:
        """Call the control path of the served portal."""
        url = f"{self.base_url}/_sandbox/{path}"
        headers, body = {"Content-Type": "application/json"}, json.dumps(value).encode()
        answer = self.transport.send(Request(method, url, headers, body))
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def count(self, route: str) -> int:
        """Return how often a service of the portal was called."""
        return int(self.control("GET", "state")["calls"].get(route, 0))

    # --- documents -------------------------------------------------------------------

    def invoice(
        self, kind: str = "inter", changes: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return a valid document of a kind, with some members changed."""
        document = copy.deepcopy(INVOICE)
        for path, value in {**KINDS[kind], **(changes or {})}.items():
            put(document, path, value)
        return document

    def register(
        self, kind: str = "inter", changes: Mapping[str, Any] | None = None
    ) -> Registration:
        """Register a document as `invoice` returns it."""
        return self.client.generate_irn(self.invoice(kind, changes))

    def register_with_ewb(self) -> Registration:
        """Register a document with its e-way bill."""
        made = self.register("inter", {"EwbDtls": ROAD})
        assert made.ewb_number
        return made

    def ewb(self, irn: str, **changes: Any) -> dict[str, Any]:
        """Return a request for an e-way bill by road with some members changed."""
        request = {"Irn": irn, **ROAD, **changes}
        return {name: value for name, value in request.items() if value != DROP}

    def doing(self, service: str) -> Callable[[IrpClient], Any]:
        """Prepare what a service needs and return a call that succeeds."""
        if service in ("generate_irn", "get_gstin", "sync_gstin"):
            return self.asking(service)
        has_bill = service in ("get_ewb", "cancel_ewb")
        made = self.register_with_ewb() if has_bill else self.register()
        self.portal.reject(made.irn, TODAY)
        return self.asking(service, made.irn, made.ewb_number)

    def asking(
        self, service: str, irn: str = NOBODYS_IRN, number: str = NOBODYS_BILL
    ) -> Callable[[IrpClient], Any]:
        """Return a call of a service without preparing anything for it."""
        day = date(2026, 10, 10)
        calls: Mapping[str, Callable[[IrpClient], Any]] = {
            "generate_irn": lambda client: client.generate_irn(self.invoice()),
            "cancel_irn": lambda client: client.cancel_irn(irn, "2", "Wrong"),
            "get_irn": lambda client: client.get_irn(irn),
            "get_irn_by_document": lambda client: client.get_irn_by_document(
                "INV", NUMBER, day
            ),
            "get_rejected_irns": lambda client: client.get_rejected_irns(TODAY),
            "generate_ewb": lambda client: client.generate_ewb(self.ewb(irn)),
            "get_ewb": lambda client: client.get_ewb(irn),
            "cancel_ewb": lambda client: client.cancel_ewb(number, "3", "Wrong"),
            "get_gstin": lambda client: client.get_gstin(BUYER),
            "sync_gstin": lambda client: client.sync_gstin(BUYER),
        }
        return calls[service]


@pytest.fixture(scope="session")
def key_material() -> Mapping[str, bytes]:
    """One set of portal keys for all tests, because creating it takes a while."""
    store = Store()
    assert Portal(store).ewb_auth_public_key
    names = ("auth_key", "ewb_auth_key", "signing_key", "signing_certificate")
    return {name: store.get_or_create(name, lambda: b"missing") for name in names}


@pytest.fixture(scope="session")
def server(key_material: Mapping[str, bytes]) -> Iterator[Any]:
    """The portal's real server on a free port, to which each test gives a portal."""
    served = serve(create_app(Portal(store_of(key_material))), "127.0.0.1", 0)
    polling = {"poll_interval": 0.05}
    thread = Thread(target=served.serve_forever, kwargs=polling, daemon=True)
    thread.start()
    yield served
    served.shutdown()
    served.server_close()
    thread.join()


def store_of(key_material: Mapping[str, bytes]) -> Store:
    """Return a new store that has the keys already."""
    store = Store()
    for name, value in key_material.items():
        store.get_or_create(name, lambda value=value: value)
    return store


@pytest.fixture(scope="session")
def transport() -> Iterator[RequestsTransport]:
    """The client's real transport, whose connection all tests reuse."""
    transport = RequestsTransport()
    yield transport
    transport.close()


@pytest.fixture
def new_bench(
    server: Any, key_material: Mapping[str, bytes], transport: RequestsTransport
) -> Iterator[Callable[..., Bench]]:
    """Return a function that puts a portal on the server."""
    benches: list[Bench] = []

    def make(**options: Any) -> Bench:
        clock, store = Clock(), store_of(key_material)
        portal = Portal(store, check=portal_check, clock=clock, **options)
        base_url = f"http://127.0.0.1:{server.port}"
        bench = Bench(portal, clock, base_url, transport)
        server.app = bench.app
        benches.append(bench)
        return bench

    yield make
    for bench in benches:
        bench.portal.store.close()


@pytest.fixture
def bench(new_bench: Callable[..., Bench]) -> Bench:
    """The usual portal with the published rules, and its client."""
    return new_bench()


@pytest.fixture
def refused() -> Callable[..., Any]:
    """Return a function that makes a call and checks the portal's refusal.

    The error must have exactly the class and the portal's code, and the catalogue must
    have advice for the code.
    """

    def ask(
        service: str,
        code: str,
        kind: type[IrpError],
        call: Callable[..., Any],
        *args: Any,
        **named: Any,
    ) -> Any:
        with pytest.raises(IrpError) as caught:
            call(*args, **named)
        error = caught.value
        assert (type(error), error.code) == (kind, code), error
        assert (error.endpoint, error.http_status) == (service, 200)
        assert error.message
        found = entry(code, GROUPS.get(service, "IRN"))
        assert found.group, f"{code} is not in the catalogue"
        assert found.hint.endswith(".")
        return error

    return ask
