from odoo import models


class StockMove(models.Model):
    """The value of the goods of a transfer."""

    _inherit = "stock.move"

    def _l10n_in_irp_price(self):
        """Return the price of one unit of measure in rupees, without tax: of the
        order, or else the cost of the product."""
        self.ensure_one()
        line = self._l10n_in_irp_kit_line()
        share = line and self._l10n_in_irp_share_of_kit(line)
        if not share:
            return self._l10n_in_get_product_price_unit()
        return self._l10n_in_irp_kit_price(line) * share

    def _l10n_in_irp_order_line(self):
        """Return the line of the sales or purchase order, or None."""
        for name in ("sale_line_id", "purchase_line_id"):
            if name in self._fields and self[name]:
                return self[name]
        return None

    def _l10n_in_irp_kit_line(self):
        """Return the order line of the kit that these goods are a part of, or None.

        Its price is that of the kit, not of each part.
        """
        line = self._l10n_in_irp_order_line()
        is_part = line and line.product_id != self.product_id
        is_kit = is_part and "bom_line_id" in self._fields and self.bom_line_id
        return line if is_kit else None

    def _l10n_in_irp_kit_price(self, line):
        """Return the price of one kit, by the unit of its bill of materials, in
        rupees."""
        # a purchase line has product_uom_qty too, in the unit of the product
        is_purchase = line._name == "purchase.order.line"
        quantity = line.product_qty if is_purchase else line.product_uom_qty
        if not quantity:
            return 0.0
        bom, company = self._l10n_in_irp_kit_bom(line), line.company_id
        price = line.currency_id._convert(
            line.price_subtotal / quantity,
            company.currency_id,
            company,
            self.date,
            round=False,
        )
        return line.product_uom_id._compute_price(price, bom.product_uom_id)

    def _l10n_in_irp_kit_bom(self, line):
        found = self.env["mrp.bom"]._bom_find(
            line.product_id, company_id=line.company_id.id, bom_type="phantom"
        )
        return found[line.product_id]

    def _l10n_in_irp_share_of_kit(self, line):
        """Return the share of the kit's price that one unit of this part has: by the
        cost of the parts, or by their number if none has a cost. None if the bill of
        materials has no such part any more."""
        bom = self._l10n_in_irp_kit_bom(line)
        if not bom:
            return None
        _boms, parts = bom.explode(line.product_id, 1 / (bom.product_qty or 1))
        costs = {
            part: self._l10n_in_irp_cost(part, done["qty"]) for part, done in parts
        }
        if not any(costs.values()):
            costs = dict.fromkeys(costs, 1.0)
        needed = {part: done["qty"] for part, done in parts}.get(self.bom_line_id)
        if not needed:
            return None
        in_own_unit = self.bom_line_id.product_uom_id._compute_quantity(
            needed, self.product_uom, round=False
        )
        return costs[self.bom_line_id] / sum(costs.values()) / in_own_unit

    def _l10n_in_irp_cost(self, part, quantity):
        """Return the cost of the quantity of a part in one kit."""
        product = part.product_id.with_company(self.company_id)
        return quantity * product.uom_id._compute_price(
            product.standard_price, part.product_uom_id
        )
