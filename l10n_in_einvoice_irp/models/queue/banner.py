from odoo import api, fields, models

from ...irp.operations import states
from ..rights import MANAGER

# states that need action
ALARMING_STATES = (states.REJECTED, states.CONFLICT, *states.NEEDS_SETTLEMENT)
INVALID = "invalid"
"""The status of a rejected record that the checks stopped before it was sent."""
MUTED = "muted"
TONES = {
    states.DRAFT: "info",
    states.TO_REGISTER: "info",
    states.SENDING: "info",
    states.UNKNOWN: "warning",
    "exported": "warning",
    INVALID: "danger",
    **dict.fromkeys(ALARMING_STATES, "danger"),
    states.REGISTERED: "success",
    states.CANCELLING: "info",
    states.CANCELLED: MUTED,
}
"""The colour of each status on every screen, as names of Bootstrap's contexts."""


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """The status and banner of registrations and e-way bills."""

    _inherit = "l10n_in.irp.submission.mixin"

    status = fields.Selection(
        selection="_selection_status",
        compute="_compute_status",
    )
    status_tone = fields.Char(string="Colour of Status", compute="_compute_status_tone")
    test_note = fields.Char(string="Test", compute="_compute_test_note")

    @api.model
    def _selection_status(self):
        """Return the states with their labels, and the statuses of invoices not
        submitted."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        labels[states.REJECTED] = self.env._("Rejected by IRP")
        return [*labels.items(), (INVALID, self.env._("Failed Validation"))]

    @api.depends("state", "sent_at")
    def _compute_status(self):
        for record in self:
            is_invalid = record.state == states.REJECTED and not record.sent_at
            record.status = INVALID if is_invalid else record.state

    @api.depends("status", "test_note", "settled_as")
    def _compute_status_tone(self):
        for record in self:
            record.status_tone = record._status_tone()

    def _status_tone(self):
        """Return a value of `TONES`: a test is grey, and only what the portal has
        proven to be registered is green."""
        tone = TONES.get(self.status, MUTED)
        if tone != "danger" and self.test_note:
            return MUTED
        is_doubtful = tone == "success" and not self._is_proven()
        return "warning" if is_doubtful else tone

    def _is_proven(self):
        """Return whether the portal's answer, and no person's word, says its state."""
        return not self.settled_as

    @api.depends("state", "environment")
    def _compute_test_note(self):
        for record in self:
            record.test_note = record._test_note()

    def _status_label(self):
        self.ensure_one()
        return dict(self._selection_status())[self.status]

    def _is_test(self):
        """Return whether a portal other than the production IRP registered it."""
        return self.environment != "production" and self._is_at_portal()

    def _test_note(self):
        """Return the warning on everything that shows a test registration, or ""."""
        return self._test_mark() if self and self._is_test() else ""

    def _test_mark(self):
        return self.env._("TEST INVOICE – not registered with the IRP")

    def _file_prefix(self):
        """Return how the names of its files begin: those of a test say so."""
        return "" if self.environment == "production" else "TEST-"

    def _environment_label(self):
        """Return the name of its environment."""
        labels = dict(self._fields["environment"]._description_selection(self.env))
        return labels[self.environment]

    def _alert_level(self):
        """Return the level of the banner, in the terms of `account`'s alerts."""
        is_open = self._is_cancel_undone() and not self._is_too_late()
        if is_open or self.state in ALARMING_STATES:
            return "danger"
        return "warning" if self.error or self.notice else "info"

    def _alert_button(self):
        """Return the button of the banner: the user's next step."""
        if self.can_be_settled and not self._is_settled_by_hand():
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
        text = self.env._("Open Record to Correct")
        return {"action_text": text, "action": self._error_action()}

    def _undone_button(self):
        """Return the button for a cancellation that was not carried out."""
        if self._is_too_late() or not self._may_cancel():
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
