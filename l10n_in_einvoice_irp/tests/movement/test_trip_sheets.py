from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MADE, MovementCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTripSheets(MovementCommon):
    """A consolidated e-way bill: another vehicle for it, and what is on it."""

    def lorry(self, bills, transport=None, **values):
        """Enter one vehicle for e-way bills, and their consolidated number."""
        entered = {
            "vehicle_number": "MH31AA0001",
            "place": "Nagpur",
            "state_id": self.env.ref("base.state_in_mh").id,
            "vehicle_reason": "2",
            "remark": "Loaded together",
            **values,
        }
        self.dialog(bills.action_lorry(), transport, **entered).action_send()
        return bills

    def consolidate(self, bills, transport):
        """Make a consolidated number without an answer, and return the step."""
        self.lorry(bills, is_consolidated=False)
        values = {"vehicle_number": "MH31AA0002", "place": "Wardha"}
        state = self.env.ref("base.state_in_mh").id
        dialog = self.dialog(bills.action_lorry(), state_id=state, **values)
        first = dialog.ewaybill_id.with_context(l10n_in_irp_wrap_transport=transport)
        return self.change(first, "consolidation", dialog)

    def renew(self, bill, transport=None, **values):
        """Get a new number for another vehicle, and return the step."""
        entered = {
            "vehicle_number": "MH31AA0009",
            "place": "Wardha",
            "state_id": self.env.ref("base.state_in_mh").id,
            "vehicle_reason": "1",
            "remark": "Engine failure",
            **values,
        }
        self.dialog(bill.action_regenerate(), transport, **entered).action_send()
        steps = self.env["l10n_in.irp.ewaybill.step"]
        return steps.search([("kind", "=", "trip_sheet")], order="id desc", limit=1)

    def test_another_vehicle_for_all(self):
        bills = self.lorry(self.made() | self.made())
        [old] = set(bills.mapped("trip_sheet"))
        self.assertTrue(bills[1].can_regenerate)
        with self.at(MADE + timedelta(hours=1)):
            step = self.renew(bills[1])
            self.assertEqual((step.state, step.error), ("registered", False))
            self.assertEqual(step.old_trip_sheet, old)
            self.assertEqual(set(bills.mapped("trip_sheet")), {step.trip_sheet})
            self.assertNotEqual(step.trip_sheet, old)
            self.assertEqual(set(bills.mapped("vehicle_number")), {"MH31AA0009"})
            for bill in bills:
                entries = bill.step_ids.filtered(lambda one: one.kind == "part_b")
                count = len(entries)
                self.assertIn("MH31AA0009", entries.mapped("vehicle_number"))
                bill.action_fetch()
                entries = bill.step_ids.filtered(lambda one: one.kind == "part_b")
                sheets = entries.mapped("trip_sheet")
                self.assertEqual(sheets.count(bill.trip_sheet), 1, "entered once")
                self.assertGreaterEqual(len(entries), count)
            with self.assertRaisesRegex(UserError, "392: "):
                self.forge(bills[0], trip_sheet=old)
                self.renew(bills[0])

    def test_refused_before_the_call(self):
        bills = self.lorry(self.made() | self.made())
        for code, values in (
            ("303", {"vehicle_number": False}),
            ("304", {"vehicle_number": "LORRY"}),
            ("305", {"place": False}),
            ("306", {"state_id": False}),
            ("307", {"vehicle_reason": False}),
            ("308", {"remark": "x" * 51}),
            ("387", {"old_trip_sheet": "1"}),
        ):
            with self.subTest(code), self.assertRaisesRegex(UserError, f"{code}: "):
                self.renew(bills[0], **values)
        with (
            self.at(max(bills.mapped("valid_until")) + timedelta(hours=1)),
            self.assertRaisesRegex(UserError, "391: "),
        ):
            self.renew(bills[0])

    def test_what_is_cancelled_stays_behind(self):
        bills = self.lorry(self.made() | self.made() | self.made())
        [old] = set(bills.mapped("trip_sheet"))
        cancelled = bills[0]
        self.forge(cancelled, state="registered")
        cancelled._request_cancel("2", "Order Cancelled")
        self.assertEqual(cancelled.state, "cancelled", cancelled.error)
        step = self.renew(bills[1])
        self.assertEqual(step.bill_ids, bills - cancelled)
        self.assertEqual(cancelled.trip_sheet, old)

    def test_lost_answer_is_looked_up(self):
        for fault in (self.lost, self.dropped):
            with self.subTest(fault.__name__):
                bills = self.lorry(self.made() | self.made())
                [old] = set(bills.mapped("trip_sheet"))
                step = self.renew(bills[0], fault(), vehicle_number="MH31AA0005")
                self.assertEqual(step.state, "unknown")
                with self.assertRaisesRegex(UserError, "awaits the portal's"):
                    bills[1].action_part_b()
                bills[1].action_fetch()
                step._process_now()
                self.assertEqual((step.state, step.error), ("registered", False))
                self.assertEqual(set(bills.mapped("trip_sheet")), {step.trip_sheet})
                self.assertNotEqual(step.trip_sheet, old)
                sheet = self.portal().trips.of_number(int(step.trip_sheet))
                numbers = sorted(map(int, bills.mapped("number")))
                self.assertEqual(sorted(sheet.details["bills"]), numbers)
                entries = self.entries(bills[0])
                self.assertEqual(entries.count("MH31AA0005"), 1, "sent once")

    def sheet(self, bill):
        """Return the dialog that shows the consolidated e-way bill of one."""
        action = bill.action_trip_sheet()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_what_is_on_it_is_shown(self):
        bills = self.lorry(self.made() | self.made())
        number = bills[0].trip_sheet
        sheet = self.sheet(bills[0])
        self.assertEqual((sheet.number, sheet.bill_ids), (number, bills))
        self.assertEqual(sheet.vehicle_number, "MH31AA0001")
        self.assertEqual(sheet.place, "Nagpur, 27-Maharashtra")
        self.assertFalse(sheet.is_cancelled or sheet.others)
        other = bills[1].number
        self.forge(bills[1], number="999999999999")
        sheet = self.sheet(bills[0])
        self.assertEqual(sheet.bill_ids, bills[0])
        self.assertIn(other, sheet.others)
        with self.assertRaisesRegex(UserError, "on no consolidated"):
            self.made().action_trip_sheet()

    def test_manager_enters_the_number(self):
        bills = self.made() | self.made()
        step = self.consolidate(bills, self.lost())
        self.forge(step, state="unclear", next_attempt_at=False)
        self.become_manager()
        with self.assertRaisesRegex(UserError, "enter the number"):
            step._settle("active", "seen", {})
        entries = self.portal().movements.entries(int(bills[0].number))
        made = str(entries[0].details["tripshtNo"])
        wizard = self.dialog(step.action_settle_done())
        for wrong in ("", "123", "9999999999"):
            wizard.number = wrong
            with self.subTest(wrong), self.assertRaises(UserError):
                wizard.action_record()
        wizard.number = made
        wizard.action_record()
        self.assertEqual((step.state, step.proof), ("registered", "by_hand"))
        self.assertEqual(set(bills.mapped("trip_sheet")), {made})

    def test_number_that_was_fetched_before_is_entered_once(self):
        bills = self.lorry(self.made() | self.made())
        step = self.renew(bills[0], self.lost(), vehicle_number="MH31AA0005")
        for bill in bills:
            # as the daily fetch: it looks up no change
            bill._fetch_bill()
        step._requeue()
        step._process_now()
        self.assertEqual((step.state, step.error), ("registered", False))
        for bill in bills:
            entries = bill.step_ids.filtered(lambda one: one.kind == "part_b")
            sheets = entries.mapped("trip_sheet")
            self.assertEqual(sheets.count(step.trip_sheet), 1)
