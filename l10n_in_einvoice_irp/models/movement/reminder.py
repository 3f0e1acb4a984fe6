from odoo import models

from ...irp.rules.ewaybill import extension_window
from ..clock import aware, utc


class L10nInIrpEwaybill(models.Model):
    """The reminder before an e-way bill ends asks for what an extension needs."""

    _inherit = "l10n_in.irp.ewaybill"

    def _expiry_note(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        first, last = extension_window(aware(self.valid_until))
        return self.env._(
            "Are the goods still on the way? Ask the driver for the place, its PIN "
            "Code and the kilometres left, then click 'Extend Validity' and enter the "
            "reason. The portal takes it from %(first)s to %(last)s; entered earlier, "
            "it is sent when that time begins.",
            first=self._shown_time(utc(first)),
            last=self._shown_time(utc(last)),
        )
