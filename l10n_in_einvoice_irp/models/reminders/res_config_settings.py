from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_in_irp_digest = fields.Boolean(
        related="company_id.l10n_in_irp_digest", readonly=False
    )
