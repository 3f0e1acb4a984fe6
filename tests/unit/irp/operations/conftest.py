"""The client and the local portal, connected in memory."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from zlib import crc32

import pytest
from irp.client import Account, IrpClient
from irp.document.irn import compute_irn
from irp.operations.registration import RegistrationRequest
from irp.protocol.crypto.cipher import load_auth_key
from irp.protocol.errors import IrpOutcomeUnknown
from irp.protocol.http import Request, Response
from irp.protocol.signature import SigningKeys, load_signing_key
from irp.reference.profiles import ENVIRONMENTS
from sandbox import DropConnection, Faults, Portal, Store, create_app
from werkzeug.test import Client

SELLER = "29AAACK0000A1ZP"
NOW = datetime(2026, 10, 15, 6, 30, tzinfo=timezone.utc)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class PortalTransport:
    """Passes requests to the portal's application and counts them by path."""

    def __init__(self, app: Any) -> None:
        self._client = Client(app)
        self.paths: list[str] = []

    def send(self, request: Request) -> Response:
        self.paths.append(request.url.split("/", 3)[3].partition("?")[0])
        try:
            answer = self._client.open(
                request.url,
                method=request.method,
                headers=dict(request.headers),
                data=request.body,
            )
        except DropConnection as error:
            raise IrpOutcomeUnknown(str(error), reason="reset") from error
        return Response(answer.status_code, dict(answer.headers), answer.get_data())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture(scope="session")
def store_with_keys() -> Store:
    """One store for all tests, because creating its keys takes a while."""
    return Store(":memory:")


@pytest.fixture
def portal(store_with_keys: Store, clock: Clock) -> Portal:
    portal = Portal(store_with_keys, clock=clock)
    portal.add_user(SELLER, "user", "password", "client", "secret")
    return portal


@pytest.fixture
def transport(portal: Portal, faults: Faults) -> PortalTransport:
    return PortalTransport(create_app(portal, faults))


@pytest.fixture
def client(portal: Portal, transport: PortalTransport, clock: Clock) -> IrpClient:
    key = load_auth_key(portal.auth_public_key)
    return IrpClient(
        Account(SELLER, "user", "password", "client", "secret", key),
        transport,
        base_url="http://localhost",
        environment=ENVIRONMENTS["demo"],
        clock=clock,
    )


@pytest.fixture
def keys(portal: Portal) -> SigningKeys:
    return SigningKeys([load_signing_key(portal.signing_certificate)])


@pytest.fixture
def make_request(request: pytest.FixtureRequest) -> Callable[..., RegistrationRequest]:
    """Return a function that makes requests, numbered by the test's name."""

    def make(attempt: int = 1, **buyer: str) -> RegistrationRequest:
        number = f"T{crc32(request.node.nodeid.encode())}"
        invoice = {
            "Version": "1.1",
            "TranDtls": {"TaxSch": "GST", "SupTyp": "B2B"},
            "DocDtls": {"Typ": "INV", "No": number, "Dt": "14/10/2026"},
            "SellerDtls": {"Gstin": SELLER, "LglNm": "Kaveri Tools", "Stcd": "29"},
            "BuyerDtls": {"Gstin": "27AAACS0000B1ZQ", "LglNm": "Sahyadri", **buyer},
            "ItemList": [{"SlNo": "1", "HsnCd": "820750", "AssAmt": 100.0}],
            "ValDtls": {"AssVal": 100.0, "TotInvVal": 118.0},
        }
        irn = compute_irn(
            SELLER, RegistrationRequest(invoice, "").doc_date, "INV", number
        )
        return RegistrationRequest(invoice, irn, attempt)

    return make
