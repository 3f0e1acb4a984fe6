"""A small client for each portal and GSP, from published facts, and served portals.

The clients know nothing of ``sandbox/dialects``: paths, headers and envelopes here come
from the operators' pages and from clients that were seen to work.
"""

import base64
import json
import os
import threading
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sandbox import DIALECTS, Faults, Portal, Store, create_app, serve

# --- the wire of each, as its clients write it -------------------------------------

NIC_PATHS = {
    "log_in": "/eivital/v1.04/auth",
    "generate": "/eicore/v1.03/Invoice",
    "cancel": "/eicore/v1.03/Invoice/Cancel",
    "get": "/eicore/v1.03/Invoice/irn/{irn}",
    "by_document": "/eicore/v1.03/Invoice/irnbydocdetails",
    "gstin": "/eivital/v1.04/Master/gstin/{gstin}",
    "sync": "/eivital/v1.04/Master/syncgstin/{gstin}",
    "eway_bill": "/eiewb/v1.03/ewaybill",
    "eway_bill_of": "/eiewb/v1.03/ewaybill/irn/{irn}",
    "cancel_eway_bill": "/ewaybillapi/v1.03/ewayapi",
}
NO_EWB = {**NIC_PATHS, "cancel_eway_bill": None}
CLEAR_PATHS = {
    "log_in": "/einv-gsp/vital/v1.04/auth",
    "generate": "/einv-gsp/core/v1.03/Invoice",
    "cancel": "/einv-gsp/core/v1.03/Invoice/Cancel",
    "get": "/einv-gsp/core/v1.03/Invoice/irn/{irn}",
    "by_document": "/einv-gsp/core/v1.03/Invoice/irnbydocdetails",
    "gstin": "/einv-gsp/vital/v1.03/Master/gstin/{gstin}",
    "sync": "/einv-gsp/vital/v1.04/Master/syncgstin/{gstin}",
    "eway_bill": "/einv-gsp/eiewb/v1.03/ewaybill",
    "eway_bill_of": "/einv-gsp/eiewb/v1.03/ewaybill/irn/{irn}",
    "cancel_eway_bill": "/einv-gsp/ewb/v1.03/ewayapi",
}
ALANKIT_PATHS = {
    **{name: f"/eInvoiceGateway{path}" for name, path in NIC_PATHS.items()},
    "cancel_eway_bill": "/api/ewaybillapi/v1.03/ewayapi",
}
EY_PATHS = {
    **dict.fromkeys(NIC_PATHS),
    "log_in": "/irp5/irpauthapi/v1.0/apiAuth",
    "generate": "/irp5/irpapi/v1.0/api/generate",
    "cancel": "/irp5/irpapi/v1.0/api/cancel",
    "get": "/irp5/irpapi/v1.0/enSearch/{irn}",
    "gstin": "/irp5/gstin_management/v1.0/gstin/{gstin}",
    "sync": "/irp5/gstin_management/v1.0/syncgstin/{gstin}",
}
PAIR = {"client_id": "client-1", "client_secret": "secret-1"}
# name: paths, headers of the operator's account
SEALED = {
    "nic": (NIC_PATHS, {"client-id": "client-1", "client-secret": "secret-1"}),
    "nic2": (NIC_PATHS, PAIR),
    "iris": (NO_EWB, PAIR),
    "ey": (EY_PATHS, PAIR),
    "clear-gsp": (CLEAR_PATHS, {"X-CT-Auth-Token": "secret-1"}),
    "alankit": (ALANKIT_PATHS, {"Ocp-Apim-Subscription-Key": "secret-1"}),
    "taxpro": (
        NO_EWB,
        {
            "aspid": "client-1",
            "password": "secret-1",
            "client_id": "",
            "client_secret": "",
        },
    ),
}
WHITEBOOKS_ACTIONS = {
    "generate": ("POST", "GENERATE"),
    "cancel": ("POST", "CANCEL"),
    "get": ("GET", "GETIRN"),
    "by_document": ("GET", "GETIRNBYDOCDETAILS"),
    "gstin": ("GET", "GSTNDETAILS"),
    "sync": ("GET", "SYNC_GSTIN_FROMCP"),
    "eway_bill": ("POST", "GENERATE_EWAYBILL"),
    "eway_bill_of": ("GET", "GETEWAYBILLIRN"),
    "cancel_eway_bill": ("POST", "CANCEL_EWAYBILL"),
}


class SealedClient:
    """Calls a portal with NIC's encryption, directly or through a GSP.

    :param paths: service -> path, None if the operator does not offer it
    :param account: the headers that the operator wants on every call
    """

    def __init__(self, send, key, wire, paths, account):
        self.send, self.aes, self.paths = send, wire.aes, paths
        self.key = load_pem_public_key(key)
        self.user, self.password = wire.SECRETS[:2]
        self.account = {**account, "Gstin": wire.SELLER}
        self.app_key = os.urandom(32)
        self.token = self.sek = None

    @property
    def headers(self):
        return {**self.account, "user_name": self.user, "AuthToken": self.token}

    def fields(self):
        app_key = base64.b64encode(self.app_key).decode()
        names = {"UserName": self.user, "Password": self.password, "AppKey": app_key}
        return {**names, "ForceRefreshAccessToken": True}

    def sealed(self, text):
        return base64.b64encode(self.key.encrypt(text, PKCS1v15())).decode()

    def log_in(self, data=None, headers=None):
        inner = base64.b64encode(json.dumps(self.fields()).encode())
        body = json.dumps({"Data": data or self.sealed(inner)})
        headers = self.account if headers is None else headers
        answer = self.send("POST", self.paths["log_in"], headers, body)
        envelope = json.loads(answer.body)
        session = envelope.get("Data") or envelope.get("data")
        if session:
            self.token = session["AuthToken"]
            sek = base64.b64decode(session["Sek"])
            self.sek = self.aes(self.app_key, sek, encrypt=False)
        return self.read(answer)

    def call(self, service, payload=None, headers=None, **values):
        """Call a service; ``values`` fill the path, the others become the query."""
        template = self.paths[service]
        path = template.format(**values)
        query = {k: v for k, v in values.items() if f"{{{k}}}" not in template}
        if query:
            path = f"{path}?{urlencode(query)}"
        headers = self.headers if headers is None else headers
        if payload is None:
            return self.read(self.send("GET", path, headers))
        raw = self.aes(self.sek, json.dumps(payload).encode(), encrypt=True)
        body = {"Data": base64.b64encode(raw).decode()}
        if service == "cancel_eway_bill":
            body = {"action": "CANEWB", "data": body["Data"]}
        return self.read(self.send("POST", path, headers, json.dumps(body)))

    def read(self, answer):
        """Return an answer as status, data, codes and infos, leniently."""
        try:
            envelope = json.loads(answer.body)
        except ValueError:
            return SimpleNamespace(http=answer, is_ok=None, codes=[], infos=[])
        names = {name.lower(): value for name, value in envelope.items()}
        infos = names.get("infodtls") or []
        return SimpleNamespace(
            http=answer,
            envelope=envelope,
            is_ok=str(names.get("status")) == "1",
            data=self.opened(names.get("data")),
            codes=self.codes(names),
            infos=json.loads(infos) if isinstance(infos, str) else infos,
        )

    def opened(self, data):
        if not isinstance(data, str) or self.sek is None:
            return data
        raw = base64.b64decode(data)
        return json.loads(self.aes(self.sek, raw, encrypt=False))

    def codes(self, names):
        if isinstance(names.get("error"), str):
            text = json.loads(base64.b64decode(names["error"]))["errorCodes"]
            return text.rstrip(",").split(",")
        return [one["ErrorCode"] for one in names.get("errordetails") or ()]

    def by_document(self, typ, number, day):
        return self.call("by_document", doctype=typ, docnum=number, docdate=day)


class WhiteBooksClient:
    """Calls WhiteBooks: plain JSON, errors as text in ``status_desc``."""

    def __init__(self, send, _key, wire, *_facts):
        self.send = send
        self.paths = {name: name for name in WHITEBOOKS_ACTIONS}
        self.user, self.password = wire.SECRETS[:2]
        pair = {**PAIR, "ip_address": "203.0.113.7"}
        self.account = {**pair, "username": self.user, "gstin": wire.SELLER}
        self.email = "accounts@example.com"
        self.token = None

    @property
    def headers(self):
        return {**self.account, "auth-token": self.token}

    def log_in(self, headers=None):
        path = f"/einvoice/authenticate?{urlencode({'email': self.email})}"
        if headers is None:
            headers = {**self.account, "password": self.password}
        answer = self.read(self.send("GET", path, headers))
        if answer.is_ok:
            self.token = answer.data["AuthToken"]
        return answer

    def call(self, service, payload=None, headers=None, **values):
        method, action = WHITEBOOKS_ACTIONS[service]
        query = {"email": self.email}
        headers = dict(self.headers if headers is None else headers)
        if values:
            [query["param1"]] = values.values()
        path = f"/einvoice/type/{action}/version/V1_03?{urlencode(query)}"
        body = None if payload is None else json.dumps(payload)
        return self.read(self.send(method, path, headers, body))

    def read(self, answer):
        try:
            envelope = json.loads(answer.body)
        except ValueError:
            return SimpleNamespace(http=answer, is_ok=None, codes=[], infos=[])
        text = envelope["status_desc"]
        errors = json.loads(text) if text.startswith("[") else []
        return SimpleNamespace(
            http=answer,
            envelope=envelope,
            is_ok=envelope["status_cd"].lower() in ("1", "sucess", "success"),
            data=envelope.get("data"),
            codes=[one.get("ErrorCode") or one["errorCode"] for one in errors],
            infos=envelope.get("InfoDtls") or [],
        )

    def by_document(self, typ, number, day):
        headers = {**self.headers, "docnum": number, "docdate": day}
        return self.call("by_document", headers=headers, param1=typ)


# --- served portals ----------------------------------------------------------------


@pytest.fixture
def new_dialect_portal(key_material, clock, wire):
    """Return a function making portals of a dialect, with the usual user."""
    stores = []

    def make(name, store=None, dialect=None, wording=None, **settings):
        chosen = (dialect or DIALECTS[name]).settings_with(wording, **settings)
        store = store or Store()
        stores.append(store)
        for key, value in key_material.items():
            # creating a key of 5096 bits takes seconds
            for end in ("", ":iris", ":ey"):
                store.get_or_create(key + end, lambda value=value: value)
        portal = Portal(store, clock=clock, settings=chosen)
        portal.add_user(wire.SELLER, *wire.SECRETS)
        return portal

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def serve_dialect(new_dialect_portal, wire):
    """Return a function serving a dialect: ``portal``, ``faults``, ``client``."""
    servers, sends = [], []

    def start(name, without=(), store=None, wording=None, **settings):
        dialect = DIALECTS[name].without(without)
        portal = new_dialect_portal(name, store, dialect, wording, **settings)
        faults = Faults(sleep=lambda seconds: None)
        server = serve(create_app(portal, faults, dialect), "127.0.0.1", 0)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.port}"
        sends.append(wire.over_http(url))
        make = WhiteBooksClient if name == "whitebooks" else SealedClient
        facts = SEALED.get(name, ())
        client = make(sends[-1], portal.auth_public_key, wire, *facts)
        return SimpleNamespace(portal=portal, faults=faults, client=client, url=url)

    yield start
    for send in sends:
        send.close()
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def signed_in(serve_dialect):
    """Return a function serving a dialect with a client that is signed in."""

    def start(name, **options):
        served = serve_dialect(name, **options)
        assert served.client.log_in().is_ok
        return served

    return start
