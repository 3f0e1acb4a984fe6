import functools
from typing import NamedTuple

from odoo import models

TAXES = ("IgstAmt", "CgstAmt", "SgstAmt")
CESSES = ("CesAmt", "CesNonAdvlAmt", "StateCesAmt", "StateCesNonAdvlAmt")
TAX_AMOUNTS = (*TAXES, *CESSES, "OthChrg")
# Tax collected at source belongs to the document (ValDtls.OthChrg), not to its items.
TCS = "TCS"
# tag of a tax -> member for its percentage, and for its amount per unit
TAX_MEMBERS = {
    "l10n_in.tax_tag_igst": ("IgstAmt", "IgstAmt"),
    "l10n_in.tax_tag_cgst": ("CgstAmt", "CgstAmt"),
    "l10n_in.tax_tag_sgst": ("SgstAmt", "SgstAmt"),
    "l10n_in.tax_tag_cess": ("CesAmt", "CesNonAdvlAmt"),
    "l10n_in.tax_tag_state_cess": ("StateCesAmt", "StateCesNonAdvlAmt"),
}
UNTAXED_TYPES = {"nil_rated", "exempt", "non_gst"}
DEDUCTED_TYPES = ("tds_sale", "tds_purchase")
ZERO_RATED = ("overseas", "special_economic_zone")


class TaxFacts(NamedTuple):
    """The meaning of a line's taxes, whatever the line.

    :ivar rates: the item's rates in percent, by member; GstRt is None if the taxes do
        not state it, see `_line_rate`.
    :ivar members: tax -> the member for its amount, or None.
    :ivar by_percentage: its GST is a percentage of the taxable value.
    :ivar price_included: a price of the line includes one of the taxes.
    :ivar reverse_charge: the buyer pays them.
    :ivar untaxed: nil rated, exempt or outside GST.
    :ivar taxed: one of them is GST or a cess, even at rate 0.
    :ivar supply: one of them makes the line a supply, taxed or not.
    """

    rates: dict
    members: dict
    by_percentage: bool
    price_included: bool
    reverse_charge: bool
    untaxed: bool
    taxed: bool
    supply: bool


class L10nInIrpPayload(models.AbstractModel):
    """The taxes of an invoice in its INV-01 document, and their amounts."""

    _inherit = "l10n_in.irp.payload"

    def _tax_facts_cache(self):
        """Return a cached function from the taxes of a line, and whether its invoice is
        zero rated, to `TaxFacts`. For one run over invoices."""
        return functools.cache(self._tax_facts)

    def _tax_facts(self, line_taxes, zero_rated):
        taxes = line_taxes.flatten_taxes_hierarchy()
        types = set(line_taxes.mapped("l10n_in_tax_type"))
        return TaxFacts(
            rates=self._tax_rates(taxes),
            members={tax: self._member_of(tax, zero_rated) for tax in taxes},
            by_percentage=self._is_by_percentage(taxes),
            price_included=any(taxes.mapped("price_include")),
            reverse_charge=any(taxes.mapped("l10n_in_reverse_charge")),
            untaxed=bool(types) and types <= UNTAXED_TYPES,
            taxed=self._is_taxed(taxes),
            supply=self._is_taxed(taxes) or bool(types & UNTAXED_TYPES),
        )

    @staticmethod
    def _is_taxed(taxes):
        types = taxes.mapped("l10n_in_tax_type")
        return "gst" in types or any(taxes.mapped("l10n_in_gst_tax_type"))

    @staticmethod
    def _is_zero_rated(move):
        return move.l10n_in_gst_treatment in ZERO_RATED

    def _tax_rates(self, taxes):
        rates = {
            "GstRt": self._gst_rate(taxes),
            "CesRt": self._ad_valorem_rate(taxes, "l10n_in.tax_tag_cess"),
            "StateCesRt": self._ad_valorem_rate(taxes, "l10n_in.tax_tag_state_cess"),
        }
        return {
            member: rate if rate is None else self._rounded(rate, 3)
            for member, rate in rates.items()
        }

    def _ad_valorem_rate(self, taxes, tag):
        """Return the percentage of the cesses with a tag; the others are amounts per
        unit."""
        tag = self.env.ref(tag)
        return sum(
            tax.amount
            for tax in taxes
            if tax.amount_type == "percent"
            and tag in tax.invoice_repartition_line_ids.tag_ids
        )

    def _member_of(self, tax, zero_rated):
        """Return the member for the amount of a tax. A tax other than GST or a cess,
        such as a market fee, is an other charge of the item. Tax deducted at source,
        and IGST under bond or LUT, are not part of an invoice."""
        if tax.l10n_in_tax_type in DEDUCTED_TYPES:
            return None
        if tax.l10n_in_tax_type == "tcs":
            return TCS
        if zero_rated and self._is_unpaid(tax):
            return None
        tags = tax.invoice_repartition_line_ids.tag_ids
        for tag, (ad_valorem, per_unit) in TAX_MEMBERS.items():
            if self.env.ref(tag) in tags:
                return ad_valorem if tax.amount_type == "percent" else per_unit
        return "OthChrg"

    def _is_unpaid(self, tax):
        """Return whether IGST is stated but not paid: it is taken back in full under
        its tag. On an export with payment only the buyer's part is taken back."""
        if not tax.has_negative_factor:
            return False
        igst = self.env.ref("l10n_in.tax_tag_igst")
        parts = tax.invoice_repartition_line_ids.filtered(
            lambda part: part.repartition_type == "tax"
        )
        return all(igst in part.tag_ids for part in parts)

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    def _base_lines(self, move, lines):
        """Return the lines with their taxes, as Odoo rounds and distributes them.

        `l10n_in`'s own tax summary does not serve: it reports cash rounding of the
        strategy "biggest tax" as a tax, and drops amounts that are 0 in the invoice's
        currency.

        :return: id of a line -> Odoo's `base_line` dict with its `tax_details`.
        """
        engine, company = self.env["account.tax"], move.company_id
        base_lines = [
            move._prepare_product_base_line_for_taxes_computation(line)
            for line in lines
        ]
        tax_lines = [
            move._prepare_tax_line_for_taxes_computation(line)
            for line in move.line_ids
            if line.tax_repartition_line_id and line.display_type != "rounding"
        ]
        engine._add_tax_details_in_base_lines(base_lines, company)
        engine._round_base_lines_tax_details(base_lines, company, tax_lines=tax_lines)
        return {base_line["record"].id: base_line for base_line in base_lines}

    def _tax_sums(self, base_line, members):
        """Return member of the item -> taxes of a line in rupees, including the part
        that the buyer or nobody pays."""
        sums = dict.fromkeys((*TAX_AMOUNTS, TCS), 0.0)
        for tax_data in base_line["tax_details"]["taxes_data"]:
            member = members[tax_data["tax"]]
            if member and not tax_data["is_reverse_charge"]:
                sums[member] = self._sum([sums[member], tax_data["tax_amount"]])
        return sums
