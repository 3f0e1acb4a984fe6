from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_in_irp_ewb_fetch = fields.Boolean(
        related="company_id.l10n_in_irp_ewb_fetch", readonly=False
    )
    l10n_in_irp_ewb_fetch_assigned = fields.Boolean(
        related="company_id.l10n_in_irp_ewb_fetch_assigned", readonly=False
    )
    l10n_in_irp_ewb_user_id = fields.Many2one(
        related="company_id.l10n_in_irp_ewb_user_id", readonly=False
    )
    l10n_in_irp_ewb_missing = fields.Char(
        string="e-Way Bill Fetch Not Available", compute="_compute_l10n_in_irp_ewb"
    )
    l10n_in_irp_ewb_result = fields.Text(
        string="Last e-Way Bill Fetch", compute="_compute_l10n_in_irp_ewb"
    )

    @api.depends("company_id")
    def _compute_l10n_in_irp_ewb(self):
        for settings in self:
            company = settings.company_id
            wanted = company.l10n_in_irp_enabled and company.l10n_in_irp_ewb_fetch
            missing = wanted and company._l10n_in_irp_ewb_missing("other_party_bills")
            settings.l10n_in_irp_ewb_missing = missing
            settings.l10n_in_irp_ewb_result = company.sudo().l10n_in_irp_ewb_result
