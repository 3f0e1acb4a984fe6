from odoo import fields, models


class L10nInIrpDifference(models.TransientModel):
    """One member that an invoice and its registration at the portal tell apart."""

    _name = "l10n_in.irp.difference"
    _description = "Difference from the portal"
    _rec_name = "path"

    fetch_id = fields.Many2one(
        "l10n_in.irp.fetch", readonly=True, index=True, ondelete="cascade"
    )
    import_line_id = fields.Many2one(
        "l10n_in.irp.import.line",
        string="Imported e-invoice",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    place = fields.Char(string="Record and field", readonly=True)
    path = fields.Char(string="Name in the e-invoice", readonly=True)
    ours = fields.Char(string="In Odoo", readonly=True)
    is_blocking = fields.Boolean(
        string="Keeps it from being taken over",
        readonly=True,
        default=True,
        help="e-Way bill, payment and contact data may be told otherwise elsewhere.",
    )
    theirs = fields.Char(string="At the portal", readonly=True)
