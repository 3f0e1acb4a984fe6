from datetime import timedelta

from odoo import fields

from odoo.addons.l10n_in.models import iap_account
from odoo.addons.l10n_in_einvoice_irp.tests.common import IrpCommon


class Relay:
    """Odoo's relay for E-Invoicing: counts requests, and passes them on.

    :param portal: makes the client of the portal behind it.
    """

    def __init__(self, portal):
        self._portal = portal
        self.services = []

    def __call__(self, url, params=None, timeout=15):
        service = url.rsplit("/", 1)[-1]
        self.services.append(service)
        return getattr(self, service)(params.get("json_payload"))

    def authenticate(self, _payload):
        expiry = fields.Datetime.now() + timedelta(hours=11)
        return {"data": {"AuthToken": "token", "TokenExpiry": str(expiry)}}

    def generate(self, payload):
        return {"data": self._answer(self._portal().generate_irn(self._named(payload)))}

    def cancel(self, payload):
        done = self._portal().cancel_irn(
            payload["Irn"], payload["CnlRsn"], payload["CnlRem"]
        )
        return {"data": {"Irn": done.irn, "CancelDate": str(done.cancel_date)}}

    def _named(self, payload):
        """Return the document with the portal's own names of members."""
        names = {"GSTIN": "Gstin", "POS": "Pos"}
        return {
            section: (
                {names.get(name, name): value for name, value in members.items()}
                if isinstance(members, dict)
                else members
            )
            for section, members in payload.items()
        }

    @staticmethod
    def _answer(registration):
        return {
            "Irn": registration.irn,
            "AckNo": int(registration.ack_number),
            "AckDt": f"{registration.ack_date:%Y-%m-%d %H:%M:%S}",
            "SignedInvoice": registration.signed_invoice,
            "SignedQRCode": registration.signed_qr,
        }


class EdiCommon(IrpCommon):
    """A company with access to both; it registers direct unless a test changes that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.default_company.sudo()
        cls.company.write(
            {
                "l10n_in_edi_feature": True,
                "l10n_in_edi_username": "api_user",
                "l10n_in_edi_password": "secret",
            }
        )

    def setUp(self):
        super().setUp()
        self.relay = Relay(self.other_client)
        # Odoo's own access to its relay, which is blocked in tests
        self.patch(iap_account, "jsonrpc", self.relay)

    def use_odoo(self):
        """Let the company register through Odoo's own E-Invoicing."""
        self.company.l10n_in_irp_enabled = False

    def use_direct(self):
        self.company.l10n_in_irp_enabled = True

    def sent_by_odoo(self, **values):
        """Return an invoice registered by E-Invoicing, of a company that has left
        it."""
        self.use_odoo()
        move = self.make_invoice(**values)
        self.send(move)
        self.assertEqual(move.l10n_in_edi_status, "sent")
        self.use_direct()
        self.relay.services.clear()
        return move

    def send(self, moves):
        """Send & Print with what is chosen by default."""
        self.env["account.move.send"]._generate_and_send_invoices(
            moves, sending_methods=["manual"]
        )

    def send_in_the_background(self, moves):
        """Run Odoo's scheduled action for invoices that wait for sending."""
        self.env["account.move.send"].sudo()._generate_and_send_invoices(
            moves, from_cron=True
        )
