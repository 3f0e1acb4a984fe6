import base64
import json
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import FaultyTransport
from .common import AFTER_THE_WINDOW, ASKED, SettleCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSettlement(SettleCommon):
    # ------------------------------------------------------------------
    # It stops, and says so
    # ------------------------------------------------------------------

    def test_cancellation_that_the_portal_no_longer_reports_stops(self):
        move = self.unclear_cancellation()
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "cancel_unclear")
        self.assertEqual(document.error_code, "2283")
        self.assertFalse(document.next_attempt_at)
        transport = FaultyTransport()
        for days in (6, 7, 30):
            with freeze_time(ASKED + timedelta(days=days)):
                self.env["l10n_in.irp.document"].sudo()._cron_reconcile()
                self.run_queue(transport)
        self.assertFalse(transport.urls, "it is not asked about any more")
        self.assertEqual(document.state, "cancel_unclear")

    def test_accountant_is_notified_what_to_do(self):
        move = self.unclear_cancellation()
        alert = self.alert(move)
        self.assertEqual(alert["level"], "danger")
        for words in (
            "2283",
            "e-Invoice portal",
            "Settle by Hand",
            "has stopped checking",
        ):
            self.assertIn(words, alert["message"])
        self.assertNotIn("action", alert, "only a manager settles it")
        self.assertEqual(
            self.alert(move, self.manager)["action_text"], "Settle by Hand"
        )
        activity = move.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn("Cancellation Unclear", activity.summary)
        self.assertIn("Settle by Hand", activity.note)
        printed = move._l10n_in_irp_print_values()
        self.assertIn("not confirmed", printed["by_hand"])

    def test_registration_that_the_portal_no_longer_reports_stops(self):
        move = self.make_invoice()
        self.process(FaultyTransport("lost"))
        self.assertEqual(move.l10n_in_irp_state, "unknown")
        transport = FaultyTransport()
        with freeze_time(AFTER_THE_WINDOW):
            self.run_queue()
            self.env["l10n_in.irp.document"].sudo()._cron_reconcile()
            self.run_queue(transport)
        self.assertEqual(move.l10n_in_irp_state, "unclear")
        self.assertFalse(transport.urls)
        self.assertIn("import", self.alert(move)["message"])
        self.assertEqual(move.activity_ids.user_id, self.accountant)
        with self.assertRaisesRegex(UserError, "Registration Unclear"):
            move.button_draft()

    def test_look_up_that_is_refused_stops(self):
        move = self.make_invoice()
        self.process(FaultyTransport("lost"))
        with freeze_time(ASKED + timedelta(minutes=5)):
            self.run_queue(FaultyTransport("2226"))
        document = move.l10n_in_irp_document_id
        self.assertEqual((document.state, document.error_code), ("unclear", "2226"))
        self.assertFalse(document.next_attempt_at)

    def test_portal_that_fails_for_days_is_not_asked_for_ever(self):
        move = self.make_invoice()
        self.process(FaultyTransport("lost"))
        document = move.l10n_in_irp_document_id
        for days in (1, 2, 3):
            self.assertEqual(document.state, "unknown")
            with freeze_time(ASKED + timedelta(days=days)):
                self.run_queue(FaultyTransport("5001", times=9))
        self.assertEqual(document.state, "unclear")
        self.assertTrue(document.unanswered_since)
        self.assertTrue(move.activity_ids)

    def test_what_waits_for_a_credential_too_long_ends(self):
        move = self.make_invoice()
        self.process(FaultyTransport("lost"))
        document = move.l10n_in_irp_document_id.sudo()
        document.next_attempt_at = False
        document.error = "The portal refused the login"
        with freeze_time(ASKED + timedelta(days=2)):
            self.look_after()
        self.assertEqual(document.state, "unknown")
        with freeze_time(ASKED + timedelta(days=3)):
            self.look_after()
        self.assertEqual(document.state, "unclear")
        self.assertIn("refused the login", document.error)
        self.assertIn("Settle by Hand", document.advice)
        self.assertTrue(move.activity_ids)

    def test_portal_that_is_never_reached_is_not_asked_for_ever(self):
        move = self.make_invoice()
        self.process(FaultyTransport("lost"))
        document = move.l10n_in_irp_document_id
        for days in (4, 6, 7):
            self.assertEqual(document.state, "unknown")
            with freeze_time(ASKED + timedelta(days=days)):
                self.run_queue(FaultyTransport("not_sent", times=9))
        self.assertEqual(document.state, "unclear")
        self.assertFalse(document.next_attempt_at)
        self.assertIn("could not be reached", document.error)

    def test_refresh_asks_once_more(self):
        move = self.unclear_cancellation()
        transport = FaultyTransport()
        asking = move.with_context(l10n_in_irp_wrap_transport=transport)
        with freeze_time(AFTER_THE_WINDOW):
            asking.action_l10n_in_irp_refresh()
        self.assertEqual(move.l10n_in_irp_state, "cancel_unclear")
        self.assertEqual(transport.count("irnbydocdetails"), 1)
        self.assertEqual(transport.count("/Cancel"), 0)
        # had the reason not been the window, the portal would answer now
        asking.action_l10n_in_irp_refresh()
        self.assertEqual(move.l10n_in_irp_state, "cancelled")
        self.assertFalse(move.activity_ids)

    def test_imported_file_does_not_settle_a_cancellation(self):
        move = self.registered()
        held = self.other_client().get_irn(move.l10n_in_irp_irn)
        self.lose_cancellation(move)
        with freeze_time(AFTER_THE_WINDOW):
            self.run_queue()
        for status in ("ACT", "CNL"):
            line = self.import_file(held, status)
            self.assertEqual(line.result, "unsettled", status)
            self.assertIn("Settle by Hand", line.message)
            self.assertEqual(move.l10n_in_irp_state, "cancel_unclear")

    def import_file(self, held, status):
        """Import a file from the portal's web page; return the line with the
        outcome."""
        entry = {
            "Irn": held.irn,
            "AckNo": int(held.ack_number),
            "AckDt": f"{held.ack_date:%Y-%m-%d %H:%M:%S}",
            "SignedInvoice": held.signed_invoice,
            "SignedQRCode": held.signed_qr,
            "Status": status,
        }
        file = base64.b64encode(json.dumps([entry]).encode())
        imports = self.env["l10n_in.irp.import"].with_user(self.manager)
        wizard = imports.create({"file": file})
        wizard.action_import()
        return wizard.line_ids

    # ------------------------------------------------------------------
    # A manager's statement
    # ------------------------------------------------------------------

    def test_manager_says_still_active(self):
        move = self.unclear_cancellation()
        document = move.l10n_in_irp_document_id
        with freeze_time("2026-01-21 06:30:00"):
            self.settle(move, "active", remark="Portal page, 21 January")
            alert = self.alert(move)
        self.assertEqual(document.state, "registered")
        self.assertEqual(document.settled_as, "active")
        self.assertEqual(document.settled_by_id, self.manager)
        self.assertEqual(document.settled_at, datetime(2026, 1, 21, 6, 30))
        self.assertEqual(move.l10n_in_irp_settle_remark, "Portal page, 21 January")
        self.assertIn(self.manager.name, alert["message"])
        self.assertIn("not confirmed by the portal", alert["message"])
        self.assertLess(
            alert["message"].index("recorded on"),
            alert["message"].index("requested its"),
        )
        self.assertFalse(document.error or document.advice)
        self.assertFalse(move.activity_ids)
        printed = move._l10n_in_irp_print_values()
        self.assertIn("recorded by hand on 21-01-2026", printed["by_hand"])
        said = move.message_ids.filtered(lambda m: "Portal page" in (m.body or ""))
        self.assertEqual(said.author_id, self.manager.partner_id)
        self.assertIn("not confirmed", said.body)

    def test_asker_is_notified_that_it_is_too_late_now(self):
        move = self.unclear_cancellation()
        with freeze_time("2026-01-21 06:30:00"):
            self.settle(move, "active")
            alert = self.alert(move)
        self.assertEqual(move.l10n_in_irp_document_id.cancel_notice, "late")
        self.assertIn("credit note", alert["message"])
        self.assertEqual(alert["action_text"], "Create Credit Note")
        note = move.message_ids.filtered(lambda m: "credit note" in (m.body or ""))
        self.assertIn(self.accountant.partner_id, note.notified_partner_ids)

    def test_manager_says_cancelled(self):
        move = self.unclear_cancellation()
        document = move.l10n_in_irp_document_id
        with freeze_time("2026-01-21 06:30:00"):
            self.settle(
                move, "cancelled", cancelled_at=datetime(2026, 1, 15, 7), irn_reason="1"
            )
        self.assertEqual((document.state, move.state), ("cancelled", "cancel"))
        self.assertEqual(document.cancel_date, datetime(2026, 1, 15, 7))
        self.assertEqual(document.cancel_reason, "1")
        self.assertEqual(document.settled_as, "cancelled")
        self.assertIn("not confirmed", self.alert(move)["message"])
        self.assertIn("by hand", move._l10n_in_irp_print_values()["by_hand"])
        self.assertFalse(move.activity_ids)

    def test_invoice_in_odoo_may_stay(self):
        move = self.unclear_cancellation()
        with freeze_time("2026-01-21 06:30:00"):
            self.settle(move, "cancelled", cancel_move=False)
        self.assertEqual(move.l10n_in_irp_state, "cancelled")
        self.assertEqual(move.state, "posted")
        move.action_l10n_in_irp_cancel_move()
        self.assertEqual(move.state, "cancel")

    def test_print_says_that_it_rests_on_a_word(self):
        move = self.unclear_cancellation()
        with freeze_time("2026-01-21 06:30:00"):
            self.settle(move, "active")
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html("account.report_invoice", move.ids)
        self.assertIn(b"recorded by hand on 21-01-2026", html)
        self.assertIn(move.l10n_in_irp_irn.encode(), html)

    def test_dates_that_cannot_be_are_refused(self):
        move = self.unclear_cancellation()
        for moment, words in (
            (datetime(2026, 1, 15, 6), "after the registration"),
            (datetime(2026, 1, 16, 7), "within 24 hours"),
            (datetime(2026, 2, 1), "not in the future"),
        ):
            with (
                self.subTest(moment),
                freeze_time("2026-01-21 06:30:00"),
                self.assertRaisesRegex(UserError, words),
            ):
                self.settle(move, "cancelled", cancelled_at=moment)
        self.assertEqual(move.l10n_in_irp_state, "cancel_unclear")

    def test_remark_is_needed(self):
        move = self.unclear_cancellation()
        with self.assertRaisesRegex(UserError, "remark"):
            self.settle(move, "active", remark="   ")
        self.assertEqual(move.l10n_in_irp_state, "cancel_unclear")

    def test_word_may_be_corrected(self):
        move = self.unclear_cancellation()
        with freeze_time("2026-01-21 06:30:00"):
            self.settle(move, "active")
            self.settle(move.l10n_in_irp_document_id, "cancelled")
        self.assertEqual(move.l10n_in_irp_document_id.settled_as, "cancelled")
        self.assertEqual(move.l10n_in_irp_state, "cancelled")

    def test_portal_has_the_last_word(self):
        move = self.registered()
        self.lose_cancellation(move)
        document = move.l10n_in_irp_document_id.sudo()
        document.state = "cancel_unclear"
        self.settle(move, "active")
        self.assertTrue(document.settled_as)
        self.lose_cancellation(move, fault="")
        self.assertEqual(document.state, "cancelled")
        self.assertFalse(document.settled_as or document.settled_by_id)
        self.assertFalse(move._l10n_in_irp_print_values()["by_hand"])

    # ------------------------------------------------------------------
    # Records that may not be registered
    # ------------------------------------------------------------------

    def unclear_registration(self, fault):
        move = self.make_invoice()
        self.process(FaultyTransport(fault))
        with freeze_time(ASKED + timedelta(minutes=5)):
            self.run_queue(FaultyTransport("2226"))
        self.assertEqual(move.l10n_in_irp_state, "unclear")
        return move

    def test_manager_says_not_registered(self):
        move = self.unclear_registration("dropped")
        self.settle(move, "absent")
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        self.process()
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "registered")
        self.assertFalse(document.settled_as, "the portal itself says so now")
        self.assertFalse(document.adopted)
        self.assertFalse(move.activity_ids)

    def test_manager_who_errs_registers_nothing_twice(self):
        move = self.unclear_registration("lost")
        self.settle(move, "absent")
        transport = FaultyTransport()
        self.process(transport)
        document = move.l10n_in_irp_document_id
        self.assertEqual((document.state, document.adopted), ("registered", True))
        self.assertEqual(transport.count("irnbydocdetails"), 1, "2150 was looked up")

    def test_registered_is_for_the_file_to_prove(self):
        move = self.unclear_registration("lost")
        action = move.with_user(self.manager).action_l10n_in_irp_settle()
        wizard = self.env[action["res_model"]].with_user(self.manager)
        wizard = wizard.browse(action["res_id"])
        self.assertFalse(wizard.is_known)
        words = [word for word, _label in wizard._fields["irn_word"].selection]
        self.assertNotIn("active", words)
        with self.assertRaisesRegex(UserError, "Choose the status"):
            wizard.write({"known_word": "active", "remark": "I know"})
            wizard.action_settle()

    def test_cancelled_without_an_irn_is_printed(self):
        move = self.unclear_registration("lost")
        self.settle(
            move,
            "cancelled",
            cancelled_at=ASKED,
            irn_reason="2",
            cancel_move=False,
        )
        self.assertEqual(move.l10n_in_irp_state, "cancelled")
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html("account.report_invoice", move.ids)
        self.assertIn(b"recorded by hand", html)
        self.assertNotIn(b"Ack. No.", html)

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_accountant_cannot_settle(self):
        move = self.unclear_cancellation()
        document = move.l10n_in_irp_document_id
        with self.assertRaisesRegex(AccessError, "e-Invoice .India.: Manager"):
            move.action_l10n_in_irp_settle()
        wizards = self.env["l10n_in.irp.settle"]
        with self.assertRaises(AccessError):
            wizards.create({"document_id": document.id, "known_word": "active"})
        own = wizards.with_user(self.manager).create({"document_id": document.id})
        with self.assertRaises(AccessError):
            wizards.browse(own.id).action_settle()
        self.assertEqual(document.state, "cancel_unclear")

    def test_no_field_is_written_past_the_dialog(self):
        move = self.unclear_cancellation()
        document = move.l10n_in_irp_document_id
        for user in (self.accountant, self.manager):
            for values in (
                {"state": "registered"},
                {"settled_as": "active"},
                {"settled_by_id": self.accountant.id},
                {"cancel_notice": "open"},
            ):
                with self.subTest(values), self.assertRaises(UserError):
                    document.with_user(user).write(values)
            move.with_user(user).write({"l10n_in_irp_settled_as": "active"})
            move.invalidate_recordset()
            self.assertFalse(move.l10n_in_irp_settled_as)

    def test_what_the_portal_answers_for_is_not_settled_by_hand(self):
        move = self.registered()
        with self.assertRaisesRegex(UserError, "still returns"):
            move.with_user(self.manager).action_l10n_in_irp_settle()
        self.lose_cancellation(move)
        self.assertTrue(move.l10n_in_irp_document_id.next_attempt_at)
        with self.assertRaisesRegex(UserError, "still returns"):
            move.with_user(self.manager).action_l10n_in_irp_settle()

    def test_dialog_is_for_the_manager_who_opened_it(self):
        move = self.unclear_cancellation()
        other = new_test_user(
            self.env(su=True),
            "irp_other_manager",
            groups="base.group_user,account.group_account_manager",
            company_id=self.default_company.id,
        )
        action = move.with_user(self.manager).action_l10n_in_irp_settle()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaises(AccessError):
            wizard.with_user(other).action_settle()
