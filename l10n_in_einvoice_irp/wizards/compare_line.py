from odoo import fields, models

from ..models.registration.comparison import KINDS
from .targets import CheckedDialog


class L10nInIrpCompareLine(CheckedDialog, models.TransientModel):
    """One difference between Odoo and the portal."""

    _name = "l10n_in.irp.compare.line"
    _description = "Reconciliation with IRP: Difference"
    _rec_name = "number"

    compare_id = fields.Many2one(
        "l10n_in.irp.compare",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=KINDS, string="Difference", required=True, readonly=True
    )
    number = fields.Char(string="Document No.", readonly=True)
    doc_type = fields.Char(string="Type", readonly=True)
    doc_date = fields.Date(string="Date", readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, ondelete="cascade"
    )
    irn = fields.Char(string="IRN in Odoo", readonly=True)
    portal_irn = fields.Char(string="IRN with IRP", readonly=True)
    detail = fields.Text(readonly=True)

    def action_open(self):
        """Open the invoice."""
        self.ensure_one()
        return self.move_id._get_records_action(name=self.number)
