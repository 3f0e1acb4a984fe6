from odoo import models

from ...irp.document import is_left_negative
from ...irp.reference import hsn_digits
from ..invoice.payload_items import NO_UNIT

PER_UNIT = ("CesNonAdvlAmt", "StateCesNonAdvlAmt", "OthChrg")
RATES = ("HsnCd", "GstRt", "CesRt", "StateCesRt")


class L10nInIrpValidator(models.AbstractModel):
    """Checks the lines of an invoice for faults that only Odoo can find."""

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

    def _items(self, move, invoice, context):
        """Return pairs of an item and its invoice line."""
        lines = context.cache.lines(move).items
        return [
            (item, lines[int(item["SlNo"])]) for item in invoice.get("ItemList", [])
        ]

    # ------------------------------------------------------------------
    # Blocking
    # ------------------------------------------------------------------

    def _check_negative_items(self, move, invoice, context):
        """Yield a finding for each negative line that other lines cannot absorb."""
        for item, line in self._items(move, invoice, context):
            if not is_left_negative(item):
                continue
            if self._lacks_amount_per_unit(item, invoice):
                yield self._finding_of("negative_line_cess", line, "tax_ids")
                continue
            is_discount = line._l10n_in_irp_spreads(context.cache.special)
            kind = "negative_line_discount" if is_discount else "negative_line_return"
            yield self._finding_of(kind, line, "price_subtotal")

    @staticmethod
    def _lacks_amount_per_unit(item, invoice):
        """Return whether the fault is a cess or fee per unit that other lines lack."""
        if not any(item[name] < 0 for name in PER_UNIT):
            return False
        return (
            any(
                other["AssAmt"] + item["AssAmt"] >= 0
                for other in invoice["ItemList"]
                if other is not item
                # an item without HSN code is not complete yet
                and all(other.get(name) == item.get(name) for name in RATES)
            )
            or not item["AssAmt"]
        )

    @staticmethod
    def _lacks_unit(item):
        return item["IsServc"] == "N" and not item.get("Unit")

    def _check_units(self, move, invoice, context):
        """Yield a finding for each unit of measure without UQC."""
        for item, line in self._items(move, invoice, context):
            # without HSN/SAC code nobody knows yet that a service needs no unit
            is_service = not item.get("HsnCd") and line.product_id.type == "service"
            if self._lacks_unit(item) and not is_service:
                yield self._unit_finding(line)

    def _unit_finding(self, line):
        """Return a finding on the unit if the user may change it; else on the line."""
        unit = line.product_uom_id
        kind, place = "uqc_missing_on_line", (line, "l10n_in_irp_uqc")
        if unit.has_access("write"):
            kind, place = "uqc_missing_on_unit", (unit, "l10n_in_code")
        return self._finding_of(kind, *place, value=unit.name, unit=unit.name)

    def _check_sold_cards(self, move, invoice, context):
        """Yield a finding for each gift card or eWallet top-up: they are no supply."""
        for _item, line in self._items(move, invoice, context):
            if line.product_id.id in context.cache.special().sold_cards:
                yield self._finding_of("gift_card_taxed", line, "tax_ids")

    # ------------------------------------------------------------------
    # Warnings
    # ------------------------------------------------------------------

    def _check_hsn_length(self, move, invoice, context):
        """Yield a warning for each HSN/SAC code shorter than the turnover requires."""
        turnover = int(move.company_id.l10n_in_irp_turnover)
        wanted = hsn_digits(move.invoice_date or context.today, turnover)
        for item, line in self._items(move, invoice, context):
            hsn = item.get("HsnCd", "")
            if 4 <= len(hsn) < wanted:
                yield self._finding_of(
                    "hsn_too_short_for_turnover",
                    line,
                    "l10n_in_hsn_code",
                    value=hsn,
                    digits=wanted,
                )

    def _check_unit_codes(self, move, invoice, context):
        """Yield a warning for each unit that is reported as OTH (others)."""
        for item, line in self._items(move, invoice, context):
            if item["IsServc"] == "Y" or item.get("Unit") != NO_UNIT:
                continue
            unit = line.product_uom_id
            if not unit and not line.l10n_in_irp_uqc:
                yield self._finding_of(
                    "uqc_others_on_line", line, "l10n_in_irp_uqc", value=NO_UNIT
                )
            elif unit and not line._l10n_in_irp_is_advance(context.cache.special):
                yield self._finding_of(
                    "uqc_others_on_unit", unit, "l10n_in_code", value=NO_UNIT
                )

    def _check_prices(self, move, invoice, context):
        """Yield a warning for each amount that three decimals of price and quantity
        cannot reproduce."""
        for item, line in self._items(move, invoice, context):
            listed = item["Qty"] * item["UnitPrice"]
            if is_left_negative(item) or abs(listed - item["TotAmt"]) <= 1:
                continue
            yield self._finding_of(
                "price_decimals",
                line,
                "price_unit",
                value=f"{item['Qty']:g} × {item['UnitPrice']:g}",
                listed=f"{listed:.2f}",
                amount=f"{item['TotAmt']:.2f}",
            )

    def _check_advances(self, move, invoice, context):
        """Yield a warning for each down payment or delivery charge for goods of several
        HSN codes."""
        for item, line in self._items(move, invoice, context):
            # a typed code is the user's decision
            if line.product_id.l10n_in_hsn_code or item["AssAmt"] <= 0:
                continue
            codes = line._l10n_in_irp_borrowed_hsns()
            if len(codes) > 1 and item.get("HsnCd") in codes:
                yield self._finding_of(
                    "hsn_of_several",
                    line,
                    "l10n_in_hsn_code",
                    value=item["HsnCd"],
                    codes=", ".join(sorted(codes)),
                )

    def _check_untaxed_goods(self, move, invoice, context):
        """Yield a warning for each line with HSN/SAC code but without tax, which may
        have been forgotten."""
        lines = context.cache.lines(move)
        for line in lines.charges | lines.roundings:
            is_forgotten = line.l10n_in_hsn_code and not line.tax_ids
            if is_forgotten and not line.l10n_in_irp_report_as:
                yield self._finding_of("untaxed_goods", line, "tax_ids")
