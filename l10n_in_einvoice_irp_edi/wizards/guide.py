from odoo import fields, models


class L10nInIrpGuide(models.TransientModel):
    _inherit = "l10n_in.irp.guide"

    l10n_in_edi_feature = fields.Boolean(related="company_id.l10n_in_edi_feature")
    is_registering = fields.Boolean(related="company_id.l10n_in_irp_enabled")
