from itertools import product

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AttackCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOneRegistration(AttackCommon):
    """An invoice never gets a second IRN that lives beside the first."""

    def live(self, move):
        states = move.sudo().l10n_in_irp_document_ids.mapped("state")
        return [state for state in states if state != "cancelled"]

    def test_an_invoice_cannot_become_another_document(self):
        move = self.victims["account.move"]
        other = self.make_invoice()
        changes = (
            {"name": "INV/OTHER/1"},
            {"invoice_date": "2025-03-31"},
            {"invoice_date": False},
            {"debit_origin_id": other.id},
        )
        for role, values in product(("accountant", "administrator"), changes):
            with self.subTest(role, values=values), self.env.cr.savepoint() as undo:
                user = self.users[role]
                try:
                    move.with_user(user).write(dict(values))
                    self.env.flush_all()
                    move.with_user(user).action_l10n_in_irp_register()
                except UserError:
                    pass
                self.assertEqual(len(self.live(move)), 1)
                undo.rollback()

    def test_another_gstin_makes_no_second_registration(self):
        move = self.victims["account.move"]
        self.default_company.sudo().partner_id.vat = "27DJMPM8965E1ZE"
        with self.assertRaisesRegex(UserError, "already registered"):
            move.action_l10n_in_irp_register()
        self.assertEqual(self.live(move), ["registered"])

    def test_a_copy_has_no_registration(self):
        for role in ("accountant", "administrator"):
            copy = self.victims["account.move"].with_user(self.users[role]).copy()
            self.assertFalse(copy.sudo().l10n_in_irp_document_ids)
            self.assertFalse(copy.l10n_in_irp_document_id)
            self.assertFalse(copy.l10n_in_irp_irn)

    def test_an_invoice_with_an_ewaybill_is_not_deleted(self):
        """The foreign key would delete the e-way bill with it, past the ORM."""
        move = self.make_invoice(post=False)
        ewaybill = self.env["l10n_in.irp.ewaybill"].sudo().create({"move_id": move.id})
        ewaybill.write({"state": "unknown", "environment": "demo"})
        for role in ("accountant", "administrator"):
            with self.assertRaises(UserError):
                move.with_user(self.users[role]).unlink()
        self.assertTrue(ewaybill.exists())
