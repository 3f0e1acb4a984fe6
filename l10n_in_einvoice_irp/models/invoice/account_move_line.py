from odoo import api, fields, models

from ...irp.reference import units
from .payload_taxes import UNTAXED_TYPES

# The role of an invoice line in the INV-01 document.
ITEM = "item"
CHARGE = "charge"
ROUNDING = "rounding"
PAYMENT = "payment"
ROLES = (ITEM, CHARGE, ROUNDING, PAYMENT)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    l10n_in_irp_free_quantity = fields.Float(
        string="Free Quantity",
        digits="Product Unit",
        help="Free goods in addition to the quantity charged, for the e-Invoice.",
    )
    l10n_in_irp_report_as = fields.Selection(
        selection=[("item", "Item"), ("other_charge", "Other Charge")],
        string="Report As",
        help="How the e-Invoice reports a line without GST. If empty, nil-rated, "
        "exempt and non-GST supplies follow the company setting; anything else is "
        "reported as other charge, discount or round-off. For example, the part of a "
        "price outside the margin scheme (rule 32(5)) is an other charge.",
    )
    l10n_in_irp_uqc = fields.Selection(
        selection=lambda self: [(code, code) for code in units()],
        string="UQC",
        help="Unit quantity code for the e-Invoice, if the unit of measure has none.",
    )

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    def _l10n_in_irp_role(self, facts, special):
        """Return the line's role in the INV-01 document: one of the constants above.

        :param facts: of its taxes, see `l10n_in.irp.payload`.
        :param special: function that returns the `SpecialProducts`.
        """
        self.ensure_one()
        if self._l10n_in_irp_is_reducing() and self._l10n_in_irp_is_payment(special):
            return PAYMENT
        if facts.taxed:
            return ITEM
        if self.l10n_in_irp_report_as:
            return ITEM if self.l10n_in_irp_report_as == "item" else CHARGE
        if facts.untaxed or self._l10n_in_irp_is_untaxed_product():
            choice = self.company_id.l10n_in_irp_untaxed_lines
            return CHARGE if choice == "other_charges" else ITEM
        if facts.supply:
            return ITEM
        # a line that is zero in the invoice's currency shows no rounding
        is_rounding = self.price_subtotal and abs(self.balance) < 1
        return ROUNDING if is_rounding else CHARGE

    def _l10n_in_irp_is_reducing(self):
        return self.price_unit * self.quantity < 0

    def _l10n_in_irp_is_payment(self, special):
        """Return whether the line pays: a gift card, an eWallet, or an advance that was
        not registered, as then the whole supply is registered now."""
        if self.product_id.id in special().cards:
            return True
        return (
            self._l10n_in_irp_is_advance(special)
            and not self.company_id.l10n_in_irp_register_advances
            and not self._l10n_in_irp_is_advance_registered()
        )

    def _l10n_in_irp_is_advance_registered(self):
        if not self._l10n_in_irp_has_orders():
            return True
        orders = self._l10n_in_irp_orders()
        advances = orders.order_line.filtered("is_downpayment").invoice_lines.move_id
        return any(move._l10n_in_irp_binding() for move in advances - self.move_id)

    def _l10n_in_irp_is_untaxed_product(self):
        """Return whether the line has no tax, and its product's taxes make it
        nil-rated, exempt or non-GST."""
        if self.tax_ids:
            return False
        taxes = self.product_id.sudo().taxes_id
        types = set(
            taxes._filter_taxes_by_company(self.company_id).mapped("l10n_in_tax_type")
        )
        return bool(types) and types <= UNTAXED_TYPES

    def _l10n_in_irp_is_advance(self, special):
        """Return whether it is a down payment, or its deduction on the final
        invoice."""
        return (
            self._l10n_in_irp_origin() == "down_payment"
            # the field is the `sale` addon's
            or ("is_downpayment" in self._fields and self.is_downpayment)
            or self.product_id.id in special().advances
        )

    def _l10n_in_irp_spreads(self, special):
        """Return whether the line reduces everything else charged at its rates, or is
        part of the deduction of an advance."""
        if not self._l10n_in_irp_is_reducing():
            return self.quantity < 0 and self._l10n_in_irp_is_advance(special)
        return (
            not self.l10n_in_hsn_code
            or self._l10n_in_irp_origin() == "global_discount"
            or self.product_id.id in special().reductions
            or self._l10n_in_irp_is_advance(special)
        )

    def _l10n_in_irp_origin(self):
        """Return why Odoo's tax engine split off the line: "down_payment" or
        "global_discount"; mostly "" for neither."""
        key = (self.extra_tax_data or {}).get("computation_key") or ""
        return key.partition(",")[0]

    # ------------------------------------------------------------------
    # HSN taken from other lines
    # ------------------------------------------------------------------

    @api.depends("product_id", "product_id.l10n_in_hsn_code")
    def _compute_l10n_in_hsn_code(self):
        # EXTENDS 'l10n_in'
        result = super()._compute_l10n_in_hsn_code()
        for line in self:
            if (
                line.parent_state == "draft"
                and line.move_id.country_code == "IN"
                and line.display_type == "product"
                and not line.l10n_in_hsn_code
            ):
                line.l10n_in_hsn_code = line._l10n_in_irp_borrowed_hsn()
        return result

    def _copy_data_extend_business_fields(self, values):
        # EXTENDS 'account': a note concerns the goods of the invoice it corrects
        result = super()._copy_data_extend_business_fields(values)
        values["l10n_in_hsn_code"] = self.l10n_in_hsn_code
        values["l10n_in_irp_uqc"] = self.l10n_in_irp_uqc
        values["l10n_in_irp_report_as"] = self.l10n_in_irp_report_as
        return result

    def _l10n_in_irp_hsn(self):
        """Return the digits of its HSN, or of one taken from other lines."""
        hsn = self.l10n_in_hsn_code
        if not hsn and not self._l10n_in_irp_is_reducing():
            hsn = self._l10n_in_irp_borrowed_hsn()
        return self.move_id._l10n_in_extract_digits(hsn)

    def _l10n_in_irp_borrowed_hsn(self):
        """Return the HSN of the supply of a down payment, or of the goods that a
        delivery charge is incidental to (CGST Act s. 15(2)(c)); False for other lines.

        Of several, the one with the largest value counts.
        """
        codes = self._l10n_in_irp_borrowed_hsns()
        return max(codes, key=codes.get) if codes else False

    def _l10n_in_irp_borrowed_hsns(self):
        """Return HSN -> value of the order lines that have it, at this line's rates."""
        values = {}
        if not self._l10n_in_irp_has_orders():
            return values
        for line in self._l10n_in_irp_lines_behind():
            hsn = line.product_id.l10n_in_hsn_code
            values[hsn] = values.get(hsn, 0) + line.price_subtotal
        return values

    def _l10n_in_irp_lines_behind(self):
        """Return the order lines that a down payment or a delivery charge is for; only
        those with its taxes, if there are any."""
        lines = self._l10n_in_irp_orders().order_line.filtered(
            lambda line: line.product_id.l10n_in_hsn_code and line.price_subtotal > 0
        )
        taxes = self.tax_ids.flatten_taxes_hierarchy()
        return (
            lines.filtered(lambda line: line.tax_ids.flatten_taxes_hierarchy() == taxes)
            or lines
        )

    def _l10n_in_irp_has_orders(self):
        """Return whether the `sale` addon is installed."""
        return "sale_line_ids" in self._fields

    def _l10n_in_irp_orders(self):
        """Return the sales orders of a down payment or a delivery charge, taken in the
        office or at the till; none for other lines."""
        # users who write invoices may have no access to orders
        lines = self.sudo().sale_line_ids.filtered(
            lambda line: line.is_downpayment or line._is_delivery()
        )
        return lines.order_id | self._l10n_in_irp_till_orders()

    def _l10n_in_irp_till_orders(self):
        """Return the sales orders of a down payment taken at the till (`pos_sale`)."""
        orders = self.env["sale.order"].sudo()
        move = self.move_id.sudo()
        if "pos_order_ids" not in move._fields or not move.pos_order_ids:
            return orders
        till_lines = move.pos_order_ids.lines
        if "sale_order_origin_id" not in till_lines._fields:
            return orders
        return till_lines.filtered(
            lambda line: (
                line.product_id == self.product_id
                and line.product_id == line.order_id.config_id.down_payment_product_id
            )
        ).sale_order_origin_id
