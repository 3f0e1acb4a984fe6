import base64
import json
import os
import shutil
import tempfile
from datetime import date
from unittest.mock import patch

from cryptography.fernet import Fernet
from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.l10n_in.tests.common import L10nInTestInvoicingCommon

from ..irp import IrpNotSent, IrpOutcomeUnknown, Response
from ..models.clock import now_utc
from ..models.evidence import permits
from ..models.portal.demo import DemoPortal, DemoTransport
from ..models.portal.secrets.vault import VARIABLE
from ..models.queue import queue
from ..models.rights import MANAGER
from . import prepared

TODAY = date(2026, 1, 15)
KEY = Fernet.generate_key().decode()


class FaultyTransport:
    """A transport between client and portal that fails on purpose.

    :param spare: parts of the URLs that do not fail.
    :param fault: "not_sent", "lost" (the portal has processed the call), "dropped" (it
        has not, and nobody knows), a portal's code with which it refuses, or "" for a
        transport that only counts.
    """

    def __init__(self, fault="", times=1, spare="/auth", *more):
        self.fault = fault
        self.spare = (spare, *more)
        self.times = times
        self.urls = []

    def __call__(self, inner):
        self._inner = inner
        return self

    def send(self, request):
        self.urls.append(request.url)
        is_spared = any(part in request.url for part in self.spare)
        if is_spared or not (self.fault and self.times):
            return self._inner.send(request)
        self.times -= 1
        if self.fault == "not_sent":
            raise IrpNotSent("name or service not known", reason="dns")
        if self.fault.isdecimal():
            error = {"ErrorCode": self.fault, "ErrorMessage": "refused"}
            body = {"Status": 0, "Data": None, "ErrorDetails": [error]}
            return Response(200, {}, json.dumps(body).encode())
        if self.fault == "lost":
            self._inner.send(request)
        raise IrpOutcomeUnknown("read timed out", reason="read_timeout")

    def count(self, part):
        return sum(part in url for url in self.urls)


class Network:
    """Portals by address, in place of the internet; each may be down.

    :param portals: address -> transport to the portal there.
    :ivar down: address -> what is wrong: "not_sent" (not reached), or only for
        registrations "lost" (processed, without an answer) or "dropped" (not processed,
        and nobody knows).
    """

    def __init__(self, portals):
        self._portals = portals
        self.down = {}
        self.urls = []

    def __call__(self, inner):
        return self

    def send(self, request):
        self.urls.append(request.url)
        address = next(one for one in self._portals if request.url.startswith(one))
        portal, fault = self._portals[address], self.down.get(address)
        if fault == "not_sent":
            raise IrpNotSent("connection refused", reason="connect")
        if not fault or not request.url.endswith("/Invoice"):
            return portal.send(request)
        if fault == "lost":
            portal.send(request)
        raise IrpOutcomeUnknown("read timed out", reason="read_timeout")

    def count(self, address, part=""):
        """Return how many calls were made to a portal."""
        return sum(url.startswith(address) and part in url for url in self.urls)


def wrap_as_the_context_says(credentials, transport):
    """Return the transport that a test has put into the context, around the real one.

    It replaces `_wrap_transport` of `l10n_in.irp.credential`, as an addon's override
    would.
    """
    wrap = credentials.env.context.get("l10n_in_irp_wrap_transport")
    return wrap(transport) if wrap else transport


class IrpCommon(L10nInTestInvoicingCommon):
    """An Indian company in the demo environment, used by a plain accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        credentials = cls.registry["l10n_in.irp.credential"]
        cls.classPatch(credentials, "_wrap_transport", wrap_as_the_context_says)
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        # production needs a key of the server
        cls.enterClassContext(patch.dict(os.environ, {VARIABLE: KEY}))
        # `cryptography` makes certificates only in real time: make keys first
        cls.fresh_portal = os.path.join(cls.folder, "fresh.sqlite")
        DemoPortal(cls.fresh_portal, now_utc)
        cls.startClassPatcher(freeze_time("2026-01-15 06:30:00"))
        # the portal checks the PIN and state of a GSTIN, which l10n_in's fixture mixes
        cls.sez_partner.write(
            {
                "zip": "370230",
                "city": "Gandhidham",
                "vat": "24AAAAA1234AAZA",
            }
        )
        cls.default_company.l10n_in_irp_enabled = True
        cls.product_a.uom_id = cls.env.ref("uom.product_uom_unit")
        cls.accountant = new_test_user(
            cls.env,
            "irp_accountant",
            groups="base.group_user,account.group_account_invoice",
            company_id=cls.default_company.id,
            company_ids=[Command.set(cls.default_company.ids)],
        )
        cls.env = cls.env(user=cls.accountant)

    def setUp(self):
        super().setUp()
        # a rollback does not undo registrations at the portal: each test has a separate
        # portal, with the same keys
        self.portal_path = os.path.join(self.folder, f"{self._testMethodName}.sqlite")
        shutil.copy(self.fresh_portal, self.portal_path)
        self.env["ir.config_parameter"].sudo().set_param(
            "l10n_in_einvoice_irp.demo_portal", self.portal_path
        )

    @classmethod
    def _create_company(cls, **values):
        # EXTENDS 'account'
        if not (company := prepared.take(cls.env, values)):
            return super()._create_company(**values)
        cls.env.user.company_ids = [Command.link(company.id)]
        return company.with_env(cls.env)

    @classmethod
    def init_invoice(cls, *args, **kwargs):
        """Make none of the ten drafts that `l10n_in` makes for each class of
        tests: no test of ours uses one, and they took most of the time."""
        return cls.env["account.move"]

    @classmethod
    def become_manager(cls):
        """Give the accountant the rights of an e-Invoice manager."""
        cls.accountant.sudo().group_ids += cls.env.ref(MANAGER)

    @classmethod
    def make_invoice(cls, partner=None, taxes=None, post=True, **values):
        """Return an invoice over one line of 1000 rupees, seen as the accountant sees
        it."""
        line = {
            "product_id": cls.product_a.id,
            "price_unit": 1000.0,
            "quantity": 1.0,
            "tax_ids": [Command.set((taxes or cls.sgst_sale_18).ids)],
            **values.pop("line", {}),
        }
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": cls.default_company.id,
                "partner_id": (partner or cls.partner_a).id,
                "invoice_date": TODAY,
                "invoice_line_ids": [Command.create(line)],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def process(self, transport=None):
        """Run the scheduled action, through a transport if one is given."""
        queue.free_orphans(self.env)
        self.due("l10n_in.irp.document", transport)._process_now()

    def due(self, name, transport=None):
        """Return the due records of a model, through a transport if one is given."""
        context = {"l10n_in_irp_wrap_transport": transport}
        model = self.env[name].sudo().with_context(**context)
        return model.search(
            model._due_domain(fields.Datetime.now()), order="next_attempt_at, id"
        )

    def look_after(self, user=None):
        """Run the end of the scheduled action, as the accountant or another user."""
        env = self.env(user=user) if user else self.env
        queue.look_after(env)

    @staticmethod
    def forge(record, **values):
        """Write what only the portal's answers fill in, as if it had answered so."""
        record = record.sudo()
        if "request" in values:
            record._store_requests({record.id: values})
        with permits.permitted(record, values):
            record.write(values)

    def portal(self):
        """Return the portal of the company's demo environment."""
        return DemoPortal(self.portal_path, now_utc).portal

    def demo_transport(self, portal):
        """Return a transport to a portal, whatever the address of a request."""
        return DemoTransport(portal)

    def auth_key(self):
        """Return the portal's public key, in the form of a credential's field."""
        return base64.b64encode(self.portal().auth_public_key)

    def register_elsewhere(self, move, **changes):
        """Register an invoice without Odoo, as another program of the company would.

        :param changes: member of BuyerDtls -> another value than the invoice has.
        """
        request = self.env["l10n_in.irp.payload"]._build(move)
        request["BuyerDtls"].update(changes)
        return self.other_client().generate_irn(request)

    def other_client(self):
        return self.default_company._l10n_in_irp_connect("demo").client
