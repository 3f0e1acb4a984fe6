from odoo import api, fields, models
from odoo.exceptions import AccessError

from . import token

PATH = "/l10n_in_irp/metrics"


class ResConfigSettings(models.TransientModel):
    """The address at which a monitoring system reads the metrics."""

    _inherit = "res.config.settings"

    l10n_in_irp_metrics_address = fields.Char(
        string="Metrics Address", compute="_compute_l10n_in_irp_metrics"
    )
    l10n_in_irp_has_metrics_token = fields.Boolean(
        string="Metrics Can Be Read", compute="_compute_l10n_in_irp_metrics"
    )

    @api.depends("company_id")
    def _compute_l10n_in_irp_metrics(self):
        for settings in self:
            settings.l10n_in_irp_metrics_address = f"{settings.get_base_url()}{PATH}"
            settings.l10n_in_irp_has_metrics_token = token.is_set(self.env)

    def action_l10n_in_irp_metrics_token(self):
        """Make a new token, which replaces the one before, and show it once.

        :raises AccessError: the user does not administer Odoo.
        """
        self._l10n_in_irp_check_administrator()
        self.env["l10n_in.irp.tally"].sudo()._start()
        view = self.env.ref("l10n_in_einvoice_irp.metrics_token_view_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Metrics Token"),
            # Odoo's dialog for a secret that is not stored
            "res_model": "res.users.apikeys.show",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"default_key": token.generate(self.env)},
        }

    def action_l10n_in_irp_metrics_revoke(self):
        """Close the address: the token is no longer valid.

        :raises AccessError: the user does not administer Odoo.
        """
        self._l10n_in_irp_check_administrator()
        token.revoke(self.env)
        self.env["l10n_in.irp.tally"].sudo()._stop()
        return {"type": "ir.actions.client", "tag": "reload"}

    def _l10n_in_irp_check_administrator(self):
        if not self.env.is_system():
            raise AccessError(
                self.env._(
                    "Only users with the access right 'Administration: Settings' can "
                    "do this. Ask your administrator."
                )
            )
