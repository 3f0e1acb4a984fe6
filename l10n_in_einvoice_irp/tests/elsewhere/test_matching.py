from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SUPPLIER, ElsewhereCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMatching(ElsewhereCommon):
    """The documents of e-way bills made elsewhere, found or chosen."""

    def vendor_bill(self, ref="SUP/77", partner=None, **values):
        taxes, partner = self.igst_purchase_18, partner or self.supplier()
        return self.document("in_invoice", partner, taxes, ref=ref, **values)

    def choose(self, bill, move):
        action = bill.action_choose_document()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.move_id = move
        return wizard.action_link()

    def test_document_entered_later_is_linked_when_posted(self):
        self.challan()
        bill = self.fetch()
        self.vendor_bill("SUP/78")
        self.assertTrue(bill.is_unmatched)
        move = self.vendor_bill("sup/77")
        self.assertEqual(bill.move_id, move)
        self.assertFalse(bill.is_unmatched)
        self.assertEqual(bill.search([("is_unmatched", "=", False)]), bill)

    def test_a_number_of_another_financial_year_is_not_matched(self):
        last = self.vendor_bill(invoice_date="2025-03-20")
        self.challan()
        bill = self.fetch()
        self.assertEqual(str(bill.doc_date), "2026-01-15")
        self.assertFalse(bill.move_id)
        move = self.vendor_bill(invoice_date="2025-04-01")
        self.assertEqual(bill.move_id, move, "of the same financial year")
        bill.action_unmatch()
        self.forge(bill, doc_date="2025-03-31")
        bill.action_match()
        self.assertEqual(bill.move_id, last)
        self.assertTrue(move.l10n_in_irp_offers_movement)

    def test_numbers_of_a_party_that_buys_and_supplies_are_not_mixed_up(self):
        party = self.supplier()
        theirs = [
            self.document("out_invoice", party, self.igst_sale_18),
            self.document("out_refund", party, self.igst_sale_18),
            self.document("in_refund", party, self.igst_purchase_18, name="D/1"),
        ]
        for move in theirs:
            self.challan(move.name)
        bills = self.fetch()
        self.assertEqual(len(bills), len(theirs))
        self.assertFalse(bills.move_id, "a supplier's number is not one of ours")
        theirs[0]._l10n_in_irp_match_ewaybills()
        self.assertFalse(bills.move_id)

    def test_documents_of_goods_that_we_send_are_matched(self):
        party, own = self.supplier(), self.default_company
        sale = self.document("out_invoice", party, self.igst_sale_18)
        returned = self.document("in_refund", party, self.igst_purchase_18, name="D/1")
        back = self.document("out_refund", party, self.igst_sale_18)
        ours = {
            "fromGstin": own.vat,
            "fromPincode": int(own.zip),
            "fromStateCode": 24,
            "actFromStateCode": 24,
            "toGstin": SUPPLIER,
            "toPincode": 562160,
            "toStateCode": 29,
            "actToStateCode": 29,
        }
        numbers = {
            self.challan(sale.name, **ours): sale,
            self.challan(returned.name, **ours): returned,
        }
        bills = self.fetch(of_own=True)
        self.assertEqual({one.number: one.move_id for one in bills}, numbers)
        bill = bills[0]
        bill.action_unmatch()
        self.forge(
            bill,
            doc_number=back.name,
            supplier_gstin=SUPPLIER,
            recipient_gstin=own.vat,
        )
        bill.action_match()
        self.assertEqual(bill.move_id, back, "we have made it for what came back")

    def test_many_documents_are_posted_with_one_query_more(self):
        self.challan()
        self.fetch()
        moves = self.vendor_bill("SUP/1") | self.vendor_bill("SUP/2")
        self.env.flush_all()
        with self.assertQueryCount(1):
            moves._l10n_in_irp_match_ewaybills()

    def test_of_two_a_person_chooses(self):
        supplier = self.supplier()
        first = self.vendor_bill(partner=supplier)
        second = self.vendor_bill(
            partner=supplier, invoice_date="2026-01-14", ref="SUP/77A"
        )
        # a number that is in the books twice, as only an import brings it there
        second.sudo().ref = "SUP/77"
        self.challan()
        bill = self.fetch()
        self.assertTrue(bill.is_unmatched)
        action = bill.action_match()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.candidate_ids, first | second)
        with self.assertRaisesRegex(UserError, "Choose the document"):
            wizard.action_link()
        wizard.move_id = second
        wizard.action_link()
        self.assertEqual(bill.move_id, second)

    def test_two_ewaybills_of_one_document_are_left_to_a_person(self):
        numbers = [self.challan("SUP/77"), self.challan("SUP/77", docType="BIL")]
        bills = self.fetch()
        self.assertEqual(sorted(bills.mapped("number")), sorted(numbers))
        move = self.vendor_bill()
        self.assertFalse(bills.move_id)
        self.choose(bills[0], move)
        self.assertEqual(bills[0].move_id, move)
        self.assertTrue(bills[1].is_unmatched)

    def test_what_a_person_removes_is_not_linked_again_unasked(self):
        move = self.vendor_bill()
        self.challan()
        bill = self.fetch()
        self.assertEqual(bill.move_id, move)
        bill.action_unmatch()
        self.assertTrue(bill.is_unmatched)
        self.fetch()
        move._l10n_in_irp_match_ewaybills()
        self.assertTrue(bill.is_unmatched)
        self.assertTrue(move.l10n_in_irp_offers_movement)
        bill.action_match()
        self.assertEqual(bill.move_id, move)

    def test_any_document_without_an_ewaybill_may_be_chosen(self):
        bill = self.other_bill()
        move = self.vendor_bill("OTHER")
        self.choose(bill, move)
        self.assertEqual(bill.move_id, move)
        self.assertIn(move.name, str(bill.message_ids.mapped("body")))
        with self.assertRaisesRegex(UserError, "already"):
            self.choose(self.other_bill("SUP/100"), move)
        own = self.generated(self.sale())
        for method in (own.action_unmatch, own.action_choose_document):
            with self.assertRaisesRegex(UserError, "generated for its document"):
                method()

    def other_bill(self, number="SUP/99"):
        wanted = self.challan(number)
        return self.fetch().filtered(lambda bill: bill.number == wanted)
