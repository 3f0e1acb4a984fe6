"""A scripted portal for these tests, written from the portal's public pages.

It implements the client's Transport with real cryptography, stores tokens and
registrations in memory, and answers oddly, late or not at all if scripted to.
"""

import base64
import hashlib
import json
from collections import deque
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from irp.client.account import Account
from irp.client.irp_client import IrpClient
from irp.protocol.errors import IrpOutcomeUnknown
from irp.protocol.http import Response
from irp.protocol.signature import SigningKeys, load_signing_key
from irp.reference.profiles import ENVIRONMENTS

IST = timezone(timedelta(hours=5, minutes=30))
DATA = Path(__file__).resolve().parent.parent / "data"
BASE_URL = "https://portal.example"


@pytest.fixture(scope="session")
def vectors():
    return json.loads((DATA / "client-vectors.json").read_text())


@pytest.fixture(scope="session")
def published():
    """Real tokens of NIC's sandbox, with the public keys that verify them."""
    return json.loads((DATA / "client-published-tokens.json").read_text())


@pytest.fixture(scope="session")
def published_keys(published):
    keys = published["keys"].items()
    return SigningKeys(load_signing_key(material, kid) for kid, material in keys)


@pytest.fixture(scope="session")
def portal_key(vectors):
    der = base64.b64decode(vectors["portal_private_key_der"])
    return serialization.load_der_private_key(der, None)


@pytest.fixture(scope="session")
def signing_key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def make_certificate(signing_key):
    """Return a self-signed certificate (DER) of the signing key."""

    def make(year=2025, days=400, key=signing_key):
        not_before = datetime(year, 1, 1, tzinfo=timezone.utc)
        name = x509.Name(
            [x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test portal, signing")]
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(not_before)
            .not_valid_after(not_before + timedelta(days=days))
            .sign(key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.DER)

    return make


@pytest.fixture(scope="session")
def certificate(make_certificate):
    return make_certificate()


@pytest.fixture(scope="session")
def sign(signing_key, certificate):
    """Return a function that signs data as the portal does."""
    kid = hashlib.sha1(certificate).hexdigest().upper()

    def make(data, *, issuer="NIC Sandbox", key=signing_key, **headers):
        named = {"alg": "RS256", "typ": "JWT", "kid": kid, **headers}
        given = {name: value for name, value in named.items() if value is not None}
        parts = given, {"iss": issuer, "data": json.dumps(data)}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{base64url(rs256(signed, key))}"

    return make


def base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def rs256(text, key):
    return key.sign(text.encode(), rsa_padding.PKCS1v15(), hashes.SHA256())


class Clock:
    def __init__(self):
        self.now = datetime(2025, 11, 15, 9, 0, tzinfo=timezone.utc)

    def __call__(self):
        return self.now

    def advance(self, **interval):
        self.now += timedelta(**interval)


@pytest.fixture
def clock():
    return Clock()


def aes(key):
    return Cipher(algorithms.AES(key), modes.ECB())


def seal(plain, key):
    padder = padding.PKCS7(128).padder()
    encryptor = aes(key).encryptor()
    padded = padder.update(plain) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def unseal(text, key):
    decryptor, unpadder = aes(key).decryptor(), padding.PKCS7(128).unpadder()
    padded = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()


def failure(code, message, infos=None):
    errors = [{"ErrorCode": code, "ErrorMessage": message}]
    return {"Status": 0, "Data": None, "ErrorDetails": errors, "InfoDtls": infos}


def respond(envelope, status=200, headers=None):
    return Response(status, headers or {}, json.dumps(envelope).encode())


def lost(after=True, reason="read_timeout"):
    """Script: the answer is lost, after or before the portal's processing."""

    def act(portal, request, handle):
        if after:
            handle(request)
        raise IrpOutcomeUnknown("no answer", reason=reason)

    return act


def answer(response):
    """Script: something else answers instead of the portal."""
    return lambda portal, request, handle: response


def dressed(change):
    """Script: the portal processes the call, and ``change`` alters its envelope."""

    def act(portal, request, handle):
        envelope = json.loads(handle(request).body)
        change(envelope)
        return respond(envelope)

    return act


class FakePortal:
    def __init__(self, auth_key, sign, clock):
        self.auth_key, self.sign, self.clock = auth_key, sign, clock
        self.account = {"user_name": "user", "password": "Secret@1"}
        self.token_life = timedelta(minutes=60)
        self.token, self.sek, self.expiry = "", b"", clock.now
        self.tokens = 0
        self.registered = {}
        self.requests, self.logins, self.invoices = [], [], []
        self.scripts = {"auth": deque(), "call": deque()}

    def script(self, *acts, on="call"):
        self.scripts[on].extend(acts)

    def send(self, request):
        self.requests.append(request)
        is_login = request.url.endswith("/eivital/v1.04/auth")
        kind, handle = ("auth", self.login) if is_login else ("call", self.call)
        if self.scripts[kind]:
            return self.scripts[kind].popleft()(self, request, handle)
        return handle(request)

    def login(self, request):
        sealed = base64.b64decode(json.loads(request.body)["Data"])
        inner = self.auth_key.decrypt(sealed, rsa_padding.PKCS1v15())
        plain = json.loads(base64.b64decode(inner))
        self.logins.append(plain)
        given = plain["UserName"], plain["Password"]
        if given != tuple(self.account.values()):
            return respond(failure("1019", "Incorrect Password"))
        last_minutes = self.clock.now >= self.expiry - timedelta(minutes=10)
        forced = plain["ForceRefreshAccessToken"] and last_minutes
        if self.clock.now >= self.expiry or forced:
            self.new_token()
        app_key = base64.b64decode(plain["AppKey"])
        data = {
            "ClientId": "id",
            "UserName": plain["UserName"],
            "AuthToken": self.token,
            "Sek": seal(self.sek, app_key),
            "TokenExpiry": f"{self.expiry.astimezone(IST):%Y-%m-%d %H:%M:%S}",
        }
        return respond({"Status": 1, "Data": data, "ErrorDetails": None})

    def new_token(self):
        self.tokens += 1
        self.token = f"token-{self.tokens}"
        self.sek = bytes([self.tokens]) * 32
        self.expiry = self.clock.now + self.token_life

    def call(self, request):
        if request.url.endswith("/heartbeat/ping"):
            return respond({"Status": 1})
        if request.headers["AuthToken"] != self.token:
            return respond(failure("1005", "Invalid Token"))
        if request.method == "POST":
            return self.generate(json.loads(request.body)["Data"])
        return self.look_up(urlsplit(request.url))

    def generate(self, sealed):
        invoice = json.loads(unseal(sealed, self.sek))
        self.invoices.append(invoice)
        document = invoice["DocDtls"]
        key = (document["Typ"], document["No"], document["Dt"])
        if key in self.registered:
            known = self.registered[key]
            desc = {name: known[name] for name in ("AckNo", "AckDt", "Irn")}
            infos = [{"InfCd": "DUPIRN", "Desc": desc}]
            return respond(failure("2150", "Duplicate IRN", infos))
        self.registered[key] = self.register(invoice)
        return self.success(self.registered[key])

    def register(self, invoice):
        document = invoice["DocDtls"]
        # Of this test's financial year alone.
        number = document["No"].upper()
        text = invoice["SellerDtls"]["Gstin"] + "2025-26" + document["Typ"] + number
        ack = {
            "AckNo": 132510000000000 + len(self.registered),
            "AckDt": f"{self.clock.now.astimezone(IST):%Y-%m-%d %H:%M:%S}",
            "Irn": hashlib.sha256(text.encode()).hexdigest(),
        }
        items = [{"ItemNo": 0, **item} for item in invoice["ItemList"]]
        signed = {**ack, **invoice, "ItemList": items}
        qr = {
            "SellerGstin": invoice["SellerDtls"]["Gstin"],
            "BuyerGstin": invoice["BuyerDtls"]["Gstin"],
            "DocNo": document["No"],
            "DocTyp": document["Typ"],
            "DocDt": document["Dt"],
            "TotInvVal": invoice["ValDtls"]["TotInvVal"],
            "ItemCnt": len(items),
            "MainHsnCode": items[0]["HsnCd"],
            "Irn": ack["Irn"],
            "IrnDt": ack["AckDt"],
        }
        tokens = {"SignedInvoice": self.sign(signed), "SignedQRCode": self.sign(qr)}
        ewb = {"EwbNo": None, "EwbDt": None, "EwbValidTill": None, "Remarks": None}
        return {**ack, **tokens, "Status": "ACT", **ewb}

    def look_up(self, url):
        if url.path.endswith("/irnbydocdetails"):
            query = parse_qs(url.query)
            key = tuple(query[name][0] for name in ("doctype", "docnum", "docdate"))
            found, code = self.registered.get(key), "2154"
        else:
            irn, code = unquote(url.path.rpartition("/")[2]), "2148"
            rows = self.registered.values()
            found = next((row for row in rows if row["Irn"] == irn), None)
        return self.success(found) if found else respond(failure(code, "not found"))

    def success(self, data):
        sealed = seal(json.dumps(data).encode(), self.sek)
        envelope = {"Status": 1, "Data": sealed, "ErrorDetails": None}
        return respond({**envelope, "InfoDtls": None})


@pytest.fixture
def portal(portal_key, sign, clock):
    return FakePortal(portal_key, sign, clock)


@pytest.fixture
def make_account(portal_key):
    def make(**values):
        known = {
            "gstin": "37ARZPT4384Q1MT",
            "user_name": "user",
            "password": "Secret@1",
            "client_id": "the-client-id",
            "client_secret": "the-client-secret",
        }
        return Account(**{**known, **values}, auth_key=portal_key.public_key())

    return make


@pytest.fixture
def make_client(portal, make_account, clock):
    def make(account=None, **options):
        options.setdefault("environment", ENVIRONMENTS["sandbox"])
        options.setdefault("base_url", BASE_URL)
        return IrpClient(account or make_account(), portal, clock=clock, **options)

    return make


@pytest.fixture
def client(make_client):
    return make_client()


@pytest.fixture
def keys(certificate):
    return SigningKeys([load_signing_key(certificate)])


@pytest.fixture
def invoice():
    return {
        "Version": "1.1",
        "TranDtls": {"TaxSch": "GST", "SupTyp": "B2B", "RegRev": "N"},
        "DocDtls": {"Typ": "INV", "No": "A/25-26/7", "Dt": "15/11/2025"},
        "SellerDtls": {"Gstin": "37ARZPT4384Q1MT", "LglNm": "Seller", "Pin": 518001},
        "BuyerDtls": {"Gstin": "29AWGPV7107B1Z1", "LglNm": "Käufer ₹", "Pos": "29"},
        "ItemList": [
            {"SlNo": "1", "HsnCd": "1001", "Qty": 10, "AssAmt": 1000.5, "Unit": "KGS"}
        ],
        "ValDtls": {"AssVal": 1000.5, "TotInvVal": 1050.53},
    }


@pytest.fixture
def make(request):
    """The helpers of this file, because tests must not import one another."""
    return SimpleNamespace(
        answer=answer,
        dressed=dressed,
        failure=failure,
        lost=lost,
        respond=respond,
        seal=seal,
        unseal=unseal,
    )
