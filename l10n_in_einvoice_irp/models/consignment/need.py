from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import formatLang

from ...irp.rules.ewaybill import Movement, need_of


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
        "dispatch_partner_id",
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

        The value is with taxes, but without goods that are exempt (Rule 138(1)).
        """
        request = self._generation_request()
        exempt = sum(item.taxable_amount for item in request.items if _is_exempt(item))
        return Movement(
            (request.invoice_value or Decimal(0)) - exempt,
            request.dispatch_state,
            request.ship_to_state,
            request.sub_supply_type or "1",
            all_exempt=bool(request.items) and all(map(_is_exempt, request.items)),
        )

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
        return "\n".join(filter(None, (text, need.note)))

    def _need_words(self, need, is_inside, values):
        if need.reason == "exempt":
            return self.env._("Not needed: all goods are exempt (CGST rule 138(14)).")
        if need.reason == "any_value":
            return self.env._(
                "Needed at any value: job work or handicraft goods between states."
            )
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


def _is_exempt(item):
    return not (item.cgst_rate or item.sgst_rate or item.igst_rate)
