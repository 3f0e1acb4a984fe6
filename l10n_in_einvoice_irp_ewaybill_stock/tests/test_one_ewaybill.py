from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.l10n_in.models import iap_account
from odoo.addons.l10n_in_einvoice_irp.sandbox.services.ewaybill.web import act_on_web
from odoo.addons.l10n_in_einvoice_irp_ewaybill.tests.common import NUMBER, Relay
from odoo.addons.l10n_in_einvoice_irp_stock.tests.common import TransferCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOneEwaybill(TransferCommon):
    """A stock transfer has one e-way bill, whichever addon makes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo shows its buttons to Inventory administrators alone
        cls.accountant.sudo().group_ids += cls.env.ref("stock.group_stock_manager")
        cls.default_company.sudo().write(
            {
                "l10n_in_ewaybill_feature": True,
                "l10n_in_ewaybill_username": "ewb_user",
                "l10n_in_ewaybill_password": "secret",
            }
        )
        cls.partner_a.sudo().l10n_in_gst_treatment = "regular"
        cls.partner_b.sudo().l10n_in_gst_treatment = "regular"

    def setUp(self):
        super().setUp()
        self.relay = Relay()
        # Odoo's own access to its relay, which is blocked in tests, as commits are
        self.patch(iap_account, "jsonrpc", self.relay)
        self.patch(self.env.cr, "commit", lambda: None)

    def sent(self):
        """Return a transfer to a job worker that has left."""
        return self.done(self.transfer("outgoing", self.partner_b))

    def odoo_ewaybill(self, picking):
        """Return Odoo's e-way bill of a transfer, filled in as in its form."""
        action = picking.action_l10n_in_ewaybill_create()
        bill = self.env[action["res_model"]].browse(action["res_id"])
        bill.write(
            {
                "distance": 20,
                "type_id": self.env.ref(
                    "l10n_in_ewaybill_stock.type_delivery_challan_sub_job_work"
                ).id,
                "mode": "1",
                "vehicle_no": "GJ11AA1234",
                "vehicle_type": "R",
            }
        )
        return bill

    def generated_by_odoo(self, picking):
        bill = self.odoo_ewaybill(picking)
        bill.action_generate_ewaybill()
        self.assertEqual(bill.state, "generated", bill.error_message)
        self.relay.services.clear()
        return bill

    def ours(self, picking):
        return self.offered(picking, sub_supply_type="4", sub_supply_description=False)

    # ------------------------------------------------------------------
    # Odoo's blocks ours
    # ------------------------------------------------------------------

    def test_none_is_prepared_beside_odoos(self):
        picking = self.sent()
        self.generated_by_odoo(picking)
        words = f"{picking.name} already has e-way bill {NUMBER}.*e-Waybill / Challan"
        with self.assertRaisesRegex(UserError, words):
            picking.action_l10n_in_irp_ewaybill()
        self.assertFalse(picking.l10n_in_irp_ewaybill_ids)
        self.assertTrue(picking.l10n_in_irp_has_other_ewaybill)

    def test_prepared_one_is_not_generated_beside_odoos(self):
        picking = self.sent()
        ours = self.ours(picking)
        self.generated_by_odoo(picking)
        self.assertIn(str(NUMBER), ours.portal_notes)
        ours.action_generate()
        self.assertEqual((ours.state, ours.sent_at), ("rejected", False))
        self.assertIn(str(NUMBER), ours.error)

    def test_unanswered_one_of_odoos_may_exist(self):
        picking = self.sent()
        ours = self.ours(picking)
        bill = self.odoo_ewaybill(picking)
        self.relay.failure = AccessError("timed out")
        bill.action_generate_ewaybill()
        ours.action_generate()
        self.assertIn("got no response", ours.error)
        bill.unlink()
        ours.action_generate()
        self.assertEqual((ours.state, ours.error), ("registered", False))

    def test_challan_and_cancelled_one_are_in_nobodys_way(self):
        picking = self.sent()
        self.odoo_ewaybill(picking).action_set_to_challan()
        ours = self.ours(picking)
        ours.action_generate()
        self.assertEqual((ours.state, ours.error), ("registered", False))
        other = self.sent()
        bill = self.generated_by_odoo(other)
        bill.write({"cancel_reason": "1", "cancel_remarks": "twice"})
        bill._ewaybill_cancel()
        self.assertTrue(self.ours(other))

    # ------------------------------------------------------------------
    # Ours blocks Odoo's
    # ------------------------------------------------------------------

    def test_none_of_odoos_beside_ours(self):
        picking = self.sent()
        bill = self.odoo_ewaybill(picking)
        ours = self.ours(picking)
        ours.action_generate()
        self.assertEqual((ours.state, ours.error), ("registered", False))
        for generate in (bill.action_generate_ewaybill, bill._generate_ewaybill):
            with self.assertRaisesRegex(UserError, f"{picking.name}.*{ours.number}"):
                generate()
        self.assertEqual(self.relay.services, [])
        self.assertTrue(picking.l10n_in_irp_has_own_ewaybill)
        self.forge(ours, state="unknown")
        with self.assertRaisesRegex(UserError, "may exist on the portal"):
            bill.action_generate_ewaybill()

    def test_none_of_odoos_is_created_beside_ours(self):
        picking = self.sent()
        self.ours(picking).action_generate()
        with self.assertRaisesRegex(UserError, "already has e-way bill"):
            picking.action_l10n_in_ewaybill_create()

    def test_buttons(self):
        form = self.env["stock.picking"].get_view(view_type="form")["arch"]
        self.assertIn("l10n_in_irp_has_other_ewaybill", form)
        self.assertIn("l10n_in_irp_has_own_ewaybill", form)

    # ------------------------------------------------------------------
    # Taken over
    # ------------------------------------------------------------------

    def generated_at_the_portal(self, picking):
        """Return Odoo's e-way bill, generated at the portal that we register with."""
        bill = self.odoo_ewaybill(picking)
        bill.distance = 0
        body = bill._ewaybill_generate_direct_json()
        gstin = self.default_company.vat
        made = act_on_web(self.portal(), gstin, "GENEWAYBILL", body)
        self.relay.generate = lambda: {"data": made}
        bill.action_generate_ewaybill()
        self.assertEqual(bill.state, "generated", bill.error_message)
        return bill

    def test_fetched_before_it_is_taken_over(self):
        picking = self.done(self.transfer("outgoing", self.partner_a))
        bill = self.generated_at_the_portal(picking)
        ours = self.default_company._l10n_in_irp_fetch_ewb(bill.name)
        self.assertEqual(ours.picking_id, picking)
        self.assertEqual(bill.l10n_in_irp_ewaybill_id, ours)
        self.assertFalse(picking.l10n_in_irp_has_other_ewaybill)
        action = bill.action_l10n_in_irp_take_over()
        self.assertEqual(action["res_id"], ours.id)

    def test_taken_over(self):
        picking = self.done(self.transfer("outgoing", self.partner_a))
        bill = self.generated_at_the_portal(picking)
        action = bill.action_l10n_in_irp_take_over()
        ours = self.env["l10n_in.irp.ewaybill"].browse(action["res_id"])
        self.assertEqual((ours.number, ours.picking_id), (bill.name, picking))
        self.assertEqual(picking.l10n_in_irp_ewaybill_id, ours)
        self.assertFalse(picking.l10n_in_irp_has_other_ewaybill)
        self.assertTrue(picking.l10n_in_irp_has_own_ewaybill)
        self.part_b(ours, "MH31AA0001")
        self.assertEqual(ours.vehicle_number, "MH31AA0001")
        ours._request_cancel("2", "Order Cancelled")
        self.assertEqual((ours.state, bill.state), ("cancelled", "cancel"))
