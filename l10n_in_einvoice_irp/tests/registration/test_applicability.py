from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestApplicability(IrpCommon):
    def assert_reason(self, move, words):
        self.assertFalse(move.l10n_in_irp_applicable)
        self.assertIn(words, move.l10n_in_irp_reason)
        move.action_post()
        self.assertFalse(move.l10n_in_irp_document_id)

    def test_supplies_that_are_registered(self):
        cases = {
            "intra-state": (self.partner_a, self.sgst_sale_18),
            "inter-state": (self.partner_b, self.igst_sale_18),
            "SEZ": (self.sez_partner, self.igst_sale_18),
            "SEZ under LUT": (self.sez_partner, self.igst_sale_18_sez_lut),
            "export": (self.partner_foreign, self.igst_sale_18_sez_exp),
            "export under LUT": (self.partner_foreign, self.igst_sale_18_sez_exp_lut),
        }
        for name, (partner, taxes) in cases.items():
            with self.subTest(name):
                move = self.make_invoice(partner, taxes)
                self.assertFalse(move.l10n_in_irp_reason)
                self.assertEqual(move.l10n_in_irp_state, "to_register")

    def test_credit_and_debit_notes_are_registered(self):
        invoice = self.make_invoice()
        credit_note = self._create_credit_note(
            invoice, credit_note_date=invoice.invoice_date
        )
        debit_note = self._create_debit_note(
            invoice.with_user(self.user), debit_note_date=invoice.invoice_date
        )
        self.process()
        for move, doc_type in ((credit_note, "CRN"), (debit_note, "DBN")):
            self.assertEqual(move.l10n_in_irp_state, "registered", doc_type)
            self.assertEqual(move.l10n_in_irp_document_id.doc_type, doc_type)

    def test_unregistered_buyer(self):
        self.partner_a.sudo().write({"vat": False, "l10n_in_gst_treatment": "consumer"})
        self.assert_reason(self.make_invoice(post=False), "buyer is unregistered")

    def test_bill_of_supply(self):
        move = self.make_invoice(taxes=self.exempt, post=False)
        self.assert_reason(move, "bill of supply")

    def test_tax_that_the_operator_pays(self):
        tax = self.igst_sale_18.sudo().copy({"name": "Section 9(5)"})
        base = tax.invoice_repartition_line_ids.filtered(
            lambda line: line.repartition_type == "base"
        )
        base.tag_ids = self.env.ref("l10n_in.tax_tag_eco_9_5")
        move = self.make_invoice(self.partner_b, tax, post=False)
        self.assert_reason(move, "section 9(5)")

    def test_no_tax_at_all(self):
        move = self.make_invoice(post=False)
        move.invoice_line_ids.tax_ids = False
        self.assert_reason(move, "no line has a GST tax")

    def test_switched_off(self):
        self.default_company.sudo().l10n_in_irp_enabled = False
        self.assert_reason(self.make_invoice(post=False), "switched off")

    def test_seller_without_registration(self):
        self.default_company.sudo().l10n_in_is_gst_registered = False
        self.assert_reason(self.make_invoice(post=False), "not registered under GST")

    def test_register_button_says_why_not(self):
        self.default_company.sudo().l10n_in_irp_enabled = False
        move = self.make_invoice()
        with self.assertRaisesRegex(UserError, "switched off"):
            move.action_l10n_in_irp_register()
        with self.assertRaisesRegex(UserError, "Confirm the invoice first."):
            self.make_invoice(post=False).action_l10n_in_irp_register()

    def test_of_a_selection_what_can_be_is_registered(self):
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        sound = self.make_invoice()
        draft = self.make_invoice(post=False)
        (sound + draft).action_l10n_in_irp_register()
        self.assertEqual(sound.l10n_in_irp_state, "registered")
        self.assertFalse(draft.l10n_in_irp_state)

    def test_turnover_and_date_decide(self):
        company = self.default_company.sudo()
        company.l10n_in_irp_turnover = "0"
        self.assert_reason(self.make_invoice(post=False), "turnover of 5 crore")
        company.l10n_in_irp_turnover = "5"
        early = self.make_invoice(invoice_date="2023-07-31", post=False)
        self.assertIn("turnover of 10 crore", early.l10n_in_irp_reason)
        early.invoice_date = "2023-08-01"
        self.assertFalse(early.l10n_in_irp_reason)
        early.invoice_date = "2020-09-30"
        self.assertIn("was not in force", early.l10n_in_irp_reason)

    def test_exempt_supplier(self):
        self.default_company.sudo().l10n_in_irp_exemption = "sez_unit"
        self.assert_reason(self.make_invoice(post=False), "SEZ Unit")
