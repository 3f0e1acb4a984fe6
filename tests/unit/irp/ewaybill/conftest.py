"""A scripted e-way bill system, with the encryption of its public pages."""

import base64
import json
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from irp.client import EwaybillSystem
from irp.protocol.errors import IrpOutcomeUnknown
from irp.protocol.http import Response
from irp.reference.dates import IST
from irp.reference.profiles import ENVIRONMENTS

OWN = "29AAACK0000A1ZK"
EWB = "321003228100"
REK = bytes(range(100, 132))


class Ewb:
    """Answers each call with the next of its scripted data, by service or action."""

    def __init__(self, auth_key, make):
        self.auth_key, self.make = auth_key, make
        self.token, self.sek = "30431124-5cbd-4045-9840-4ebb18d70265", bytes(range(32))
        self.answers, self.calls, self.beside = {}, [], {}
        # of GetEwayBill, where each number has another answer
        self.by_number = {}
        # whole answers, for envelopes of another form
        self.raw = {}
        self.log_ins = 0

    def send(self, request):
        url = urlsplit(request.url)
        if url.path.endswith("/auth"):
            return self.log_in(json.loads(request.body)["Data"])
        if request.method == "GET":
            name = url.path.rpartition("/")[2]
            query = dict(parse_qsl(url.query))
            self.calls.append((url.path, query))
            if name == "GetEwayBill" and self.by_number:
                self.answers[name] = self.by_number[query["ewbNo"]]
            return self.answer(name, self.sealed_by_rek)
        posted = json.loads(request.body)
        plain = self.make.unseal(posted["data"], self.sek)
        self.calls.append((posted["action"], json.loads(plain)))
        return self.answer(posted["action"], self.sealed_by_sek)

    def log_in(self, sealed):
        self.log_ins += 1
        inner = self.auth_key.decrypt(base64.b64decode(sealed), rsa_padding.PKCS1v15())
        plain = json.loads(base64.b64decode(inner))
        sek = self.make.seal(self.sek, base64.b64decode(plain["app_key"]))
        return self.make.respond({"status": "1", "authtoken": self.token, "sek": sek})

    def answer(self, name, seal):
        if name in self.raw:
            return self.make.respond(self.raw[name])
        found = self.answers[name]
        if isinstance(found, Exception):
            raise found
        if isinstance(found, Response):
            return found
        if isinstance(found, str):
            error = base64.b64encode(json.dumps({"errorCodes": found}).encode())
            return self.make.respond(
                {"status": "0", "error": error.decode(), "info": self.beside.get(name)}
            )
        return self.make.respond({**seal(found), **self.beside})

    def sealed_by_sek(self, data):
        return {"status": "1", "data": self.make.seal(encoded(data), self.sek)}

    def sealed_by_rek(self, data):
        return {
            "status": "1",
            "data": self.make.seal(encoded(data), REK),
            "rek": self.make.seal(REK, self.sek),
            "hmac": base64.b64encode(b"unchecked").decode(),
        }


def encoded(data):
    return json.dumps(data).encode()


@pytest.fixture
def ewb(portal_key, make):
    return Ewb(portal_key, make)


@pytest.fixture
def system(ewb, make_account, clock):
    return EwaybillSystem(
        make_account(gstin=OWN, user_name="ewb_user", password="Ewb@1"),
        ewb,
        base_url="https://ewb.example",
        environment=ENVIRONMENTS["production"],
        clock=clock,
    )


@pytest.fixture
def api(system):
    return system.ewaybill_api


@pytest.fixture
def lost():
    return IrpOutcomeUnknown("no answer", reason="read_timeout")


@pytest.fixture
def ist():
    """Return a moment in India from "dd/mm/yyyy HH:MM"."""
    return lambda text: datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=IST)


def recorded_bill(*vehicles, **changes):
    """Return a recorded answer of GetEwayBill, with changes."""
    return {
        "ewbNo": int(EWB),
        "ewayBillDate": "05/10/2022 12:42:00 PM",
        "genMode": "API",
        "userGstin": OWN,
        "supplyType": "O",
        "subSupplyType": "1  ",
        "docType": "INV",
        "docNo": "A/1",
        "docDate": "05/10/2022",
        "fromGstin": OWN,
        "fromTrdName": "Supplier",
        "fromAddr1": "Street 1",
        "fromAddr2": "",
        "fromPlace": "BENGALURU",
        "fromPincode": 560001,
        "fromStateCode": 29,
        "toGstin": "05AAACG2140A1ZL",
        "toTrdName": "Buyer",
        "toPlace": "Dehradun",
        "toPincode": 248001,
        "toStateCode": 5,
        "totalValue": 100000.5,
        "totInvValue": 118000.59,
        "cgstValue": 0,
        "sgstValue": 0,
        "igstValue": 18000.09,
        "cessValue": 0,
        "cessNonAdvolValue": 0,
        "otherValue": 0,
        "transporterId": "",
        "transporterName": "",
        "status": "ACT",
        "actualDist": 2400,
        "noValidDays": 12,
        "validUpto": "17/10/2022 11:59:00 PM",
        "extendedTimes": 0,
        "rejectStatus": "N",
        "actFromStateCode": 29,
        "actToStateCode": 5,
        "vehicleType": "R",
        "transactionType": 1,
        "itemList": [
            {
                "itemNo": 1,
                "productId": 0,
                "productName": "Rods",
                "productDesc": "Steel rods",
                "hsnCode": 7214,
                "quantity": 12.5,
                "qtyUnit": "MTS",
                "cgstRate": 0,
                "sgstRate": 0,
                "igstRate": 18,
                "cessRate": 0,
                "cessNonAdvol": 0,
                "taxableAmount": 100000.5,
            }
        ],
        "VehiclListDetails": list(vehicles),
        **changes,
    }


@pytest.fixture
def fetched():
    """Return `recorded_bill`."""
    return recorded_bill


@pytest.fixture
def entry():
    """Return an entry of Part B as recorded, with changes."""

    def make(**changes):
        return {
            "updMode": "API",
            "vehicleNo": "KA01AB1234",
            "fromPlace": "BENGALURU",
            "fromState": 29,
            "tripshtNo": 0,
            "userGSTINTransin": OWN,
            "enteredDate": "05/10/2022 12:44:00 PM",
            "transMode": "1",
            "transDocNo": "",
            "transDocDate": None,
            "groupNo": "0",
            **changes,
        }

    return make
