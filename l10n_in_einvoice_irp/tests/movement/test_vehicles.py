from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CARRIER, MADE, MovementCommon


class VehiclesCommon(MovementCommon):
    """E-way bills that go on by several vehicles."""

    def load(self, quantity=100):
        """Return an e-way bill of some goods."""
        line = {"quantity": quantity, "price_unit": 10}
        bill = self.prepare(self.registered_invoice(line=line))
        bill.action_generate()
        self.assertEqual(bill.state, "registered", bill.error)
        return bill

    def start(self, bill, transport=None, **values):
        """Start a movement by several vehicles and return the step."""
        entered = {
            "place": "Nagpur",
            "state_id": self.env.ref("base.state_in_mh").id,
            "to_place": "Raipur",
            "to_state_id": self.env.ref("base.state_in_cg").id,
            **values,
        }
        action = bill.action_several_vehicles()
        self.dialog(action, transport, **entered).action_send()
        return bill.step_ids.sorted("id")[-1]

    def add(self, bill, vehicle, quantity, transport=None, **values):
        """Put a vehicle into the group and return the step."""
        entered = {"vehicle_number": vehicle, "quantity": quantity, **values}
        self.dialog(bill.action_add_vehicle(), transport, **entered).action_send()
        return bill.step_ids.sorted("id")[-1]

    def replace(self, step, vehicle, transport=None, **values):
        """Replace a vehicle of a group and return the step."""
        entered = {
            "vehicle_number": vehicle,
            "place": "Durg",
            "state_id": self.env.ref("base.state_in_cg").id,
            "vehicle_reason": "1",
            "remark": "Engine failure",
            **values,
        }
        action = step.action_change_vehicle()
        self.dialog(action, transport, **entered).action_send()
        return step.ewaybill_id.step_ids.sorted("id")[-1]

    def groups_at_portal(self, bill):
        """Return group -> (vehicle, quantity) of each of its vehicles."""
        groups, number = self.portal().groups, int(bill.number)
        return {
            one.group_no: [
                (vehicle.vehicle_no, int(vehicle.quantity))
                for vehicle in groups.vehicles(number, one.group_no)
            ]
            for one in groups.of_number(number)
        }

    def looked_up(self, step):
        """Look a change up until it is settled."""
        self.assertEqual(step.state, "unknown")
        step._requeue()
        step._process_now()
        step._process_now()
        self.assertEqual((step.state, step.error), ("registered", False))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestVehicles(VehiclesCommon):
    """The goods of one e-way bill on several vehicles, as the accountant enters it."""

    def test_from_the_start_to_the_last_vehicle(self):
        bill = self.load()
        dialog = self.dialog(bill.action_several_vehicles())
        self.assertEqual((dialog.quantity, dialog.vehicle_reason), (100, "2"))
        self.assertTrue(dialog.unit)
        step = self.start(bill)
        self.assertEqual((step.state, step.error), ("registered", False))
        self.assertEqual((step.multi_vehicle_group, step.done_at), ("1", MADE))
        self.assertIn("0 of 100", bill.groups_note)
        self.assertFalse(bill.can_part_b)
        self.assertIn("several vehicles", bill.next_steps)
        with self.assertRaisesRegex(UserError, "412: "):
            self.part_b(bill, "MH31AA0001")
        bill.action_fetch()
        self.assertTrue(bill.has_groups, "the portal shows no group without vehicle")

        first = self.add(bill, "mh 31 aa 0001", 60)
        self.assertEqual((first.place, first.to_place), ("Nagpur", "Raipur"))
        dialog = self.dialog(bill.action_add_vehicle())
        self.assertEqual((dialog.multi_vehicle_group, dialog.quantity), ("1", 40))
        second = self.add(bill, "MH31AA0002", 40)
        self.assertIn("100 of 100", bill.groups_note)
        self.assertIn(", 0 left", bill.groups_note)
        self.assertFalse(bill.can_add_vehicle)

        with self.at(MADE + timedelta(hours=1)):
            new = self.replace(first, "CG04AA0003")
            self.assertEqual((new.state, new.error), ("registered", False))
            self.assertEqual((new.quantity, new.multi_vehicle_group), (60, "1"))
            self.assertTrue(second.is_on_vehicle and new.is_on_vehicle)
            self.assertFalse(first.is_on_vehicle)
            self.assertEqual(bill.vehicle_step_ids, step | second | new)
            self.assertIn("100 of 100", bill.groups_note)
            self.assertEqual(
                self.groups_at_portal(bill),
                {1: [("CG04AA0003", 60), ("MH31AA0002", 40)]},
            )
            bill.action_fetch()
        self.assertEqual(
            bill.step_ids.filtered("multi_vehicle_group"),
            new | second | first | step,
            "what Odoo has made is not added again",
        )
        self.assertEqual(bill.vehicle_number, "CG04AA0003")
        self.printed(bill)

    def printed(self, bill):
        reports = self.env["ir.actions.report"].sudo()
        for name in ("report_ewaybill", "report_ewaybill_detailed"):
            text = reports._render_qweb_html(f"l10n_in_einvoice_irp.{name}", bill.ids)
            page = text[0].decode()
            table = page[page.index("l10n_in_irp_groups") :]
            for words in ("CG04AA0003", "60 ", "40 ", "Nagpur – Raipur"):
                self.assertIn(words, table)

    def test_a_further_group_takes_at_most_what_the_last_one_had(self):
        bill = self.load()
        self.start(bill, quantity=80)
        dialog = self.dialog(bill.action_several_vehicles())
        self.assertEqual(dialog.quantity, 80)
        with self.assertRaisesRegex(UserError, "400: "):
            self.start(bill, quantity=90)
        with self.assertRaisesRegex(UserError, "413: |399: "):
            self.start(bill, quantity=10, unit="KGS")
        second = self.start(bill, quantity=10, remark="Second lot")
        self.assertEqual(second.multi_vehicle_group, "2")
        self.add(bill, "MH31AA0001", 80, multi_vehicle_group="1")
        self.add(bill, "MH31AA0002", 10, multi_vehicle_group="2")
        self.assertEqual(
            self.groups_at_portal(bill),
            {1: [("MH31AA0001", 80)], 2: [("MH31AA0002", 10)]},
        )

    def test_refused_before_the_call(self):
        bill = self.load()
        for code, values in (
            ("399", {"unit": "TON"}),
            ("400", {"quantity": 101}),
            ("402", {"quantity": 0}),
            ("302", {"trans_mode": False}),
            ("305", {"place": False}),
            ("306", {"state_id": False}),
            ("307", {"vehicle_reason": False}),
            ("308", {"remark": "x" * 51}),
            ("320", {"to_state_id": False}),
            ("321", {"to_place": False}),
        ):
            with self.subTest(code), self.assertRaisesRegex(UserError, f"{code}: "):
                self.start(bill, **values)
        self.assertFalse(bill.step_ids)
        self.start(bill)
        for code, values in (
            ("303", {"vehicle_number": False}),
            ("304", {"vehicle_number": "LORRY"}),
            ("400", {"quantity": 101}),
            ("406", {"multi_vehicle_group": False}),
            ("411", {"multi_vehicle_group": "7"}),
        ):
            entered = {"vehicle": "MH31AA0001", "quantity": 10, **values}
            entered["vehicle"] = entered.pop("vehicle_number", entered["vehicle"])
            with self.subTest(code), self.assertRaisesRegex(UserError, f"{code}: "):
                self.add(bill, **entered)
        step = self.add(bill, "MH31AA0001", 60)
        with self.assertRaisesRegex(UserError, "a moment ago"):
            self.add(bill, "MH31AA0001", 10)
        with self.assertRaisesRegex(UserError, "408: "):
            self.replace(step, "LORRY")
        self.replace(step, "MH31AA0005")
        with self.assertRaisesRegex(UserError, "405: "):
            self.replace(step, "MH31AA0006")
        with (
            self.at(bill.valid_until + timedelta(hours=1)),
            self.assertRaisesRegex(UserError, "817: "),
        ):
            self.add(bill, "MH31AA0009", 10)

    def test_who_may(self):
        bill = self.slip()
        self.assertFalse(bill.can_start_group, "Part B is not entered")
        with self.assertRaisesRegex(UserError, "381: "):
            self.start(bill)
        self.dialog(bill.action_transporter(), transporter_gstin=CARRIER).action_send()
        with self.assertRaisesRegex(UserError, "646: "):
            self.start(bill)

    def test_lost_answers_are_looked_up(self):
        bill = self.load()
        step = self.start(bill, self.lost())
        self.assertTrue(bill.has_open_change)
        with self.assertRaisesRegex(UserError, "awaits the portal's"):
            bill.action_several_vehicles()
        self.looked_up(step)
        self.assertEqual(step.multi_vehicle_group, "1")
        added = self.add(bill, "MH31AA0001", 60, self.lost())
        self.looked_up(added)
        self.assertIn("60 of 100", bill.groups_note)
        with self.at(MADE + timedelta(hours=1)):
            changed = self.replace(added, "MH31AA0002", self.lost())
            self.looked_up(changed)
        self.assertEqual(self.groups_at_portal(bill), {1: [("MH31AA0002", 60)]})
        self.assertEqual(len(bill.step_ids.filtered("multi_vehicle_group")), 3)

    def test_what_was_not_carried_out_is_sent_once(self):
        bill = self.load()
        step = self.start(bill, self.dropped())
        self.assertFalse(self.groups_at_portal(bill))
        self.looked_up(step)
        added = self.add(bill, "MH31AA0001", 60, self.dropped())
        self.assertEqual(self.groups_at_portal(bill), {1: []})
        self.looked_up(added)
        with self.at(MADE + timedelta(hours=1)):
            self.looked_up(self.replace(added, "MH31AA0002", self.dropped()))
        self.assertEqual(self.groups_at_portal(bill), {1: [("MH31AA0002", 60)]})

    def test_what_others_have_entered_has_no_quantity(self):
        bill = self.load()
        own, number = self.default_company.vat, int(bill.number)
        place = {"fromPlace": "Nagpur", "fromState": 27}
        reason = {"reasonCode": "2", "reasonRem": "smaller lorries"}
        goal = {"toPlace": "Raipur", "toState": 22}
        unit = bill._quantities()[0][0]
        group = {"transMode": "1", "totalQuantity": 50, "unitCode": unit}
        start = {"ewbNo": number, **place, **reason, **goal, **group}
        self.on_web(own, "MULTIVEHMOVINT", **start)
        vehicle = {"ewbNo": number, "groupNo": "1", "vehicleNo": "MH31AA0001"}
        papers = {"transDocNo": "", "transDocDate": ""}
        self.on_web(own, "MULTIVEHADD", **vehicle, **papers, quantity=20)
        bill.action_fetch()
        self.assertIn("started elsewhere: MH31AA0001", bill.groups_note)
        self.assertTrue(bill.can_add_vehicle)
        step = self.add(bill, "MH31AA0002", 30)
        self.assertEqual((step.state, step.error), ("registered", False))
        entry = bill.vehicle_step_ids.filtered(lambda one: one.kind == "part_b")
        changed = self.replace(entry, "MH31AA0003")
        self.assertEqual((changed.state, changed.error), ("registered", False))
        self.assertEqual(
            self.groups_at_portal(bill),
            {1: [("MH31AA0003", 20), ("MH31AA0002", 30)]},
        )

    def test_manager_enters_the_group(self):
        bill = self.load()
        step = self.start(bill, self.lost())
        self.forge(step, state="unclear", next_attempt_at=False)
        self.become_manager()
        with self.assertRaisesRegex(UserError, "enter the number"):
            step._settle("active", "seen", {})
        wizard = self.dialog(step.action_settle_done(), number="no 1")
        with self.assertRaisesRegex(UserError, "group number"):
            wizard.action_record()
        wizard.number = " 1 "
        wizard.action_record()
        self.assertEqual((step.state, step.multi_vehicle_group), ("registered", "1"))
        self.assertTrue(bill.has_groups)
