from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import FaultyTransport
from .common import CARRIER, MADE, MovementCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOneAtATime(MovementCommon):
    """Changes of one e-way bill that meet: each is made once, one after another."""

    def opened(self, bills, transport=None, **values):
        """Return a filled-in dialog for another vehicle, of one or of several."""
        action = bills.action_lorry() if len(bills) > 1 else bills.action_part_b()
        entered = {
            "vehicle_number": "MH31AA0001",
            "place": "Nagpur",
            "state_id": self.env.ref("base.state_in_mh").id,
            "vehicle_reason": "1",
            "remark": "Engine failure",
            **values,
        }
        return self.dialog(action, transport, **entered)

    def test_second_person_reads_what_the_first_has_entered(self):
        bill = self.made()
        before = len(self.entries(bill))
        first, second = self.opened(bill), self.opened(bill)
        first.action_send()
        with self.assertRaisesRegex(UserError, "(?s)after you opened.*Done"):
            second.action_send()
        self.assertEqual(self.entries(bill)[before:], ["MH31AA0001"])
        self.opened(bill, vehicle_number="MH31AA0002").action_send()
        self.assertEqual(self.entries(bill)[-1], "MH31AA0002")

    def test_second_click_sends_nothing(self):
        bill = self.made()
        before = len(self.entries(bill))
        lost = self.lost()
        dialog = self.opened(bill, lost)
        notice = dialog.action_send()
        self.assertEqual(dialog.action_send(), notice)
        self.assertEqual(lost.count("ewayapi"), 1)
        bill.action_fetch()
        self.assertEqual(bill.step_ids.filtered("acted_at").state, "registered")
        self.assertEqual(len(self.entries(bill)), before + 1)

    def test_refused_change_is_corrected_in_its_window(self):
        bill, refusing = self.made(), self.refusing()
        dialog = self.opened(bill, refusing)
        dialog.action_send()
        self.assertEqual(bill.step_ids.state, "rejected")
        dialog.vehicle_number = "MH31AA0002"
        dialog.action_send()
        self.assertEqual(refusing.count("ewayapi"), 2)
        self.assertEqual(self.entries(bill)[-1], "MH31AA0002")

    def test_refused_change_is_sent_only_if_entered_again(self):
        bill, refusing = self.made(), self.refusing()
        self.opened(bill, refusing).action_send()
        refused = bill.step_ids
        self.opened(bill, vehicle_number="MH31AA0002").action_send()
        before = self.entries(bill)
        refused.action_process()
        self.assertEqual(refused.state, "rejected")
        self.assertEqual(self.entries(bill), before)

    def test_planned_extension_is_sent_by_nobody(self):
        bill = self.made()
        extension = self.extend(bill)
        extension.action_process()
        self.assertTrue(extension._is_planned())

    def refusing(self):
        """Return a transport whose next action the portal refuses."""
        transport = self.lost()
        transport.fault = "226"
        return transport

    def test_lorry_says_what_became_of_each(self):
        bills = self.made() | self.made() | self.made()
        self.on_web(
            self.default_company.vat,
            "UPDATETRANSPORTER",
            ewbNo=int(bills[2].number),
            transporterId=CARRIER,
        )
        dialog = self.opened(bills)
        for _click in range(2):
            text = dialog.action_send()["params"]["message"]
            self.assertRegex(text, f"{bills[2].number}: Refused by Portal")
            done = text.rpartition("Done for: ")[2].split(", ")
            self.assertEqual(set(done), set(bills[:2].mapped("number")))
            self.assertIn("consolidated e-way bill was not generated", text)
        self.assertEqual(len(bills.step_ids), 3, "one for each")
        for bill in bills[:2]:
            self.assertEqual(self.entries(bill).count("MH31AA0001"), 1)
        self.assertFalse(any(bills.mapped("trip_sheet")))

    def test_lorry_without_its_first_bill(self):
        bills = self.made() | self.made() | self.made()
        dialog = self.opened(bills)
        dialog.bill_ids -= dialog.ewaybill_id
        dialog.action_send()
        [number] = set(bills[1:].mapped("trip_sheet"))
        self.assertTrue(number)
        self.assertFalse(bills[0].trip_sheet or bills[0].step_ids)

    def test_vehicle_that_could_not_be_sent_is_under_way(self):
        bill = self.made()
        before = len(self.entries(bill))
        self.env["l10n_in.irp.session"].sudo().search([]).unlink()
        down = FaultyTransport("not_sent", 9, "nothing is spared")
        note = self.opened(bill, down, vehicle_number="MH31AA0009").action_send()
        step = bill.step_ids
        self.assertEqual((step.state, step.attempt), ("to_register", 0))
        self.assertGreater(step.next_attempt_at, MADE)
        self.assertFalse(step._is_planned())
        self.assertEqual(note["params"]["type"], "warning")
        self.assertRegex(bill.change_notice, "(?s)Not Sent Yet.*Odoo sends it on")
        with self.assertRaisesRegex(UserError, "discard it under Movement"):
            bill.action_part_b()
        with self.at(MADE + timedelta(minutes=30)):
            bill.action_fetch()
        self.assertEqual((step.state, step.error), ("registered", False))
        self.opened(bill, vehicle_number="MH31AA0001").action_send()
        self.assertEqual(self.entries(bill)[before:], ["MH31AA0009", "MH31AA0001"])

    def test_extension_that_could_not_be_sent_is_under_way(self):
        bill = self.made()
        extension = self.extend(bill)
        self.assertTrue(extension._is_planned(), "until its window opens")
        with self.at(bill.valid_until - timedelta(hours=7)):
            self.env["l10n_in.irp.session"].sudo().search([]).unlink()
            down = FaultyTransport("not_sent", 9, "nothing is spared")
            self.due(extension._name, down)._process_now()
            self.assertEqual((extension.state, extension.attempt), ("to_register", 0))
            with self.assertRaisesRegex(UserError, "discard it under Movement"):
                bill.action_extend()
            extension.action_discard()
            self.assertEqual(self.extend(bill).state, "registered")
        self.assertEqual(self.at_portal(bill).movement.extended_times, 1)

    def test_open_consolidation_concerns_all_on_it(self):
        bills = self.made() | self.made()
        dialog = self.opened(bills)
        first = bills[0].with_context(l10n_in_irp_wrap_transport=self.lost())
        step = self.change(first, "consolidation", dialog)
        self.assertEqual(step.state, "unknown")
        name = f"Consolidated e-Way Bill {bills[0].number}: Awaiting Portal Response"
        for bill in bills:
            self.assertTrue(bill.has_open_change)
            self.assertIn(name, bill.change_notice)
            with self.assertRaisesRegex(UserError, "Consolidated .* awaits"):
                bill.action_part_b()
        found = bills.search([("has_open_change", "=", True)])
        self.assertEqual(found & bills, bills)
        bills[1].action_fetch()
        self.assertEqual(step.state, "registered")
        self.assertFalse(any(bills.mapped("has_open_change")))
        self.assertFalse(bills.search([("has_open_change", "=", True)]) & bills)

    def test_open_extension_is_shown_after_a_later_refusal(self):
        bill = self.made()
        extension = self.extend(bill)
        refused = self.part_b(bill, "MH31AA0001")
        self.forge(refused, state="rejected", error="Refused by the portal")
        self.forge(extension, state="unclear", advice="Ask a manager")
        self.assertTrue(bill.has_open_change)
        self.assertIn("Ask a manager", bill.change_notice)
        self.assertIn("Refused by the portal", bill.change_notice)
        found = bill.search([("has_open_change", "=", True)])
        self.assertIn(bill, found)
        with self.assertRaises(UserError):
            bill.action_part_b()

    def test_extension_waits_for_a_lost_vehicle(self):
        bill = self.made()
        end = bill.valid_until
        extension = self.extend(bill)
        vehicle = self.part_b(bill, "MH31AA0001", self.lost())
        self.assertEqual(vehicle.state, "unknown")
        with self.at(end - timedelta(hours=7)):
            extension._process_now()
            self.assertEqual(extension.state, "to_register")
            self.assertIn("waits until the other change", bill.change_notice)
            vehicle._requeue()
            vehicle._process_now()
            self.assertEqual(vehicle.state, "registered")
            extension._process_now()
        self.assertEqual(extension.state, "rejected")
        self.assertIn("vehicle has changed", extension.error)
        self.assertFalse(self.at_portal(bill).movement.extended_times)

    def test_extension_waits_for_a_lost_cancellation(self):
        bill = self.made()
        end = bill.valid_until
        extension = self.extend(bill)
        lost = bill.with_context(l10n_in_irp_wrap_transport=self.lost())
        lost._request_cancel("2", "Order Cancelled")
        self.assertEqual(bill.state, "cancelling")
        with self.at(end - timedelta(hours=7)):
            extension._process_now()
            self.assertEqual(extension.state, "to_register")
            bill.action_refresh()
            self.assertEqual(bill.state, "cancelled")
            extension._process_now()
        self.assertEqual(extension.state, "rejected")
        self.assertFalse(self.at_portal(bill).movement.extended_times)

    def test_extension_waits_for_no_word_beyond_its_window(self):
        bill = self.made()
        end = bill.valid_until
        extension = self.extend(bill)
        vehicle = self.part_b(bill, "MH31AA0001", self.dropped())
        self.forge(vehicle, state="unclear", next_attempt_at=False)
        opens = end - timedelta(hours=8)
        for minutes, pause in ((0, 1), (4, 4), (90, 60)):
            with self.at(opens + timedelta(minutes=minutes)):
                extension._process_now()
            due = opens + timedelta(minutes=minutes + pause)
            self.assertEqual(extension.next_attempt_at, due)
        self.assertIn("is not sent yet", bill.activity_ids.mapped("summary")[-1])
        with self.at(end + timedelta(hours=6, minutes=30)):
            extension._process_now()
            self.assertEqual(extension.state, "to_register")
            self.assertEqual(extension.next_attempt_at, end + timedelta(hours=7))
        self.assertEqual(len(bill.activity_ids), 1, "reminded once")
        with self.at(end + timedelta(hours=7)):
            extension._process_now()
        self.assertEqual(extension.state, "rejected")
        self.assertRegex(extension.error, "until .*2026")
        self.assertEqual(len(bill.activity_ids), 2)
        self.assertEqual(bill.activity_ids.user_id, self.env.user)
        self.assertFalse(self.at_portal(bill).movement.extended_times)

    def test_extension_is_sent_once_the_other_is_settled(self):
        bill = self.made()
        end = bill.valid_until
        extension = self.extend(bill)
        vehicle = self.part_b(bill, "MH31AA0001", self.dropped())
        self.forge(vehicle, state="unclear", next_attempt_at=False)
        with self.at(end - timedelta(hours=6)):
            extension._process_now()
            self.assertFalse(self.due(extension._name))
            self.become_manager()
            vehicle.action_settle_undone()
            self.assertEqual(self.due(extension._name), extension)
            extension._process_now()
        self.assertEqual((extension.state, extension.error), ("registered", False))

    def test_consolidation_is_sent_once_the_change_of_another_is_settled(self):
        bills = self.made() | self.made()
        extension = self.extend(bills[1])
        dialog = self.opened(bills)
        sheet = bills[0]._enter_changes("consolidation", dialog)
        self.forge(extension, state="unclear", next_attempt_at=False)
        sheet._process_now()
        self.assertIn("waits until the other change", sheet.error)
        self.assertFalse(self.due(sheet._name))
        self.become_manager()
        extension.action_settle_undone()
        self.assertEqual(self.due(sheet._name), sheet)
        sheet._process_now()
        self.assertEqual((sheet.state, sheet.error), ("registered", False))
        self.assertEqual(set(bills.mapped("trip_sheet")), {sheet.trip_sheet})
