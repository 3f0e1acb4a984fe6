from odoo import models
from odoo.exceptions import LockError, UserError


class L10nInEwaybill(models.Model):
    """Odoo's e-way bill of a transfer, blocked by ours, and taken over."""

    _inherit = "l10n.in.ewaybill"

    def _l10n_in_irp_own(self):
        # EXTENDS 'l10n_in_einvoice_irp_ewaybill'
        if not self.picking_id:
            return super()._l10n_in_irp_own()
        return self.picking_id.sudo()._l10n_in_irp_own_ewaybill()

    def _l10n_in_irp_lock_ours(self):
        # EXTENDS 'l10n_in_einvoice_irp_ewaybill'
        if not self.picking_id:
            return super()._l10n_in_irp_lock_ours()
        picking = self.picking_id.sudo()
        try:
            picking.l10n_in_irp_ewaybill_ids.lock_for_update()
        except LockError:
            raise UserError(
                self.env._(
                    "An e-way bill for %s is being sent. Try again in a minute.",
                    picking.name,
                )
            ) from None

    def _l10n_in_irp_source_values(self):
        # EXTENDS 'l10n_in_einvoice_irp_ewaybill'
        if not self.picking_id:
            return super()._l10n_in_irp_source_values()
        return {"picking_id": self.picking_id.id}

    def _l10n_in_irp_ours(self):
        # EXTENDS 'l10n_in_einvoice_irp_ewaybill'
        if not self.picking_id:
            return super()._l10n_in_irp_ours()
        return self.picking_id.sudo().l10n_in_irp_ewaybill_ids
