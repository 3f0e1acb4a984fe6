from odoo import models

from ...irp.document import is_left_negative
from ...irp.reference import hsn_digits
from ..invoice.payload_items import NO_UNIT
from .finding import Finding

PER_UNIT = ("CesNonAdvlAmt", "StateCesNonAdvlAmt", "OthChrg")
RATES = ("HsnCd", "GstRt", "CesRt", "StateCesRt")


class L10nInIrpValidator(models.AbstractModel):
    """Checks of the lines of an invoice that only Odoo can make."""

    _inherit = "l10n_in.irp.validator"

    def _line_checks(self):
        return (
            self._check_negative_items,
            self._check_units,
            self._check_sold_cards,
            self._check_hsn_length,
            self._check_unit_codes,
            self._check_prices,
            self._check_advances,
            self._check_untaxed_goods,
        )

    def _items(self, move, invoice, facts):
        """Pairs of an item and the invoice line that it was made from."""
        for index, item in enumerate(invoice.get("ItemList", [])):
            yield item, self._line_at(move, invoice, index, facts.books)

    def _line_finding(self, line, field_name, reason, advice, **values):
        values.setdefault("value", self._seen(line, field_name) or "")
        return Finding(
            record=line,
            field=self._label(line, field_name),
            reason=reason,
            advice=advice,
            **{"code": "", **values},
        )

    # ------------------------------------------------------------------
    # Blocking
    # ------------------------------------------------------------------

    def _check_negative_items(self, move, invoice, facts):
        """A negative line that other lines could not take."""
        for item, line in self._items(move, invoice, facts):
            if not is_left_negative(item):
                continue
            if self._lacks_amount_per_unit(item, invoice):
                yield self._cess_finding(line)
            elif line._l10n_in_irp_spreads(facts.books.special):
                yield self._discount_finding(line)
            else:
                yield self._return_finding(line)

    @staticmethod
    def _lacks_amount_per_unit(item, invoice):
        """Whether a cess or fee per unit is what other lines have too little of."""
        if not any(item[name] < 0 for name in PER_UNIT):
            return False
        return (
            any(
                other["AssAmt"] + item["AssAmt"] >= 0
                for other in invoice["ItemList"]
                if other is not item
                and all(other[name] == item[name] for name in RATES)
            )
            or not item["AssAmt"]
        )

    def _cess_finding(self, line):
        return self._line_finding(
            line,
            "tax_ids",
            self.env._(
                "a negative line is reported as a discount on lines of the same HSN "
                "and tax rate, and these bear too little of its cess or fee per unit "
                "to take it off"
            ),
            self.env._("Issue a credit note for the goods returned."),
            code="5002",
        )

    def _discount_finding(self, line):
        return self._line_finding(
            line,
            "price_subtotal",
            self.env._(
                "a negative line is reported as a discount on lines of the same tax "
                "rate, and less than that is charged there"
            ),
            self.env._(
                "Give it the taxes of the lines that it reduces, lower it, or issue a "
                "credit note."
            ),
            code="5002",
        )

    def _return_finding(self, line):
        return self._line_finding(
            line,
            "price_subtotal",
            self.env._(
                "a negative line is reported as a discount on lines of the same HSN "
                "and tax rate, and there is not enough of them to take it off"
            ),
            self.env._(
                "Give it the HSN and taxes of the line that it reduces, leave its HSN "
                "empty to reduce all lines of its tax rate, leave its taxes empty to "
                "make it a discount of the whole invoice, or issue a credit note."
            ),
            code="5002",
        )

    @staticmethod
    def _lacks_unit(item):
        return item["IsServc"] == "N" and not item.get("Unit")

    def _check_units(self, move, invoice, facts):
        """A unit of measure without UQC."""
        for item, line in self._items(move, invoice, facts):
            if self._lacks_unit(item):
                yield self._unit_finding(line)

    def _unit_finding(self, line):
        """Of the unit, if the user may change it; else of the line."""
        unit = line.product_uom_id
        reason = self.env._(
            "the unit of measure %s has no unit quantity code (UQC)", unit.name
        )
        advice = self.env._("Choose the UQC of the unit of measure.")
        record, field_name = unit, "l10n_in_code"
        if not unit.has_access("write"):
            record, field_name = line, "l10n_in_irp_uqc"
            advice = self.env._(
                "Reset the invoice to draft and choose the UQC on the line (column "
                "UQC), or ask an administrator to set it on the unit of measure."
            )
        return Finding(
            record=record,
            field=self._label(record, field_name),
            code="2239",
            value=unit.name,
            reason=reason,
            advice=advice,
        )

    def _check_sold_cards(self, move, invoice, facts):
        """Gift cards and eWallet top-ups: money changes hands, nothing is supplied."""
        for _item, line in self._items(move, invoice, facts):
            if line.product_id.id in facts.books.special().sold_cards:
                yield self._line_finding(
                    line,
                    "tax_ids",
                    self.env._("selling a gift card or eWallet credit is no supply"),
                    self.env._("Remove the taxes from the line and from the product."),
                )

    # ------------------------------------------------------------------
    # Warnings
    # ------------------------------------------------------------------

    def _check_hsn_length(self, move, invoice, facts):
        turnover = int(move.company_id.l10n_in_irp_turnover)
        wanted = hsn_digits(move.invoice_date or facts.today, turnover)
        for item, line in self._items(move, invoice, facts):
            hsn = item.get("HsnCd", "")
            if 4 <= len(hsn) < wanted:
                yield self._line_finding(
                    line,
                    "l10n_in_hsn_code",
                    self.env._("at your turnover the law wants %s digits", wanted),
                    self.env._("Complete the HSN/SAC code of the product."),
                    value=hsn,
                    blocking=False,
                )

    def _check_unit_codes(self, move, invoice, facts):
        """Units that are reported as 'others'."""
        for item, line in self._items(move, invoice, facts):
            if item["IsServc"] == "Y" or item.get("Unit") != NO_UNIT:
                continue
            unit = line.product_uom_id
            if not unit and not line.l10n_in_irp_uqc:
                yield self._missing_unit_finding(line)
            elif unit and not line._l10n_in_irp_is_advance(facts.books.special):
                yield self._other_unit_finding(unit)

    def _missing_unit_finding(self, line):
        return self._line_finding(
            line,
            "l10n_in_irp_uqc",
            self.env._("the line has no unit: it is reported as OTH ('others')"),
            self.env._(
                "If the goods have a unit, choose a product or the UQC on the line."
            ),
            value=NO_UNIT,
            blocking=False,
        )

    def _other_unit_finding(self, unit):
        return Finding(
            record=unit,
            field=self._label(unit, "l10n_in_code"),
            code="",
            value=NO_UNIT,
            reason=self.env._("the unit is reported as OTH ('others')"),
            advice=self.env._(
                "If the list has a unit quantity code (UQC) for this unit of measure, "
                "choose it there, or ask an administrator to."
            ),
            blocking=False,
        )

    def _check_prices(self, move, invoice, facts):
        """Prices and quantities that the portal's three decimals change."""
        for item, line in self._items(move, invoice, facts):
            listed = item["Qty"] * item["UnitPrice"]
            if is_left_negative(item) or abs(listed - item["TotAmt"]) <= 1:
                continue
            yield self._line_finding(
                line,
                "price_unit",
                self.env._(
                    "quantity and price are registered with three decimals, which "
                    "give %(listed)s instead of the amount, %(amount)s",
                    listed=f"{listed:.2f}",
                    amount=f"{item['TotAmt']:.2f}",
                ),
                self.env._(
                    "The amount is registered as it is. Sell in a larger or smaller "
                    "unit of measure if the price has to be right, too."
                ),
                value=f"{item['Qty']:g} × {item['UnitPrice']:g}",
                blocking=False,
            )

    def _check_advances(self, move, invoice, facts):
        """A down payment, or a delivery charge, for goods of several HSN codes."""
        for item, line in self._items(move, invoice, facts):
            # a typed code is the user's word
            if line.product_id.l10n_in_hsn_code or item["AssAmt"] <= 0:
                continue
            codes = line._l10n_in_irp_borrowed_hsns()
            if len(codes) > 1 and item.get("HsnCd") in codes:
                yield self._line_finding(
                    line,
                    "l10n_in_hsn_code",
                    self.env._(
                        "the order has goods of several HSN codes (%s); the code with "
                        "the largest share is reported",
                        ", ".join(sorted(codes)),
                    ),
                    self.env._("If another code fits better, enter it on the line."),
                    value=item["HsnCd"],
                    blocking=False,
                )

    def _check_untaxed_goods(self, move, invoice, facts):
        """A line with HSN but without tax: its tax may have been forgotten."""
        lines = facts.books.lines(move)
        for line in lines.charges | lines.roundings:
            is_forgotten = line.l10n_in_hsn_code and not line.tax_ids
            if is_forgotten and not line.l10n_in_irp_report_as:
                yield self._line_finding(
                    line,
                    "tax_ids",
                    self.env._(
                        "the line has no tax: it is reported as a charge or discount "
                        "of the document, not as a supply"
                    ),
                    self.env._(
                        "Choose its tax; for a nil-rated, exempt or non-GST supply "
                        "the tax of that name."
                    ),
                    blocking=False,
                )
