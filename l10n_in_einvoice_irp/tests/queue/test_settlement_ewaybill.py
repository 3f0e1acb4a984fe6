from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import FaultyTransport
from .common import ASKED, SettleCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSettlementEwaybill(SettleCommon):
    def refuse_look_up(self, code="4037"):
        with freeze_time(ASKED + timedelta(minutes=5)):
            self.run_queue(FaultyTransport(code, times=9))

    def unclear_cancellation(self):
        ewaybill = self.generated()
        self.lose_cancellation(ewaybill)
        self.refuse_look_up()
        self.assertEqual(ewaybill.state, "cancel_unclear")
        return ewaybill

    def unclear_generation(self, fault):
        ewaybill = self.prepared(self.registered())
        transport = FaultyTransport(fault)
        ewaybill.with_context(l10n_in_irp_wrap_transport=transport).action_generate()
        self.assertEqual(ewaybill.state, "unknown")
        self.refuse_look_up()
        self.assertEqual(ewaybill.state, "unclear")
        return ewaybill

    def test_unclear_cancellation_stops_and_says_so(self):
        ewaybill = self.unclear_cancellation()
        self.assertFalse(ewaybill.next_attempt_at)
        self.assertIn("Settle by Hand", ewaybill.advice)
        self.assertEqual(ewaybill.activity_ids.user_id, self.accountant)
        move = ewaybill.move_id
        alert = self.alert(move, name="l10n_in_irp_ewaybill")
        self.assertIn("Cancellation Unclear", alert["message"])
        self.assertNotIn("action", alert)
        alert = self.alert(move, self.manager, "l10n_in_irp_ewaybill")
        self.assertEqual(alert["action_text"], "Settle by Hand")
        transport = FaultyTransport()
        with freeze_time(ASKED + timedelta(days=9)):
            self.env["l10n_in.irp.document"].sudo()._cron_reconcile()
            self.run_queue(transport)
        self.assertFalse(transport.urls)
        with self.assertRaisesRegex(UserError, "2230"):
            self.lose_cancellation(move)

    def test_manager_says_still_active(self):
        ewaybill = self.unclear_cancellation()
        with freeze_time(ASKED + timedelta(days=2)):
            self.settle(ewaybill, "active")
        self.assertEqual(ewaybill.state, "registered")
        self.assertEqual(ewaybill.settled_by_id, self.manager)
        self.assertIn("not confirmed", ewaybill.notice)
        self.assertIn("by hand", ewaybill._print_values()["by_hand"])
        self.assertFalse(ewaybill.activity_ids)
        said = ewaybill.message_ids.filtered(
            lambda message: message.author_id == self.manager.partner_id
        )
        self.assertIn("still active", " ".join(said.mapped("body")))
        report = self.env["ir.actions.report"]
        name = "l10n_in_einvoice_irp.report_ewaybill"
        html, _kind = report._render_qweb_html(name, ewaybill.ids)
        self.assertIn(b"recorded by hand", html)

    def test_manager_says_cancelled(self):
        ewaybill = self.unclear_cancellation()
        self.settle(ewaybill, "cancelled", cancelled_at=ASKED, ewb_reason="1")
        self.assertEqual(ewaybill.state, "cancelled")
        self.assertEqual(ewaybill.cancel_date, ASKED)
        self.assertEqual(ewaybill.cancel_reason, "1")
        self.assertFalse(ewaybill.move_id.l10n_in_irp_ewaybill_id)

    def test_manager_enters_what_was_generated(self):
        ewaybill = self.unclear_generation("lost")
        number = self.other_client().get_ewb(ewaybill.irn).number
        with self.assertRaisesRegex(UserError, "12 digits"):
            self.settle(ewaybill, "active", number="391 009", ewb_date=ASKED)
        self.settle(
            ewaybill,
            "active",
            number=number,
            ewb_date=ASKED,
            valid_until=datetime(2026, 1, 18, 18, 29),
        )
        self.assertEqual(ewaybill.state, "registered")
        self.assertEqual(ewaybill.number, number)
        self.assertIn("not confirmed", ewaybill.notice)
        # the portal answers again, and confirms it
        ewaybill.action_refresh()
        self.assertEqual(ewaybill.state, "registered")
        self.assertFalse(ewaybill.settled_as or ewaybill.notice)

    def test_manager_says_not_generated(self):
        ewaybill = self.unclear_generation("dropped")
        self.settle(ewaybill, "absent")
        self.assertEqual(ewaybill.state, "draft")
        ewaybill.vehicle_number = "MH12AB9999"
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertFalse(ewaybill.settled_as)

    def test_manager_who_errs_makes_none_twice(self):
        ewaybill = self.unclear_generation("lost")
        number = self.other_client().get_ewb(ewaybill.irn).number
        self.settle(ewaybill, "absent")
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertEqual(ewaybill.number, number)

    def test_accountant_writes_nothing_of_it(self):
        ewaybill = self.unclear_cancellation()
        with self.assertRaisesRegex(AccessError, "e-Invoice .India.: Manager"):
            ewaybill.action_settle()
        for user in (self.accountant, self.manager):
            for values in (
                {"state": "registered"},
                {"settled_as": "active"},
                {"settled_by_id": self.accountant.id},
                {"cancel_notice": "open"},
            ):
                with self.subTest(values), self.assertRaises(UserError):
                    ewaybill.with_user(user).write(values)

    def test_draft_takes_no_word_with_its_transport(self):
        ewaybill = self.prepared(self.registered())
        with self.assertRaises(UserError):
            ewaybill.write({"vehicle_number": "MH1", "settled_as": "active"})

    def test_claim_of_the_web_page_waits_for_a_manager(self):
        ewaybill = self.generated()
        action = ewaybill.action_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaises(AccessError):
            wizard.action_record()
        action = ewaybill.with_user(self.manager).action_cancel()
        wizard = self.env(user=self.manager)[action["res_model"]].browse(
            action["res_id"]
        )
        wizard.write({"reason": "3", "remark": "by hand", "cancelled_at": ASKED})
        transport = FaultyTransport("4037", times=9)
        wizard.with_context(l10n_in_irp_wrap_transport=transport).action_record()
        self.assertEqual(ewaybill.state, "cancel_unclear")
        self.assertFalse(ewaybill.cancel_date, "nobody has confirmed it")
        self.settle(ewaybill, "cancelled")
        self.assertEqual(ewaybill.cancel_date, ASKED)
        self.assertEqual(ewaybill.cancel_reason, "3")
