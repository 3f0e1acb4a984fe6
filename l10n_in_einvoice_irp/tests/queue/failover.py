"""Two portals of one company, NIC and IRIS, in process behind the transport."""

import base64
import os
import shutil
import tempfile
from datetime import datetime, timedelta

from freezegun import freeze_time
from werkzeug.test import Client

from odoo import Command

from ...irp.rules import portal_check
from ...models.clock import now_utc
from ...models.portal.demo import DemoTransport
from ...models.queue import queue
from ...sandbox import DIALECTS, Portal, Store, create_app
from ..common import IrpCommon, Network

NOW = datetime(2026, 1, 15, 6, 30)
NIC, IRIS = "nic1", "iris"
DIALECT_OF = {NIC: "nic", IRIS: "iris"}
# a key of IRIS's size takes long to make
SETTINGS = {NIC: {}, IRIS: {"auth_key_bits": 2048}}


def open_portal(code, path):
    dialect = DIALECTS[DIALECT_OF[code]]
    settings = dialect.settings_with(**SETTINGS[code])
    return Portal(Store(path), check=portal_check, clock=now_utc, settings=settings)


class InProcess(DemoTransport):
    """Passes requests to a portal in its dialect."""

    def __init__(self, code, portal):
        app = create_app(portal, dialect=DIALECTS[DIALECT_OF[code]])
        self._client = Client(app)


class FailoverCommon(IrpCommon):
    """A company with a credential of NIC, and where a test adds it, one of IRIS."""

    @classmethod
    def setUpClass(cls):
        cls.fresh = cls.enterClassContext(tempfile.TemporaryDirectory())
        # certificates are made only in real time
        for code in DIALECT_OF:
            open_portal(code, os.path.join(cls.fresh, code))
        super().setUpClass()
        cls.product_a.sudo().l10n_in_hsn_code = "820750"

    def setUp(self):
        super().setUp()
        self.company = self.default_company
        self.company.sudo().write(
            {
                "l10n_in_irp_environment": "sandbox",
                "l10n_in_irp_takeover_minutes": 30,
            }
        )
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.portals, self.address = {}, {}
        for code in DIALECT_OF:
            path = os.path.join(folder, code)
            shutil.copy(os.path.join(self.fresh, code), path)
            self.portals[code] = open_portal(code, path)
            record = self.env.ref(f"l10n_in_einvoice_irp.portal_{code}").sudo()
            self.address[code] = record._default_address("sandbox")
        self.network = Network(
            {
                self.address[code]: InProcess(code, portal)
                for code, portal in self.portals.items()
            }
        )
        self.nic = self.connect(NIC)

    def connect(self, code, **values):
        """Return a new credential for a portal, which knows its user."""
        portal = self.portals[code]
        secrets = {
            "username": f"user_{code}",
            "password": f"password-{code}",
            "client_id": f"CLIENT{code}",
            "client_secret": f"secret-{code}",
        }
        portal.add_user(self.company.vat, **secrets)
        key = {"file": base64.b64encode(portal.signing_certificate)}
        return (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    **secrets,
                    "company_id": self.company.id,
                    "portal_id": self.env.ref(f"l10n_in_einvoice_irp.portal_{code}").id,
                    "auth_key": base64.b64encode(portal.auth_public_key),
                    "signing_key_ids": [Command.create(key)],
                    "calls": 4,
                    **values,
                }
            )
        )

    def cut_off(self, code, fault="not_sent"):
        self.network.down[self.address[code]] = fault

    def restore(self, code):
        del self.network.down[self.address[code]]

    def invoices(self, count):
        return self.env["account.move"].union(
            *(self.make_invoice() for _ in range(count))
        )

    def run_queue(self, minutes=0):
        """Run the scheduled action some minutes after the invoices were posted."""
        context = {"l10n_in_irp_wrap_transport": self.network}
        env = self.env(su=True, context={**self.env.context, **context})
        with freeze_time(NOW + timedelta(minutes=minutes)):
            queue.free_orphans(env)
            for turn in queue.due_turns(env):
                queue.take_turn(turn, lambda _stored=0: float("inf"))
            queue.look_after(env)

    def run_until(self, minutes, since=0):
        """Run it every five minutes."""
        for minute in range(since, minutes + 1, 5):
            self.run_queue(minute)

    def held(self, code):
        """Return the numbers that a portal has registered, sorted."""
        return sorted(one.number for one in self.portals[code].registrations())

    def numbers(self, moves):
        return sorted(moves.mapped("name"))

    def document(self, move):
        return move.l10n_in_irp_document_id.sudo()

    def assert_registered_once(self, moves, *, at):
        """Assert that invoices are registered at one portal alone."""
        self.assertEqual(
            set(moves.mapped("l10n_in_irp_state")),
            {"registered"},
            moves.mapped("l10n_in_irp_error"),
        )
        for move in moves:
            document = self.document(move)
            self.assertEqual(document.base_url, self.address[at])
            self.assertEqual(document.signature_state, "verified")
            places = [code for code in DIALECT_OF if move.name in self.held(code)]
            self.assertEqual(places, [at], move.name)

    def breaker(self, code):
        return self.company._l10n_in_irp_breaker("sandbox", self.address[code])
