from odoo import api, fields, models

GST_TYPES = ("igst", "cgst", "sgst")


class AccountTax(models.Model):
    _inherit = "account.tax"

    l10n_in_irp_gst_rate = fields.Float(
        string="GST Rate for e-Invoice (%)",
        digits=(6, 3),
        compute="_compute_l10n_in_irp_gst_rate",
        inverse="_inverse_l10n_in_irp_gst_rate",
        store=True,
        readonly=False,
        help="GST rate of this tax, if its amount is not a percentage of the taxable "
        "value: 40 for IGST at 40 %, 20 for the CGST half.",
    )

    @api.depends("amount", "amount_type")
    def _compute_l10n_in_irp_gst_rate(self):
        """Take the rate from the amount of a formula, which Odoo does not use, but
        which `l10n_in` reads for its HSN summary. A fixed amount is no rate: there the
        rate is entered separately."""
        for tax in self:
            if tax.amount_type in ("percent", "code"):
                tax.l10n_in_irp_gst_rate = tax.amount
            elif tax.amount_type == "division" and tax.amount < 100:
                rate = 100 * tax.amount / (100 - tax.amount)
                tax.l10n_in_irp_gst_rate = round(rate, 3)
            else:
                tax.l10n_in_irp_gst_rate = tax.l10n_in_irp_gst_rate

    def _inverse_l10n_in_irp_gst_rate(self):
        for tax in self:
            if tax.amount_type == "code" and tax.amount != tax.l10n_in_irp_gst_rate:
                tax.amount = tax.l10n_in_irp_gst_rate

    def copy_data(self, default=None):
        # EXTENDS 'account': a copy takes its rate from its amount, if possible
        values_list = super().copy_data(default)
        for values in values_list:
            if values["amount_type"] != "fixed":
                values.pop("l10n_in_irp_gst_rate", None)
        return values_list

    def _l10n_in_irp_gst(self):
        """Return the IGST, or CGST and SGST, among these taxes; groups are expanded."""
        taxes = self.flatten_taxes_hierarchy()
        gst = taxes.filtered(lambda tax: tax.l10n_in_gst_tax_type in GST_TYPES)
        igst = gst.filtered(lambda tax: tax.l10n_in_gst_tax_type == "igst")
        return igst or gst

    # ------------------------------------------------------------------
    # Formulas with product.l10n_in_irp_retail_price
    # ------------------------------------------------------------------

    @api.model
    def _add_tax_details_in_base_line(self, base_line, company, rounding_method=None):
        # EXTENDS 'account': a formula gets only the product, without the values that
        # make a retail sale price that of a line
        product, taxes = base_line["product_id"], base_line["tax_ids"]
        kinds = (taxes | taxes.children_tax_ids).mapped("amount_type")
        if "code" in kinds and isinstance(product, models.Model):
            price = self._l10n_in_irp_line_retail_price(base_line)
            base_line["product_id"] = product.with_context(
                l10n_in_irp_line_retail_price=price
            )
        try:
            return super()._add_tax_details_in_base_line(
                base_line, company, rounding_method
            )
        finally:
            base_line["product_id"] = product

    def _l10n_in_irp_line_retail_price(self, base_line):
        """Return the retail sale price of one unit of a line, in its currency. An
        invoice line has a separate price, which does not follow the product's."""
        product, unit = base_line["product_id"].sudo(), base_line["product_uom_id"]
        line = base_line["record"]
        is_own = isinstance(line, models.Model) and line._name == "account.move.line"
        price = (line if is_own else product).l10n_in_irp_retail_price
        if unit and product.uom_id:
            price *= unit._compute_quantity(1.0, product.uom_id, round=False)
        return price * base_line["rate"]

    @api.model
    def _eval_taxes_computation_prepare_product_values(
        self, default_product_values, product=None
    ):
        # EXTENDS 'account'
        values = super()._eval_taxes_computation_prepare_product_values(
            default_product_values, product
        )
        context = product.env.context if isinstance(product, models.Model) else {}
        price = context.get("l10n_in_irp_line_retail_price")
        if price is not None and "l10n_in_irp_retail_price" in values:
            values["l10n_in_irp_retail_price"] = price
        return values

    def _prepare_base_line_grouping_key(self, base_line):
        # EXTENDS 'account': `_sync_tax_lines` asks an empty line which fields change
        # the taxes
        key = super()._prepare_base_line_grouping_key(base_line)
        if base_line["record"] is None and not base_line["tax_ids"]:
            key["l10n_in_irp_retail_price"] = 0.0
        return key
