from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from ...irp.reference import is_taxed_on_retail_price


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    l10n_in_irp_retail_price = fields.Float(
        string="Retail Sale Price (MRP)",
        digits="Product Price",
        compute="_compute_l10n_in_irp_retail_price",
        store=True,
        readonly=False,
        precompute=True,
        help="Maximum retail price printed on one unit of the product, including all "
        "taxes, in the company currency. Change it for stock printed with another MRP.",
    )
    l10n_in_irp_gst_rate = fields.Float(
        string="GST Rate for e-Invoice (%)",
        digits=(6, 3),
        help="GST rate of this line, CGST and SGST together. Used only if its taxes "
        "are fixed amounts or formulas.",
    )
    l10n_in_irp_has_formula_gst = fields.Boolean(
        string="GST Is Not a Percentage", compute="_compute_l10n_in_irp_has_formula_gst"
    )

    def _auto_init(self):
        # no product has a retail sale price yet: skip computing it for every line
        column = ("account_move_line", "l10n_in_irp_retail_price")
        if not column_exists(self.env.cr, *column):
            create_column(self.env.cr, *column, "numeric")
        return super()._auto_init()

    @api.depends("product_id")
    def _compute_l10n_in_irp_retail_price(self):
        for line in self:
            line.l10n_in_irp_retail_price = line.product_id.l10n_in_irp_retail_price

    @api.depends("tax_ids.amount_type")
    def _compute_l10n_in_irp_has_formula_gst(self):
        for line in self:
            line.l10n_in_irp_has_formula_gst = not self.env[
                "l10n_in.irp.payload"
            ]._is_by_percentage(line.tax_ids)

    @api.depends("l10n_in_irp_retail_price")
    def _compute_totals(self):
        # EXTENDS 'account'
        return super()._compute_totals()

    def _l10n_in_irp_is_taxed_on_retail_price(self):
        """Return whether the law taxes the goods on their retail sale price."""
        self.ensure_one()
        return is_taxed_on_retail_price(
            self._l10n_in_irp_hsn(), self._l10n_in_irp_supply_date()
        )

    def _l10n_in_irp_supply_date(self):
        """Return the date whose rules apply: a note follows those of its invoice."""
        move = self.move_id
        origin = move.reversed_entry_id or move.debit_origin_id or move
        return origin.invoice_date or fields.Date.context_today(self)
