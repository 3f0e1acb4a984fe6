from odoo import models
from odoo.tools import float_is_zero

from ..irp.text import clean_text

TAXES = ("IgstAmt", "CgstAmt", "SgstAmt")
CESSES = ("CesAmt", "CesNonAdvlAmt", "StateCesAmt", "StateCesNonAdvlAmt")
# member of an item -> key of `account.move._get_l10n_in_tax_details_by_line_code`
TAX_KEYS = {
    "IgstAmt": "igst_amount",
    "CgstAmt": "cgst_amount",
    "SgstAmt": "sgst_amount",
    "CesAmt": "cess_amount",
    "CesNonAdvlAmt": "cess_non_advol_amount",
    "StateCesAmt": "state_cess_amount",
    "StateCesNonAdvlAmt": "state_cess_non_advol_amount",
}


class L10nInIrpPayloadItems(models.AbstractModel):
    """The amounts of an INV-01 document: ItemList and ValDtls.

    Every total is the sum of what stands in the items, so that the portal's sum rules
    (2182 to 2189) hold whatever the rounding.
    """

    _name = "l10n_in.irp.payload.items"
    _description = "INV-01 amounts"

    def _prepare_items(self, move):
        """ItemList: the product lines, without the document-level discounts."""
        per_line = move._l10n_in_prepare_tax_details()["tax_details_per_record"]
        lines = self._product_lines(move) - self._document_discounts(move)
        return [
            self._prepare_item(move, line, serial, per_line.get(line, {}))
            for serial, line in enumerate(lines, start=1)
        ]

    def _product_lines(self, move):
        return move.invoice_line_ids.filtered(lambda l: l.display_type == "product")

    def _document_discounts(self, move):
        """Untaxed negative lines reduce the whole document, not one of its items."""
        return self._product_lines(move).filtered(
            lambda line: not line.tax_ids and line.price_subtotal < 0
        )

    def _prepare_item(self, move, line, serial, details):
        rounded = move._l10n_in_round_value
        item = {
            "SlNo": str(serial),
            "PrdDesc": clean_text(line.name, longest=300, shortest=3),
            **self._prepare_classification(line),
            **self._prepare_prices(move, line),
            "GstRt": rounded(self._gst_rate(line), 3),
            **self._prepare_taxes(move, line, details.get("tax_details", {})),
        }
        charged = ("AssAmt", "OthChrg") + (
            () if self._is_reverse_charge(move) else TAXES + CESSES
        )
        item["TotItemVal"] = rounded(sum(item[member] for member in charged))
        return item

    def _prepare_classification(self, line):
        hsn = line.move_id._l10n_in_extract_digits(line.l10n_in_hsn_code)
        is_service = line.move_id._l10n_in_is_service_hsn(line.l10n_in_hsn_code)
        # a unit without UQC is left out: the checks then name it, instead of OTH
        # going to the tax office unseen
        unit = (line.product_uom_id.l10n_in_code or "").split("-")[0]
        return {"IsServc": "Y" if is_service else "N", "HsnCd": hsn, "Unit": unit}

    def _prepare_prices(self, move, line):
        """Gross price and discount, so that the printed invoice and the IRP agree."""
        rounded = move._l10n_in_round_value
        quantity, unit_price = self._quantity_and_price(move, line)
        taxable = rounded(self._sign(move) * line.balance)
        gross = rounded(unit_price * quantity)
        return {
            "Qty": rounded(quantity, 3),
            "UnitPrice": rounded(unit_price, 3),
            "TotAmt": gross,
            "Discount": rounded(gross - taxable),
            "AssAmt": taxable,
        }

    def _quantity_and_price(self, move, line):
        """Quantity, and price before discount and tax in rupees; neither negative
        when both are, as in a returned free sample."""
        quantity = line.quantity
        if line.discount == 100.0 or float_is_zero(quantity, precision_digits=3):
            price = line.currency_id._convert(
                line.price_unit, line.company_currency_id, line.company_id, line.date
            )
        else:
            net = self._sign(move) * line.balance
            price = net / (1 - line.discount / 100) / quantity
        if price < 0 and quantity < 0:
            return -quantity, -price
        return quantity, price

    @staticmethod
    def _sign(move):
        """Odoo books sales as credits; the portal wants positive figures."""
        return -1 if move.is_inbound() else 1

    def _gst_rate(self, line):
        """IGST rate, or CGST and SGST together; kept where the tax rounds to 0."""
        taxes = line.tax_ids.flatten_taxes_hierarchy()
        igst = taxes.filtered(lambda tax: tax.l10n_in_gst_tax_type == "igst")
        halves = taxes.filtered(
            lambda tax: tax.l10n_in_gst_tax_type in ("cgst", "sgst")
        )
        return sum((igst or halves).mapped("amount"))

    def _prepare_taxes(self, move, line, tax_details):
        rounded = move._l10n_in_round_value
        by_code = move._get_l10n_in_tax_details_by_line_code(tax_details)
        taxes = {
            member: rounded(by_code.get(key, 0.0)) for member, key in TAX_KEYS.items()
        }
        return {
            **taxes,
            "CesRt": rounded(by_code.get("cess_rate", 0.0), 3),
            "StateCesRt": rounded(by_code.get("state_cess_rate", 0.0), 3),
            "OthChrg": rounded(self._tcs(tax_details)),
        }

    def _tcs(self, tax_details):
        """Tax collected at source is an other charge; TDS is no part of an invoice."""
        return sum(
            detail["tax_amount"]
            for detail in tax_details.values()
            if detail["tax"].l10n_in_tax_type == "tcs"
        )

    def _prepare_val_dtls(self, move, items):
        rounded = move._l10n_in_round_value

        def total(*members):
            return rounded(sum(item[member] for item in items for member in members))

        values = {
            "AssVal": total("AssAmt"),
            "CgstVal": total("CgstAmt"),
            "SgstVal": total("SgstAmt"),
            "IgstVal": total("IgstAmt"),
            "CesVal": total("CesAmt", "CesNonAdvlAmt"),
            "StCesVal": total("StateCesAmt", "StateCesNonAdvlAmt"),
            "Discount": rounded(
                -self._sum_balance(move, self._document_discounts(move))
            ),
            "RndOffAmt": rounded(self._sum_balance(move, self._rounding_lines(move))),
        }
        values["TotInvVal"] = rounded(
            total("TotItemVal") - values["Discount"] + values["RndOffAmt"]
        )
        if move.currency_id != move.company_currency_id:
            values["TotInvValFc"] = rounded(
                values["TotInvVal"] * move.invoice_currency_rate
            )
        return values

    def _rounding_lines(self, move):
        return move.line_ids.filtered(lambda line: line.display_type == "rounding")

    def _sum_balance(self, move, lines):
        return self._sign(move) * sum(lines.mapped("balance"))
