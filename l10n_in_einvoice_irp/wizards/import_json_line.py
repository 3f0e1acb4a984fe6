from odoo import api, fields, models

from .targets import CheckedDialog

# Outcomes for a registration of the file, the good ones first.
RESULTS = [
    ("adopted", "Imported"),
    ("unchecked", "Imported, Signature Not Checked"),
    ("cancelled", "Imported as Cancelled"),
    ("unsettled", "To Settle by Hand"),
    ("known", "Already in Odoo"),
    ("conflict", "Mismatch with Odoo"),
    ("no_invoice", "Invoice Not Found"),
    ("foreign", "Another GSTIN"),
    ("no_key", "Not Imported, Signing Key Missing"),
    ("unproven", "Signature Not Valid"),
    ("failed", "Not Imported"),
]


class L10nInIrpImportLine(CheckedDialog, models.TransientModel):
    """The outcome for one registration of an imported file."""

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
    result = fields.Selection(selection=RESULTS, required=True, readonly=True)
    message = fields.Text(readonly=True)
    difference_ids = fields.One2many(
        "l10n_in.irp.difference", "import_line_id", string="Differences", readonly=True
    )

    @api.model
    def _labels(self):
        return dict(self._fields["result"]._description_selection(self.env))
