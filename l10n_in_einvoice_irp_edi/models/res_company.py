from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

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
