from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    l10n_in_irp_retail_price = fields.Float(
        string="Retail Sale Price (MRP)",
        digits="Product Price",
        help="Maximum retail price printed on one unit of this product, including all "
        "taxes. Since 1 February 2026, GST on pan masala and tobacco is calculated on "
        "it (rule 31D of the CGST Rules).",
    )
