from werkzeug.test import Client

from odoo import Command
from odoo.tests import new_test_user

from ...models.portal.demo import DemoTransport
from ...sandbox import Fault, Faults, create_app
from ..common import IrpCommon

# valid form and check digit, but not issued
BUYER = "27ZZZCA9998A1ZO"
OTHER = "27ZZZCO9987O1ZK"
THIRD = "29ZZZCT9986T1Z2"
# wrong check digit, so that no portal has it
NOBODY = "27ZZZCA9998A1ZX"


class ScriptedTransport(DemoTransport):
    """A transport to a portal with scripted faults.

    :param faults: arguments of `sandbox.Fault`.
    """

    def __init__(self, portal, *faults):
        script = Faults(Fault(**fault) for fault in faults)
        self._client = Client(create_app(portal, script))

    def __call__(self, _inner):
        return self


class GstinCommon(IrpCommon):
    """Partners whose GSTINs are looked up, as seen by users of Invoicing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env(su=True),
            "irp_clerk_of_partners",
            groups="account.group_account_invoice,base.group_partner_manager",
            company_id=cls.default_company.id,
            company_ids=[Command.set(cls.default_company.ids)],
        )
        cls.buyer = cls.make_partner("Nashik Tools", BUYER)

    @classmethod
    def make_partner(cls, name, vat, **values):
        return (
            cls.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": name,
                    "is_company": True,
                    "vat": vat,
                    "street": "221 MIDC Road",
                    "city": "Nashik",
                    "zip": "422007",
                    "state_id": cls.env.ref("base.state_in_mh").id,
                    "country_id": cls.env.ref("base.in").id,
                    "l10n_in_gst_treatment": "regular",
                    **values,
                }
            )
            .with_env(cls.env)
        )

    def enter(self, gstin, status, **details):
        """Set the portal's record of a GSTIN."""
        self.portal().set_taxpayer(gstin, status, **details)

    def partners(self):
        return self.env["res.partner"].with_user(self.clerk)

    def review(self, partner, user=None, transport=None):
        """Press 'Get from GST portal'; return the dialog that opens."""
        user = user or self.clerk
        partner = partner.with_user(user).with_context(
            l10n_in_irp_wrap_transport=transport
        )
        return self.open(partner.action_l10n_in_irp_get(), user)

    def open(self, action, user=None):
        records = self.env[action["res_model"]].with_user(user or self.clerk)
        return records.browse(action["res_id"])

    def calls(self):
        return self.env["l10n_in.irp.log"].search(
            [("endpoint", "in", ("get_gstin", "sync_gstin"))]
        )
