"""A small client of the portal, written from NIC's pages, and the portals to call."""

import base64
import copy
import hashlib
import json
import os
from datetime import datetime, timedelta, timezone
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sandbox import Dialect, Portal, Settings, Store, create_app
from werkzeug.test import Client

IST = timezone(timedelta(hours=5, minutes=30))
SELLER = "37ARZPT4384Q1MT"
BUYER = "29AWGPV7107B1Z1"
SECRETS = ("api_user", "Pass@word1", "client-1", "secret-1")
INVOICE = {
    "Version": "1.1",
    "TranDtls": {"TaxSch": "GST", "SupTyp": "B2B", "RegRev": "N", "EcmGstin": None},
    "DocDtls": {"Typ": "INV", "No": "INV/25-26/0007", "Dt": "15/11/2025"},
    "SellerDtls": {
        "Gstin": SELLER,
        "LglNm": "Seller Ltd",
        "Addr1": "1 Main Road",
        "Loc": "Vijayawada",
        "Pin": 518001,
        "Stcd": "37",
    },
    "BuyerDtls": {
        "Gstin": BUYER,
        "LglNm": "Buyer Ltd",
        "Pos": "29",
        "Addr1": "7 Cross",
        "Loc": "Bengaluru",
        "Pin": 562160,
        "Stcd": "29",
    },
    "ItemList": [
        {
            "SlNo": "1",
            "PrdDesc": "Rice",
            "IsServc": "N",
            "HsnCd": "1001",
            "Qty": 10,
            "Unit": "KGS",
            "UnitPrice": 100,
            "TotAmt": 1000,
            "AssAmt": 1000,
            "GstRt": 5,
            "IgstAmt": 50,
            "TotItemVal": 1050,
        }
    ],
    "ValDtls": {"AssVal": 1000, "IgstVal": 50, "TotInvVal": 1050},
}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = datetime(2025, 11, 15, 10, 30, 17, tzinfo=IST)

    def __call__(self):
        return self.now

    def advance(self, **by):
        self.now += timedelta(**by)


def aes(key, data, *, encrypt):
    """AES-256-ECB with PKCS#7, for bytes."""
    cipher = Cipher(algorithms.AES(key), modes.ECB())
    if encrypt:
        pad = 16 - len(data) % 16
        worker = cipher.encryptor()
        return worker.update(data + bytes([pad]) * pad) + worker.finalize()
    worker = cipher.decryptor()
    padded = worker.update(data) + worker.finalize()
    assert padded[-pad_of(padded) :] == bytes([pad_of(padded)]) * pad_of(padded)
    return padded[: -pad_of(padded)]


def pad_of(padded):
    return padded[-1]


def in_process(app):
    """Return ``send`` for a WSGI application."""
    browser = Client(app)

    def send(method, path, headers, body=None):
        answer = browser.open(path, method=method, headers=headers, data=body)
        return SimpleNamespace(
            status=answer.status_code, headers=answer.headers, body=answer.get_data()
        )

    return send


def over_http(base_url):
    """Return ``send`` for a served portal, over one connection."""
    address = urlsplit(base_url)
    connection = HTTPConnection(address.hostname, address.port, timeout=20)

    def send(method, path, headers, body=None):
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return SimpleNamespace(
            status=answer.status, headers=answer.headers, body=answer.read()
        )

    send.close = connection.close
    return send


class NicClient:
    """Signs in and calls services; answers are unprocessed JSON envelopes."""

    def __init__(self, send, auth_key_pem, gstin=SELLER, secrets=SECRETS):
        self.send, self.gstin = send, gstin
        self.username, self.password, self.client_id, self.client_secret = secrets
        self.auth_key = load_pem_public_key(auth_key_pem)
        self.app_key = os.urandom(32)
        self.token = self.sek = None

    @property
    def client_headers(self):
        return {
            "client-id": self.client_id,
            "client-secret": self.client_secret,
            "Gstin": self.gstin,
            "Content-Type": "application/json",
        }

    @property
    def headers(self):
        more = {"user_name": self.username, "AuthToken": self.token}
        return {**self.client_headers, **more}

    def credentials(self, **changes):
        return {
            "UserName": self.username,
            "Password": self.password,
            "AppKey": base64.b64encode(self.app_key).decode(),
            "ForceRefreshAccessToken": False,
            **changes,
        }

    def sealed(self, plain):
        inner = base64.b64encode(json.dumps(plain, separators=(",", ":")).encode())
        return base64.b64encode(self.auth_key.encrypt(inner, PKCS1v15())).decode()

    def envelope(self, method, path, headers, body=None):
        answer = self.send(method, path, headers, body)
        assert answer.status == 200, answer
        return json.loads(answer.body)

    def authenticate(self, data=None, headers=None, **changes):
        body = {"Data": data or self.sealed(self.credentials(**changes))}
        answer = self.envelope(
            "POST",
            "/eivital/v1.04/auth",
            self.client_headers if headers is None else headers,
            json.dumps(body),
        )
        if answer["Status"] in (1, "1"):
            self.token = answer["Data"]["AuthToken"]
            sealed_sek = base64.b64decode(answer["Data"]["Sek"])
            self.sek = aes(self.app_key, sealed_sek, encrypt=False)
        return answer

    def encrypted(self, text):
        raw = text.encode() if isinstance(text, str) else text
        return base64.b64encode(aes(self.sek, raw, encrypt=True)).decode()

    def plain(self, answer):
        """Return the decrypted ``Data`` of a successful answer."""
        assert answer["Status"] in (1, "1"), answer
        return json.loads(self.text(answer))

    def text(self, answer):
        raw = base64.b64decode(answer["Data"])
        return aes(self.sek, raw, encrypt=False).decode()

    def post(self, path, payload, headers=None):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        body = json.dumps({"Data": self.encrypted(text)})
        return self.envelope("POST", path, headers or self.headers, body)

    def get(self, path, headers=None, **query):
        path = f"{path}?{urlencode(query)}" if query else path
        return self.envelope("GET", path, headers or self.headers)

    def generate(self, payload):
        return self.post("/eicore/v1.03/Invoice", payload)

    def cancel(self, irn, **changes):
        request = {"Irn": irn, "CnlRsn": "2", "CnlRem": "wrong quantity", **changes}
        return self.post("/eicore/v1.03/Invoice/Cancel", request)

    def by_irn(self, irn, **headers):
        path = f"/eicore/v1.03/Invoice/irn/{irn}"
        return self.get(path, {**self.headers, **headers})

    def eway_bill(self, irn, headers=None, **fields):
        payload = {"Irn": irn, **fields}
        return self.post("/eiewb/v1.03/ewaybill", payload, headers)

    def eway_bill_of(self, irn, **headers):
        path = f"/eiewb/v1.03/ewaybill/irn/{irn}"
        return self.get(path, {**self.headers, **headers})

    def cancel_eway_bill(self, plain, headers=None, action="CANEWB"):
        """Post ``plain`` encrypted in the e-way bill system's envelope."""
        data = self.encrypted(plain if isinstance(plain, str) else json.dumps(plain))
        body = json.dumps({"action": action, "data": data})
        path = "/ewaybillapi/v1.03/ewayapi"
        return self.envelope("POST", path, headers or self.headers, body)

    def gstin_details(self, gstin, service="gstin", version="v1.04"):
        return self.get(f"/eivital/{version}/Master/{service}/{gstin}")

    def by_document(self, doctype, docnum, docdate, **headers):
        path = "/eicore/v1.03/Invoice/irnbydocdetails"
        query = {"doctype": doctype, "docnum": docnum, "docdate": docdate}
        return self.get(path, {**self.headers, **headers}, **query)


@pytest.fixture(scope="session")
def key_material():
    """One set of portal keys for all tests, because creating it is slow."""
    made = {}
    store = Store()
    assert Portal(store).ewb_auth_public_key
    for name in ("auth_key", "ewb_auth_key", "signing_key", "signing_certificate"):
        made[name] = store.get_or_create(name, lambda: b"missing")
    store.close()
    return made


@pytest.fixture
def new_store(key_material):
    """Return a function making stores that have the keys already."""
    stores = []

    def make(path=":memory:"):
        store = Store(path)
        for name, value in key_material.items():
            store.get_or_create(name, lambda value=value: value)
        stores.append(store)
        return store

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def new_portal(new_store, clock):
    """Return a function making portals with the usual user."""

    def make(check=None, store=None, ewb_check=None, **settings):
        portal = Portal(
            store or new_store(),
            check=check,
            ewb_check=ewb_check,
            clock=clock,
            settings=Settings(**settings),
        )
        portal.add_user(SELLER, *SECRETS)
        return portal

    return make


@pytest.fixture
def dialect():
    return Dialect


@pytest.fixture
def portal(new_portal):
    return new_portal()


@pytest.fixture
def new_client():
    """Return a function making clients of a portal, called in process."""

    def make(portal, gstin=SELLER, secrets=SECRETS, faults=None):
        send = in_process(create_app(portal, faults))
        return NicClient(send, portal.auth_public_key, gstin, secrets)

    return make


@pytest.fixture
def client(portal, new_client):
    """A signed-in client."""
    client = new_client(portal)
    client.authenticate()
    return client


@pytest.fixture
def stranger(portal, new_client):
    """A signed-in client of another GSTIN."""
    secrets = ("other_user", "Pass@word2", "client-2", "secret-2")
    portal.add_user(BUYER, *secrets)
    client = new_client(portal, BUYER, secrets)
    client.authenticate()
    return client


@pytest.fixture
def invoice():
    """The usual invoice, which a test may change."""
    return copy.deepcopy(INVOICE)


@pytest.fixture
def wire():
    """Helpers and constants for tests of the wire format."""
    return SimpleNamespace(
        aes=aes,
        over_http=over_http,
        in_process=in_process,
        client=NicClient,
        irn=lambda *parts: hashlib.sha256("".join(parts).encode()).hexdigest(),
        codes=lambda answer: [one["ErrorCode"] for one in answer["ErrorDetails"] or ()],
        part=lambda token, index: base64.urlsafe_b64decode(
            token.split(".")[index] + "=="
        ).decode(),
        SELLER=SELLER,
        BUYER=BUYER,
        SECRETS=SECRETS,
        IST=IST,
    )


@pytest.fixture(scope="session")
def published():
    """The published vectors and tokens by the names of their files."""
    folder = Path(__file__).parent / "data"
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
