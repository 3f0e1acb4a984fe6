"""The button that opens the dialog; it is here because models know no dialogs."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_l10n_in_irp_repair(self):
        """Open the dialog in which the faults of the invoice are corrected."""
        self.ensure_one()
        return self.env["l10n_in.irp.repair"]._open(self)
