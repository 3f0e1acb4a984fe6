from odoo.tests import Form, tagged

from ..common import TODAY, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPayloadReferences(IrpCommon):
    """The buyer's part of the customer reference; with sales and tills see
    `tests/integration`."""

    def references(self, move):
        document = self.env["l10n_in.irp.payload"]._build(move)
        return document.get("RefDtls", {})

    def other_references(self, move):
        return [one.get("OthRefNo") for one in self.references(move)["PrecDocDtls"]]

    def reverse(self, invoice, **values):
        """Return the draft credit note from the invoice's button."""
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = (
            self.env["account.move.reversal"]
            .with_context(**context)
            .create({"date": TODAY, "journal_id": invoice.journal_id.id, **values})
        )
        return self.env["account.move"].browse(wizard.reverse_moves()["res_id"])

    def debit(self, invoice, **values):
        """Return the debit note from the invoice's button."""
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.debit.note"].with_context(**context)
        wizard.create({"date": TODAY, "copy_lines": True, **values}).create_debit()
        return invoice.debit_note_ids

    def warned(self, move, kind):
        """Return record, label of the field and value of the only finding of a kind."""
        findings = self.env["l10n_in.irp.validator"]._check(move)
        self.assertFalse([one.text for one in findings if one.blocking])
        (found,) = [one for one in findings if one.kind == kind]
        return found.record, found.field, found.value

    def test_what_odoo_writes_on_a_credit_note_is_not_the_buyers(self):
        for reason in (False, "wrong price, twice"):
            note = self.reverse(self.make_invoice(), reason=reason)
            self.assertIn("Reversal of", note.ref)
            self.assertEqual(self.other_references(note), [None])
            self.assertNotIn("ContrDtls", self.references(note))

    def test_what_odoo_writes_in_another_language(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.partner_a.sudo().lang = "fr_FR"
        for reason in (False, "prix"):
            note = self.reverse(self.make_invoice(), reason=reason)
            self.assertNotIn("Reversal of", note.ref)
            self.assertEqual(self.other_references(note), [None])

    def test_what_odoo_writes_on_a_debit_note_is_not_the_buyers(self):
        for reason in (False, "freight"):
            invoice = self.make_invoice()
            note = self.debit(invoice, reason=reason)
            self.assertIn(invoice.name, note.ref)
            self.assertEqual(self.other_references(note), [None])
            self.assertNotIn("ContrDtls", self.references(note))

    def test_note_of_the_buyer_that_the_accountant_typed(self):
        invoice = self.make_invoice()
        for note in (self.reverse(invoice), self.debit(invoice)):
            with Form(note) as form:
                form.ref = "DN/2026/7"
            self.assertEqual(self.other_references(note), ["DN/2026/7"])
            self.assertNotIn("ContrDtls", self.references(note))
            note.action_post()
            self.process()
            self.assertEqual(note.l10n_in_irp_state, "registered")

    def test_note_that_is_too_long_is_reported(self):
        note = self.reverse(self.make_invoice())
        note.ref = number = "DN/2025-26/WEST/00042"
        self.assertEqual(self.other_references(note), [None])
        found = self.warned(note, "left_out_too_long_oth_ref_no")
        self.assertEqual(found, (note, "Customer Reference", number))

    def test_invoice_of_a_number_that_the_portal_does_not_take_is_reported(self):
        invoice = self.make_invoice(name="INV/2025-26/00001")
        note = self.reverse(invoice)
        note.ref = "DN/2026/7"
        self.assertEqual(
            self.references(note), {"ContrDtls": [{"ExtRefr": "DN/2026/7"}]}
        )
        found = self.warned(note, "left_out_too_long_inv_no")
        self.assertEqual(found, (invoice, "Number", invoice.name))

    def test_contract_and_links_are_stored_whole(self):
        move = self.make_invoice(l10n_in_irp_contract_ref="0123456789" * 3)
        link = "https://example.com/" + "x" * 100
        supporting_document = self.env["l10n_in.irp.supporting.document"].create(
            {"move_id": move.id, "url": link, "info": "AB"}
        )
        self.env.invalidate_all()
        self.assertEqual(len(move.l10n_in_irp_contract_ref), 30)
        self.assertNotIn("AddlDocDtls", self.env["l10n_in.irp.payload"]._build(move))
        self.assertEqual(
            self.warned(move, "left_out_too_long_url"),
            (supporting_document, "Address", link),
        )
        self.assertEqual(
            self.warned(move, "left_out_too_short_info"),
            (supporting_document, "Description", "AB"),
        )
        self.assertEqual(self.warned(move, "left_out_too_long_contr_refr")[0], move)
