"""Every portal served in its dialect, and its client over HTTP.

What a portal offers and how it answers repeats the published facts: nothing here comes
from the profiles.
"""

import copy
import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from threading import Thread

from irp.client import Account, EwaybillSystem, IrpClient, Timeouts
from irp.operations import EwaybillRequest, RegistrationRequest
from irp.protocol.crypto.cipher import load_auth_key
from irp.protocol.signature import SigningKeys, load_signing_key
from irp.reference import PROFILES
from irp.rules import portal_check
from sandbox import DIALECTS, Faults, Portal, Store, create_app, serve

from unit.irp.dialects import DIALECTS as PUBLISHED

NOW = datetime(2026, 10, 15, 6, 30, tzinfo=timezone.utc)
TODAY = date(2026, 10, 15)
SELLER, BUYER = "29AAACK0000A1ZK", "27AAACS0000B1ZE"
SECRETS = ("user", "Pass@word1", "client", "secret")
EWB_SECRETS = ("ewb_user", "Pass@word2", "ewb-client", "ewb-secret")
ROAD = {"TransMode": "1", "Distance": 0, "VehNo": "KA01AB1234", "VehType": "R"}
KEYS = ("auth_key", "ewb_auth_key", "signing_key", "signing_certificate")

# code: name of the dialect, and what the operator gives besides
PORTALS = {
    "nic1": ("nic", {}),
    "nic2": ("nic2", {}),
    "iris": ("iris", {}),
    "ey": ("ey", {}),
    "clear_gsp": ("clear-gsp", {"auth_token": "secret"}),
    "alankit": ("alankit", {"subscription_key": "secret"}),
    "taxpro": ("taxpro", {"asp_id": "client", "asp_password": "secret"}),
    "whitebooks": ("whitebooks", {"email": "a@b.example", "ip_address": "203.0.113.9"}),
}
# service: its name in the sandbox
ROUTES = {
    "generate_irn": "generate_irn",
    "cancel_irn": "cancel_irn",
    "get_irn": "get_irn",
    "get_irn_by_document": "get_irn_by_document",
    "get_rejected_irns": "rejected_irns",
    "generate_ewb": "generate_eway_bill",
    "get_ewb": "get_eway_bill",
    "cancel_ewb": "cancel_eway_bill",
    "get_gstin": "get_gstin",
    "sync_gstin": "sync_gstin",
}
CHANGING = ("generate_irn", "cancel_irn", "generate_ewb", "cancel_ewb")
# where the operator's pages are read in two ways, the local portal has the shorter list
NO_ROUTE = {("taxpro", "cancel_ewb")}
# they cancel e-way bills with a separate log-in to the e-way bill system
OWN_LOG_IN = {("iris", "cancel_ewb"), ("alankit", "cancel_ewb")}
_OFFERED = {
    (code, service) for code, one in PUBLISHED.items() for service in one.services
}
OFFERED = sorted((_OFFERED | OWN_LOG_IN) - NO_ROUTE)
NOT_OFFERED = sorted(
    {(code, service) for code in PORTALS for service in ROUTES} - _OFFERED
)

INVOICE = {
    "Version": "1.1",
    "TranDtls": {"TaxSch": "GST", "SupTyp": "B2B", "RegRev": "N"},
    "DocDtls": {"Typ": "INV", "No": "", "Dt": "10/10/2026"},
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
    "ItemList": [
        {
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
    ],
    "ValDtls": {"AssVal": 1000, "IgstVal": 180, "TotInvVal": 1180},
}


@dataclass(frozen=True)
class Document:
    """An invoice with a number that no other has, and its e-way bill."""

    number: str
    bill: str = ""

    @property
    def invoice(self):
        invoice = copy.deepcopy(INVOICE)
        invoice["DocDtls"]["No"] = self.number
        return invoice

    @property
    def irn(self):
        text = f"{SELLER}2026-27INV{self.number}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def request(self):
        return RegistrationRequest(
            self.invoice, self.irn, cancel_reason="2", cancel_remark="Wrong"
        )

    @property
    def ewb_request(self):
        return EwaybillRequest(
            {"Irn": self.irn, **ROAD},
            number=self.bill,
            cancel_reason="3",
            cancel_remark="Wrong",
        )


class Served:
    """A portal on a port; its clients call it through the real transport.

    :param code: the profile's code
    :param store: holds the keys; another portal may share it
    :param profile: what the client goes by, if that is a changed copy
    :param settings: of the sandbox, where they differ from the portal's
    """

    def __init__(self, code, store, transport, profile=None, **settings):
        name, self.fields = PORTALS[code]
        self.profile = profile or PROFILES[code]
        self.code, self.transport = code, transport
        self.dialect = DIALECTS[name]
        self.portal = Portal(
            store,
            check=portal_check,
            clock=lambda: NOW,
            # one portal serves many tests, and its clock stands still
            settings=self.dialect.settings_with(ewb_log_in_limit=None, **settings),
        )
        self.portal.add_user(SELLER, *SECRETS)
        self.portal.add_ewb_user(SELLER, *EWB_SECRETS)
        self.app = create_app(self.portal, Faults(), self.dialect)
        self._server = serve(self.app, "127.0.0.1", 0)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.root = f"http://127.0.0.1:{self._server.port}"
        self.ewb_url = f"{self.root}/api" if code == "alankit" else self.root
        self._documents = 0

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- the client ------------------------------------------------------------------

    def connect(self, session=None):
        """Return a client with the usual user."""
        return IrpClient(
            self._account(SECRETS, self.portal.auth_public_key, self.fields),
            base_url=self.root + self.dialect.base,
            session=session,
            **self._common(),
        )

    def connect_ewb(self, at):
        """Return the e-way bill system that another served portal has."""
        fields = {name: EWB_SECRETS[3] for name in at.fields}
        return EwaybillSystem(
            self._account(EWB_SECRETS, at.portal.ewb_auth_public_key, fields),
            base_url=at.ewb_url,
            **self._common(),
        )

    def _common(self):
        return {
            "transport": self.transport,
            "environment": self.profile.environments["sandbox"],
            "clock": lambda: NOW,
            "timeouts": Timeouts(connect=10, read=10),
        }

    def _account(self, secrets, key, fields):
        user, password, client_id, client_secret = secrets
        pair = (client_id, client_secret)
        key = None if self.code == "whitebooks" else load_auth_key(key)
        return Account(SELLER, user, password, *pair, key, fields)

    @property
    def signing_keys(self):
        return SigningKeys([load_signing_key(self.portal.signing_certificate)])

    # --- documents -------------------------------------------------------------------

    def document(self):
        """Return an invoice that no portal has."""
        self._documents += 1
        return Document(f"M/{self._documents}")

    def registered(self, client, *, with_bill=False):
        """Return an invoice that this portal has registered."""
        document = self.document()
        extra = {"EwbDtls": ROAD} if with_bill else {}
        made = client.generate_irn({**document.invoice, **extra})
        assert made.irn == document.irn
        return replace(document, bill=made.ewb_number)

    def prepared(self, client, service):
        """Return the invoice that a call of ``service`` needs."""
        if service in ("generate_irn", "get_gstin", "sync_gstin"):
            return self.document()
        with_bill = service in ("get_ewb", "cancel_ewb")
        document = self.registered(client, with_bill=with_bill)
        if service == "get_rejected_irns":
            self.portal.reject(document.irn, TODAY)
        return document

    # --- what the portal has ---------------------------------------------------------

    def calls(self, service):
        return self.app.calls.get(ROUTES.get(service, service), 0)

    def all_calls(self):
        return sum(self.app.calls.values())

    def effects(self, service, document):
        """Return how often a changing service has changed this document."""
        found = [one for one in self.portal.registrations() if one.irn == document.irn]
        if service == "generate_irn":
            return len(found)
        if service == "cancel_irn":
            return sum(one.status == "CNL" for one in found)
        status = {"generate_ewb": ("ACT", "CNL"), "cancel_ewb": ("CNL",)}[service]
        bills = self.portal.store.rows(
            "SELECT status FROM eway_bill WHERE irn = ?", document.irn
        )
        return sum(bill["status"] in status for bill in bills)


def call(client, service, document):
    """Call a service about a document."""
    calls = {
        "generate_irn": lambda: client.generate_irn(document.invoice),
        "cancel_irn": lambda: client.cancel_irn(document.irn, "2", "Wrong"),
        "get_irn": lambda: client.get_irn(document.irn),
        "get_irn_by_document": lambda: client.get_irn_by_document(
            "INV", document.number, date(2026, 10, 10)
        ),
        "get_rejected_irns": lambda: client.get_rejected_irns(TODAY),
        "generate_ewb": lambda: client.generate_ewb(document.ewb_request.body),
        "get_ewb": lambda: client.get_ewb(document.irn),
        "cancel_ewb": lambda: client.cancel_ewb(
            document.bill or "391999999999", "3", "Wrong"
        ),
        "get_gstin": lambda: client.get_gstin(BUYER),
        "sync_gstin": lambda: client.sync_gstin(BUYER),
    }
    return calls[service]()


def is_answer(service, answer, document):
    """Return whether an answer is about what was asked."""
    if service in ("generate_irn", "get_irn", "get_irn_by_document", "cancel_irn"):
        return answer.irn == document.irn
    if service == "get_rejected_irns":
        return document.irn in answer
    if service == "generate_ewb":
        return len(answer.number) == 12
    if service in ("get_ewb", "cancel_ewb"):
        return answer.number == document.bill
    return answer.gstin == BUYER


def new_store(material):
    """Return a store with the keys that all portals share."""
    store = Store()
    for name in KEYS:
        # making a key takes a while, one of 5096 bits takes seconds
        for end in ("", ":iris", ":ey"):
            store.get_or_create(name + end, lambda name=name: material[name])
    return store


def key_material():
    """Return one set of keys."""
    store = Store()
    assert Portal(store).ewb_auth_public_key
    made = {name: store.get_or_create(name, lambda: b"missing") for name in KEYS}
    store.close()
    return made
