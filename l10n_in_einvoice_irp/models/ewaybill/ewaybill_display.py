from odoo import models

from ...irp.operations import states
from ..clock import printed_time


class L10nInIrpEwaybill(models.Model):
    """Texts of an e-way bill: the banner above the invoice, and the print."""

    _inherit = "l10n_in.irp.ewaybill"

    def _test_mark(self):
        return self.env._("TEST E-WAY BILL – not valid for transport")

    def _alert(self):
        """Return the banner above the invoice for an e-way bill that needs action, else
        None: everything else is on the e-way bill."""
        if not self.notice and not self._needs_settlement():
            return None
        title = f"{self.display_name}: {self._status_label()}"
        parts = [title, self.notice, self.error, self.advice]
        return {
            "level": self._alert_level(),
            "message": "\n".join(filter(None, parts)),
            **self._alert_button(),
        }

    def _invoice_values(self):
        """Return number and dates as printed on the invoice; empty if there is none.

        It counts as active until the portal has cancelled it.
        """
        ewaybill = self.sudo()
        is_cancelling = ewaybill._is_cancellation_open()
        if ewaybill.state != states.REGISTERED and not is_cancelling:
            return {}
        return {
            "number": ewaybill.number,
            "is_cancelling": is_cancelling,
            "date": printed_time(ewaybill.ewb_date),
            "valid_until": printed_time(ewaybill.valid_until),
        }
