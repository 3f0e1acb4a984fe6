from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import formatLang

from ...irp.reference import is_service_code
from ...irp.reference.ewaybill import (
    LIMITS,
    is_in_annexure,
    may_be_in_annexure,
)
from ...irp.rules.ewaybill import Movement, need_of
from ..invoice.payload_taxes import UNTAXED_TYPES


class L10nInIrpEwaybill(models.Model):
    """The need of an e-way bill, in words.

    It says so; it never makes one, nor hinders anybody from making one.
    """

    _inherit = "l10n_in.irp.ewaybill"

    need_note = fields.Text(
        string="Is It Needed?",
        compute="_compute_need_note",
        help="By value, sub-supply type and the limit of the state. The limits of "
        "states are from secondary sources: check yours.",
    )

    @api.depends(
        *("move_id", "state", "basis", "supply_type", "sub_supply_type"),
        *("dispatch_partner_id", "line_ids.taxable_value", "line_ids.gst_rate"),
    )
    def _compute_need_note(self):
        for bill in self:
            is_asked = bill._is_without_irn() and bill._is_unsent()
            is_asked = is_asked and bill._has_source()
            bill.need_note = is_asked and bill._need_note()

    def _has_source(self):
        """Return whether the document that moves the goods is there: it is not after
        the addon of its model was uninstalled."""
        return bool(self.move_id)

    def _movement(self):
        """Return what decides whether it is needed, as `irp.rules.ewaybill.Movement`.

        The value is with taxes, but without exempt goods (Rule 138(1), Explanation 2)
        and without services, which are no goods.
        """
        request = self._generation_request()
        start, end = request.dispatch_state, request.ship_to_state
        goods = [one for one in request.items if not is_service_code(one.hsn)]
        free = [one for one in goods if self._is_free(one, start, end)]
        services = [one for one in request.items if is_service_code(one.hsn)]
        value = request.invoice_value or Decimal(0)
        return Movement(
            value - sum(map(self._with_tax, [*free, *services])),
            start,
            end,
            request.sub_supply_type or "1",
            all_exempt=bool(goods) and len(free) == len(goods),
        )

    def _with_tax(self, item):
        """Return the value of goods with the tax that is charged on them, in rupees."""
        return item.taxable_amount + sum(self._tax_values([item]).values())

    def _is_free(self, item, start, end):
        """Return whether goods need no e-way bill whatever their value: exempt ones,
        and those of the annexure to Rule 138(14)."""
        is_untaxed = not (item.cgst_rate or item.sgst_rate or item.igst_rate)
        is_exempt = is_untaxed and item.hsn in self._exempt_hsns()
        return is_exempt or is_in_annexure(item.hsn, start, end)

    def _exempt_hsns(self):
        """Return the HSN codes of goods that the document has as exempt, nil-rated or
        non-GST. A rate of 0 alone says nothing: exports under LUT and supplies of a
        composition dealer have it too."""
        lines = self.move_id.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        return self._untaxed_hsns(
            (line.l10n_in_hsn_code, line.tax_ids) for line in lines
        )

    def _untaxed_hsns(self, goods):
        """Return the HSN codes of goods whose taxes say that they are exempt.

        :param goods: (HSN code, taxes) of each.
        """
        digits = self.env["account.move"]._l10n_in_extract_digits
        return {
            digits(hsn)
            for hsn, taxes in goods
            if hsn and UNTAXED_TYPES & set(taxes.mapped("l10n_in_tax_type"))
        }

    def _need_note(self):
        movement = self._movement()
        need, start = need_of(movement), self._indian_state(movement.from_state)
        values = {
            "value": self._rupees(movement.value),
            "limit": self._rupees(need.limit),
            "state": start.name or movement.from_state,
        }
        is_inside = movement.from_state == movement.to_state
        text = self._need_words(need, is_inside, values)
        more = self._annexure_words(movement), is_inside and self._near_words(need)
        return "\n".join(filter(None, (text, need.note, *more)))

    def _need_before(self):
        """Return why one is needed, or may be, in words; "" if it is not."""
        is_needed = need_of(self._movement()).needed is not False
        return self._need_note() if is_needed else ""

    def _annexure_words(self, movement):
        """Return a note on goods of which some need none; "" if there are none."""
        items = self._source_request().items
        hsns = sorted({one.hsn for one in items if may_be_in_annexure(one.hsn)})
        if movement.all_exempt or not hsns:
            return ""
        return self.env._(
            "Some goods of HSN %s need none, such as LPG for households (annexure to "
            "CGST Rule 138(14)). Check whether yours are among them.",
            ", ".join(hsns),
        )

    def _near_words(self, need):
        """Return a note on Part B within a state; "" if no e-way bill is needed."""
        if need.needed is False:
            return ""
        return self.env._(
            "To the transporter, up to %s km within the state, the goods may go with "
            "Part A alone (CGST Rule 138(3)).",
            LIMITS.part_b_free_km,
        )

    def _need_words(self, need, is_inside, values):
        if need.reason == "exempt":
            return self.env._(
                "Not needed: all goods are exempt, or of the annexure to CGST Rule "
                "138(14)."
            )
        if need.reason == "any_value":
            return self.env._("Needed at any value: job work between states.")
        if need.reason == "not_inside_state":
            return self.env._("Not needed within %(state)s.", **values)
        if need.reason == "depends_on_goods":
            return self.env._(
                "Within %(state)s the limit of %(limit)s depends on the goods; this "
                "consignment is worth %(value)s. Check whether yours are covered.",
                **values,
            )
        if need.needed and is_inside:
            return self.env._(
                "Needed: %(value)s is above the limit of %(limit)s within %(state)s.",
                **values,
            )
        if need.needed:
            return self.env._(
                "Needed: %(value)s is above the limit of %(limit)s between states.",
                **values,
            )
        return self.env._(
            "Not needed: %(value)s is not above the limit of %(limit)s.", **values
        )

    def _rupees(self, amount):
        rupees = self.env.ref("base.INR")
        return amount and formatLang(self.env, float(amount), currency_obj=rupees)
