import json

from odoo.addons.l10n_in.models import iap_account
from odoo.addons.l10n_in_einvoice_irp.sandbox.services.ewaybill.web import act_on_web
from odoo.addons.l10n_in_einvoice_irp.tests.ewaybill.common import EwaybillCommon

NUMBER = 301002999920


class Relay:
    """Odoo's relay for E-waybill and E-Invoicing: counts requests.

    :ivar services: the last parts of the addresses that were called.
    :ivar failure: an error that replaces the answer to all calls but a log-in.
    """

    def __init__(self):
        self.services = []
        self.failure = None

    def __call__(self, url, params=None, timeout=15):
        service = url.rsplit("/", 1)[-1]
        self.services.append(service)
        if self.failure and service != "authenticate":
            raise self.failure
        return getattr(self, service)()

    def authenticate(self):
        return {
            "status_cd": "1",
            "data": {"AuthToken": "t", "TokenExpiry": "2026-01-16"},
        }

    def generate(self):
        return {
            "data": {
                "ewayBillNo": NUMBER,
                "ewayBillDate": "15/01/2026 12:00:00 PM",
                "validUpto": "16/01/2026 11:59:00 PM",
            }
        }

    def generate_ewaybill_by_irn(self):
        return {
            "data": {
                "EwbNo": NUMBER,
                "EwbDt": "2026-01-15 12:00:00",
                "EwbValidTill": "2026-01-16 23:59:00",
            }
        }

    def cancel(self):
        return {"data": {"ewayBillNo": NUMBER, "cancelDate": "15/01/2026 01:00:00 PM"}}


class BesideCommon(EwaybillCommon):
    """A company that may make e-way bills in both ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # E-waybill requires it on the contact; the invoice has a separate field
        cls.partner_b.sudo().l10n_in_gst_treatment = "regular"
        cls.company = cls.default_company.sudo()
        cls.company.write(
            {
                "l10n_in_ewaybill_feature": True,
                "l10n_in_ewaybill_username": "ewb_user",
                "l10n_in_ewaybill_password": "secret",
            }
        )

    def setUp(self):
        super().setUp()
        self.relay = Relay()
        # Odoo's own access to its relay, which is blocked in tests, as commits are
        self.patch(iap_account, "jsonrpc", self.relay)
        self.patch(self.env.cr, "commit", lambda: None)

    def odoo_ewaybill(self, move):
        """Return Odoo's e-way bill of an invoice, filled in as in its form."""
        action = move.action_l10n_in_ewaybill_create()
        bills = self.env[action["res_model"]].with_context(**action["context"])
        return bills.create(
            {
                "distance": 20,
                "type_id": self.env.ref(
                    "l10n_in_ewaybill.type_tax_invoice_sub_type_supply"
                ).id,
                "mode": "1",
                "vehicle_no": "GJ11AA1234",
                "vehicle_type": "R",
            }
        )

    def relay_to_the_portal(self, bill):
        """Have Odoo's relay pass its next request for an e-way bill on to the portal
        that we register with."""
        body = bill._ewaybill_generate_direct_json()
        gstin = self.company.vat
        made = act_on_web(self.portal(), gstin, "GENEWAYBILL", body)
        self.relay.generate = lambda: {"data": made}

    def generated_by_odoo(self, move):
        bill = self.odoo_ewaybill(move)
        bill.action_generate_ewaybill()
        self.assertEqual(bill.state, "generated", bill.error_message)
        self.relay.services.clear()
        return bill

    def registered_by_edi(self, move):
        """Store what E-Invoicing stores for an invoice that it has registered as
        well."""
        answer = {"Irn": move.l10n_in_irp_irn}
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "einvoice.json",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "l10n_in_edi_attachment_file",
                    "raw": json.dumps(answer).encode(),
                }
            )
        )
        move.sudo().write(
            {
                "l10n_in_edi_status": "sent",
                "l10n_in_edi_attachment_id": attachment.id,
            }
        )
        self.company.write(
            {
                "l10n_in_edi_username": "api_user",
                "l10n_in_edi_token": "token",
                "l10n_in_edi_token_validity": "2026-01-20",
            }
        )
