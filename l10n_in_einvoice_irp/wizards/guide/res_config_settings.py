from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Opens the set-up guide, and shows where all GSTINs stand."""

    _inherit = "res.config.settings"

    l10n_in_irp_standing = fields.Html(
        string="GSTINs", compute="_compute_l10n_in_irp_standing", sanitize=False
    )

    @api.depends("company_id")
    def _compute_l10n_in_irp_standing(self):
        for settings in self:
            family = settings.company_id._l10n_in_irp_family()
            settings.l10n_in_irp_standing = family._l10n_in_irp_standing()

    def action_l10n_in_irp_guide(self):
        """Open the set-up guide for the company whose settings are shown."""
        self.ensure_one()
        self.company_id._l10n_in_irp_check_selected()
        return self.env["l10n_in.irp.guide"]._open(self.company_id)
