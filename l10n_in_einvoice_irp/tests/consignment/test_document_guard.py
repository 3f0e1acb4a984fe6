from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ConsignmentCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentGuard(ConsignmentCommon):
    """A document does not change while its e-way bill is with the goods."""

    def assert_bound(self, move, words):
        self.assertFalse(move.show_reset_to_draft_button)
        for change in (move.button_draft, move.button_cancel):
            with self.assertRaisesRegex(UserError, words):
                change()
        self.assertEqual(move.state, "posted")

    def test_live_one_is_cancelled_first(self):
        move = self.sale()
        self.assertTrue(move.show_reset_to_draft_button)
        bill = self.generated(move)
        self.assert_bound(move, f"{bill.number}.*Generated.*'Cancel e-Way Bill'")
        with self.assertRaisesRegex(UserError, "cannot renumber"):
            move.name = "INV/OTHER"
        with self.at("2026-01-16 07:00:00"):
            self.assert_bound(move, "24 hours.*credit or debit note")
        bill._request_cancel("2", "Order Cancelled")
        self.assertEqual(bill.state, "cancelled", bill.error)
        move.invalidate_recordset()
        self.assertTrue(move.show_reset_to_draft_button)
        move.button_draft()
        self.assertEqual(move.state, "draft")

    def test_unknown_outcome_is_settled_first(self):
        move = self.sale()
        bill = self.generated(move, self.dropped())
        self.assert_bound(move, "Awaiting.*'Refresh from Portal'")
        bill.action_process()
        self.assertEqual(bill.state, "to_register")
        move.invalidate_recordset()
        move.button_draft()
        bill.action_process()
        self.assertIn("Post the document first", bill.error)

    def test_one_that_has_run_out_binds_nothing(self):
        move = self.sale()
        bill = self.generated(move)
        with self.at(bill.valid_until + timedelta(hours=8, minutes=1)):
            move.invalidate_recordset()
            self.assertTrue(move.show_reset_to_draft_button)
            move.button_draft()
        self.assertEqual(move.state, "draft")

    def test_one_of_the_supplier_binds_no_vendor_bill(self):
        supplier = self.unregistered("Ravi Traders")
        move = self.document(
            "in_invoice", supplier, self.igst_purchase_18, ref="SUP/77"
        )
        bill = self.generated(move)
        self.assertFalse(move.show_reset_to_draft_button)
        self.forge(bill, generator_gstin="29AAGCB7383J1Z4")
        move.invalidate_recordset()
        move.button_draft()
        self.assertEqual(move.state, "draft")

    def test_number_of_another_document_may_change(self):
        move = self.sale()
        self.generated(move, doc_number="N/1")
        move.name = "INV/2026/00099"
        self.assertEqual(move.name, "INV/2026/00099")
