from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..targets import CheckedDialog

ADMINISTRATOR = "base.group_system"
FIRST_STEP = "l10n_in_einvoice_irp.todo_l10n_in_irp_guide"
DEMO, SANDBOX, PRODUCTION = "demo", "sandbox", "production"


class L10nInIrpGuide(CheckedDialog, models.TransientModel):
    """Guides an administrator from the installation to the first IRN.

    What is done is computed from the company, its credential and its invoices, so that
    the guide can be left and resumed at any step. Other users see what is missing.
    """

    _name = "l10n_in.irp.guide"
    _description = "e-Invoicing Set-Up"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    is_admin = fields.Boolean(compute="_compute_is_admin")
    administrators = fields.Char(compute="_compute_is_admin")

    # the company
    vat = fields.Char(related="company_id.vat", readonly=False, string="GSTIN")
    street = fields.Char(related="company_id.street", readonly=False)
    city = fields.Char(related="company_id.city", readonly=False)
    state_id = fields.Many2one(related="company_id.state_id", readonly=False)
    zip = fields.Char(related="company_id.zip", readonly=False, string="PIN Code")
    country_id = fields.Many2one(related="company_id.country_id")
    is_gst_registered = fields.Boolean(
        related="company_id.l10n_in_is_gst_registered", readonly=False
    )

    # where and when
    target = fields.Selection(
        selection=[
            (DEMO, "Try It (Built-in Demo Portal)"),
            (SANDBOX, "Sandbox of the Portal"),
            (PRODUCTION, "Production"),
        ],
        string="Register With",
        required=True,
        default=lambda self: self._default_target(),
    )
    turnover = fields.Selection(
        related="company_id.l10n_in_irp_turnover", readonly=False, required=True
    )
    exemption = fields.Selection(
        related="company_id.l10n_in_irp_exemption", readonly=False
    )
    register_on = fields.Selection(
        related="company_id.l10n_in_irp_register_on", readonly=False, required=True
    )
    register_from = fields.Date(
        string="Register from Date",
        default=lambda self: self._default_register_from(),
        help="Odoo registers invoices dated on or after this day as chosen under "
        "Generate IRN. Empty: any date.",
    )

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for guide in self:
            guide.display_name = self.env._("e-Invoicing Set-Up")

    @api.model
    def _default_target(self):
        """Return what was chosen before, as far as the data show it."""
        company = self.env.company
        if company.l10n_in_irp_enabled:
            return company.l10n_in_irp_environment
        credentials = self.env["l10n_in.irp.credential"]
        for environment in (PRODUCTION, SANDBOX):
            if credentials._find(company, environment):
                return environment
        return company.l10n_in_irp_environment

    @api.model
    def _default_register_from(self):
        company = self.env.company
        if company.l10n_in_irp_enabled or company.l10n_in_irp_register_from:
            return company.l10n_in_irp_register_from
        return company._l10n_in_irp_first_day()

    @api.depends_context("uid")
    def _compute_is_admin(self):
        group = self.env.ref(ADMINISTRATOR).sudo()
        for guide in self:
            guide.is_admin = self.env.user.has_group(ADMINISTRATOR)
            users = group.all_user_ids.filtered(
                lambda user, company=guide.company_id: (
                    user.active and company in user.company_ids
                )
            )
            guide.administrators = ", ".join(users.mapped("name"))

    @api.model
    def _open(self, company=None):
        """Return the action that opens the guide for a company, by default the current
        one."""
        guides = self.with_company(company or self.env.company)
        todo = self.env.ref(FIRST_STEP, raise_if_not_found=False)
        if todo:
            # no other installation has to lead here again
            todo.sudo().state = "done"
        return guides.create({})._get_records_action(
            name=self.env._("e-Invoicing Set-Up")
        )

    def _check_administrator(self):
        """Refuse all but administrators of Odoo.

        :raises AccessError: the user is none.
        """
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(
                self.env._(
                    "Only an administrator can set up e-Invoicing. Ask %s.",
                    self.administrators or self.env._("your Odoo administrator"),
                )
            )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_save(self):
        """Save what was entered, and check it again."""
        self.ensure_one()
        self._check_administrator()
        return True

    def action_credential(self):
        """Open the credential of the chosen portal, or a new one."""
        self.ensure_one()
        self._check_administrator()
        credential = self._credential()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("IRP Credential"),
            "res_model": "l10n_in.irp.credential",
            "res_id": credential.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_company_id": self.company_id.id,
                "default_environment": self.target,
                "dialog_size": "extra-large",
            },
        }

    def action_credentials(self):
        """Open all credentials of the user's companies."""
        self.ensure_one()
        self._check_administrator()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_in_einvoice_irp.action_l10n_in_irp_credential"
        )

    def action_add_keys(self):
        """Open the dialog that adds signing keys from files."""
        self._check_administrator()
        return self._needed_credential().action_add_keys()

    def action_fetch_keys(self):
        """Download the portal's signing keys, and show them."""
        self._check_administrator()
        return self._needed_credential().action_fetch_keys()

    def action_test(self):
        """Test the connection; the guide shows each step."""
        self._check_administrator()
        self._needed_credential()._test_connection()
        return True

    def action_backlog(self):
        """Open the company's confirmed invoices that need an IRN and have none."""
        self.ensure_one()
        self.company_id._l10n_in_irp_check_selected()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        # the domain contains conditions in SQL, which no browser can send
        moves = self.env["account.move"].search(self._backlog_domain())
        return {
            **action,
            "name": self.env._("Invoices Without IRN"),
            "domain": [("id", "in", moves.ids)],
            "context": {
                "default_move_type": "out_invoice",
                "l10n_in_irp_rest": self._is_on() and self.company_id.id,
            },
        }

    def action_finish(self):
        """Switch registration on, with the chosen portal.

        :raises UserError: a step is missing; the text says which.
        """
        self.ensure_one()
        self._check_administrator()
        if missing := self._missing():
            raise UserError("\n".join(f"• {text}" for text in missing))
        self._check_leaves_no_production()
        self.company_id.write(
            {
                "l10n_in_irp_environment": self.target,
                "l10n_in_irp_register_from": self.register_from,
                "l10n_in_irp_enabled": True,
            }
        )
        return True

    def _check_leaves_no_production(self):
        """Refuse to make tests of a company's real invoices by a click."""
        company = self.company_id
        is_real = company.l10n_in_irp_environment == PRODUCTION
        if company.l10n_in_irp_enabled and is_real and self.target != PRODUCTION:
            raise UserError(
                self.env._(
                    "%s registers its invoices in production. To leave production, "
                    "change Environment in the settings, under e-Invoices Direct with "
                    "IRP.",
                    company.name,
                )
            )

    def action_new_invoice(self):
        """Open a new invoice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Invoice"),
            "res_model": "account.move",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_move_type": "out_invoice"},
        }
