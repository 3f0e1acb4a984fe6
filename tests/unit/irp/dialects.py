"""A portal for the tests of profiles, in the dialect that its documents describe.

``DIALECTS`` repeats the published facts: nothing here comes from the profiles.
"""

import base64
import json
from collections import deque
from dataclasses import dataclass, field
from datetime import date

from cryptography.hazmat.primitives.asymmetric import padding
from irp.protocol.http import Response

from unit.irp.conftest import failure, respond, seal, unseal

IRN = "7ab" + "0" * 61
GSTIN = "29AAACP7879D1Z0"
SELLER = "37ARZPT4384Q1MT"
DAY = date(2025, 11, 15)
SEK = b"s" * 32
TOKEN = "the-token"
EXPIRY = "2025-11-15 20:00:00"
REGISTERED = {
    "AckNo": 162510000000001,
    "AckDt": "2025-11-15 14:30:00",
    "Irn": IRN,
    "SignedInvoice": "",
    "SignedQRCode": "",
    "Status": "ACT",
}
EWAYBILL = {"EwbNo": 391009149369, "EwbDt": "2025-11-15 14:30:00"}
DATE = "date=15%2F11%2F2025"
DOCUMENT = "doctype=INV&docnum=A%2F1&docdate=15%2F11%2F2025"
CALLS = {
    "generate_irn": lambda client: client.generate_irn({"Version": "1.1"}),
    "cancel_irn": lambda client: client.cancel_irn(IRN, "1", "Twice"),
    "get_irn": lambda client: client.get_irn(IRN),
    "get_irn_by_document": lambda client: client.get_irn_by_document("INV", "A/1", DAY),
    "get_rejected_irns": lambda client: client.get_rejected_irns(DAY),
    "generate_ewb": lambda client: client.generate_ewb({"Irn": IRN, "Distance": 0}),
    "get_ewb": lambda client: client.get_ewb(IRN),
    "get_gstin": lambda client: client.get_gstin(GSTIN),
    "sync_gstin": lambda client: client.sync_gstin(GSTIN),
    "cancel_ewb": lambda client: client.cancel_ewb("391009149369", "1", "Twice"),
}
ANSWERS = {
    "generate_irn": REGISTERED,
    "cancel_irn": {"Irn": IRN, "CancelDate": "2025-11-15 14:40:00"},
    "get_irn": REGISTERED,
    "get_irn_by_document": REGISTERED,
    "get_rejected_irns": [IRN],
    "generate_ewb": EWAYBILL,
    "get_ewb": EWAYBILL,
    "get_gstin": {"Gstin": GSTIN, "Status": "ACT"},
    "sync_gstin": {"Gstin": GSTIN, "Status": "ACT"},
    "cancel_ewb": {
        "ewayBillNo": "391009149369",
        "cancelDate": "15/11/2025 02:40:00 PM",
    },
}


@dataclass(frozen=True)
class Dialect:
    """The facts of a portal: hosts, requests by service, headers."""

    sandbox: str
    production: str
    log_in: str
    services: dict
    log_in_headers: dict
    headers: dict
    fields: dict = field(default_factory=dict)
    sealed: bool = True


def nic_services(
    vital="/eivital", core="/eicore", ewb="/eiewb", cancel="/ewaybillapi", gstin="v1.04"
):
    return {
        "generate_irn": f"POST {core}/v1.03/Invoice",
        "cancel_irn": f"POST {core}/v1.03/Invoice/Cancel",
        "get_irn": f"GET {core}/v1.03/Invoice/irn/{IRN}",
        "get_irn_by_document": f"GET {core}/v1.03/Invoice/irnbydocdetails?{DOCUMENT}",
        "get_rejected_irns": f"GET {core}/v1.03/Invoice/rejectedirns?{DATE}",
        "generate_ewb": f"POST {ewb}/v1.03/ewaybill",
        "get_ewb": f"GET {ewb}/v1.03/ewaybill/irn/{IRN}",
        "get_gstin": f"GET {vital}/{gstin}/Master/gstin/{GSTIN}",
        "sync_gstin": f"GET {vital}/v1.04/Master/syncgstin/{GSTIN}",
        "cancel_ewb": f"POST {cancel}/v1.03/ewayapi",
    }


def without(services, *names):
    return {key: value for key, value in services.items() if key not in names}


def whitebooks(action, method="GET", **query):
    given = "".join(f"&{name}={value}" for name, value in query.items())
    return f"{method} /einvoice/type/{action}/version/V1_03?email=a%40b.example{given}"


HYPHEN = {"client-id": "the-client-id", "client-secret": "the-client-secret"}
UNDERSCORE = {"client_id": "the-client-id", "client_secret": "the-client-secret"}
CALLER = {"user_name": "user", "AuthToken": TOKEN}
NIC_LOG_IN = "POST /eivital/v1.04/auth"

DIALECTS = {
    "nic1": Dialect(
        "https://einv1api.gstsandbox.nic.in",
        "https://api.einvoice1.gst.gov.in",
        NIC_LOG_IN,
        nic_services(),
        {**HYPHEN, "gstin": SELLER},
        {**HYPHEN, "gstin": SELLER, **CALLER},
    ),
    "nic2": Dialect(
        "https://einv2api.gstsandbox.nic.in",
        "https://api.einvoice2.gst.gov.in",
        NIC_LOG_IN,
        nic_services(),
        {**HYPHEN, "gstin": SELLER},
        {**HYPHEN, "gstin": SELLER, **CALLER},
    ),
    "iris": Dialect(
        "https://api.sandbox.core.irisirp.com",
        "https://api.prod.core.irisirp.com",
        NIC_LOG_IN,
        without(nic_services(), "get_rejected_irns", "sync_gstin", "cancel_ewb"),
        {**UNDERSCORE, "gstin": SELLER},
        {**UNDERSCORE, "gstin": SELLER, **CALLER},
    ),
    "ey": Dialect(
        "https://einvapisandbox.irp5.in/irp5",
        "https://api.einvoice5.gst.gov.in/irp5",
        "POST /irpauthapi/v1.0/apiAuth",
        {
            "generate_irn": "POST /irpapi/v1.0/api/generate",
            "cancel_irn": "POST /irpapi/v1.0/api/cancel",
            "get_irn": f"GET /irpapi/v1.0/enSearch/{IRN}",
        },
        {**UNDERSCORE, "Gstin": SELLER},
        {**UNDERSCORE, "Gstin": SELLER, **CALLER},
    ),
    "clear_gsp": Dialect(
        "https://api-sandbox.clear.in/einv-gsp",
        "https://api.clear.in/einv-gsp",
        "POST /vital/v1.04/auth",
        without(
            nic_services("/vital", "/core", "/eiewb", "/ewb", "v1.03"),
            "get_rejected_irns",
        ),
        {"gstin": SELLER, "X-CT-Auth-Token": "ct-secret"},
        {"gstin": SELLER, "X-CT-Auth-Token": "ct-secret", **CALLER},
        {"auth_token": "ct-secret"},
    ),
    "alankit": Dialect(
        "https://developers.eraahi.com/eInvoiceGateway",
        "https://www.alankitgst.com/eInvoiceGateway",
        NIC_LOG_IN,
        without(nic_services(), "cancel_ewb"),
        {"Gstin": SELLER, "Ocp-Apim-Subscription-Key": "key"},
        {"Gstin": SELLER, "Ocp-Apim-Subscription-Key": "key", **CALLER},
        {"subscription_key": "key"},
    ),
    "taxpro": Dialect(
        "https://gstsandbox.charteredinfo.com",
        "https://einvapi.charteredinfo.com",
        NIC_LOG_IN,
        nic_services(),
        {"Gstin": SELLER, "aspid": "77", "password": "asp-secret"},
        {"Gstin": SELLER, "aspid": "77", "password": "asp-secret", **CALLER},
        {"asp_id": "77", "asp_password": "asp-secret"},
    ),
    "whitebooks": Dialect(
        "https://apisandbox.whitebooks.in",
        "https://api.whitebooks.in",
        "GET /einvoice/authenticate?email=a%40b.example",
        {
            "generate_irn": whitebooks("GENERATE", "POST"),
            "cancel_irn": whitebooks("CANCEL", "POST"),
            "get_irn": whitebooks("GETIRN", param1=IRN),
            "get_irn_by_document": whitebooks("GETIRNBYDOCDETAILS", param1="INV"),
            "get_rejected_irns": whitebooks("GETREJECTEDIRNS", param1="15%2F11%2F2025"),
            "generate_ewb": whitebooks("GENERATE_EWAYBILL", "POST"),
            "get_ewb": whitebooks("GETEWAYBILLIRN", param1=IRN),
            "get_gstin": whitebooks("GSTNDETAILS", param1=GSTIN),
            "sync_gstin": whitebooks("SYNC_GSTIN_FROMCP", param1=GSTIN),
        },
        {
            **UNDERSCORE,
            "gstin": SELLER,
            "username": "user",
            "password": "Secret@1",
            "ip_address": "203.0.113.9",
        },
        {
            **UNDERSCORE,
            "gstin": SELLER,
            "username": "user",
            "auth-token": TOKEN,
            "ip_address": "203.0.113.9",
        },
        {"email": "a@b.example", "ip_address": "203.0.113.9"},
        sealed=False,
    ),
}


class DialectPortal:
    """Answers what the tests script, sealed or plain; opens what is sealed to it."""

    def __init__(self, private_key, *, sealed=True, sek_text=None):
        self.private_key, self.sealed = private_key, sealed
        self.sek_text = SEK if sek_text is None else sek_text
        self.requests, self.log_ins, self.bodies = [], [], []
        self.answers, self.log_in_answers = deque(), deque()

    def send(self, request):
        self.requests.append(request)
        if request.url.endswith("/heartbeat/ping"):
            return respond({})
        if not {"AuthToken", "auth-token"} & set(request.headers):
            return self.log_in(request)
        if request.body is not None:
            self.bodies.append(self.opened(request.body))
        answer = self.answers.popleft()
        return answer if isinstance(answer, Response) else self.success(answer)

    def log_in(self, request):
        if self.log_in_answers:
            return self.log_in_answers.popleft()
        data = {"AuthToken": TOKEN, "TokenExpiry": EXPIRY, "UserName": "user"}
        if not self.sealed:
            answer = {"status_cd": "Sucess", "status_desc": "x", "data": data}
            return respond(answer)
        plain = self.unsealed(json.loads(request.body)["Data"])
        self.log_ins.append(plain)
        return respond({"Status": 1, "Data": {**data, "Sek": self.sek(plain)}})

    def unsealed(self, data):
        inner = self.decrypted(data)
        return json.loads(inner if inner[:1] == b"{" else base64.b64decode(inner))

    def decrypted(self, text):
        return self.private_key.decrypt(base64.b64decode(text), padding.PKCS1v15())

    def sek(self, plain):
        return seal(self.sek_text, base64.b64decode(plain["AppKey"]))

    def opened(self, body):
        sent = json.loads(body)
        if not self.sealed:
            return sent
        return json.loads(unseal(sent.get("Data") or sent["data"], SEK))

    def success(self, data):
        if not self.sealed:
            return respond({"status_cd": "1", "status_desc": "x", "data": data})
        return respond({"Status": 1, "Data": seal(json.dumps(data).encode(), SEK)})

    def refusal(self, code, infos=None):
        if self.sealed:
            return respond(failure(code, "no", infos))
        errors = json.dumps([{"ErrorCode": code, "ErrorMessage": "no"}])
        return respond({"status_cd": "0", "status_desc": errors, "InfoDtls": infos})
