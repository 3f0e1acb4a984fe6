from odoo import models
from odoo.fields import Domain

from .account_move import HELD_STATUSES


class ResCompany(models.Model):
    _inherit = "res.company"

    def _l10n_in_irp_backlog_domain(self, above_crore):
        # EXTENDS 'l10n_in_einvoice_irp': E-Invoicing has registered these
        held = Domain("l10n_in_edi_status", "in", HELD_STATUSES)
        return super()._l10n_in_irp_backlog_domain(above_crore) & ~held

    def write(self, vals):
        # EXTENDS 'base'
        result = super().write(vals)
        if vals.get("l10n_in_irp_enabled"):
            self._l10n_in_irp_edi_withdraw()
        return result

    def _l10n_in_irp_edi_withdraw(self):
        """Withdraw what waits for Odoo's own E-Invoicing, which no longer sends it."""
        waiting = (
            self.env["account.move"]
            .sudo()
            .with_context(tracking_disable=True)
            .search(
                [
                    ("company_id", "in", self.ids),
                    ("l10n_in_edi_status", "=", "to_send"),
                ]
            )
        )
        waiting.write({"l10n_in_edi_status": False, "l10n_in_edi_error": False})
