from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CARRIER, MADE, MovementCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBill(MovementCommon):
    """The e-way bill as the portal holds it."""

    def test_history_of_others_is_fetched_once(self):
        bill = self.slip(CARRIER)
        self.on_web(
            CARRIER,
            "VEHEWB",
            ewbNo=int(bill.number),
            vehicleNo="UK07AA0001",
            fromPlace="Nagpur",
            fromState=27,
            reasonCode="4",
            reasonRem="first",
            transDocNo="",
            transDocDate="",
            transMode="1",
            vehicleType="R",
        )
        bill.action_fetch()
        bill.action_fetch()
        self.assertEqual(len(bill.step_ids), 1)
        step = bill.step_ids
        self.assertEqual((step.entered_by, step.place), (CARRIER, "Nagpur"))
        self.assertEqual(step.state_id, self.env.ref("base.state_in_mh"))
        self.assertFalse(step.acted_at, "it was made elsewhere")
        self.assertEqual(bill.vehicle_number, "UK07AA0001")
        self.assertTrue(bill.valid_until)
        self.assertEqual(bill.part_b_by, CARRIER)
        self.assertFalse(bill.can_change_transporter)

    def test_own_entries_are_not_doubled(self):
        bill = self.made()
        self.part_b(bill, "mh 31 aa 0001")
        bill.action_fetch()
        self.assertEqual(len(bill.step_ids), 2, "the first was sent with Part A")
        self.assertEqual(bill.generator_gstin, self.default_company.vat)

    def test_entry_of_an_open_change_is_not_of_others(self):
        for outcome in ("looked up", "done", "undone"):
            with self.subTest(outcome):
                bill = self.made()
                step = self.part_b(bill, "MH31AA0001", self.lost())
                # as the daily fetch: it looks up no change
                bill._fetch_bill()
                entries = bill.step_ids.filtered(self.is_of("MH31AA0001"))
                self.assertEqual(entries, step)
                if outcome == "looked up":
                    bill.action_fetch()
                else:
                    self.forge(step, state="unclear", next_attempt_at=False)
                    word = "active" if outcome == "done" else "absent"
                    self.become_manager()
                    step._settle(word, "As shown", {})
                bill._fetch_bill()
                bill._fetch_bill()
                made = bill.step_ids.filtered(
                    lambda one: one.state == "registered"
                ).filtered(self.is_of("MH31AA0001"))
                self.assertEqual(len(made), 1)

    @staticmethod
    def is_of(vehicle):
        return lambda step: step.vehicle_number == vehicle

    def test_entry_made_long_after_the_call_is_not_doubled(self):
        bill = self.made()
        step = self.part_b(bill, "MH31AA0001", self.lost())
        # the portal took it only now
        self.forge(step, acted_at=MADE - timedelta(minutes=10))
        bill.action_fetch()
        self.assertEqual((step.state, step.done_at), ("registered", MADE))
        bill.action_fetch()
        entries = bill.step_ids.filtered(self.is_of("MH31AA0001"))
        self.assertEqual(entries, step)

    def test_one_with_changes_cannot_be_deleted(self):
        bill = self.prepare(self.registered_invoice())
        values = {"kind": "part_b", "state": "registered", "environment": "demo"}
        self.env["l10n_in.irp.ewaybill.step"].sudo().create(
            {**values, "ewaybill_id": bill.id}
        )
        with self.assertRaisesRegex(UserError, "changes at the portal"):
            bill.unlink()

    def test_cancelled_elsewhere(self):
        bill = self.made()
        number = int(bill.number)
        self.on_web(
            self.default_company.vat,
            "CANEWB",
            ewbNo=number,
            cancelRsnCode=2,
            cancelRmrk="Order Cancelled",
        )
        bill.action_fetch()
        self.assertEqual(bill.state, "cancelled")

    def test_reminder_asks_for_what_an_extension_needs(self):
        bill = self.made()
        with self.at(bill.valid_until - timedelta(hours=10)):
            bill._cron_remind()
        note = bill.activity_ids.note
        for words in ("place", "PIN Code", "kilometres left", "reason"):
            self.assertIn(words, note)

    def test_each_end_of_the_validity_has_one_reminder(self):
        bill = self.made()
        bill.activity_schedule("mail.mail_activity_data_call")
        with self.at(bill.valid_until - timedelta(hours=7)):
            bill._cron_remind()
            self.assertEqual(len(bill.activity_ids), 2)
            bill.activity_ids[-1].action_feedback()
            bill._cron_remind()
            self.assertEqual(len(bill.activity_ids), 1, "it was marked as done")
            self.assertEqual(self.extend(bill).state, "registered")
        with self.at(bill.valid_until - timedelta(hours=7)):
            bill._cron_remind()
            self.assertEqual(len(bill.activity_ids), 2, "of the new end")
            self.assertEqual(self.extend(bill).state, "registered")
            self.assertEqual(len(bill.activity_ids), 1, "the call alone")

    def test_only_who_may_act_is_reminded(self):
        bill = self.made(transporter_gstin=CARRIER)
        with self.at(bill.valid_until - timedelta(hours=7)):
            bill._cron_remind()
            self.assertIn(CARRIER, bill.activity_ids.note)
        self.forge(bill, generator_gstin=CARRIER)
        bill.activity_ids.unlink()
        with self.at(bill.valid_until - timedelta(hours=7)):
            bill._cron_remind()
        self.assertFalse(bill.activity_ids)

    def test_company_without_api_access_is_told_what_remains(self):
        bill = self.made()
        self.forge(bill, environment="production")
        self.assertIn("no API user of the e-way bill system", bill.ewb_missing)
        self.assertIn("from the IRN", bill.ewb_missing)
        with self.assertRaisesRegex(UserError, "ewaybillgst.gov.in"):
            bill.action_part_b()
