from decimal import Decimal

from odoo import models

from odoo.addons.l10n_in_einvoice_irp.irp.document import clean_text
from odoo.addons.l10n_in_einvoice_irp.irp.rules.ewaybill import Generate, Item

# sub-supply types that are a supply, and so have tax: supply, import, export
TAXED = ("1", "2", "3")
PAISA = Decimal("0.01")


class L10nInIrpEwaybill(models.Model):
    """The request of a transfer's e-way bill."""

    _inherit = "l10n_in.irp.ewaybill"

    def _generation_request(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        if not self.picking_id:
            return super()._generation_request()
        # accountants need no right to stock for what they declare
        picking = self.picking_id.sudo()
        sides = self._picking_sides(picking)
        is_between = sides["from_state"] != sides["to_state"]
        items = tuple(self._picking_items(picking, is_between))
        return Generate(
            supply_type=self.supply_type or "",
            sub_supply_type=self.sub_supply_type or "",
            sub_supply_description=(self.sub_supply_description or "").strip(),
            doc_type=self.doc_type or "",
            doc_number=(self.doc_number or "").strip(),
            doc_date=self.doc_date or None,
            items=items,
            **self._picking_values(items),
            **sides,
            **self._generation_transport(),
        )

    def _picking_sides(self, picking):
        """Return the members of both sides, and the transaction type."""
        own = self._picking_party(self.company_id.sudo().partner_id)
        own["Gstin"] = self.company_id.sudo().vat
        own_place = self._picking_party(self._dispatch_partner())
        other, other_place = self._picking_other_side(picking, own)
        document = {"SellerDtls": own, "BuyerDtls": other}
        if not _is_same_place(own_place, own):
            document["DispDtls"] = own_place
        if not _is_same_place(other_place, other):
            document["ShipDtls"] = other_place
        return self._generation_places(document)

    def _own_place(self):
        # EXTENDS 'l10n_in_einvoice_irp': `_picking_sides` has it already
        return None if self.picking_id else super()._own_place()

    def _picking_other_side(self, picking, own):
        """Return the other party and its place; between own places both are ours."""
        place = picking._l10n_in_irp_other_place()
        if picking._l10n_in_irp_is_own_move() or self._is_own_movement():
            party = self._picking_party(place)
            return own, {**party, "Gstin": own["Gstin"]}
        return self._picking_party(place.commercial_partner_id), self._picking_party(
            place
        )

    def _is_own_movement(self):
        """Return whether goods go from and to the own GSTIN by their sub-supply
        type: own use, line sales, recipient not known, exhibition."""
        return self.sub_supply_type in ("5", "10", "11", "12")

    def _picking_party(self, partner):
        payload = self.env["l10n_in.irp.payload"]
        name = clean_text(payload._own_name(partner), longest=100)
        gstin = payload._ship_to_gstin(partner)
        address = payload._prepare_address(partner, longest_place=50)
        return {"Gstin": gstin, "LglNm": name, **address}

    # ------------------------------------------------------------------
    # Goods
    # ------------------------------------------------------------------

    def _picking_items(self, picking, is_between):
        for move in picking.move_ids:
            quantity = move.quantity or move.product_uom_qty
            if move.state == "cancel" or not quantity:
                continue
            product = move.product_id
            rate = self._picking_rate(move)
            half = rate / 2
            yield Item(
                product_name=clean_text(product.name, longest=100) or "",
                description=clean_text(product.display_name, longest=100) or "",
                hsn=self.env["account.move"]._l10n_in_extract_digits(
                    product.l10n_in_hsn_code
                ),
                quantity=Decimal(str(round(quantity, 3))),
                unit=(move.product_uom.l10n_in_code or "").split("-")[0],
                taxable_amount=_amount(
                    quantity * move._l10n_in_get_product_price_unit()
                ),
                **(
                    {"igst_rate": rate}
                    if is_between
                    else {"cgst_rate": half, "sgst_rate": half}
                ),
            )

    def _picking_rate(self, move):
        """Return the GST rate of a product, in percent."""
        taxes = move._l10n_in_get_product_tax()["taxes"].filtered_domain(
            self.env["account.tax"]._check_company_domain(self.company_id)
        )
        return Decimal(str(self.env["l10n_in.irp.payload"]._gst_rate(taxes) or 0))

    def _picking_values(self, items):
        """Return the values of the request; what is no supply has no tax."""
        total = sum((item.taxable_amount for item in items), Decimal(0))
        is_taxed = self.sub_supply_type in TAXED
        taxes = {
            name: _tax(items, f"{name}_rate") if is_taxed else Decimal(0)
            for name in ("cgst", "sgst", "igst")
        }
        whole = total + sum(taxes.values())
        return {"total_value": total, "invoice_value": whole, **taxes}


def _is_same_place(one, other):
    names = ("Addr1", "Addr2", "Loc", "Pin", "Stcd")
    return all(one.get(name) == other.get(name) for name in names)


def _tax(items, rate):
    """Return the tax on items at the rate of each."""
    amounts = (_amount(one.taxable_amount * getattr(one, rate) / 100) for one in items)
    return sum(amounts, Decimal(0))


def _amount(value):
    return Decimal(str(value)).quantize(PAISA)
