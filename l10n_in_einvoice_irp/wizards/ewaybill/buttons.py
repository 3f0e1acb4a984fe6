from odoo import models

from ...models.movement.requests import EXTENSION, PART_B, TRANSPORTER


class L10nInIrpEwaybill(models.Model):
    _inherit = "l10n_in.irp.ewaybill"

    def action_part_b(self):
        """Open the dialog for another vehicle or transport document."""
        return self._open_change(PART_B)

    def action_transporter(self):
        """Open the dialog for another transporter."""
        return self._open_change(TRANSPORTER)

    def action_extend(self):
        """Open the dialog that extends the validity."""
        return self._open_change(EXTENSION)

    def action_lorry(self):
        """Open the dialog that enters one vehicle for several e-way bills, and makes
        their consolidated e-way bill."""
        for bill in self:
            bill._check_may_change(PART_B)
        return self.env["l10n_in.irp.ewaybill.change"]._open_for_lorry(self)

    def _open_change(self, kind):
        self.ensure_one()
        self._check_may_change(kind)
        return self.env["l10n_in.irp.ewaybill.change"]._open(self, kind)
