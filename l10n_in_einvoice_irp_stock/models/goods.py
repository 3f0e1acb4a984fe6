from decimal import Decimal

from odoo import models

from odoo.addons.l10n_in_einvoice_irp.irp.document import clean_text
from odoo.addons.l10n_in_einvoice_irp.irp.rules.ewaybill import Item, in_paise
from odoo.addons.l10n_in_einvoice_irp.models.consignment.account_move import (
    BILL_OF_ENTRY,
)
from odoo.addons.l10n_in_einvoice_irp.models.invoice.payload_taxes import CESSES

PER_UNIT = "CesNonAdvlAmt"


class L10nInIrpEwaybill(models.Model):
    """The goods of a transfer's e-way bill, and their values."""

    _inherit = "l10n_in.irp.ewaybill"

    def _picking_items(self, picking, is_between):
        """Return the goods that move, as the request names them."""
        goods = list(picking._l10n_in_irp_goods())
        values = self._picking_line_values(goods)
        return tuple(
            self._picking_item(move, quantity, values[move], is_between)
            for move, quantity in goods
        )

    def _picking_item(self, move, quantity, value, is_between):
        product = move.product_id
        taxes = self._picking_taxes(move)
        return Item(
            product_name=clean_text(product.name, longest=100) or "",
            description=clean_text(product.display_name, longest=100) or "",
            hsn=self.env["account.move"]._l10n_in_extract_digits(
                product.l10n_in_hsn_code
            )
            or "",
            quantity=_decimal(quantity, 3),
            unit=(move.product_uom.l10n_in_code or "").split("-")[0],
            taxable_amount=value,
            **self._picking_rates(taxes, is_between),
            **self._picking_cess(move, quantity, taxes),
            **self._picking_charges(taxes),
        )

    def _picking_line_values(self, goods):
        """Return move -> value in rupees. The parts of a kit are worth the kit to the
        paisa: what rounding leaves over goes to the dearest part."""
        raw = {move: _decimal(n * move._l10n_in_irp_price(), 9) for move, n in goods}
        values = {move: in_paise(amount) for move, amount in raw.items()}
        kits = {}
        for move in raw:
            if line := move._l10n_in_irp_kit_line():
                kits.setdefault(line, []).append(move)
        for parts in kits.values():
            whole = in_paise(sum(raw[move] for move in parts))
            dearest = max(parts, key=lambda move: raw[move])
            values[dearest] += whole - sum(values[move] for move in parts)
        return values

    # ------------------------------------------------------------------
    # Taxes
    # ------------------------------------------------------------------

    def _picking_taxes(self, move):
        """Return the taxes of the order line, or else of the product; none for what a
        composition dealer sends, who charges none."""
        company = self.company_id.sudo()
        taxes = move._l10n_in_get_product_tax()["taxes"].filtered_domain(
            self.env["account.tax"]._check_company_domain(company)
        )
        is_composition = company.l10n_in_irp_exemption == "composition"
        is_free = is_composition and self.supply_type != "I"
        return taxes.browse() if is_free else taxes.flatten_taxes_hierarchy()

    def _picking_rates(self, taxes, is_between):
        rate = _decimal(self.env["l10n_in.irp.payload"]._gst_rate(taxes) or 0, 3)
        half = {"cgst_rate": rate / 2, "sgst_rate": rate / 2}
        return {"igst_rate": rate} if is_between else half

    def _picking_charges(self, taxes):
        """Return whether the supplier charges the GST and the cess of goods: not under
        LUT and reverse charge. On an import, customs does."""
        if self.doc_type == BILL_OF_ENTRY:
            return {}
        payload = self.env["l10n_in.irp.payload"]
        unpaid = taxes.filtered(
            lambda tax: tax.l10n_in_reverse_charge or payload._is_unpaid(tax)
        )
        members = {payload._member_of(tax, zero_rated=False) for tax in unpaid}
        return {
            "charges_gst": not unpaid & taxes._l10n_in_irp_gst(),
            "charges_cess": members.isdisjoint(CESSES),
        }

    def _picking_cess(self, move, quantity, taxes):
        """Return the cess of goods: the rate, and the amount of what is by quantity."""
        payload = self.env["l10n_in.irp.payload"]
        per_unit = taxes.filtered(
            lambda tax: payload._member_of(tax, zero_rated=False) == PER_UNIT
        )
        amount = 0
        if per_unit:
            computed = per_unit.with_context(round=False).compute_all(
                move._l10n_in_irp_price(),
                self.company_id.currency_id,
                quantity,
                move.product_id,
            )
            amount = sum(tax["amount"] for tax in computed["taxes"])
        rate = payload._ad_valorem_rate(taxes, "l10n_in.tax_tag_cess")
        return {
            "cess_rate": _decimal(rate, 3),
            "cess_non_advol": in_paise(_decimal(amount, 9)),
        }

    # ------------------------------------------------------------------
    # Totals
    # ------------------------------------------------------------------

    def _tax_values(self, items):
        # EXTENDS 'l10n_in_einvoice_irp': a challan charges tax only if it says so
        values = super()._tax_values(items)
        if self.picking_id and not self.with_tax:
            return dict.fromkeys(values, Decimal(0))
        return values

    def _exempt_hsns(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        if not self.picking_id:
            return super()._exempt_hsns()
        moves = self.picking_id.sudo().move_ids
        return self._untaxed_hsns(
            (move.product_id.l10n_in_hsn_code, self._picking_taxes(move))
            for move in moves
        )


def _decimal(number, digits):
    return Decimal(str(round(number, digits)))
