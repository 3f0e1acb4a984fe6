from odoo import fields, models


class L10nInIrpEwaybill(models.Model):
    """The e-way bill of a transfer."""

    _inherit = "l10n_in.irp.ewaybill"

    picking_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    _unique_active_picking = models.UniqueIndex(
        "(picking_id, environment) WHERE state NOT IN ('cancelled')",
        "The transfer already has an e-way bill.",
    )

    def _has_source(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        return bool(self.picking_id) or super()._has_source()

    def _dispatch_partner(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        if self.picking_id and not self.dispatch_partner_id:
            return self.picking_id.sudo()._l10n_in_irp_own_place()
        return super()._dispatch_partner()
