from odoo import api, fields, models

from .portal.health import PING

# what works in the background, so that nobody would notice its absence
SHOWN_SERVICES = (PING, "get_rejected_irns", "get_gstin")


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

    l10n_in_irp_register_from = fields.Date(
        related="company_id.l10n_in_irp_register_from", readonly=False
    )
    l10n_in_irp_backlog = fields.Text(
        string="Invoices Without IRN", compute="_compute_l10n_in_irp_backlog"
    )

    l10n_in_irp_managers_cancel = fields.Boolean(
        related="company_id.l10n_in_irp_managers_cancel", readonly=False
    )

    l10n_in_irp_turnover = fields.Selection(
        related="company_id.l10n_in_irp_turnover", readonly=False, required=True
    )
    l10n_in_irp_exemption = fields.Selection(
        related="company_id.l10n_in_irp_exemption", readonly=False
    )
    l10n_in_irp_register_advances = fields.Boolean(
        related="company_id.l10n_in_irp_register_advances", readonly=False
    )
    l10n_in_irp_untaxed_lines = fields.Selection(
        related="company_id.l10n_in_irp_untaxed_lines", readonly=False, required=True
    )

    l10n_in_irp_ewb_with_irn = fields.Boolean(
        related="company_id.l10n_in_irp_ewb_with_irn", readonly=False
    )

    l10n_in_irp_takeover_minutes = fields.Integer(
        related="company_id.l10n_in_irp_takeover_minutes", readonly=False
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

    l10n_in_irp_print_signature = fields.Selection(
        related="company_id.l10n_in_irp_print_signature", readonly=False, required=True
    )
    l10n_in_irp_print_declaration = fields.Boolean(
        related="company_id.l10n_in_irp_print_declaration", readonly=False
    )
    l10n_in_irp_print_pending = fields.Boolean(
        related="company_id.l10n_in_irp_print_pending", readonly=False
    )
    l10n_in_irp_print_copy_marks = fields.Boolean(
        related="company_id.l10n_in_irp_print_copy_marks", readonly=False
    )

    l10n_in_irp_health = fields.Char(
        string="Portal", compute="_compute_l10n_in_irp_health"
    )
    l10n_in_irp_health_state = fields.Selection(
        selection=[
            ("up", "Responding"),
            ("clock", "Clock Out of Step"),
            ("down", "Not Responding"),
        ],
        string="Portal Status",
        compute="_compute_l10n_in_irp_health",
    )

    @api.depends("company_id", "l10n_in_irp_enabled", "l10n_in_irp_turnover")
    def _compute_l10n_in_irp_backlog(self):
        for settings in self:
            turnover = int(settings.l10n_in_irp_turnover or 0)
            settings.l10n_in_irp_backlog = (
                settings.l10n_in_irp_enabled
                and settings.company_id._l10n_in_irp_backlog_note(turnover)
            )

    @api.onchange("l10n_in_irp_enabled")
    def _onchange_l10n_in_irp_enabled(self):
        """Propose to leave alone what was confirmed before."""
        # the form's company has the new value already
        company = self.company_id._origin
        is_new = self.l10n_in_irp_enabled and not company.l10n_in_irp_enabled
        if is_new and not self.l10n_in_irp_register_from:
            self.l10n_in_irp_register_from = company._l10n_in_irp_first_day()

    def action_l10n_in_irp_backlog(self):
        """Open the company's confirmed invoices that need an IRN and have none."""
        self.ensure_one()
        company = self.company_id
        company._l10n_in_irp_check_selected()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "name": self.env._("Invoices Without IRN"),
            "domain": company._l10n_in_irp_unregistered_domain(),
            # the list offers to register all of the company
            "context": {
                "default_move_type": "out_invoice",
                "l10n_in_irp_rest": company.id,
            },
        }

    l10n_in_irp_host = fields.Char(
        string="Calls Go To", compute="_compute_l10n_in_irp_host"
    )

    l10n_in_irp_checklist = fields.Text(
        string="Checklist", compute="_compute_l10n_in_irp_checklist"
    )

    @api.depends("company_id", "l10n_in_irp_environment")
    def _compute_l10n_in_irp_checklist(self):
        for settings in self:
            steps = []
            if settings.l10n_in_irp_environment == "production":
                steps = settings.company_id._l10n_in_irp_checklist()
            settings.l10n_in_irp_checklist = "\n".join(
                f"{'✓' if is_done else '✗'} {text}" for is_done, text in steps
            )

    @api.depends("company_id", "l10n_in_irp_environment")
    def _compute_l10n_in_irp_host(self):
        credentials = self.env["l10n_in.irp.credential"]
        for settings in self:
            environment = settings.l10n_in_irp_environment
            settings.l10n_in_irp_host = (
                self.env._("Nowhere (built-in portal)")
                if environment == "demo"
                else credentials._find(settings.company_id, environment).host
            )

    l10n_in_irp_secrets_note = fields.Text(
        string="Secrets", compute="_compute_l10n_in_irp_secrets_note"
    )

    @api.depends("company_id", "l10n_in_irp_environment")
    def _compute_l10n_in_irp_secrets_note(self):
        credentials = self.env["l10n_in.irp.credential"]
        for settings in self:
            credential = credentials._find(
                settings.company_id, settings.l10n_in_irp_environment
            )
            settings.l10n_in_irp_secrets_note = credential._secrets_state()[1]

    @api.depends("company_id", "l10n_in_irp_environment")
    def _compute_l10n_in_irp_health(self):
        for settings in self:
            rows = self.env["l10n_in.irp.health"].search(
                [("environment", "=", settings.l10n_in_irp_environment)]
            )
            down = rows.filtered(lambda row: not row.is_up)
            settings.l10n_in_irp_health = ", ".join((down or rows).mapped("base_url"))
            is_off = "out_of_step" in rows.mapped("clock_state")
            state = "down" if down else "clock" if is_off else "up"
            settings.l10n_in_irp_health_state = state if rows else False

    l10n_in_irp_has_health = fields.Boolean(
        string="Has Health Check", compute="_compute_l10n_in_irp_missing"
    )
    l10n_in_irp_missing = fields.Text(
        string="Not Offered by the Portal", compute="_compute_l10n_in_irp_missing"
    )

    @api.depends("company_id", "l10n_in_irp_environment")
    def _compute_l10n_in_irp_missing(self):
        for settings in self:
            company, environment = settings.company_id, settings.l10n_in_irp_environment
            texts = [
                company._l10n_in_irp_missing(service, environment)
                for service in SHOWN_SERVICES
            ]
            settings.l10n_in_irp_missing = "\n".join(filter(None, texts))
            settings.l10n_in_irp_has_health = company._l10n_in_irp_offers(
                PING, environment
            )

    def action_l10n_in_irp_check_health(self):
        """Check whether the company's portal is up, and report it."""
        self.ensure_one()
        self.company_id._l10n_in_irp_check_selected()
        self.company_id._l10n_in_irp_check_offers(PING, self.l10n_in_irp_environment)
        row = self.env["l10n_in.irp.health"]._ask(
            self.company_id, self.l10n_in_irp_environment
        )
        kind, message = self._l10n_in_irp_health_message(row)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": row.base_url or self.env._("No portal checked"),
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _l10n_in_irp_health_message(self, row):
        """Return kind and text of the notification about a health check."""
        if not row:
            return "warning", self.env._(
                "There is no IRP credential for GSTIN %s in this environment. Add one "
                "under IRP Credentials.",
                self.company_id.vat or self.env._("(none)"),
            )
        if warning := row.is_up and row._clock_warning():
            return "warning", warning
        if row.is_up:
            return "success", self.env._("Responding (%s ms).", row.milliseconds)
        return "danger", self.env._("Not responding: %s", row.detail)

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
