from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ElsewhereCommon

NOTHING = {"of_others": False, "of_own": False, "of_assigned": False}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOwn(ElsewhereCommon):
    """E-way bills that this company has made, as the lists of the portal show it."""

    def test_rejection_of_the_buyer_reaches_a_person(self):
        bill = self.made()
        number = int(bill.number)
        buyer = self.at_portal(bill).movement.to_gstin
        self.on_web(buyer, "REJEWB", ewbNo=number)
        self.fetch(**{**NOTHING, "of_rejected": True})
        self.assertTrue(bill.is_rejected)
        self.assertIn("was rejected", bill.activity_ids.summary)
        self.fetch(**{**NOTHING, "of_rejected": True})
        self.assertEqual(len(bill.activity_ids), 1)

    def test_a_missing_answer_is_not_taken_for_another_one(self):
        bill = self.generated(self.sale(), self.lost())
        self.assertEqual((bill.state, bill.number), ("unknown", False))
        found = self.fetch(**{**NOTHING, "of_own": True})
        self.assertEqual(found, bill)
        bill.action_process()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        same = bill.search([("number", "=", bill.number)])
        self.assertEqual(same, bill)

    def test_one_that_was_cancelled_before_its_answer_is_noted_once(self):
        move, gstin = self.sale(), self.default_company.vat
        bill = self.generated(move, self.lost())
        [made] = self.portal().movements.generated(gstin, "2026-01-15")
        self.on_web(gstin, "CANEWB", ewbNo=made.number, cancelRsnCode=2)
        bill.action_process()
        self.assertEqual((bill.state, bill.number), ("cancelled", str(made.number)))
        label = bill._status_label()
        notes = [note for note in move.message_ids.mapped("body") if label in note]
        self.assertEqual(len(notes), 1)

    def test_a_missing_answer_about_the_irn_is_not_taken_for_another_one(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        bill = self.prepare(move)
        move.action_post()
        self.process(self.lost())
        document = move.l10n_in_irp_document_id
        self.assertEqual((document.state, bill.state), ("unknown", "draft"))
        self.assertFalse(self.due(document._name))
        found = self.fetch(**{**NOTHING, "of_own": True})
        self.assertEqual((found, bill.state), (bill, "draft"))
        self.assertEqual(self.due(document._name), document, "looked up at once")
        self.process()
        self.assertEqual((document.state, bill.state), ("registered", "registered"))
        self.assertEqual(bill.search([("number", "=", bill.number)]), bill)

    def test_one_that_went_with_an_irn_made_elsewhere_is_there_once(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        draft = self.prepare(move)
        move.action_post()
        number = self.register_elsewhere(move).ewb_number
        found = self.fetch(**{**NOTHING, "of_own": True})
        self.assertEqual(found.number, number)
        self.assertFalse(found.move_id, "its document has a prepared one")
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertFalse(draft.exists(), "prepared, and never sent")
        self.assertEqual(move.l10n_in_irp_ewaybill_id, found)
        self.assertEqual(found.search([("number", "=", number)]), found)

    def test_finding_documents_from_the_list(self):
        self.challan("SUP/1")
        self.challan("SUP/2")
        bills = self.fetch()
        self.assertEqual(len(bills), 2)
        action = self.env.ref(
            "l10n_in_einvoice_irp.action_l10n_in_irp_ewaybill_match"
        ).with_context(active_model=bills._name, active_ids=bills.ids)
        self.assertFalse(action.run() is True, "Odoo opens what an action returns")
        self.document("in_invoice", self.supplier(), self.igst_purchase_18, ref="SUP/2")
        self.assertFalse(action.run() is True, "Odoo opens what an action returns")

    def test_number_has_twelve_digits(self):
        with self.assertRaisesRegex(UserError, "12 digits"):
            self.fetch(by="number", number="३९१००९१४९३६९")
