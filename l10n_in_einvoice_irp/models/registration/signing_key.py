from odoo import api, models

from ..portal.credential.signing_key import IDENTITY


class L10nInIrpSigningKey(models.Model):
    """Checks the registrations that waited for a key."""

    _inherit = "l10n_in.irp.signing.key"

    @api.model_create_multi
    def create(self, vals_list):
        keys = super().create(vals_list)
        keys._check_waiting()
        return keys

    def write(self, vals):
        result = super().write(vals)
        if not IDENTITY.isdisjoint(vals):
            self._check_waiting()
        return result

    def _check_waiting(self):
        """Check the signatures that waited for a signing key that has just arrived."""
        waiting = self.env["l10n_in.irp.document"].sudo()
        waiting = waiting.search(
            [
                ("company_id", "child_of", self.company_id.ids),
                ("signature_state", "=", "unchecked"),
                ("signed_attachment_id", "!=", False),
            ]
        )
        waiting._check_signature()
        files = self.env["account.move"].sudo()
        files.search(
            [
                ("company_id", "child_of", self.company_id.ids),
                ("l10n_in_irp_pending_id", "!=", False),
            ]
        )._l10n_in_irp_note_key()
