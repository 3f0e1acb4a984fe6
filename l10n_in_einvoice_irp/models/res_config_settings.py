from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_in_irp_enabled = fields.Boolean(
        related="company_id.l10n_in_irp_enabled", readonly=False
    )
    l10n_in_irp_environment = fields.Selection(
        related="company_id.l10n_in_irp_environment", readonly=False, required=True
    )
    l10n_in_irp_register_on = fields.Selection(
        related="company_id.l10n_in_irp_register_on", readonly=False, required=True
    )

    l10n_in_irp_turnover = fields.Selection(
        related="company_id.l10n_in_irp_turnover", readonly=False, required=True
    )
    l10n_in_irp_exemption = fields.Selection(
        related="company_id.l10n_in_irp_exemption", readonly=False
    )
    l10n_in_irp_untaxed_lines = fields.Selection(
        related="company_id.l10n_in_irp_untaxed_lines", readonly=False, required=True
    )

    l10n_in_irp_ewb_with_irn = fields.Boolean(
        related="company_id.l10n_in_irp_ewb_with_irn", readonly=False
    )

    l10n_in_irp_gstin_check = fields.Selection(
        related="company_id.l10n_in_irp_gstin_check", readonly=False, required=True
    )
    l10n_in_irp_gstin_days = fields.Integer(
        related="company_id.l10n_in_irp_gstin_days", readonly=False
    )
    l10n_in_irp_gstin_invoiced_days = fields.Integer(
        related="company_id.l10n_in_irp_gstin_invoiced_days", readonly=False
    )
    l10n_in_irp_gstin_rate = fields.Integer(
        related="company_id.l10n_in_irp_gstin_rate", readonly=False
    )
    l10n_in_irp_gstin_budget = fields.Integer(
        related="company_id.l10n_in_irp_gstin_budget", readonly=False
    )

    l10n_in_irp_health = fields.Char(
        string="Portal", compute="_compute_l10n_in_irp_health"
    )

    @api.depends("company_id", "l10n_in_irp_environment")
    def _compute_l10n_in_irp_health(self):
        for settings in self:
            rows = self.env["l10n_in.irp.health"].search(
                [("environment", "=", settings.l10n_in_irp_environment)]
            )
            settings.l10n_in_irp_health = ", ".join(
                self.env._("%s answers", row.base_url)
                if row.is_up
                else self.env._("%s does not answer", row.base_url)
                for row in rows
            )

    def action_l10n_in_irp_check_health(self):
        """Ask the portal of the company now whether it is up."""
        self.env["l10n_in.irp.health"]._check_company(
            self.company_id, self.l10n_in_irp_environment
        )

    def action_l10n_in_irp_credentials(self):
        """Open the credentials of the company whose settings are shown."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_in_einvoice_irp.action_l10n_in_irp_credential"
        )
        environment = self.company_id.l10n_in_irp_environment
        action["context"] = {
            "default_company_id": self.company_id.id,
            "default_environment": "sandbox" if environment == "demo" else environment,
        }
        action["domain"] = [("company_id", "=", self.company_id.id)]
        return action
