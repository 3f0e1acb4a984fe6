from collections import Counter
from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models

from ...irp.rules import Violation, _lt
from ...irp.rules.ewaybill import is_gold, tax_values
from ..rights import check_user

GOODS_CHANGED = _lt(
    "The goods, quantities or prices of %(document)s have changed since values were "
    "entered by hand for: %(goods)s. Click 'Reset Values' on the e-Way Bill, then "
    "enter the values again."
)


class L10nInIrpEwaybill(models.Model):
    """The goods of an e-way bill without an IRN, and the values stated for them.

    Quantities are always those of the document. Values are too, until a person states
    others for a line; the totals then change with them.
    """

    _inherit = "l10n_in.irp.ewaybill"

    line_ids = fields.One2many(
        "l10n_in.irp.ewaybill.line", "ewaybill_id", string="Goods", copy=False
    )
    has_stated_values = fields.Boolean(
        string="Values Entered by Hand", compute="_compute_has_stated_values"
    )

    @api.depends("line_ids.is_stated")
    def _compute_has_stated_values(self):
        for bill in self:
            bill.has_stated_values = any(bill.line_ids.mapped("is_stated"))

    @api.model_create_multi
    def create(self, vals_list):
        bills = super().create(vals_list)
        bills._show_goods()
        return bills

    def action_reset_goods(self):
        """Return to the values of the document."""
        self.ensure_one()
        check_user(self.env)
        self._check_may_write()
        self._check_editable({})
        self.sudo().line_ids.unlink()
        self._show_goods()
        return True

    # ------------------------------------------------------------------
    # Shown
    # ------------------------------------------------------------------

    def _show_goods(self):
        """List the goods as they would be sent now, with the values stated for them."""
        for bill in self.sudo():
            if bill._is_without_irn() and bill._is_unsent() and bill._has_source():
                bill._list_goods(bill._source_request().items)

    def _list_goods(self, items):
        lines, known, new = self.line_ids, self._lines_by_key(), []
        for number, (key, item) in enumerate(_numbered(lines._key_of, items), 1):
            line = known.pop(key, None)
            if not line:
                values = lines._values_of(item)
                new.append({"ewaybill_id": self.id, "number": number, **values})
                continue
            is_stated = line.is_stated
            values = (line._followed_values if is_stated else line._values_of)(item)
            line.write({"number": number, **values})
        lines.create(new)
        # what was stated for goods that are no longer there is left for a person to see
        lines.browse(one.id for one in known.values() if not one.is_stated).unlink()

    def _lines_by_key(self):
        """Return the listed goods by their keys."""
        key_of = type(self.line_ids)._key
        return dict(_numbered(key_of, self.line_ids.sorted(lambda one: one.number)))

    # ------------------------------------------------------------------
    # Sent
    # ------------------------------------------------------------------

    def _generation_request(self):
        """Return the `irp.rules.ewaybill.Generate` of its document, with the values
        that a person has stated."""
        request = self._source_request()
        if is_gold(request):
            # it names its mode, and nothing else of the transport (807)
            request = replace(request, mode=self.trans_mode or "")
        if not self.has_stated_values:
            return request
        is_between, known = self._is_between_states(request), self._lines_by_key()
        items = []
        for key, item in _numbered(self.line_ids._key_of, request.items):
            line = known.get(key)
            is_stated = line and line.is_stated
            items.append(line._stated(item, is_between) if is_stated else item)
        return self._with_sums(request, tuple(items))

    def _is_between_states(self, request):
        """Return whether IGST applies to goods without a rate: as to the goods beside
        them, else between states and for an SEZ."""
        if any(item.igst_rate for item in request.items):
            return True
        is_local = any(item.cgst_rate for item in request.items)
        is_between = self._is_sez() or request.from_state != request.to_state
        return is_between and not is_local

    def _with_sums(self, request, items):
        """Return a request with other goods, and the totals that follow from them.

        Its taxes are those of the document, changed by what the goods change: on the
        other goods it may have rounded otherwise, or taxed the retail price.
        """
        before, after = self._tax_values(request.items), self._tax_values(items)
        taxes = {
            name: max(getattr(request, name) + after[name] - before[name], Decimal(0))
            for name in after
        }
        total = sum(item.taxable_amount for item in items)
        return replace(
            request,
            items=items,
            total_value=total,
            invoice_value=total + sum(taxes.values()) + request.other_value,
            **taxes,
        )

    def _tax_values(self, items):
        """Return the taxes of the request by their names in it."""
        company = self.company_id.sudo()
        is_per_line = company.tax_calculation_rounding_method == "round_per_line"
        return tax_values(items, per_line=is_per_line)

    def _stale_goods(self):
        """Return the listed goods whose stated values are for goods, quantities or
        values that the document has no longer."""
        if not self.has_stated_values:
            return self.line_ids.browse()
        items = self._source_request().items
        present = dict(_numbered(self.line_ids._key_of, items))
        return self.line_ids.browse(
            line.id
            for key, line in self._lines_by_key().items()
            if line.is_stated
            and (key not in present or line._is_outdated(present[key]))
        )

    def _goods_faults(self):
        """Return what is wrong with the stated values, before the portal's rules."""
        if not (stale := self._stale_goods()):
            return []
        params = {
            "document": self._document_name(),
            "goods": ", ".join(filter(None, stale.mapped("name"))),
        }
        return [Violation("", "", None, "ewb_goods_changed", GOODS_CHANGED, params)]

    def _prepare_call(self):
        # EXTENDS 'l10n_in.irp.ewaybill': the lines show what is sent
        self._show_goods()
        return super()._prepare_call()

    def _notes(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        return [*super()._notes(), *filter(None, [self._zero_note()])]

    def _charges_note(self):
        # EXTENDS 'l10n_in.irp.ewaybill': without an IRN they are goods like others
        return "" if self._is_without_irn() else super()._charges_note()

    def _zero_note(self):
        """Return a note on goods without a value; "" if all have one."""
        is_open = self._is_without_irn() and self._is_unsent()
        free = self.line_ids.filtered(lambda line: not line.taxable_value)
        if not is_open or not free:
            return ""
        return self.env._(
            "Taxable Value is 0 for: %s. If the transporter's papers show a value, "
            "enter it under Goods.",
            ", ".join(filter(None, free.mapped("name"))),
        )

    @api.depends("line_ids.taxable_value")
    def _compute_portal_notes(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        return super()._compute_portal_notes()


def _numbered(key_of, goods):
    """Yield each of some goods after its key, distinct even for equal ones."""
    seen = Counter()
    for one in goods:
        key = key_of(one)
        seen[key] += 1
        yield (*key, seen[key]), one
