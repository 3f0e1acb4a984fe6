from odoo import fields, models


class L10nInIrpEwaybillMatch(models.TransientModel):
    _inherit = "l10n_in.irp.ewaybill.match"

    picking_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        domain="[('company_id', '=', company_id), ('state', '!=', 'cancel')]",
        ondelete="cascade",
        help="Of goods that move without an invoice.",
    )

    def _chosen(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        return super()._chosen() or self.picking_id
