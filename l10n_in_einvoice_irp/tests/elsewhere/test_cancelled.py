from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..movement.common import MADE
from .common import ElsewhereCommon

REASON = {"reason": "2", "remark": "Order Cancelled"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCancelled(ElsewhereCommon):
    """Cancellations that the e-way bill system would refuse are not sent to it."""

    def cancel(self, bill):
        """Cancel in a dialog, however it was opened."""
        dialog = self.env["l10n_in.irp.ewaybill.cancel"]
        dialog.create({"ewaybill_id": bill.id, **REASON}).action_cancel()

    def test_that_of_a_supplier(self):
        self.challan()
        bill = self.fetch()
        self.assertTrue(bill.is_of_others)
        with self.assertRaisesRegex(UserError, f"{bill.number}.*\n312: Only 29AWG"):
            self.cancel(bill)
        self.assertEqual((bill.state, bill.cancel_sent), ("registered", False))

    def test_beyond_its_hours(self):
        bill = self.generated(self.sale())
        values = {"cancel_reason": "2", "cancel_remark": "Order Cancelled"}
        with self.at(MADE + timedelta(hours=24, minutes=1)):
            with self.assertRaisesRegex(UserError, "315: "):
                bill.sudo()._mark_to_cancel(values)
            self.assertEqual(bill.state, "registered")
        with self.at(MADE + timedelta(hours=23, minutes=59)):
            self.cancel(bill)
        self.assertEqual((bill.state, bill.error), ("cancelled", False))
