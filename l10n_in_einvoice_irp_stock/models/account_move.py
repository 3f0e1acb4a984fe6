from odoo import models


class AccountMove(models.Model):
    """Documents whose goods a transfer moves, with the e-way bill of that."""

    _inherit = "account.move"

    def _l10n_in_irp_lacks_ewaybill(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        return (
            super()._l10n_in_irp_lacks_ewaybill()
            and not self.sudo()._l10n_in_irp_transfers().l10n_in_irp_ewaybill_id
        )

    def _l10n_in_irp_transfers(self):
        """Return the transfers of its orders; none without the apps that link them."""
        lines = self.invoice_line_ids
        pickings = self.env["stock.picking"]
        for name in ("sale_line_ids", "purchase_line_id"):
            if name in lines._fields and "move_ids" in lines[name]._fields:
                pickings |= lines[name].move_ids.picking_id
        return pickings
