from odoo import Command

from ..common import TODAY
from ..movement.common import MovementCommon


class ConsignmentCommon(MovementCommon):
    """Goods that move without an IRN."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consumer = cls.unregistered("Asha Verma")
        chart = cls.env["account.chart.template"].with_company(cls.default_company)
        cls.igst_purchase_18 = chart.sudo().ref("igst_purchase_18").sudo(False)

    @classmethod
    def unregistered(cls, name):
        """Return a contact without GSTIN, in another state."""
        return (
            cls.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": name,
                    "street": "12 Residency Road",
                    "city": "Bengaluru",
                    "zip": "560025",
                    "state_id": cls.env.ref("base.state_in_ka").id,
                    "country_id": cls.env.ref("base.in").id,
                    "l10n_in_gst_treatment": "consumer",
                }
            )
        )

    def document(self, move_type, partner, taxes, **values):
        """Return a posted invoice, note or bill over goods of 60 000 rupees."""
        line = {
            "product_id": self.product_a.id,
            "price_unit": 60000.0,
            "tax_ids": [Command.set(taxes.ids)],
        }
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [Command.create(line)],
                **values,
            }
        )
        move.action_post()
        return move

    def sale(self):
        return self.document("out_invoice", self.consumer, self.igst_sale_18)

    def prepared(self, move, **values):
        """Return the prepared e-way bill of a document, with a vehicle."""
        self.assertTrue(move.l10n_in_irp_offers_movement)
        action = move.action_l10n_in_irp_movement()
        bill = self.env[action["res_model"]].browse(action["res_id"])
        bill.write({"vehicle_number": "MH12AB1234", **values})
        return bill

    def generated(self, move, transport=None, **values):
        """Return the e-way bill of a document, generated without an IRN."""
        bill = self.prepared(move, **values)
        bill.with_context(l10n_in_irp_wrap_transport=transport).action_generate()
        return bill
