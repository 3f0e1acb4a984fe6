from odoo import fields, models
from odoo.exceptions import UserError

from ..models.opening import open_to_correct
from .targets import CheckedDialog

# Expected outcomes, the most urgent first.
VERDICTS = [
    ("blocked", "To Be Corrected"),
    ("warning", "Ready, with Warnings"),
    ("not_applicable", "Not Applicable"),
    ("registered", "Already with IRP"),
    ("fit", "Ready to Register"),
]
READY = ("warning", "fit")


class L10nInIrpCheckLine(CheckedDialog, models.TransientModel):
    """One finding of a dry run, or the verdict on an invoice that has none."""

    _name = "l10n_in.irp.check.line"
    _description = "e-Invoice Check: Finding"
    _order = "rank, finding, move_id, id"
    _rec_name = "finding"

    check_id = fields.Many2one(
        "l10n_in.irp.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    # not shown on lines: groups count their invoices by it
    move_key = fields.Integer(
        string="Invoices", readonly=True, aggregator="count_distinct"
    )
    verdict = fields.Selection(selection=VERDICTS, string="Result", readonly=True)
    rank = fields.Integer(readonly=True, aggregator="min")
    severity = fields.Selection(
        selection=[("blocking", "Blocking"), ("warning", "Warning")], readonly=True
    )
    finding = fields.Char(readonly=True, help="Common to all findings of one kind.")
    code = fields.Char(readonly=True, help="Error code of the portal.")
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record to Correct", model_field="res_model", readonly=True
    )
    record_name = fields.Char(string="Record", readonly=True)
    field_label = fields.Char(string="Field", readonly=True)
    kind = fields.Char(readonly=True, help="Identifier of the fault, for filters.")
    value = fields.Char(readonly=True)
    reason = fields.Text(string="Rule", readonly=True)
    advice = fields.Text(string="Remedy", readonly=True)

    def action_register_ready(self):
        """Register the invoices of the check that are ready; only the selected ones,
        if any are."""
        check_id = self.env.context.get("l10n_in_irp_check_id")
        check = self.check_id or self.env["l10n_in.irp.check"].browse(check_id)
        lines = (self or check.line_ids).filtered(lambda line: line.verdict in READY)
        if not lines:
            raise UserError(self.env._("No invoice is ready to register."))
        return self.env["l10n_in.irp.bulk"]._open("register", lines.move_id)

    def action_open(self):
        """Open the record whose data is to be corrected."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        return open_to_correct(record)
