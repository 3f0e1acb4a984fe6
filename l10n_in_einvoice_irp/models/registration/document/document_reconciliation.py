from odoo import api, models
from odoo.fields import Domain

from ...queue import queue
from ...queue.submission_mixin import submission_models


class L10nInIrpDocument(models.Model):
    """The scheduled actions: the queue, and the nightly check of open records and of
    IRNs rejected by the GST system."""

    _inherit = "l10n_in.irp.document"

    @api.model
    def _cron_process_queue(self):
        """Process due registrations and e-way bills."""
        queue.process_queue(self.env)

    @api.model
    def _cron_reconcile(self):
        """Settle open records before the portal's retrieval window closes, and fetch
        the lists of rejected IRNs of every GSTIN."""
        for model in submission_models(self.env):
            model._to_reconcile()._requeue()
        for company in self.env["res.company"]._l10n_in_irp_registering():
            company._l10n_in_irp_fetch_rejected()

    def _remind_of_rejection(self):
        """Remind the invoice's user, once, that the GST system rejected its IRN."""
        move = self.move_id
        summary = self.env._("The GST system rejected the IRN")
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        reminded = Domain("res_model", "=", "account.move")
        reminded &= Domain("res_id", "=", move.id) & Domain("summary", "=", summary)
        if activities.search_count(reminded, limit=1):
            return
        move.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=self.env._(
                "The GST system did not accept the registered invoice for GSTR-1. "
                "Check it on the GST portal, then cancel the IRN or create a credit "
                "note."
            ),
            user_id=(move.invoice_user_id or move.create_uid).id,
        )
