from odoo import models

from ..irp.folding import fold_negative
from ..irp.text import clean_text
from ..irp.units import fit_quantity

TAXES = ("IgstAmt", "CgstAmt", "SgstAmt")
CESSES = ("CesAmt", "CesNonAdvlAmt", "StateCesAmt", "StateCesNonAdvlAmt")
# tag of a tax -> member that tells it as a percentage, and as an amount per unit
TAX_MEMBERS = {
    "l10n_in.tax_tag_igst": ("IgstAmt", "IgstAmt"),
    "l10n_in.tax_tag_cgst": ("CgstAmt", "CgstAmt"),
    "l10n_in.tax_tag_sgst": ("SgstAmt", "SgstAmt"),
    "l10n_in.tax_tag_cess": ("CesAmt", "CesNonAdvlAmt"),
    "l10n_in.tax_tag_state_cess": ("StateCesAmt", "StateCesNonAdvlAmt"),
}
ZERO_RATED = ("overseas", "special_economic_zone")


class L10nInIrpPayloadItems(models.AbstractModel):
    """The amounts of an INV-01 document: ItemList and ValDtls.

    Every total is the sum of what stands in the items, so that the portal's sum rules
    (2182 to 2189) hold whatever the rounding.
    """

    _name = "l10n_in.irp.payload.items"
    _description = "INV-01 amounts"

    def _prepare_items(self, move):
        """ItemList, without the lines that stand for the whole document.

        Negative lines are folded into positive ones of the same HSN and rates; one
        that nobody can take stays, for the checks to name.
        """
        taxes = self._taxes_by_line(move)
        return fold_negative(
            [
                self._prepare_item(move, line, serial, taxes[line])
                for serial, line in self._item_lines(move).items()
            ]
        )

    def _taxes_by_line(self, move):
        """Line -> member of the item -> rupees, as Odoo rounds and hands them out.

        Not by `l10n_in`'s own summary of the taxes: that one tells cash rounding of the
        strategy "biggest tax" as a tax, and drops what is 0 in the invoice's currency.
        """
        engine, company = self.env["account.tax"], move.company_id
        base_lines = [
            move._prepare_product_base_line_for_taxes_computation(line)
            for line in self._product_lines(move)
        ]
        tax_lines = [
            move._prepare_tax_line_for_taxes_computation(line)
            for line in move.line_ids
            if line.tax_repartition_line_id and line.display_type != "rounding"
        ]
        engine._add_tax_details_in_base_lines(base_lines, company)
        engine._round_base_lines_tax_details(base_lines, company, tax_lines=tax_lines)
        taxes = move.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        members = {tax: self._member_of(move, tax) for tax in taxes}
        return {line["record"]: self._tax_sums(line, members) for line in base_lines}

    def _member_of(self, move, tax):
        """The member that tells a tax. Tax collected at source is an other charge; tax
        deducted at source and IGST under bond or LUT are no part of an invoice."""
        if tax.l10n_in_tax_type == "tcs":
            return "OthChrg"
        tags = tax.invoice_repartition_line_ids.tag_ids
        for tag, (ad_valorem, per_unit) in TAX_MEMBERS.items():
            if self.env.ref(tag) in tags and not self._is_unpaid(move, tax):
                return ad_valorem if tax.amount_type == "percent" else per_unit
        return None

    def _is_unpaid(self, move, tax):
        """Whether IGST is stated, but not paid: its whole is taken back under its own
        tag. On an export with payment the buyer's part alone is taken back."""
        if move.l10n_in_gst_treatment not in ZERO_RATED or not tax.has_negative_factor:
            return False
        igst = self.env.ref("l10n_in.tax_tag_igst")
        parts = tax.invoice_repartition_line_ids.filtered(
            lambda part: part.repartition_type == "tax"
        )
        return all(igst in part.tag_ids for part in parts)

    @staticmethod
    def _tax_sums(base_line, members):
        """Taxes of a line; the part that the buyer or nobody pays is not taken off."""
        sums = dict.fromkeys((*TAXES, *CESSES, "OthChrg"), 0.0)
        for tax_data in base_line["tax_details"]["taxes_data"]:
            member = members[tax_data["tax"]]
            if member and not tax_data["is_reverse_charge"]:
                sums[member] += tax_data["tax_amount"]
        return sums

    def _item_lines(self, move):
        """Serial number -> line; numbers count the product lines as they are printed,
        document-level discounts left aside."""
        lines = self._product_lines(move) - self._document_discounts(move)
        apart = self._document_charges(move)
        return {
            serial: line
            for serial, line in enumerate(lines, start=1)
            if line not in apart
        }

    def _product_lines(self, move):
        return move.invoice_line_ids.filtered(lambda l: l.display_type == "product")

    def _document_discounts(self, move):
        """Untaxed negative lines reduce the whole document, not one of its items."""
        return self._product_lines(move).filtered(
            lambda line: not line.tax_ids and line.price_unit * line.quantity < 0
        )

    def _document_charges(self, move):
        """Nil rated, exempt and non-GST lines beside taxed ones, if the company wants
        them told as other charges instead of as items."""
        lines = self._product_lines(move)
        if move.company_id.l10n_in_irp_untaxed_lines != "other_charges":
            return lines.browse()
        return lines.filtered(
            lambda line: (
                line.tax_ids
                and set(line.tax_ids.mapped("l10n_in_tax_type"))
                <= {"nil_rated", "exempt", "non_gst"}
            )
        )

    def _prepare_item(self, move, line, serial, taxes):
        rounded = self._rounded
        item = {
            "SlNo": str(serial),
            "PrdDesc": clean_text(line.name, longest=300, shortest=3),
            **self._prepare_classification(line),
            "Barcde": clean_text(line.product_id.barcode, longest=30, shortest=3),
            **self._prepare_prices(move, line),
            "FreeQty": self._free_quantity(line),
            "GstRt": rounded(self._gst_rate(line), 3),
            **self._prepare_taxes(line, taxes),
            "BchDtls": self._prepare_bch_dtls(line),
            "AttribDtls": self._prepare_attrib_dtls(line),
        }
        charged = ("AssAmt", "OthChrg")
        if not self._is_reverse_charge(line):
            charged += TAXES + CESSES
        item["TotItemVal"] = rounded(sum(item[member] for member in charged))
        return item

    def _prepare_classification(self, line):
        hsn = line.move_id._l10n_in_extract_digits(line.l10n_in_hsn_code)
        is_service = line.move_id._l10n_in_is_service_hsn(line.l10n_in_hsn_code)
        return {"IsServc": "Y" if is_service else "N", "HsnCd": hsn}

    def _prepare_prices(self, move, line):
        """Gross price and discount, so that the printed invoice and the IRP agree."""
        rounded = self._rounded
        quantity, unit_price = self._quantity_and_price(move, line)
        taxable = rounded(self._sign(move) * line.balance)
        gross = self._gross_amount(line, taxable, rounded(unit_price * quantity))
        # a unit without UQC is left out: the checks then name it, instead of OTH
        # going to the tax office unseen
        unit = (line.product_uom_id.l10n_in_code or "").split("-")[0]
        quantity, unit_price, unit = fit_quantity(quantity, unit_price, unit, gross)
        return {
            "Qty": quantity,
            "Unit": unit,
            "UnitPrice": unit_price,
            "TotAmt": gross,
            "Discount": rounded(gross - taxable),
            "AssAmt": taxable,
        }

    @staticmethod
    def _gross_amount(line, taxable, listed):
        """Amount before the discount of the line. What rounding in another currency
        adds is no discount, nor is a surcharge (a negative one)."""
        if line.discount <= 0:
            return taxable
        return max(listed, taxable) if taxable >= 0 else min(listed, taxable)

    def _free_quantity(self, line):
        """FreeQty: goods given on top of the quantity charged. For extensions."""
        return

    def _prepare_bch_dtls(self, line):
        """Batch of the goods, if all of them come from one lot.

        Only with an addon that links invoices to stock (`stock_account` and others
        offer `_get_invoiced_lot_values`).
        """
        find_lots = getattr(line.move_id, "_get_invoiced_lot_values", None)
        if not find_lots:
            return None
        lots = self.env["stock.lot"].browse(
            values["lot_id"] for values in find_lots() if values.get("lot_id")
        )
        lots = lots.filtered(lambda lot: lot.product_id == line.product_id)
        name = clean_text(lots.name, longest=20, shortest=3) if len(lots) == 1 else None
        return {"Nm": name, "ExpDt": self._expiry(lots)} if name else None

    def _expiry(self, lot):
        """Expiry date of a lot, with `product_expiry` installed."""
        expires_at = getattr(lot, "expiration_date", None)
        return self._date(expires_at) if expires_at else None

    def _prepare_attrib_dtls(self, line):
        """Free attributes, as a list of {"Nm": …, "Val": …}. For extensions."""
        return

    def _quantity_and_price(self, move, line):
        """Quantity, and price before discount and tax in rupees; neither negative
        when both are, as in a returned free sample."""
        quantity, price = line.quantity, self._unit_price(move, line)
        if price < 0 and quantity < 0:
            return -quantity, -price
        return quantity, price

    def _unit_price(self, move, line):
        """Price before discount and tax; a surcharge (a negative discount) is in it."""
        discount = line.discount / 100
        taxes = line.tax_ids.flatten_taxes_hierarchy()
        if not any(taxes.mapped("price_include")):
            price = line.price_unit / move.invoice_currency_rate
        elif discount == 1 or not line.quantity:
            price = self._price_without_tax(line) / move.invoice_currency_rate
        else:
            price = self._sign(move) * line.balance / (1 - discount) / line.quantity
        return price * (1 - min(discount, 0))

    def _price_without_tax(self, line):
        """Price less the taxes included in it, in the currency of the invoice."""
        computed = line.tax_ids.compute_all(
            line.price_unit, line.currency_id, 1, line.product_id, line.partner_id
        )
        return computed["total_excluded"]

    def _rounded(self, amount, digits=2):
        """A number of the document; never the -0.0 that a sign makes of nothing."""
        return self.env["account.move"]._l10n_in_round_value(amount, digits) + 0.0

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

    def _prepare_taxes(self, line, taxes):
        rounded = self._rounded
        return {
            **{member: rounded(amount) for member, amount in taxes.items()},
            "CesRt": rounded(self._ad_valorem_rate(line, "l10n_in.tax_tag_cess"), 3),
            "StateCesRt": rounded(
                self._ad_valorem_rate(line, "l10n_in.tax_tag_state_cess"), 3
            ),
        }

    def _ad_valorem_rate(self, line, tag):
        """Percentage of the cesses with a tag; the others are amounts per unit."""
        tag_id = self.env["ir.model.data"]._xmlid_to_res_id(tag)
        return sum(
            tax.amount
            for tax in line.tax_ids.flatten_taxes_hierarchy()
            if tax.amount_type == "percent"
            and tag_id in tax.invoice_repartition_line_ids.tag_ids.ids
        )

    def _prepare_val_dtls(self, move, items):
        rounded = self._rounded

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
            "OthChrg": rounded(self._sum_balance(move, self._document_charges(move))),
            "RndOffAmt": rounded(self._sum_balance(move, self._rounding_lines(move))),
        }
        values["TotInvVal"] = rounded(
            total("TotItemVal")
            - values["Discount"]
            + values["OthChrg"]
            + values["RndOffAmt"]
        )
        values["TotInvValFc"] = self._foreign_total(move, values["TotInvVal"])
        return values

    def _foreign_total(self, move, total):
        """Total in the invoice's currency: the printed one, and what the IRP counts
        beyond it, such as IGST on an export, at the invoice's rate."""
        if move.currency_id == move.company_currency_id:
            return None
        beyond = total - abs(move.amount_total_signed)
        foreign = move.amount_total + beyond * move.invoice_currency_rate
        return self._rounded(foreign)

    def _rounding_lines(self, move):
        return move.line_ids.filtered(lambda line: line.display_type == "rounding")

    def _sum_balance(self, move, lines):
        return self._sign(move) * sum(lines.mapped("balance"))
