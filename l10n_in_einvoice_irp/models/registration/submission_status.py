from odoo import api, fields, models

from ..queue.submission_mixin import SETTLED_STATES

INVALID = "invalid"
"""The status of a rejected record that the checks stopped before it was sent."""


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """The status of a registration or e-way bill in words, and the mark of a test."""

    _inherit = "l10n_in.irp.submission.mixin"

    status = fields.Selection(
        selection="_selection_status", compute="_compute_status", string="Status"
    )

    @api.model
    def _selection_status(self):
        """Return the states with their labels, and the status of what was not sent."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        labels["rejected"] = self.env._("Rejected by IRP")
        return [*labels.items(), (INVALID, self.env._("Failed Validation"))]

    @api.depends("state", "sent_at")
    def _compute_status(self):
        for record in self:
            is_invalid = record.state == "rejected" and not record.sent_at
            record.status = INVALID if is_invalid else record.state

    def _is_test(self):
        """Return whether a portal other than the production IRP registered it."""
        return self.environment != "production" and self.state in SETTLED_STATES

    def _test_note(self):
        """Return the warning on everything that shows a test registration, or ""."""
        if not self or not self._is_test():
            return ""
        return self.env._("TEST INVOICE – not registered with the IRP")
