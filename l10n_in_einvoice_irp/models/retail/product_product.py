from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    l10n_in_irp_retail_price = fields.Float(
        string="Retail Sale Price (MRP)",
        digits="Product Price",
        help="Maximum retail price printed on one unit of this product, all taxes "
        "included. GST on pan masala and tobacco is computed from it since "
        "1 February 2026 (rule 31D of the CGST Rules).",
    )
