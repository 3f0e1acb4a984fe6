from decimal import Decimal

from odoo import models

from ...irp.reference import rate_of_retail_tax, rate_of_tax


class L10nInIrpPayload(models.AbstractModel):
    """The GST rate of an item whose tax is an amount or a formula, and the retail value
    on which goods of rule 31D are taxed."""

    _inherit = "l10n_in.irp.payload"

    def _gst_rate(self, taxes):
        """Return the IGST rate, or the sum of CGST and SGST, even if the tax rounds to
        0. None if a tax does not state its rate."""
        rates = [self._stated_rate(tax) for tax in taxes._l10n_in_irp_gst()]
        return None if None in rates else sum(rates)

    @staticmethod
    def _is_by_percentage(taxes):
        return set(taxes._l10n_in_irp_gst().mapped("amount_type")) <= {"percent"}

    @staticmethod
    def _stated_rate(tax):
        if tax.amount_type == "percent":
            return tax.amount
        return tax.l10n_in_irp_gst_rate or None

    def _line_rate(self, line, facts, base_line):
        """Return the GST rate of a line, or None if it is neither stated nor proven by
        the amounts.

        :param base_line: of `_base_lines`.
        """
        stated = facts.rates["GstRt"]
        if facts.by_percentage:
            return stated
        if line.l10n_in_irp_gst_rate:
            return self._rounded(line.l10n_in_irp_gst_rate, 3)
        return stated if stated is not None else self._proven_rate(line, base_line)

    def _proven_rate(self, line, base_line):
        """Return the notified rate that yields the tax of a line."""
        day = line._l10n_in_irp_supply_date()
        tax = Decimal(str(self._gst_amount(line, base_line)))
        if line._l10n_in_irp_is_taxed_on_retail_price():
            value = Decimal(str(self._retail_value(line)))
            rate = rate_of_retail_tax(tax, value, day)
        else:
            details = base_line["tax_details"]
            taxable = Decimal(str(details["total_excluded"]))
            rate = rate_of_tax(tax, taxable, day)
        return self._rounded(float(rate), 3) if rate else None

    def _gst_amount(self, line, base_line, members=None):
        """Return the GST of a line in rupees, even if the buyer or nobody pays it.

        :param members: tax -> member of the item; if given, a tax without a member is
            left out, such as IGST under bond or LUT.
        """
        gst = line.tax_ids._l10n_in_irp_gst()
        return self._sum(
            tax_data["tax_amount"]
            for tax_data in base_line["tax_details"]["taxes_data"]
            if tax_data["tax"] in gst
            and not tax_data["is_reverse_charge"]
            and (members is None or members[tax_data["tax"]])
        )

    def _retail_price(self, line):
        """Return the retail sale price of one unit: the line's, or the product's if it
        was entered later."""
        return line.l10n_in_irp_retail_price or line.product_id.l10n_in_irp_retail_price

    def _retail_value(self, line):
        """Return the retail sale price of a line's whole quantity, in rupees."""
        quantity, unit = line.quantity, line.product_id.uom_id
        if line.product_uom_id and unit:
            quantity = line.product_uom_id._compute_quantity(
                quantity, unit, round=False
            )
        return quantity * self._retail_price(line)
