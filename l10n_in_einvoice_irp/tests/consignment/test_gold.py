from odoo.exceptions import UserError
from odoo.tests import tagged

from ..movement.common import CARRIER
from .common import ConsignmentCommon

NO_CARRIER = {"vehicle_number": False, "vehicle_type": False, "distance": 10}
OFFERS = ("can_part_b", "can_change_transporter", "can_start_group", "can_add_vehicle")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGold(ConsignmentCommon):
    """The transport of gold is not entered at the portal, nor changed there."""

    def gold(self):
        """Return an e-way bill for gold, made without an IRN."""
        self.product_a.sudo().l10n_in_hsn_code = "71081200"
        company = self.default_company
        here = {"state_id": company.state_id.id, "zip": company.zip}
        self.consumer.sudo().write({**here, "city": company.city})
        move = self.document("out_invoice", self.consumer, self.sgst_sale_18)
        bill = self.generated(move, **NO_CARRIER)
        self.assertEqual((bill.state, bill.error), ("registered", False))
        return bill

    def assert_stays(self, bill):
        self.assertTrue(bill.is_for_gold)
        self.assertTrue(bill._standing().is_gold)
        self.assertEqual([name for name in OFFERS if bill[name]], [])
        self.assertEqual(bill._note_on("part_b"), "")

    def test_nothing_is_offered_that_is_refused(self):
        bill = self.gold()
        self.assert_stays(bill)
        bill.action_fetch()
        self.assertTrue(bill.fetched_at)
        self.assert_stays(bill)

    def test_from_the_registered_invoice(self):
        self.product_a.sudo().l10n_in_hsn_code = "71131910"
        invoice = self.registered_invoice(self.partner_a, self.sgst_sale_18)
        bill = self.prepare(invoice, **{**NO_CARRIER, "distance": 0})
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        self.assert_stays(bill)

    def test_frozen_vegetables_are_no_diamonds(self):
        # as a number the code has lost its zero: 7102 would be diamonds
        self.product_a.sudo().l10n_in_hsn_code = "071022"
        bill = self.generated(
            self.sale(),
            **{**NO_CARRIER, "distance": 0, "trans_mode": False},
            transporter_gstin=CARRIER,
        )
        self.assertEqual((bill.state, bill.error), ("registered", False))
        self.assertFalse(bill.is_for_gold)
        self.forge(bill, transporter_gstin=False)
        self.assertFalse(bill.is_for_gold)
        bill.action_fetch()
        self.forge(bill, transporter_gstin=False)
        self.assertFalse(bill.is_for_gold)

    def test_refused_before_the_call(self):
        bill = self.gold()
        with self.assertRaisesRegex(UserError, "811: "):
            self.part_b(bill, "MH31AA0001")
        dialog = self.dialog(bill.action_transporter(), transporter_gstin=CARRIER)
        with self.assertRaisesRegex(UserError, "810: "):
            dialog.action_send()
        self.product_a.sudo().l10n_in_hsn_code = "820750"
        bills = self.made() | bill
        lorry = self.dialog(
            bills.action_lorry(),
            place="Nagpur",
            state_id=self.env.ref("base.state_in_mh").id,
            vehicle_number="MH31AA0001",
        )
        refusal = bills[0]._change_refusal("consolidation", lorry)
        self.assertRegex(refusal, f"812: {bill.number} is for gold")
        self.assertFalse(bill.step_ids)
