from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MADE, MovementCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRights(MovementCommon):
    """Who may do what with an e-way bill, and until when."""

    def test_dialog_says_who_may_and_until_when(self):
        bill = self.made()
        end, name = bill._shown_time(bill.valid_until), self.default_company.name
        openings = (
            (bill.action_part_b, f"{name} may update it until {end}"),
            (bill.action_transporter, f"{name} may change it .*at most until {end}"),
            (bill.action_extend, f"{name} may extend it from"),
            (bill.action_several_vehicles, f"{name} may enter them until {end}"),
        )
        for opening, words in openings:
            with self.subTest(opening.__name__):
                self.assertRegex(self.dialog(opening()).next_steps, f"(?s){words}")
        self.forge(bill, trip_sheet="3610009999")
        sheet = f"(?s)3610009999: .*on another vehicle until {end}"
        self.assertRegex(self.dialog(bill.action_regenerate()).next_steps, sheet)
        self.assertRegex(bill.next_steps, sheet)
        own = self.default_company.vat
        self.forge(bill, transporter_gstin=own, part_b_by=own)
        self.assertIn("transporter can no longer be changed", bill.next_steps)

    def test_no_extension_is_offered_after_360_days(self):
        bill = self.made()
        for days, is_offered in ((359, True), (361, False)):
            with self.subTest(days):
                self.forge(bill, ewb_date=bill.valid_until - timedelta(days=days))
                self.assertEqual(bill.can_extend, is_offered)
                words = "360 days after its generation" in bill.next_steps
                self.assertEqual(words, not is_offered)
        with self.assertRaisesRegex(UserError, "821: "):
            self.extend(bill)

    def cancel_window(self, bill):
        """Return the dialog of its cancellation."""
        return self.env["l10n_in.irp.ewaybill.cancel"].create({"ewaybill_id": bill.id})

    def test_hours_for_cancelling_count_from_the_first_part_b(self):
        bill = self.slip()
        later = MADE + timedelta(hours=30)
        with self.at(later):
            self.assertFalse(self.cancel_window(bill).deadline, "no Part B yet")
            self.assertIn("24 hours from the entry of Part B", bill.next_steps)
            step = self.part_b(bill, "MH31AA0001")
            end = step.done_at + timedelta(hours=24)
        with self.at(later + timedelta(hours=23)):
            self.part_b(bill, "MH31AA0002")
            bill.invalidate_recordset()
            window = self.cancel_window(bill)
            self.assertEqual((window.deadline, window.is_too_late), (end, False))
            shown = bill._shown_time(end)
            self.assertIn(f"It can be cancelled until {shown}", bill.next_steps)
            bill.action_fetch()
            self.assertLess(abs(bill._cancel_deadline() - end), timedelta(minutes=2))
        with self.at(later + timedelta(hours=25)):
            bill.invalidate_recordset()
            self.assertTrue(self.cancel_window(bill).is_too_late)
            self.assertNotIn("cancelled until", bill.next_steps)

    def test_hours_for_cancelling_count_from_the_generation_with_a_vehicle(self):
        bill = self.made()
        end = bill.ewb_date + timedelta(hours=24)
        with self.at(MADE + timedelta(hours=20)):
            self.part_b(bill, "MH31AA0001")
            self.assertEqual(bill._cancel_deadline(), end, "it had a vehicle before")
            bill.action_fetch()
            self.assertLess(abs(bill._cancel_deadline() - end), timedelta(minutes=2))
