from odoo import models


class L10nInIrpDocument(models.Model):
    """The button for an administrator where the IRP credential is missing."""

    _inherit = "l10n_in.irp.document"

    def _alert_button(self):
        return self._credential_button() or super()._alert_button()

    def _credential_button(self):
        """Return the button to the missing or blocked credential; {} if there is no
        such fault, or the user administers none."""
        # the user's rights count, not the superuser's
        credentials = self.env["l10n_in.irp.credential"].sudo(False)
        if not self._is_queued() or self.environment == "demo":
            return {}
        if not credentials.has_access("create"):
            return {}
        found = credentials._find(self.company_id, self.environment)
        if not found:
            return self._add_credential_button()
        if not found.blocked_message:
            return {}
        action = found._get_records_action(name=self.env._("IRP Credential"))
        return {"action_text": self.env._("Open IRP Credential"), "action": action}

    def _add_credential_button(self):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("IRP Credential"),
            "res_model": "l10n_in.irp.credential",
            "views": [(False, "form")],
            "context": {
                "default_company_id": self.company_id.id,
                "default_environment": self.environment,
            },
        }
        return {"action_text": self.env._("Add IRP Credential"), "action": action}
