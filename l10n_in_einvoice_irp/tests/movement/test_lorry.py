from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CARRIER, MovementCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLorry(MovementCommon):
    """Several e-way bills on one lorry."""

    def load(self, bills, transport=None, **values):
        """Enter one vehicle for e-way bills, and their consolidated one."""
        entered = {
            "vehicle_number": "MH31AA0001",
            "place": "Nagpur",
            "state_id": self.env.ref("base.state_in_mh").id,
            "vehicle_reason": "2",
            "remark": "Loaded together",
            **values,
        }
        return self.dialog(bills.action_lorry(), transport, **entered).action_send()

    def test_one_vehicle_and_one_number_for_all(self):
        bills = self.made() | self.made()
        self.load(bills)
        self.assertEqual(set(bills.mapped("vehicle_number")), {"MH31AA0001"})
        [number] = set(bills.mapped("trip_sheet"))
        self.assertEqual(len(number), 10)
        bills[1].action_fetch()
        self.assertIn(number, bills[1].step_ids.mapped("trip_sheet"))

    def test_lost_consolidation_is_looked_up(self):
        bills = self.made() | self.made()
        self.load(bills, is_consolidated=False)
        self.assertFalse(any(bills.mapped("trip_sheet")))
        dialog = self.dialog(
            bills.action_lorry(),
            place="Wardha",
            state_id=self.env.ref("base.state_in_mh").id,
            vehicle_number="MH31AA0002",
        )
        first = dialog.ewaybill_id.with_context(l10n_in_irp_wrap_transport=self.lost())
        step = self.change(first, "consolidation", dialog)
        self.assertEqual(step.state, "unknown")
        step._requeue()
        step._process_now()
        self.assertEqual((step.state, step.error), ("registered", False))
        self.assertEqual(set(bills.mapped("trip_sheet")), {step.trip_sheet})

    def test_what_the_portal_took_for_one_is_not_written_to_another(self):
        bills = self.made() | self.made()
        before = bills[1].vehicle_number
        dialog = self.dialog(
            bills.action_lorry(),
            place="Wardha",
            state_id=self.env.ref("base.state_in_mh").id,
            vehicle_number="MH31AA0003",
            vehicle_reason="2",
            remark="Loaded together",
        )
        self.change(bills[0], "part_b", dialog)
        self.assertEqual(bills[0].vehicle_number, "MH31AA0003")
        self.assertEqual(bills[1].vehicle_number, before)

    def test_consolidation_changes_only_what_the_user_may(self):
        bills = self.made() | self.made()
        self.load(bills, is_consolidated=False)
        dialog = self.dialog(
            bills.action_lorry(),
            place="Wardha",
            state_id=self.env.ref("base.state_in_mh").id,
            vehicle_number="MH31AA0001",
        )
        move = bills[1].move_id
        rule = (
            self.env["ir.rule"]
            .sudo()
            .create(
                {
                    "name": "All but one",
                    "model_id": self.env.ref("account.model_account_move").id,
                    "domain_force": [("id", "!=", move.id)],
                    "perm_read": False,
                }
            )
        )
        with self.assertRaises(AccessError):
            self.change(bills[0], "consolidation", dialog)
        rule.active = False
        self.forge(bills[1], environment="production")
        with self.assertRaisesRegex(UserError, "one company"):
            self.change(bills[0], "consolidation", dialog)
        self.forge(bills[1], environment="demo")
        self.change(bills[0], "consolidation", dialog)
        self.assertTrue(all(bills.mapped("trip_sheet")))

    def test_another_change_consolidates_nothing(self):
        bills = self.made() | self.made()
        dialog = self.dialog(
            bills[0].action_transporter(),
            transporter_gstin=CARRIER,
            bill_ids=bills[1].ids,
            is_consolidated=True,
            trans_mode="1",
            vehicle_number="MH31AA0009",
            place="Nagpur",
            state_id=self.env.ref("base.state_in_mh").id,
        )
        dialog.action_send()
        self.assertEqual(bills[0].transporter_gstin, CARRIER)
        self.assertFalse(any(bills.mapped("trip_sheet")))
        self.assertFalse(bills[1].step_ids)

    def test_one_fault_stops_all(self):
        bills = self.made() | self.made()
        with self.assertRaisesRegex(UserError, "304: "):
            self.load(bills, vehicle_number="LORRY")
        self.assertFalse(bills.step_ids)
