from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.l10n_in_einvoice_irp.models.account_move_send import IRP_EDI

from ..hooks import post_init_hook
from ..models.account_move_send import ODOO_EDI
from .common import EdiCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestProvider(EdiCommon):
    """Only one of the two registers an invoice, and only once."""

    def chosen(self, move):
        return self.env["account.move.send"]._get_default_extra_edis(move)

    # ------------------------------------------------------------------
    # A company that registers direct
    # ------------------------------------------------------------------

    def test_direct_company(self):
        move = self.make_invoice()
        self.assertFalse(move.l10n_in_edi_status)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(self.relay.services, [])

    def test_direct_company_sends_and_prints(self):
        self.company.l10n_in_irp_register_on = "send"
        move = self.make_invoice()
        self.assertEqual(self.chosen(move), {IRP_EDI})
        self.send(move)
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(self.relay.services, [])
        self.send(move)
        self.assertEqual(len(self.portal_irns()), 1)

    def test_direct_company_sends_in_the_background(self):
        moves = self.make_invoice() + self.make_invoice()
        moves.sending_data = {"sending_methods": ["manual"]}
        self.send_in_the_background(moves)
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"registered"})
        self.assertEqual(self.relay.services, [])

    def test_what_was_queued_for_odoo_goes_direct(self):
        self.use_odoo()
        move = self.make_invoice()
        move.sending_data = {"sending_methods": ["manual"], "extra_edis": [ODOO_EDI]}
        self.use_direct()
        self.send_in_the_background(move)
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(self.relay.services, [])

    def test_last_door_is_closed(self):
        move = self.make_invoice()
        error = move._l10n_in_edi_send_invoice()
        self.assertIn("directly with the IRP", error["messages"][0])
        self.assertFalse(error.get("is_warning"), "it is not tried again")
        self.assertEqual(self.relay.services, [])

    # ------------------------------------------------------------------
    # A company that registers through Odoo
    # ------------------------------------------------------------------

    def test_odoo_company(self):
        self.use_odoo()
        move = self.make_invoice()
        self.assertEqual(move.l10n_in_edi_status, "to_send")
        self.assertEqual(self.chosen(move), {ODOO_EDI})
        self.process()
        self.send(move)
        self.assertEqual(move.l10n_in_edi_status, "sent")
        self.assertEqual(self.relay.services, ["authenticate", "generate"])
        self.assertFalse(move.l10n_in_irp_document_id)

    # ------------------------------------------------------------------
    # Changing over
    # ------------------------------------------------------------------

    def test_nothing_waits_for_odoo_after_the_change(self):
        self.use_odoo()
        move = self.make_invoice()
        move.sudo().l10n_in_edi_error = "no credit"
        self.use_direct()
        self.assertFalse(move.l10n_in_edi_status)
        self.assertFalse(move.l10n_in_edi_error)
        self.assertTrue(move.l10n_in_irp_can_register)

    def test_sent_by_odoo_is_not_registered_again(self):
        move = self.sent_by_odoo()
        domain = [("id", "=", move.id), ("l10n_in_irp_status", "=", False)]
        self.assertFalse(move.l10n_in_irp_status)
        self.assertEqual(move.search(domain), move, "filters show no status either")
        irns = self.portal_irns()
        self.assertFalse(move.l10n_in_irp_can_register)
        self.assertEqual(self.chosen(move), set())
        with self.assertRaisesRegex(UserError, move.name):
            move.action_l10n_in_irp_register()
        move.sending_data = {"sending_methods": ["manual"], "extra_edis": [IRP_EDI]}
        self.send_in_the_background(move)
        self.process()
        self.assertFalse(move.l10n_in_irp_document_id)
        self.assertEqual(self.portal_irns(), irns)

    def test_selection_of_both_kinds(self):
        held = self.sent_by_odoo()
        self.company.l10n_in_irp_register_on = "manual"
        free = self.make_invoice()
        (held + free).action_l10n_in_irp_register()
        self.assertEqual(free.l10n_in_irp_state, "registered")
        self.assertFalse(held.l10n_in_irp_document_id)

    def test_registered_direct_is_not_sent_by_odoo_after_a_change_back(self):
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id.sudo()
        self.forge(document, environment="production")
        self.use_odoo()
        self.assertEqual(self.chosen(move), set())
        self.assertIn("messages", move._l10n_in_edi_send_invoice())
        self.forge(document, state="rejected")
        self.assertEqual(self.chosen(move), {ODOO_EDI})
        self.assertEqual(self.relay.services, [])

    def test_trial_does_not_stop_odoo_from_registering(self):
        move = self.make_invoice()
        self.process()
        self.use_odoo()
        self.assertEqual(self.chosen(move), {ODOO_EDI})

    # ------------------------------------------------------------------
    # Installation beside E-Invoicing at work
    # ------------------------------------------------------------------

    def test_installation_leaves_who_uses_odoo_with_it(self):
        values = {"name": "Without E-Invoicing", "l10n_in_irp_enabled": True}
        other = self.company.create(values)
        post_init_hook(self.env(su=True))
        self.assertFalse(self.company.l10n_in_irp_enabled)
        self.assertTrue(other.l10n_in_irp_enabled)

    def test_installation_leaves_who_registers_direct_with_it(self):
        move = self.make_invoice()
        self.process()
        self.forge(move.l10n_in_irp_document_id, environment="production")
        post_init_hook(self.env(su=True))
        self.assertTrue(self.company.l10n_in_irp_enabled)

    def portal_irns(self):
        return [registration.irn for registration in self.portal().registrations()]
