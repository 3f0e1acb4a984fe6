from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_in_irp_note_irn = fields.Boolean(
        related="company_id.l10n_in_irp_note_irn", readonly=False
    )
    l10n_in_irp_bundle_months = fields.Integer(
        related="company_id.l10n_in_irp_bundle_months", readonly=False
    )
