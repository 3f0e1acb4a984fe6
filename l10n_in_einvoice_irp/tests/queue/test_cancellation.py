from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCancellation(IrpCommon):
    def setUp(self):
        super().setUp()
        self.move = self.make_invoice()
        self.process()
        self.document = self.move.l10n_in_irp_document_id

    def wizard(self, transport=None, **values):
        action = self.move.button_request_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"reason": "3", "remark": "Order Cancelled", **values})
        return wizard.with_context(l10n_in_irp_wrap_transport=transport)

    def test_request_cancel_leads_to_the_portal(self):
        self.assertTrue(self.move.need_cancel_request)
        irn = self.move.l10n_in_irp_irn
        wizard = self.wizard()
        self.assertEqual(wizard.seconds_left, 24 * 3600)
        wizard.action_cancel()
        self.assertEqual(self.move.l10n_in_irp_state, "cancelled")
        self.assertEqual(self.move.state, "cancel")
        self.assertEqual(self.move.l10n_in_irp_irn, irn, "the IRN stays")
        self.assertEqual(
            self.move.l10n_in_irp_cancel_date, datetime(2026, 1, 15, 6, 30)
        )
        self.assertFalse(self.move.need_cancel_request)

    def test_invoice_may_stay_posted(self):
        self.wizard(cancel_move=False).action_cancel()
        self.assertEqual(self.move.l10n_in_irp_state, "cancelled")
        self.assertEqual(self.move.state, "posted")
        # the user may still cancel it later
        self.move.action_l10n_in_irp_cancel_move()
        self.assertEqual(self.move.state, "cancel")

    def test_invoice_with_an_irn_is_not_cancelled_alone(self):
        with self.assertRaisesRegex(UserError, "not cancelled"):
            self.move.action_l10n_in_irp_cancel_move()
        self.assertEqual(self.move.state, "posted")

    @mute_logger("odoo.addons.l10n_in_einvoice_irp.models.queue.results")
    def test_invoice_that_odoo_cannot_cancel_is_reported(self):
        self.default_company.sudo().fiscalyear_lock_date = "2026-01-31"
        self.wizard().action_cancel()
        document = self.document.sudo()
        self.assertEqual((document.state, self.move.state), ("cancelled", "posted"))
        self.assertIn("next step in Odoo failed", document.error)
        self.assertIn("Cancel in Odoo", document.advice)
        self.assertFalse(document.worker)
        self.default_company.sudo().fiscalyear_lock_date = False
        self.move.action_l10n_in_irp_cancel_move()
        self.assertEqual(self.move.state, "cancel")

    def test_invoice_that_another_environment_holds_stays(self):
        self.document.sudo().copy({"environment": "production", "state": "registered"})
        self.wizard().action_cancel()
        self.assertEqual(self.move.l10n_in_irp_state, "cancelled")
        self.assertEqual(self.move.state, "posted")
        with self.assertRaisesRegex(UserError, "another environment"):
            self.move.action_l10n_in_irp_cancel_move()

    def test_number_is_not_reused(self):
        self.wizard().action_cancel()
        self.assertFalse(self.move.show_reset_to_draft_button)
        with self.assertRaisesRegex(UserError, "credit note"):
            self.move.button_draft()
        action = self.move.action_l10n_in_irp_duplicate()
        copy = self.env["account.move"].browse(action["res_id"])
        copy.invoice_date = self.move.invoice_date
        copy.action_post()
        self.process()
        self.assertNotEqual(copy.name, self.move.name)
        self.assertEqual(copy.l10n_in_irp_state, "registered")

    def test_nobody_says_in_the_portals_place_that_it_is_cancelled(self):
        for value in (True, 1, "yes"):
            forged = self.move.with_context(l10n_in_irp_cancelled=value)
            with self.assertRaisesRegex(UserError, "credit note"):
                forged.button_draft()
        self.assertEqual(self.move.state, "posted")

    def test_invoice_that_stayed_posted_cannot_be_registered_again(self):
        self.wizard(cancel_move=False).action_cancel()
        transport = FaultyTransport()
        self.move.with_context(
            l10n_in_irp_wrap_transport=transport
        ).action_l10n_in_irp_register()
        self.assertFalse(transport.urls)
        self.assertEqual(self.move.l10n_in_irp_state, "cancelled")

    def test_lost_answer_is_settled_by_a_look_up(self):
        self.wizard(FaultyTransport("lost")).action_cancel()
        self.assertEqual(self.move.l10n_in_irp_state, "cancelling")
        self.assertEqual(self.move.state, "posted")
        transport = FaultyTransport()
        self.move.with_context(
            l10n_in_irp_wrap_transport=transport
        ).action_l10n_in_irp_refresh()
        self.assertEqual(self.move.l10n_in_irp_state, "cancelled")
        self.assertEqual(self.move.state, "cancel")
        self.assertEqual(transport.count("/Cancel"), 0)
        self.assertFalse(self.move.l10n_in_irp_cancel_date, "the portal does not tell")
        printed = self.move._l10n_in_irp_print_values()
        self.assertTrue(printed["is_cancelled"])
        self.assertEqual(printed["cancel_asked"], "15/01/2026 12:00")

    def test_what_never_left_is_sent_again(self):
        self.wizard(FaultyTransport("not_sent")).action_cancel()
        self.assertEqual(self.move.l10n_in_irp_state, "cancelling")
        self.assertFalse(self.document.sudo().cancel_sent)
        self.move.action_l10n_in_irp_refresh()
        self.assertEqual(self.move.l10n_in_irp_state, "cancelled")

    def test_cancelled_at_the_portal_by_somebody_else(self):
        connection = self.default_company._l10n_in_irp_connect("demo")
        connection.client.cancel_irn(self.move.l10n_in_irp_irn, "1", "Duplicate")
        self.wizard().action_cancel()
        self.assertEqual(self.move.l10n_in_irp_state, "cancelled")
        self.assertEqual(self.move.state, "cancel")

    def test_active_eway_bill_forbids_it(self):
        self.portal().attach_eway_bill(
            self.move.l10n_in_irp_irn, 391009149369, "2026-01-17 23:59:00"
        )
        action = self.wizard().action_cancel()
        self.assertEqual(self.move.l10n_in_irp_state, "registered")
        self.assertIn("2230", action["params"]["message"])
        self.assertIn("2230", self.move._get_alerts()["l10n_in_irp"]["message"])

    def test_after_a_day_a_credit_note_is_offered(self):
        later = datetime(2026, 1, 15, 6, 30) + timedelta(hours=25)
        with freeze_time(later):
            wizard = self.wizard()
            self.assertTrue(wizard.is_too_late)
            with self.assertRaisesRegex(UserError, "credit note"):
                wizard.action_cancel()
            action = wizard.action_credit_note()
        reversal = self.env["account.move.reversal"].with_context(**action["context"])
        defaults = reversal.default_get(["move_ids", "journal_id"])
        self.assertEqual(defaults["move_ids"], [(6, 0, self.move.ids)])

    def test_what_the_portal_would_refuse_is_reported_before(self):
        transport = FaultyTransport()
        for remark in ("   ", 'the "best"'):
            with self.subTest(remark), self.assertRaisesRegex(UserError, "5002"):
                self.wizard(transport, remark=remark).action_cancel()
        self.assertFalse(transport.urls)
        self.assertEqual(self.move.l10n_in_irp_state, "registered")
