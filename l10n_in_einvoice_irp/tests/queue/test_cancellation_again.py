from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import FaultyTransport
from .common import ASKED, SettleCommon

LATER = ASKED + timedelta(hours=2, minutes=26)
TOO_LATE = ASKED + timedelta(hours=24, minutes=1)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCancellationAgain(SettleCommon):
    """Cancellations that were not carried out, within the 24 hours."""

    def dropped(self):
        """Return an invoice whose cancellation never reached the portal, after the
        look-up."""
        move = self.registered()
        self.lose_cancellation(move, "dropped")
        self.assertEqual(move.l10n_in_irp_state, "cancelling")
        with freeze_time(LATER):
            self.run_queue()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        return move

    def test_asker_is_notified_how_much_time_is_left(self):
        move = self.dropped()
        with freeze_time(LATER):
            alert = self.alert(move)
        self.assertEqual(alert["level"], "danger")
        self.assertIn(self.accountant.name, alert["message"])
        self.assertIn("still active", alert["message"])
        self.assertIn("21 h 34 min", alert["message"])
        self.assertIn("until 16 Jan 2026, 12:00 IST", alert["message"])
        self.assertEqual(alert["action_text"], "Cancel Again")
        activity = move.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn("not cancelled", activity.summary)
        self.assertIn("21 h 34 min, until 16 Jan 2026, 12:00 IST", activity.note)
        self.assertEqual(str(activity.date_deadline), "2026-01-16")

    def test_it_is_the_asker_who_is_notified(self):
        move = self.registered()
        self.lose_cancellation(move.with_user(self.manager), "dropped")
        with freeze_time(LATER):
            self.run_queue()
        self.assertEqual(move.activity_ids.user_id, self.manager)
        self.assertIn(self.manager.name, self.alert(move)["message"])

    def test_cancel_again_with_what_was_entered(self):
        move = self.dropped()
        with freeze_time(LATER):
            wizard, _action = self.press(self.alert(move))
            self.assertEqual(wizard._name, "l10n_in.irp.cancel")
            self.assertEqual((wizard.reason, wizard.remark), ("3", "Order Cancelled"))
            wizard.action_cancel()
        self.assertEqual(move.l10n_in_irp_state, "cancelled")
        self.assertEqual(move.state, "cancel")
        self.assertFalse(move.activity_ids)
        self.assertFalse(move.l10n_in_irp_document_id.cancel_notice)

    def test_window_closes(self):
        move = self.dropped()
        with freeze_time(TOO_LATE):
            alert = self.alert(move)
            self.assertIn("24 hours for cancellation are over", alert["message"])
            # the scheduled action's user; nobody is notified of an action they took
            self.look_after(SUPERUSER_ID)
            self.assertFalse(move.activity_ids)
            note = move.message_ids[0]
            self.assertIn("credit note", note.body)
            self.assertIn(self.accountant.partner_id, note.notified_partner_ids)
            messages = len(move.message_ids)
            self.look_after()
            self.assertEqual(len(move.message_ids), messages, "it is said once")
            alert = self.alert(move)
            self.assertEqual(alert["action_text"], "Create Credit Note")
            _none, action = self.press(alert)
            self.assertEqual(action["res_model"], "account.move.reversal")
            self.assertEqual(action["context"]["active_ids"], move.ids)

    def test_credit_note_ends_it(self):
        move = self.dropped()
        with freeze_time(TOO_LATE):
            self.look_after()
            credit = move._reverse_moves([{"invoice_date": "2026-01-16"}])
            self.assertIn("credit note", self.alert(move)["message"])
            credit.action_post()
            self.assertFalse(self.alert(move).get("action"))

    def test_done_activity_does_not_come_back(self):
        move = self.dropped()
        move.activity_ids.action_feedback()
        with freeze_time(LATER):
            self.run_queue()
        self.assertFalse(move.activity_ids)

    def test_refused_by_the_portal(self):
        move = self.registered()
        self.portal().attach_eway_bill(
            move.l10n_in_irp_irn, 391009149369, "2026-01-17 23:59:00"
        )
        self.lose_cancellation(move, "")
        alert = self.alert(move)
        self.assertIn("2230", alert["message"])
        self.assertEqual(alert["action_text"], "Cancel Again")
        self.assertTrue(move.activity_ids)

    def test_unsent_one_shows_that_it_waits(self):
        move = self.registered()
        self.lose_cancellation(move, "not_sent")
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "cancelling")
        self.assertEqual(document.cancel_notice, "waiting")
        with freeze_time(LATER):
            message = self.alert(move)["message"]
        self.assertIn("has not been sent", message)
        self.assertIn("21 h 34 min", message)
        self.assertIn("not cancelled yet", move.activity_ids.summary)
        self.run_queue()
        self.assertEqual(len(move.activity_ids), 1)
        with freeze_time(LATER):
            self.run_queue()
        self.assertEqual(document.state, "cancelled")
        self.assertFalse(move.activity_ids or document.cancel_notice)

    def test_unsent_one_ends_with_the_window(self):
        move = self.registered()
        self.lose_cancellation(move, "not_sent")
        document = move.l10n_in_irp_document_id.sudo()
        # as if the credential were refused: nothing is tried until it is corrected
        document.next_attempt_at = False
        with freeze_time(LATER):
            self.look_after()
            self.assertEqual(document.state, "cancelling")
        with freeze_time(TOO_LATE):
            self.look_after()
            self.assertEqual(document.state, "registered")
            self.assertEqual(document.cancel_notice, "late")
            self.assertIn("credit note", self.alert(move)["message"])
        self.assertFalse(move.activity_ids)

    def test_credential_that_is_missing(self):
        move = self.registered()
        document = move.l10n_in_irp_document_id.sudo()
        self.forge(document, environment="sandbox")
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        self.lose_cancellation(move, "")
        self.assertEqual(document.state, "cancelling")
        self.assertFalse(document.cancel_sent)
        self.assertFalse(document.next_attempt_at)
        self.assertEqual(document.cancel_notice, "waiting")
        self.assertEqual(move.activity_ids.user_id, self.accountant)
        message = self.alert(move)["message"]
        self.assertIn("has not been sent", message)
        self.assertIn("credential", message)

    def test_worker_that_died_before_it_sent(self):
        move = self.registered()
        self.lose_cancellation(move, "not_sent")
        document = move.l10n_in_irp_document_id.sudo()
        # the intent is committed, and its worker is gone
        document.write({"cancel_sent": True, "worker": 4711, "next_attempt_at": False})
        with freeze_time(LATER):
            self.run_queue()
        self.assertEqual(document.state, "registered")
        self.assertEqual(document.cancel_notice, "open")
        self.assertIn("not cancelled", move.activity_ids.summary)
        self.assertNotIn("yet", move.activity_ids.summary)

    def test_lost_one_is_never_sent_again_because_a_look_up_failed(self):
        move = self.registered()
        self.lose_cancellation(move)
        document = move.l10n_in_irp_document_id
        for fault in ("not_sent", "3095"):
            with freeze_time(LATER):
                move.with_context(
                    l10n_in_irp_wrap_transport=FaultyTransport(fault)
                ).action_l10n_in_irp_refresh()
            self.assertEqual(document.state, "cancelling")
            self.assertTrue(document.cancel_sent, fault)
        transport = FaultyTransport()
        move.with_context(
            l10n_in_irp_wrap_transport=transport
        ).action_l10n_in_irp_refresh()
        self.assertEqual(document.state, "cancelled")
        self.assertEqual(transport.count("/Cancel"), 0)

    def test_asker_without_the_right_is_replaced(self):
        move = self.registered()
        self.lose_cancellation(move, "dropped")
        self.accountant.sudo().active = False
        move = move.with_user(self.manager)
        with freeze_time(LATER):
            self.run_queue()
        responsible = move.activity_ids.user_id
        self.assertTrue(responsible.active)
        self.assertTrue(responsible.has_group("account.group_account_invoice"))

    @mute_logger("odoo.addons.l10n_in_einvoice_irp.models.queue.cancellation")
    def test_one_that_cannot_be_reminded_stops_no_other(self):
        first, second = self.registered(), self.registered()
        for move in (first, second):
            self.lose_cancellation(move, "dropped")
        with freeze_time(LATER):
            self.run_queue()
        registration = first.l10n_in_irp_document_id
        self.forge(registration, ack_date=datetime(9999, 12, 31))
        with freeze_time(TOO_LATE):
            self.look_after()
        self.assertEqual(second.l10n_in_irp_document_id.cancel_notice, "late")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCancelEwaybillAgain(SettleCommon):
    """The same for e-way bills."""

    def dropped(self, **values):
        ewaybill = self.generated(**values)
        self.lose_cancellation(ewaybill, "dropped")
        self.assertEqual(ewaybill.state, "cancelling")
        with freeze_time(LATER):
            self.run_queue()
        self.assertEqual(ewaybill.state, "registered")
        return ewaybill

    def banner(self, ewaybill):
        return self.alert(ewaybill.move_id, name="l10n_in_irp_ewaybill")

    def test_asker_is_notified_how_much_time_is_left(self):
        ewaybill = self.dropped()
        with freeze_time(LATER):
            banner = self.banner(ewaybill)
            ewaybill.invalidate_recordset()
            self.assertIn("21 h 34 min", ewaybill.notice)
        self.assertIn(ewaybill.number, banner["message"])
        self.assertIn("21 h 34 min", banner["message"])
        self.assertEqual(banner["action_text"], "Cancel Again")
        self.assertEqual(ewaybill.activity_ids.user_id, self.accountant)

    def test_cancel_again(self):
        ewaybill = self.dropped()
        wizard, _action = self.press(self.banner(ewaybill))
        self.assertEqual(wizard._name, "l10n_in.irp.ewaybill.cancel")
        self.assertEqual((wizard.reason, wizard.remark), ("3", "Order Cancelled"))
        wizard.action_cancel()
        self.assertEqual(ewaybill.state, "cancelled")
        self.assertFalse(ewaybill.activity_ids or self.banner(ewaybill))

    def test_window_closes(self):
        ewaybill = self.dropped()
        with freeze_time(TOO_LATE):
            self.look_after()
            self.assertFalse(ewaybill.activity_ids)
            self.assertIn("reject it", ewaybill.message_ids[0].body)
            banner = self.banner(ewaybill)
        self.assertIn("are over", banner["message"])
        self.assertNotIn("action", banner)

    def test_hours_that_nobody_knows_do_not_end(self):
        """They count from Part B, which a transporter has yet to enter."""
        carrier = "29AAAAA0000A1ZY"
        ewaybill = self.dropped(
            trans_mode=False, vehicle_number=False, transporter_gstin=carrier
        )
        self.assertFalse(ewaybill.valid_until)
        self.assertIn("within 24 hours of Part B", ewaybill.notice)
        with freeze_time(TOO_LATE):
            self.look_after()
        self.assertTrue(ewaybill.activity_ids)
        self.assertEqual(ewaybill.cancel_notice, "open")

    def test_unsent_one_shows_that_it_waits_and_ends(self):
        ewaybill = self.generated()
        self.lose_cancellation(ewaybill, "not_sent")
        self.assertEqual(ewaybill.cancel_notice, "waiting")
        self.assertIn("has not been sent", self.banner(ewaybill)["message"])
        self.assertIn("not cancelled yet", ewaybill.activity_ids.summary)
        ewaybill.sudo().next_attempt_at = False
        with freeze_time(TOO_LATE):
            self.look_after()
        self.assertEqual(ewaybill.state, "registered")
        self.assertEqual(ewaybill.cancel_notice, "late")
        self.assertFalse(ewaybill.activity_ids)
