from odoo import api, fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    l10n_in_irp_retail_price = fields.Float(
        string="Retail Sale Price (MRP)",
        digits="Product Price",
        help="Maximum retail price printed on one unit of this product, all taxes "
        "included. GST on pan masala and tobacco is computed from it since "
        "1 February 2026 (rule 31D of the CGST Rules).",
    )
    l10n_in_irp_rsp = fields.Float(
        string="Retail Sale Price per Reference Unit",
        compute="_compute_l10n_in_irp_rsp",
        help="For formulas of taxes, to be multiplied by quantity and uom.factor.",
    )

    @api.depends("l10n_in_irp_retail_price", "uom_id.factor")
    @api.depends_context("l10n_in_irp_retail_price", "l10n_in_irp_currency_rate")
    def _compute_l10n_in_irp_rsp(self):
        """A formula knows neither the product's unit nor the rate of a document's
        currency. See `_add_tax_details_in_base_line` of the taxes for the context."""
        context = self.env.context
        own_price = context.get("l10n_in_irp_retail_price")
        rate = context.get("l10n_in_irp_currency_rate", 1.0)
        for product in self:
            price = product.l10n_in_irp_retail_price if own_price is None else own_price
            product.l10n_in_irp_rsp = price * rate / (product.uom_id.factor or 1.0)
