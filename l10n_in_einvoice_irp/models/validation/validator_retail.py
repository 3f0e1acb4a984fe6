from decimal import Decimal

from odoo import models

from ...irp.reference import retail_price_rate, tax_in_retail_price
from ..invoice.payload_taxes import TAXES


class L10nInIrpValidator(models.AbstractModel):
    """Checks taxes that are not a percentage of the taxable value, and goods taxed on
    their retail sale price."""

    _inherit = "l10n_in.irp.validator"

    def _local_findings(self, move, invoice, context):
        return [
            *super()._local_findings(move, invoice, context),
            *self._check_gst_rates(move, invoice, context),
            *self._check_retail_prices(move, context),
        ]

    # ------------------------------------------------------------------
    # Blocking
    # ------------------------------------------------------------------

    def _check_gst_rates(self, move, invoice, context):
        """Yield a finding for each item whose taxes have no known GST rate."""
        for index, item in enumerate(invoice.get("ItemList", [])):
            if "GstRt" in item:
                continue
            line = self._line_at(move, invoice, index, context.cache)
            names = line.tax_ids._l10n_in_irp_gst().mapped("name")
            yield self._finding_of(
                "gst_rate_not_known",
                line,
                "l10n_in_irp_gst_rate",
                value="",
                taxes=", ".join(names),
            )

    # ------------------------------------------------------------------
    # Warnings
    # ------------------------------------------------------------------

    def _check_retail_prices(self, move, context):
        """Yield a warning for each line whose GST is not that of its retail price."""
        payload, cache = self.env["l10n_in.irp.payload"], context.cache
        lines = cache.lines(move).products.filtered(
            lambda line: line._l10n_in_irp_is_taxed_on_retail_price() and line.tax_ids
        )
        # few invoices have such lines, and computing the taxes takes time
        taxed = payload._base_lines(move, cache.lines(move).products) if lines else {}
        zero_rated = payload._is_zero_rated(move)
        for line in lines:
            tax_facts = cache.taxes(line.tax_ids, zero_rated)
            if self._is_retail_tax_due(line, tax_facts):
                yield from self._retail_findings(line, tax_facts, taxed[line.id])

    def _is_retail_tax_due(self, line, tax_facts):
        """Return whether a line has GST to compare with that on its retail price.

        Packages for export need not show one: there a percentage is right, too.
        """
        is_borne = any(member in TAXES for member in tax_facts.members.values())
        is_export = line.move_id.l10n_in_gst_treatment == "overseas"
        return is_borne and not (is_export and tax_facts.by_percentage)

    def _retail_findings(self, line, tax_facts, base_line):
        payload = self.env["l10n_in.irp.payload"]
        rate = payload._line_rate(line, tax_facts, base_line)
        if not payload._retail_price(line):
            if not tax_facts.by_percentage or self._has_retail_rate(line, rate):
                yield self._retail_price_missing(line)
            return
        if rate is None:
            return
        value = payload._retail_value(line)
        due = float(tax_in_retail_price(Decimal(str(value)), Decimal(str(rate))))
        tax = payload._gst_amount(line, base_line, tax_facts.members)
        if abs(tax - due) > 1:
            yield self._retail_tax_differs(line, rate, value, due, tax)

    def _has_retail_rate(self, line, rate):
        """Return whether the rate is that of goods taxed on their retail price.

        Tobacco leaves, at another rate, share a heading with listed goods.
        """
        hsn, day = line._l10n_in_irp_hsn(), line._l10n_in_irp_supply_date()
        return rate is not None and rate == retail_price_rate(hsn, day)

    def _retail_price_missing(self, line):
        return self._finding_of(
            "retail_price_missing",
            line,
            "l10n_in_irp_retail_price",
            value="",
            hsn=line.l10n_in_hsn_code,
        )

    def _retail_tax_differs(self, line, rate, value, due, tax):
        price = self.env["l10n_in.irp.payload"]._retail_price(line)
        return self._finding_of(
            "retail_tax_differs",
            line,
            "tax_ids",
            value=f"{tax:.2f}",
            price=f"{price:.2f}",
            taxed=f"{value:.2f}",
            rate=f"{rate:g}",
            due=f"{due:.2f}",
            tax=f"{tax:.2f}",
            difference=f"{tax - due:+.2f}",
        )
