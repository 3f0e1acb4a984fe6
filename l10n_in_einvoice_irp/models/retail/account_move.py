from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_in_irp_has_retail_goods = fields.Boolean(
        string="Has Goods Taxed on Retail Sale Price",
        compute="_compute_l10n_in_irp_has_retail_goods",
    )

    @api.depends(
        "country_code",
        "invoice_date",
        "invoice_line_ids.l10n_in_hsn_code",
        "reversed_entry_id",
        "debit_origin_id",
    )
    def _compute_l10n_in_irp_has_retail_goods(self):
        for move in self:
            move.l10n_in_irp_has_retail_goods = move.country_code == "IN" and any(
                line._l10n_in_irp_is_taxed_on_retail_price()
                for line in move.invoice_line_ids
            )
