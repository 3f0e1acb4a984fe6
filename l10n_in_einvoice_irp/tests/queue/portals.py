"""A company whose portal is served in its dialect, in process."""

import base64
import os
import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from freezegun import freeze_time
from werkzeug.test import Client

from odoo import Command

from ...irp import IrpNotSent, IrpOutcomeUnknown, Response
from ...irp.rules import portal_check
from ...models.clock import now_utc
from ...sandbox import (
    DIALECTS,
    DropConnection,
    Faults,
    Portal,
    Store,
    create_app,
)
from ...sandbox.services.elsewhere import hold_elsewhere
from ..common import IrpCommon

SECRETS = ("user", "Pass@word1", "client", "client-secret")
EWB_SECRETS = ("ewb_user", "Ewb@1", "client", "client-secret")
# after the minute in which a call without an answer may still be in progress, and after
# the longest first pause
LATER = "2026-01-15 06:40:00"
KEYS = ("auth_key", "signing_key", "signing_certificate")
EWB_HOST = "ewb1api.gstsandbox.nic.in"
# a fault at the portal, and whether the portal has processed the call
LOST = {"drop_before": False, "drop_after": True, "text": False, "text_after": True}


@dataclass(frozen=True)
class At:
    """A portal, by what its pages say.

    :ivar code: its profile.
    :ivar dialect: the name of its dialect at the local portal.
    :ivar host: of its published address.
    :ivar not_offered: the services that its pages do not have.
    :ivar fields: what it gives besides user and client pair.
    :ivar has_ewb_user: whether e-way bills are cancelled at NIC's e-way bill system, by
        a user of that.
    """

    code: str
    dialect: str
    host: str
    not_offered: frozenset = frozenset()
    fields: dict = field(default_factory=dict)
    has_ewb_user: bool = False


PORTALS = (
    At("nic1", "nic", "einv1api.gstsandbox.nic.in"),
    At(
        "iris",
        "iris",
        "api.sandbox.core.irisirp.com",
        frozenset({"get_rejected_irns", "sync_gstin", "ping"}),
        has_ewb_user=True,
    ),
    At(
        "whitebooks",
        "whitebooks",
        "apisandbox.whitebooks.in",
        frozenset({"cancel_ewb", "ping"}),
        {"email": "books@example.com", "ip_address": "203.0.113.7"},
    ),
)


def at_every_portal(cls):
    """Replace each test of a class by one for each portal."""
    for name, test in list(vars(cls).items()):
        # Odoo adds attributes of that name that are no tests
        if name.startswith("test_") and callable(test):
            delattr(cls, name)
            for portal in _portals_of(name):
                setattr(cls, f"{name}_{portal.code}", _at(portal, test))
    return cls


def _portals_of(name):
    """Return the portals of a test: one by the run's seed, all in a long run."""
    if os.environ.get("IRP_LONG"):
        return PORTALS
    seed = os.environ.get("IRP_SEED", "")
    return [random.Random(f"{name} {seed}").choice(PORTALS)]


def _at(portal, test):
    def run(self):
        self.move_to(portal)
        test(self)

    return run


class Network:
    """The network between Odoo and the served portals: host -> application."""

    def __init__(self):
        self._clients = {}
        self.strangers = []

    def connect(self, apps):
        """Serve these, and nothing else."""
        self._clients = {host: Client(app) for host, app in apps.items()}

    def send(self, request):
        host = urlsplit(request.url).hostname
        if host not in self._clients:
            self.strangers.append(request.url)
            raise IrpNotSent(f"{host} is not served", reason="dns")
        # in which spelling the headers come, as the served portal sees it
        names = frozenset(name.lower() for name in request.headers)
        try:
            answer = self._clients[host].open(
                path=request.url,
                method=request.method,
                headers=dict(request.headers),
                data=request.body,
                environ_overrides={"sandbox.header_names": names},
            )
        except DropConnection as error:
            raise IrpOutcomeUnknown(str(error), reason="reset") from error
        return Response(answer.status_code, dict(answer.headers), answer.get_data())


class PortalCase(IrpCommon):
    """An accountant whose company registers at one portal, in its sandbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fresh = Store(cls.fresh_portal)
        cls.pems = {key: fresh.get_or_create(key, bytes) for key in KEYS}
        cls.pems["ewb_auth_key"] = cls.pems["auth_key"]
        fresh.close()
        cls.network = Network()
        credentials = cls.registry["l10n_in.irp.credential"]
        cls.classPatch(credentials, "_wrap_transport", lambda *_: cls.network)
        cls.product_a.sudo().l10n_in_hsn_code = "820750"
        company = cls.default_company.sudo()
        company.write(
            {"l10n_in_irp_environment": "sandbox", "l10n_in_irp_enabled": True}
        )

    def setUp(self):
        super().setUp()
        self.network.strangers.clear()
        self.addCleanup(lambda: self.assertFalse(self.network.strangers))

    def move_to(self, portal):
        """Serve a portal, and NIC's e-way bill system with the same e-way bills."""
        self.at = portal
        store, dialect = Store(), DIALECTS[portal.dialect]
        self.addCleanup(store.close)
        for key, pem in self.pems.items():
            # a key of 5096 bits, as IRIS has, takes seconds to make
            for name in (key, f"{key}:iris"):
                store.get_or_create(name, lambda pem=pem: pem)
        self.app = self.ewb_app = self.make_app(store, dialect)
        if portal.has_ewb_user:
            self.ewb_app = self.make_app(store, DIALECTS["nic"])
        self.served = self.app.portal
        self.network.connect({EWB_HOST: self.ewb_app, portal.host: self.app})
        self.credential = self.make_credential()
        # as at the end of the user's transaction: the next call logs in
        self.env.cr.precommit.run()

    def make_app(self, store, dialect):
        # one portal serves many tests
        settings = dialect.settings_with(ewb_log_in_limit=None)
        portal = Portal(store, check=portal_check, clock=now_utc, settings=settings)
        portal.add_user(self.default_company.vat, *SECRETS)
        portal.add_ewb_user(self.default_company.vat, *EWB_SECRETS)
        return create_app(portal, Faults(), dialect)

    def make_credential(self):
        user, password, client_id, client_secret = SECRETS
        certificate = base64.b64encode(self.served.signing_certificate)
        key = base64.b64encode(self.served.auth_public_key)
        portal = self.env.ref(f"l10n_in_einvoice_irp.portal_{self.at.code}")
        values = {
            "company_id": self.default_company.id,
            "environment": "sandbox",
            "portal_id": portal.id,
            "username": user,
            "password": password,
            "client_id": client_id,
            "client_secret": client_secret,
            "signing_key_ids": [Command.create({"file": certificate})],
        }
        if self.at.fields:
            values["portal_fields"] = self.at.fields
        else:
            values["auth_key"] = key
        if self.at.has_ewb_user:
            user, password, *_pair = EWB_SECRETS
            own = {"ewb_username": user, "ewb_password": password, "ewb_auth_key": key}
            values |= own
        return self.env["l10n_in.irp.credential"].sudo().create(values)

    # -- the portal -------------------------------------------------------------------

    def fault(self, kind, service, **details):
        """Let the next call of a service fail."""
        app = self.ewb_app if service.endswith("cancel_eway_bill") else self.app
        app.faults.add(kind, service, **details)

    def calls(self, *services):
        """Return how often services were called; of all services, without one."""
        calls = dict(self.app.calls)
        if self.ewb_app is not self.app:
            for name, count in self.ewb_app.calls.items():
                calls[name] = calls.get(name, 0) + count
        return sum(calls.get(name, 0) for name in services or calls)

    def held(self, move):
        """Return the portal's registrations of an invoice."""
        name = move.name
        return [one for one in self.served.registrations() if one.number == name]

    def bills(self, move):
        """Return the states of an invoice's e-way bills at the portal."""
        rows = self.served.store.rows(
            "SELECT status FROM eway_bill WHERE irn = ?", self.held(move)[0].irn
        )
        return [row["status"] for row in rows]

    def hold_elsewhere(self, move, irp):
        """Let another IRP hold an invoice."""
        hold_elsewhere(
            self.served,
            gstin=self.default_company.vat,
            document_type="INV",
            number=move.name,
            date=move.invoice_date.strftime("%d/%m/%Y"),
            irp=irp,
        )

    def other_program(self):
        """Return another program's client of the same user, which shares no session."""
        connection = self.default_company._l10n_in_irp_connect("sandbox")
        return connection.client

    # -- the company ------------------------------------------------------------------

    def run_queue(self):
        for name in ("l10n_in.irp.document", "l10n_in.irp.ewaybill"):
            self.due(name)._process_now()

    @contextmanager
    def later(self):
        with freeze_time(LATER):
            yield

    def goods(self, **values):
        """Return an invoice of goods to another state."""
        return self.make_invoice(self.partner_b, self.igst_sale_18, **values)

    def registered(self):
        move = self.goods()
        self.run_queue()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        return move

    def prepared(self, move, **values):
        """Return the e-way bill of an invoice, filled in."""
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        ewaybill.write({"vehicle_number": "MH12AB1234", "distance": 0, **values})
        return ewaybill

    def generated(self):
        ewaybill = self.prepared(self.registered())
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        return ewaybill

    def cancel(self, record):
        """Cancel an invoice's IRN or an e-way bill in its dialog."""
        if record._name == "account.move":
            action = record.button_request_cancel()
        else:
            action = record.action_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"reason": "3", "remark": "Order Cancelled"})
        wizard.action_cancel()
