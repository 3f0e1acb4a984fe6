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
        help="The notified rate that this tax stands for, because its amount is no "
        "percentage of the taxable value: 40 for IGST at 40 %, 20 for its CGST half.",
    )

    @api.depends("amount", "amount_type")
    def _compute_l10n_in_irp_gst_rate(self):
        """Odoo does not use the amount of a formula; `l10n_in` reads the rate from it
        for its HSN summary. A fixed amount is none: there the rate stands alone."""
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
        # EXTENDS 'account': a copy takes its rate from its amount, if it can
        values_list = super().copy_data(default)
        for values in values_list:
            if values["amount_type"] != "fixed":
                values.pop("l10n_in_irp_gst_rate", None)
        return values_list

    def _l10n_in_irp_gst(self):
        """Return the IGST, or CGST and SGST, among these taxes, groups taken apart."""
        taxes = self.flatten_taxes_hierarchy()
        gst = taxes.filtered(lambda tax: tax.l10n_in_gst_tax_type in GST_TYPES)
        igst = gst.filtered(lambda tax: tax.l10n_in_gst_tax_type == "igst")
        return igst or gst

    @api.model
    def _add_tax_details_in_base_line(self, base_line, company, rounding_method=None):
        # EXTENDS 'account': formulas count in the currency of the document and know
        # the product alone; a retail sale price is in the company's currency, and an
        # invoice line has its own
        product = base_line["product_id"]
        kinds = base_line["tax_ids"].flatten_taxes_hierarchy().mapped("amount_type")
        if not product or "code" not in kinds:
            return super()._add_tax_details_in_base_line(
                base_line, company, rounding_method
            )
        context = self._l10n_in_irp_formula_context(base_line)
        base_line["product_id"] = product.with_context(**context)
        try:
            return super()._add_tax_details_in_base_line(
                base_line, company, rounding_method
            )
        finally:
            base_line["product_id"] = product

    def _l10n_in_irp_formula_context(self, base_line):
        """Return what a product's `l10n_in_irp_rsp` needs to know of a line."""
        context = {"l10n_in_irp_currency_rate": base_line["rate"]}
        line = base_line["record"]
        if isinstance(line, models.Model) and line._name == "account.move.line":
            context["l10n_in_irp_retail_price"] = line.l10n_in_irp_retail_price
        return context

    def _prepare_base_line_grouping_key(self, base_line):
        # EXTENDS 'account': `_sync_tax_lines` asks an empty line which fields change
        # the taxes
        key = super()._prepare_base_line_grouping_key(base_line)
        if base_line["record"] is None and not base_line["tax_ids"]:
            key["l10n_in_irp_retail_price"] = 0.0
        return key
