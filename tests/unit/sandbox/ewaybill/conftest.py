"""Callers of the e-way bill system's API, written from NIC's pages and samples."""

import base64
import copy
import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sandbox import create_app

SELLER = "37ARZPT4384Q1MT"
BUYER = "29AWGPV7107B1Z1"
CARRIER = "05AAACG0904A1ZL"
OTHER_CARRIER = "27ZZZCD9999D1ZE"
BASE = "/ewaybillapi/v1.03"
# the members of NIC's sample, with places whose PIN codes lie in their states: 438 km
CHALLAN = {
    "supplyType": "O",
    "subSupplyType": "4",
    "subSupplyDesc": "",
    "docType": "CHL",
    "docNo": "7001-8",
    "docDate": "15/11/2025",
    "fromGstin": SELLER,
    "fromTrdName": "welton",
    "fromAddr1": "2ND CROSS NO 59  19  A",
    "fromAddr2": "GROUND FLOOR OSBORNE ROAD",
    "fromPlace": "FRAZER TOWN",
    "fromPincode": 518001,
    "actFromStateCode": 37,
    "fromStateCode": 37,
    "toGstin": BUYER,
    "toTrdName": "sthuthya",
    "toAddr1": "Shree Nilaya",
    "toAddr2": "Dasarahosahalli",
    "toPlace": "Beml Nagar",
    "toPincode": 562160,
    "actToStateCode": 29,
    "toStateCode": 29,
    "transactionType": 1,
    "otherValue": -100,
    "totalValue": 56099,
    "cgstValue": 0,
    "sgstValue": 0,
    "igstValue": 300.67,
    "cessValue": 400.56,
    "cessNonAdvolValue": 400,
    "totInvValue": 68358,
    "transporterId": "",
    "transporterName": "",
    "transDocNo": "",
    "transMode": "1",
    "transDistance": "0",
    "transDocDate": "",
    "vehicleNo": "PVC1234",
    "vehicleType": "R",
    "itemList": [
        {
            "productName": "Wheat",
            "productDesc": "Wheat",
            "hsnCode": 1001,
            "quantity": 4,
            "qtyUnit": "BOX",
            "cgstRate": 0,
            "sgstRate": 0,
            "igstRate": 3,
            "cessRate": 3,
            "cessNonadvol": 0,
            "taxableAmount": 56099,
        }
    ],
}
NO_PART_B = {"transMode": "", "vehicleNo": "", "vehicleType": ""}


class Caller:
    """A GSTIN signed in to the e-way bill system."""

    def __init__(self, http, wire):
        self.http, self.wire = http, wire
        self.headers = None

    def log_in(self, username, password):
        app_key = base64.b64encode(self.http.app_key).decode()
        plain = {"action": "ACCESSTOKEN", "username": username, "password": password}
        body = {"Data": self.http.sealed({**plain, "app_key": app_key})}
        given = self.http.client_headers
        path = f"{BASE}/auth"
        answer = self.http.envelope("POST", path, given, json.dumps(body))
        if answer["status"] == "1":
            sek = base64.b64decode(answer["sek"])
            self.http.sek = self.wire.aes(self.http.app_key, sek, encrypt=False)
            self.headers = {**given, "authtoken": answer["authtoken"]}
        return answer

    def post(self, action, request):
        """Return the whole envelope of an action."""
        data = self.http.encrypted(json.dumps(request))
        body = json.dumps({"action": action, "data": data})
        return self.http.envelope("POST", f"{BASE}/ewayapi", self.headers, body)

    def do(self, action, request=None, **changes):
        """Return the decrypted answer of an action that succeeds."""
        answer = self.post(action, {**(request or {}), **changes})
        assert answer["status"] == "1", codes_of(answer)
        raw = base64.b64decode(answer["data"])
        return json.loads(self.wire.aes(self.http.sek, raw, encrypt=False))

    def refused(self, action, request=None, **changes):
        """Return the codes of an action that fails."""
        return codes_of(self.post(action, {**(request or {}), **changes}))

    def ask(self, name, **query):
        """Return the whole envelope of a query."""
        folder = "Master" if name in MASTERS else "ewayapi"
        path = f"{BASE}/{folder}/{name}?{urlencode(query)}"
        return self.http.envelope("GET", path, self.headers)

    def get(self, name, **query):
        """Return the decrypted answer of a query, with its seal checked."""
        answer = self.ask(name, **query)
        assert answer["status"] == "1", codes_of(answer)
        assert list(answer) == ["status", "data", "rek", "hmac"]
        sealed = base64.b64decode(answer["rek"])
        rek = self.wire.aes(self.http.sek, sealed, encrypt=False)
        raw = base64.b64decode(answer["data"])
        plain = self.wire.aes(rek, raw, encrypt=False)
        mac = hmac.new(rek, base64.b64encode(plain), hashlib.sha256).digest()
        assert base64.b64decode(answer["hmac"]) == mac
        return json.loads(plain)

    def unanswered(self, name, **query):
        """Return the codes of a query that fails."""
        return codes_of(self.ask(name, **query))


MASTERS = (
    "GetErrorList",
    "GetGSTINDetails",
    "GetTransporterDetails",
    "GetHsnDetailsByHsnCode",
)


def codes_of(answer):
    """Return the codes of a failure, which end in a comma."""
    assert (list(answer), answer["status"]) == (["status", "error", "info"], "0")
    codes = json.loads(base64.b64decode(answer["error"]))["errorCodes"]
    assert codes.endswith(",") or codes == "238"
    return codes.rstrip(",").split(",")


@pytest.fixture
def sign_in(new_client, wire):
    """Return a function that adds a user to a portal and signs it in."""

    def make(portal, gstin, faults=None, app=None):
        secrets = (f"ewb_{gstin}", "Ewb@1", "ewb-client", "ewb-secret")
        portal.add_ewb_user(gstin, *secrets)
        if app is None:
            http = new_client(portal, gstin, secrets, faults)
        else:
            send = wire.in_process(app)
            http = wire.client(send, portal.auth_public_key, gstin, secrets)
        http.auth_key = load_pem_public_key(portal.ewb_auth_public_key)
        caller = Caller(http, wire)
        assert caller.log_in(*secrets[:2])["status"] == "1"
        return caller

    return make


@pytest.fixture
def callers(portal, sign_in):
    """Return a function that signs a GSTIN in to the usual portal, once."""
    app, known = create_app(portal), {}

    def caller(gstin):
        if gstin not in known:
            known[gstin] = sign_in(portal, gstin, app=app)
        return known[gstin]

    return caller


@pytest.fixture
def seller(callers):
    return callers(SELLER)


@pytest.fixture
def buyer(callers):
    return callers(BUYER)


@pytest.fixture
def carrier(callers):
    return callers(CARRIER)


@pytest.fixture
def challan():
    """A request of GENEWAYBILL, which a test may change."""
    return copy.deepcopy(CHALLAN)


@pytest.fixture
def part_a():
    """A request without Part B, for a transporter."""
    more = {**NO_PART_B, "transporterId": CARRIER, "docNo": "7001-7"}
    return {**copy.deepcopy(CHALLAN), **more}


@pytest.fixture
def moving(seller, challan):
    """The number of a bill whose goods are on the road."""
    return seller.do("GENEWAYBILL", challan)["ewayBillNo"]


@pytest.fixture
def slip(seller, part_a):
    """The number of a Part A slip, assigned to a transporter."""
    return seller.do("GENEWAYBILL", part_a)["ewayBillNo"]
