from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import CARRIER, MADE, OTHER_CARRIER, MovementCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestChanges(MovementCommon):
    """Part B, transporter and extension, as the accountant enters them."""

    def test_vehicle_is_changed_again_and_again(self):
        bill = self.made()
        self.assertTrue(bill.can_part_b)
        step = self.part_b(bill, "mh 31 aa 0001")
        self.assertEqual((step.state, step.error), ("registered", False))
        self.assertEqual(step.done_at, MADE)
        with self.at("2026-01-15 07:30:00"):
            self.part_b(bill, "MH31AA0002", vehicle_reason="2")
        self.assertEqual(self.entries(bill)[-2:], ["MH31AA0001", "MH31AA0002"])
        self.assertEqual(bill.vehicle_number, "MH31AA0002")
        self.assertEqual(bill.place, "Nagpur")
        self.assertEqual(
            bill.step_ids.mapped("vehicle_number"), ["MH31AA0002", "mh 31 aa 0001"]
        )
        self.assertIn("Done", bill.message_ids[0].body)

    def test_first_part_b_starts_the_validity(self):
        bill = self.slip()
        self.assertIn("goods must not move", bill.next_steps)
        found = bill.search([("valid_until", "=", False), ("id", "=", bill.id)])
        self.assertEqual(found, bill)
        dialog = self.dialog(bill.action_part_b())
        self.assertEqual(dialog.vehicle_reason, "4")
        self.assertEqual(dialog.place, self.default_company.city)
        dialog.vehicle_number = "MH12AB1234"
        dialog.action_send()
        self.assertGreater(bill.valid_until, MADE)
        self.assertEqual(bill.next_steps.count("IST"), 4)

    def test_refused_before_the_call(self):
        bill = self.made()
        with self.assertRaisesRegex(UserError, "307: (?s:.)*659: (?s:.)*304: "):
            self.part_b(bill, "LORRY", vehicle_reason=False, remark=False)
        self.assertFalse(bill.step_ids)
        with (
            self.at(bill.valid_until + timedelta(hours=1)),
            self.assertRaisesRegex(UserError, "311: "),
        ):
            self.part_b(bill, "MH31AA0001")

    def test_transporter_has_the_bill_then(self):
        bill = self.slip()
        dialog = self.dialog(bill.action_transporter(), transporter_gstin=CARRIER)
        dialog.action_send()
        self.assertEqual(bill.transporter_gstin, CARRIER)
        self.assertEqual(self.at_portal(bill).movement.transporter_id, CARRIER)
        self.assertFalse(bill.can_part_b or bill.can_change_transporter)
        self.assertIn(f"{CARRIER} has to enter it", bill.next_steps)
        with self.assertRaisesRegex(UserError, "636: "):
            self.part_b(bill, "MH31AA0001")
        with self.assertRaisesRegex(UserError, "339: "):
            dialog = self.dialog(
                bill.action_transporter(), transporter_gstin=OTHER_CARRIER
            )
            dialog.action_send()

    def test_another_transporter_leaves_no_id_of_the_former(self):
        bill = self.slip()
        first = self.partner_b.copy({"vat": CARRIER, "name": "Carrier"})
        other = self.partner_b.copy({"vat": False, "name": "Other Carrier"})
        dialog = self.dialog(bill.action_transporter())
        with Form(dialog) as form:
            form.transporter_id = first
            self.assertEqual(form.transporter_gstin, CARRIER)
            form.transporter_id = other
            self.assertFalse(form.transporter_gstin)
            form.transporter_gstin = OTHER_CARRIER

    def test_extension_is_sent_when_its_window_opens(self):
        bill = self.made()
        before = bill.valid_until
        step = self.extend(bill)
        self.assertTrue(step._is_planned())
        self.assertEqual(step.next_attempt_at, before - timedelta(hours=8))
        self.assertIn("is planned", bill.change_notice)
        step._requeue()
        self.assertTrue(step._is_planned(), "nothing sends it before its time")
        self.part_b(bill, "MH12AB1234")
        self.extend(bill, remaining_km=10)
        self.assertEqual(len(bill.step_ids), 2, "entered again, it replaces the first")
        with self.at(before - timedelta(hours=7)):
            self.due("l10n_in.irp.ewaybill.step")._process_now()
        step = bill.step_ids.filtered(lambda one: one.kind == "extension")
        self.assertEqual((step.state, step.error), ("registered", False))
        self.assertGreater(bill.valid_until, before)
        self.assertEqual(step.valid_until, bill.valid_until)

    def test_extension_for_another_vehicle_is_not_sent(self):
        bill = self.made()
        step = self.extend(bill)
        with self.at("2026-01-15 08:00:00"):
            self.part_b(bill, "MH31AA0001")
        with self.at(bill.valid_until - timedelta(hours=7)):
            self.due("l10n_in.irp.ewaybill.step")._process_now()
        self.assertEqual(step.state, "rejected")
        self.assertIn("vehicle has changed", step.error)
        self.assertIn("was refused", bill.activity_ids.mapped("summary")[-1])
        self.assertFalse(self.at_portal(bill).movement.extended_times)

    def test_extension_made_on_the_website_is_not_made_again(self):
        bill = self.made()
        step, before = self.extend(bill), bill.valid_until
        with self.at(before - timedelta(hours=7)):
            self.on_web(
                self.default_company.vat,
                "EXTENDVALIDITY",
                ewbNo=int(bill.number),
                vehicleNo=bill.vehicle_number,
                fromPlace="Nagpur",
                fromState=27,
                fromPincode=440001,
                remainingDistance=20,
                transMode="1",
                extnRsnCode=5,
                extnRemarks="Accident",
                consignmentStatus="M",
                transitType="",
            )
            self.due("l10n_in.irp.ewaybill.step")._process_now()
            self.assertGreater(bill.valid_until, before)
            self.due("l10n_in.irp.ewaybill.step")._process_now()
        self.assertEqual(step.state, "rejected", step.error)
        self.assertEqual(self.at_portal(bill).movement.extended_times, 1)
        self.assertIn("was refused", bill.activity_ids.summary)

    def test_extension_refused_by_the_portal_reaches_who_planned_it(self):
        bill = self.made()
        step = self.extend(bill)
        with self.at(bill.valid_until - timedelta(hours=7)):
            self.on_web(
                self.default_company.vat,
                "UPDATETRANSPORTER",
                ewbNo=int(bill.number),
                transporterId=CARRIER,
            )
            self.due("l10n_in.irp.ewaybill.step")._process_now()
        self.assertEqual(step.state, "rejected")
        self.assertTrue(step.acted_at, "it was sent")
        self.assertEqual(bill.activity_ids.user_id, self.env.user)

    def test_planned_extension_can_be_discarded(self):
        bill = self.made()
        self.extend(bill).action_discard()
        self.assertFalse(bill.step_ids)
        step = self.part_b(bill, "MH31AA0001")
        with self.assertRaisesRegex(UserError, "already sent"):
            step.action_discard()

    def test_extension_is_refused_outside_the_window(self):
        bill = self.made()
        with (
            self.at(bill.valid_until + timedelta(hours=9)),
            self.assertRaisesRegex(UserError, "382: "),
        ):
            self.extend(bill)
        with self.assertRaisesRegex(UserError, "390: (?s:.)*km cannot be left"):
            self.extend(bill, remaining_km=3900)

    def test_lost_answer_is_looked_up(self):
        for kind, change in (
            ("part_b", lambda bill, t: self.part_b(bill, "MH31AA0001", t)),
            ("transporter", self.hand_over),
            ("extension", lambda bill, t: self.extend_now(bill, t)),
        ):
            with self.subTest(kind):
                bill = self.made()
                step = change(bill, self.lost())
                self.assertEqual((step.kind, step.state), (kind, "unknown"))
                self.assertTrue(bill.has_open_change)
                with self.assertRaisesRegex(UserError, "awaits the portal's"):
                    bill.action_part_b()
                bill.action_fetch()
                self.assertEqual((step.state, step.error), ("registered", False))
                self.assertFalse(bill.change_notice)

    def hand_over(self, bill, transport):
        action = bill.action_transporter()
        dialog = self.dialog(action, transport, transporter_gstin=CARRIER)
        dialog.action_send()
        return bill.step_ids.sorted("id")[-1]

    def extend_now(self, bill, transport):
        self.forge(bill, valid_until=datetime(2026, 1, 15, 18, 29))
        stored = self.portal()
        record = stored.eway_bills.of_number(int(bill.number))
        stored.eway_bills.set_validity(record, "2026-01-15 23:59:00")
        with self.at("2026-01-15 14:00:00"):
            return self.extend(bill, transport)

    def test_what_was_not_carried_out_is_sent_once(self):
        bill = self.made()
        first = len(self.entries(bill))
        step = self.part_b(bill, "MH31AA0001", self.dropped())
        self.assertEqual(step.state, "unknown")
        self.assertEqual(len(self.entries(bill)), first)
        step._requeue()
        step._process_now()
        step._process_now()
        self.assertEqual((step.state, step.error), ("registered", False))
        self.assertEqual(self.entries(bill)[first:], ["MH31AA0001"])

    def test_refusal_of_the_portal_is_shown(self):
        bill = self.made()
        self.on_web(
            self.default_company.vat,
            "UPDATETRANSPORTER",
            ewbNo=int(bill.number),
            transporterId=CARRIER,
        )
        step = self.part_b(bill, "MH31AA0001")
        self.assertEqual(step.state, "rejected")
        self.assertIn("636", step.error_code)
        self.assertIn(step.error, bill.change_notice)
        bill.action_fetch()
        self.assertEqual(bill.transporter_gstin, CARRIER)
        self.assertFalse(bill.can_part_b)

    def test_manager_settles_what_no_look_up_can(self):
        bill = self.made()
        step = self.part_b(bill, "MH31AA0001", self.dropped())
        self.forge(step, state="unclear", next_attempt_at=False)
        self.assertTrue(step.can_be_settled)
        self.become_manager()
        step.action_settle_done()
        self.assertEqual((step.state, step.proof), ("registered", "by_hand"))
        self.assertEqual(bill.vehicle_number, "MH31AA0001")
        said = " ".join(bill.message_ids.mapped("body"))
        self.assertIn(f"Part B {bill.number} was made.", said)

    def unclear(self, bill, vehicle):
        """Return a change of which only a manager can say whether it was made."""
        step = self.part_b(bill, vehicle, self.dropped())
        self.forge(step, state="unclear", next_attempt_at=False)
        return step

    def test_done_change_is_not_settled_again(self):
        bill = self.made()
        step = self.unclear(bill, "MH31AA0001")
        self.become_manager()
        step.action_settle_done()
        self.part_b(bill, "MH31AA0002")
        for again in (step.action_settle_done, step.action_settle_undone):
            with self.assertRaisesRegex(UserError, "already recorded as done"):
                again()
        self.assertEqual(step.state, "registered")
        self.assertEqual(bill.vehicle_number, "MH31AA0002")

    def test_late_word_replaces_no_later_vehicle(self):
        bill = self.made()
        step = self.unclear(bill, "MH31AA0001")
        with self.at(MADE + timedelta(hours=1)):
            self.on_web(
                self.default_company.vat,
                "VEHEWB",
                ewbNo=int(bill.number),
                vehicleNo="MH31AA0002",
                fromPlace="Wardha",
                fromState=27,
                reasonCode="1",
                reasonRem="Engine failure",
                transDocNo="",
                transDocDate="",
                transMode="1",
                vehicleType="R",
            )
            # as the daily fetch: it looks up no change
            bill._fetch_bill()
            self.become_manager()
            step.action_settle_done()
        self.assertEqual(step.state, "registered")
        self.assertEqual((bill.vehicle_number, bill.place), ("MH31AA0002", "Wardha"))
