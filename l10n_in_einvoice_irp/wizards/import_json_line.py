from odoo import fields, models

from ..irp.operations import states
from .targets import CheckedDialog

# Outcomes for a registration of the file, the good ones first.
RESULTS = [
    ("adopted", "Imported"),
    ("known", "Already in Odoo"),
    ("cancelled", "Cancelled, Confirmed by IRP"),
    ("claimed", "Cancellation to Confirm"),
    ("unsettled", "To Settle by Hand"),
    ("retired", "Retired Key to Confirm"),
    ("no_key", "Waiting for Signing Key"),
    ("listed", "Registered: Signed JSON Needed"),
    ("duplicate", "Duplicate: Signed JSON Needed"),
    ("rejected", "Rejected by IRP"),
    ("not_understood", "Result Not Understood"),
    ("outdated", "Answer to Earlier Upload"),
    ("not_exported", "Not Exported"),
    ("conflict", "Mismatch with Odoo"),
    ("no_invoice", "Invoice Not Found"),
    ("foreign", "Another GSTIN"),
    ("unproven", "Signature Not Valid"),
    ("failed", "Not Imported"),
]


class L10nInIrpImportLine(CheckedDialog, models.TransientModel):
    """The outcome for one registration or result of an imported file."""

    _name = "l10n_in.irp.import.line"
    _description = "e-Invoice JSON Import: Result"
    _rec_name = "number"

    import_id = fields.Many2one(
        "l10n_in.irp.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Char(string="Document No.", readonly=True)
    doc_type = fields.Char(string="Type", readonly=True)
    doc_date = fields.Date(string="Date", readonly=True)
    irn = fields.Char(string="IRN", readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, ondelete="cascade"
    )
    test_note = fields.Char(related="move_id.l10n_in_irp_test_note")
    result = fields.Selection(selection=RESULTS, required=True, readonly=True)
    message = fields.Text(readonly=True)
    difference_ids = fields.One2many(
        "l10n_in.irp.difference", "import_line_id", string="Differences", readonly=True
    )

    def action_look_up(self):
        """Ask the IRP whether the IRN is cancelled, as the file claims."""
        self.ensure_one()
        self.move_id.action_l10n_in_irp_refresh()
        is_cancelled = self.move_id.l10n_in_irp_state == states.CANCELLED
        result = "cancelled" if is_cancelled else "known"
        self.sudo().write({"result": result, "message": False})
        return self.import_id._dialog()
