from odoo import api, models
from odoo.fields import Domain

from ..queue.queue import MODELS
from ..queue.submission_mixin import QUEUED_STATES


class L10nInIrpDocument(models.Model):
    """The nightly look at what is left open, and at what the GST system rejected."""

    _inherit = "l10n_in.irp.document"

    @api.model
    def _cron_reconcile(self):
        """Settle what is open, before the portal's retrieval window closes, and
        fetch the lists of rejected IRNs of every GSTIN."""
        left = Domain("state", "in", QUEUED_STATES) & Domain(
            "next_attempt_at", "=", False
        )
        for name in MODELS:
            open_ones = left | Domain("state", "=", "unknown")
            self.env[name].sudo().search(open_ones)._requeue()
        for company in self.env["res.company"]._l10n_in_irp_registering():
            company._l10n_in_irp_fetch_rejected()
        attach = self.env["l10n_in.irp.outcome"]._attach_missing
        self.env["l10n_in.irp.queue"]._commit_with_retry(attach)

    def _remind_of_rejection(self):
        """Remind whose the invoice is that the GST system rejected its IRN."""
        move = self.move_id
        move.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The GST system rejected the IRN"),
            note=self.env._(
                "The GST system did not accept the registered invoice for GSTR-1. "
                "Check it on the GST portal, then cancel the IRN or create a credit "
                "note."
            ),
            user_id=(move.invoice_user_id or move.create_uid).id,
        )
