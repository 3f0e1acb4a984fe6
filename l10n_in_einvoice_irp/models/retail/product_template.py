from odoo import api, fields, models

FIELD = "l10n_in_irp_retail_price"


class ProductTemplate(models.Model):
    _inherit = "product.template"

    l10n_in_irp_retail_price = fields.Float(
        string="Retail Sale Price (MRP)",
        digits="Product Price",
        compute="_compute_l10n_in_irp_retail_price",
        inverse="_inverse_l10n_in_irp_retail_price",
        search="_search_l10n_in_irp_retail_price",
        help="Maximum retail price printed on one unit of this product, including all "
        "taxes. Since 1 February 2026, GST on pan masala and tobacco is calculated on "
        "it (rule 31D of the CGST Rules).",
    )

    @api.depends("product_variant_ids.l10n_in_irp_retail_price")
    def _compute_l10n_in_irp_retail_price(self):
        self._compute_template_field_from_variant_field(FIELD)

    def _inverse_l10n_in_irp_retail_price(self):
        self._set_product_variant_field(FIELD)

    def _search_l10n_in_irp_retail_price(self, operator, value):
        return [(f"product_variant_ids.{FIELD}", operator, value)]

    def _get_related_fields_variant_template(self):
        # EXTENDS 'product'
        return [*super()._get_related_fields_variant_template(), FIELD]
