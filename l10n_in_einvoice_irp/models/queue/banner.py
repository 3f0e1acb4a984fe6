from odoo import models

from ...irp.operations import states
from .settlement import MANAGER

# a person has to act on these
ALARMING_STATES = (states.REJECTED, states.CONFLICT, *states.NEEDS_SETTLEMENT)


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """The banner above an invoice: what registration and e-way bill have in common."""

    _inherit = "l10n_in.irp.submission.mixin"

    def _environment_label(self):
        """Return the name of the environment that it was sent to."""
        labels = dict(self._fields["environment"]._description_selection(self.env))
        return labels[self.environment]

    def _alert_level(self):
        """Return the level of the banner, as `account`'s alerts name it."""
        is_open = self._is_cancel_undone() and not self._is_too_late()
        if is_open or self.state in ALARMING_STATES:
            return "danger"
        return "warning" if self.error or self.notice else "info"

    def _alert_button(self):
        """Return the button of the banner: what this user does next."""
        if self.can_be_settled and not self._is_by_word():
            if self.env.user.has_group(MANAGER):
                return self._server_action_button(
                    self.env._("Settle by Hand"), "settle"
                )
            return {}
        if self._is_cancel_undone():
            return self._undone_button()
        faulty = self._error_record()
        if not faulty or not faulty.has_access("read"):
            return {}
        text = self.env._("Open the record to correct")
        return {"action_text": text, "action": self._error_action()}

    def _undone_button(self):
        """Return the button for a cancellation that was not carried out."""
        if self._is_too_late():
            return {}
        return self._server_action_button(self.env._("Cancel Again"), "cancel")

    def _server_action_button(self, text, work):
        """Return a button that runs our server action on the invoice or e-way bill."""
        thread = self._thread()
        prefix = "ewaybill" if thread == self else "move"
        xmlid = f"l10n_in_einvoice_irp.action_l10n_in_irp_{prefix}_{work}"
        context = {
            "active_model": thread._name,
            "active_id": thread.id,
            "active_ids": thread.ids,
        }
        action_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        action = {"type": "ir.actions.server", "id": action_id, "context": context}
        return {"action_text": text, "action": action}

    def _error_record(self):
        """Return the record to correct, with the rights of the user, or None."""
        if not self.error_res_id:
            return None
        record = self.env[self.error_model].browse(self.error_res_id)
        return record.sudo(False).exists()
