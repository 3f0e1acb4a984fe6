from odoo import fields, models

from .targets import CheckedDialog


class L10nInIrpDifference(CheckedDialog, models.TransientModel):
    """A member that differs between an invoice and its registration at the portal."""

    _name = "l10n_in.irp.difference"
    _description = "Difference from IRP"
    _rec_name = "path"

    fetch_id = fields.Many2one(
        "l10n_in.irp.fetch", readonly=True, index=True, ondelete="cascade"
    )
    import_line_id = fields.Many2one(
        "l10n_in.irp.import.line",
        string="Imported e-Invoice",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    place = fields.Char(string="Record and Field", readonly=True)
    path = fields.Char(string="e-Invoice Field", readonly=True)
    ours = fields.Char(string="In Odoo", readonly=True)
    is_blocking = fields.Boolean(
        string="Prevents Import",
        readonly=True,
        default=True,
        help="e-Way bill, payment and contact details may differ in another system.",
    )
    theirs = fields.Char(string="With IRP", readonly=True)
