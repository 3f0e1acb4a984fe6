from odoo import api, fields, models

from ...irp.reference import units
from ...irp.rules import clean_entry, entry_fault
from ...models.banner.repairable import PLACES
from ...models.validation.finding import TranslatableText
from ..targets import CheckedDialog

KINDS = [
    (kind, kind)
    for kind in dict.fromkeys(("hsn", "uqc", "gstin", "pin", "state", *PLACES.values()))
]
# whose data is corrected: that of the invoice alone, or of its product or unit as well
SCOPES = [
    ("both", "On This Invoice, or Also on Product or Unit"),
    ("alike", "On This Invoice, or Also on Those That Wait"),
    ("invoice", "On This Invoice Only"),
    ("master", "On the Contact or Unit"),
]


class L10nInIrpRepairLine(CheckedDialog, models.TransientModel):
    """One field to correct: where it is, why, and its new value."""

    _name = "l10n_in.irp.repair.line"
    _description = "e-Invoice Correction: Field"
    _rec_name = "record_name"

    repair_id = fields.Many2one(
        "l10n_in.irp.repair", required=True, index=True, ondelete="cascade"
    )
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record to Correct", model_field="res_model", readonly=True
    )
    field_name = fields.Char(readonly=True)
    kind = fields.Selection(selection=KINDS, readonly=True)
    record_name = fields.Text(string="Record", readonly=True)
    field_label = fields.Char(string="Field", readonly=True)
    reason = fields.Text(string="Why", readonly=True)
    text_value = fields.Char(string="New Value")
    uqc = fields.Selection(
        selection=lambda self: [(code, code) for code in units()], string="UQC"
    )
    state_id = fields.Many2one("res.country.state")
    scope = fields.Selection(selection=SCOPES, readonly=True)
    master_name = fields.Char(string="Product or Unit", readonly=True)
    also_master = fields.Boolean(
        string="Everywhere",
        help="The value is also written on the product or unit, if you may change it, "
        "and on the other invoices that wait for it. Not ticked: on this invoice only.",
    )
    is_locked = fields.Boolean(readonly=True)
    note = fields.Text(readonly=True)
    problem = fields.Text(string="Check", compute="_compute_problem")

    @api.depends(
        "text_value",
        "uqc",
        "state_id",
        "repair_id.line_ids.text_value",
        "repair_id.line_ids.state_id",
    )
    def _compute_problem(self):
        for line in self:
            line.problem = "" if line.is_locked else line._problem()

    def _problem(self):
        """Return why the portal would refuse the new value; "" if it would not."""
        if not self.kind:
            return ""
        if self.kind == "uqc":
            return "" if self.uqc else self.env._("Choose the UQC.")
        if self.kind == "state":
            return self._state_problem()
        state = self._state_code() if self.kind in ("pin", "gstin") else ""
        value = clean_entry(self.kind, self.text_value or "")
        company = self.repair_id.move_id.company_id
        fault = entry_fault(
            self.kind,
            value,
            state=state,
            check_digit=company.l10n_in_irp_environment == "production",
        )
        return TranslatableText.of(fault).render(self.env) if fault else ""

    def _state_problem(self):
        if not self.state_id:
            return self.env._("Choose the state.")
        if not self.state_id.l10n_in_tin:
            return self.env._("Choose an Indian state.")
        return ""

    def _state_code(self):
        """Return the GST code of the state of the address, as entered, else as it is
        now; "" if it is not Indian."""
        if self.res_model != "res.partner":
            return ""
        entered = self._neighbour("state_id")
        state = entered.state_id if entered else self._record().state_id
        return state.l10n_in_tin or "" if state.country_id.code == "IN" else ""

    def _neighbour(self, field_name):
        """Return the line for another field of the same record, if there is one."""
        return self.repair_id.line_ids.filtered(
            lambda line: (
                (line.res_model, line.res_id, line.field_name)
                == (self.res_model, self.res_id, field_name)
            )
        )[:1]

    def _is_known(self):
        """Return whether the dialog corrects this field."""
        return PLACES.get((self.res_model, self.field_name), "") == self.kind

    def _is_open(self):
        """Return whether the user may write the value."""
        return self._is_known() and not self.is_locked

    def _is_general(self):
        """Return whether the value is not for this invoice alone."""
        is_chosen = self.scope in ("both", "alike") and self.also_master
        return self.scope == "master" or is_chosen

    def _record(self):
        return self.env[self.res_model].browse(self.res_id)

    # ------------------------------------------------------------------
    # Written values
    # ------------------------------------------------------------------

    def _value(self):
        """Return the new value, in the type of the field."""
        if self.kind == "state":
            return self.state_id.id
        if self.kind == "uqc":
            return self.uqc
        return clean_entry(self.kind, self.text_value or "")

    def _is_changed(self):
        record = self._record()
        current = record[self.field_name]
        if self.kind == "uqc":
            return True
        if self.kind == "state":
            return current != self.state_id
        return (current or "") != self._value()

    def _lines_alike(self, moves):
        """Return the invoice lines with the same product or unit and the same fault,
        on these invoices; the line alone if it has neither."""
        line = self._record()
        lines = moves.invoice_line_ids.filtered(
            lambda one: one.display_type == "product"
        )
        if self.kind == "uqc":
            unit = line.product_uom_id
            return (
                lines.filtered(lambda one: unit and one.product_uom_id == unit) | line
            )
        product, wrong = line.product_id, line.l10n_in_hsn_code or ""
        alike = lines.filtered(
            lambda one: (
                product
                and one.product_id == product
                and (one.l10n_in_hsn_code or "") == wrong
            )
        )
        return alike | line

    def _master(self):
        """Return the product or unit whose value new invoices take; empty without
        one."""
        line = self._record()
        return line.product_uom_id if self.kind == "uqc" else line.product_id
