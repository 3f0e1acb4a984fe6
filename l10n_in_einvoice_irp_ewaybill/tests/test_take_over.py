from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.l10n_in_einvoice_irp.tests.common import FaultyTransport

from .common import BesideCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTakeOver(BesideCommon):
    """An e-way bill of Odoo's E-waybill becomes one of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"name": "Asha Verma", "vat": False, "parent_id": False}
        cls.consumer = cls.partner_b.sudo().copy(values)
        cls.consumer.l10n_in_gst_treatment = "consumer"

    def sale(self):
        """Return an invoice that needs no IRN."""
        return self.make_invoice(self.consumer, self.igst_sale_18)

    def taken(self, move=None):
        """Return Odoo's e-way bill, generated at the same portal, and ours."""
        bill = self.generated_at_the_portal(move or self.sale())
        self.relay.services.clear()
        action = bill.action_l10n_in_irp_take_over()
        ours = self.env["l10n_in.irp.ewaybill"].browse(action["res_id"])
        return bill, ours

    def test_checked_with_the_portal(self):
        move = self.sale()
        draft = self.prepare(move)
        bill, ours = self.taken(move)
        self.assertFalse(draft.exists(), "prepared, and never sent")
        self.assertEqual((ours.state, ours.number), ("registered", bill.name))
        self.assertEqual(ours.move_id, move)
        self.assertEqual(move.l10n_in_irp_ewaybill_id, ours)
        self.assertTrue(ours.valid_until and ours.ewb_date)
        self.assertEqual(ours.vehicle_number, "GJ11AA1234")
        self.assertTrue(ours.can_part_b)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", ours._name), ("res_id", "=", ours.id)]
        )
        self.assertIn(f"ewaybill_{bill.name}.json", files.mapped("name"))
        self.assertFalse(move.l10n_in_irp_has_other_ewaybill)
        again = bill.action_l10n_in_irp_take_over()
        self.assertEqual(again["res_id"], ours.id)

    def test_cancelled_in_one_place(self):
        bill, ours = self.taken()
        with self.assertRaisesRegex(UserError, f"{bill.name} was taken over"):
            bill.action_cancel_ewaybill()
        with self.assertRaisesRegex(UserError, f"{bill.name} was taken over"):
            bill._ewaybill_cancel()
        self.assertEqual(self.relay.services, [])
        ours._request_cancel("2", "Order Cancelled")
        self.assertEqual((ours.state, ours.error), ("cancelled", False))
        self.assertEqual(bill.state, "cancel")
        bill.action_reset_to_pending()
        self.assertFalse(bill.l10n_in_irp_ewaybill_id)

    def generated_at_the_portal(self, move):
        """Return Odoo's e-way bill, generated at the same portal."""
        bill = self.odoo_ewaybill(move)
        self.relay_to_the_portal(bill)
        bill.action_generate_ewaybill()
        self.assertEqual(bill.state, "generated", bill.error_message)
        return bill

    def test_fetched_before_it_is_taken_over(self):
        move = self.sale()
        bill = self.generated_at_the_portal(move)
        ours = self.default_company._l10n_in_irp_fetch_ewb(bill.name)
        self.assertEqual((ours.move_id, bill.l10n_in_irp_ewaybill_id), (move, ours))
        self.assertFalse(move.l10n_in_irp_has_other_ewaybill)
        self.assertTrue(move.l10n_in_irp_has_own_ewaybill)
        with self.assertRaisesRegex(UserError, f"{bill.name} was taken over"):
            bill.action_cancel_ewaybill()
        action = bill.action_l10n_in_irp_take_over()
        self.assertEqual(action["res_id"], ours.id)
        ours._request_cancel("2", "Order Cancelled")
        self.assertEqual((ours.state, bill.state), ("cancelled", "cancel"))

    def test_fetched_without_document_and_taken_over(self):
        move = self.sale()
        draft = self.prepare(move)
        bill = self.generated_at_the_portal(move)
        ours = self.default_company._l10n_in_irp_fetch_ewb(bill.name)
        self.assertFalse(ours.move_id or bill.l10n_in_irp_ewaybill_id)
        other = self.sale()
        ours._link_by_hand(other)
        with self.assertRaisesRegex(UserError, f"linked with {other.name}"):
            bill.action_l10n_in_irp_take_over()
        ours.action_unmatch()
        action = bill.action_l10n_in_irp_take_over()
        self.assertEqual(action["res_id"], ours.id)
        self.assertEqual((ours.move_id, bill.l10n_in_irp_ewaybill_id), (move, ours))
        self.assertFalse(draft.exists())

    def test_document_removed_after_it_was_taken_over(self):
        move = self.sale()
        bill, ours = self.taken(move)
        ours.action_unmatch()
        self.assertFalse(bill.l10n_in_irp_ewaybill_id)
        self.assertTrue(move.l10n_in_irp_has_other_ewaybill)
        with self.assertRaisesRegex(UserError, f"already has e-way bill {bill.name}"):
            move.action_l10n_in_irp_ewaybill()
        action = bill.action_l10n_in_irp_take_over()
        self.assertEqual(action["res_id"], ours.id)
        self.assertEqual((ours.move_id, bill.l10n_in_irp_ewaybill_id), (move, ours))

    def test_what_the_portal_does_not_have_is_not_believed(self):
        move = self.registered_invoice()
        bill = self.generated_by_odoo(move)
        with self.assertRaises(UserError):
            bill.action_l10n_in_irp_take_over()
        self.assertFalse(move.l10n_in_irp_ewaybill_ids)
        self.assertTrue(move.l10n_in_irp_has_other_ewaybill)

    def test_without_access_on_a_managers_word(self):
        move = self.registered_invoice()
        bill = self.generated_by_odoo(move)
        self.company.l10n_in_irp_environment = "production"
        with self.assertRaises(AccessError):
            bill.action_l10n_in_irp_take_over()
        self.become_manager()
        action = bill.action_l10n_in_irp_take_over()
        ours = self.env["l10n_in.irp.ewaybill"].browse(action["res_id"])
        self.assertEqual((ours.number, ours.state), (bill.name, "registered"))
        # 12:00 PM and 11:59 PM in India
        self.assertEqual(str(ours.ewb_date), "2026-01-15 06:30:00")
        self.assertEqual(str(ours.valid_until), "2026-01-16 18:29:00")
        kind = ours.supply_type, ours.sub_supply_type, ours.doc_type
        self.assertEqual(kind, ("O", "1", "INV"))
        self.assertEqual((ours.doc_number, ours.move_id), (move.name, move))
        self.assertEqual(ours.total_value, move.amount_total)
        self.assertFalse(ours.lacks_details)
        self.assertNotIn(ours, ours.search([("lacks_details", "=", True)]))
        self.assertIn(ours, ours.search([("lacks_details", "=", False)]))
        with self.assertRaisesRegex(UserError, f"button on {move.name}.*'Print'"):
            ours._check_printable()
        bill.action_print()
        notes = ours.message_ids.mapped("body")
        self.assertTrue(any("without a check" in note for note in notes))

    def test_only_a_generated_one(self):
        bill = self.odoo_ewaybill(self.registered_invoice())
        with self.assertRaisesRegex(UserError, "not a generated e-way bill"):
            bill.action_l10n_in_irp_take_over()

    def test_nobody_links_another(self):
        bill = self.generated_by_odoo(self.registered_invoice())
        with self.assertRaises(AccessError):
            bill.l10n_in_irp_ewaybill_id = self.env["l10n_in.irp.ewaybill"].browse(1)

    def test_none_beside_ours(self):
        move = self.registered_invoice()
        other = self.prepare(move)
        bill = self.generated_by_odoo(move)
        self.forge(other, state="unknown")
        transport = FaultyTransport()
        with self.assertRaisesRegex(UserError, "may exist on the portal"):
            bill.with_context(
                l10n_in_irp_wrap_transport=transport
            ).action_l10n_in_irp_take_over()
        self.assertFalse(transport.urls)
