from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...irp.operations import states
from ...irp.rules import IRN_CANCEL_REASONS
from ...models.clock import printed_time
from .bulk import CANCEL


class L10nInIrpBulk(models.TransientModel):
    """Cancels the IRNs of many invoices, with one reason and remark for all."""

    _inherit = "l10n_in.irp.bulk"

    @api.onchange("reason")
    def _onchange_reason(self):
        if not self.remark or self.remark in IRN_CANCEL_REASONS.values():
            self.remark = IRN_CANCEL_REASONS.get(self.reason)

    def _why_not_cancel(self, move):
        """Return why the IRN of an invoice is not cancelled; "" if it is."""
        document = move._l10n_in_irp_present()
        if not document:
            return self.env._("No IRN to cancel")
        if document.state != states.REGISTERED:
            return self.env._("No IRN to cancel: status '%s'", document._status_label())
        if document._is_too_late():
            return self.env._(
                "Registered more than 24 hours ago, so the IRN cannot be cancelled. "
                "Create a credit note instead."
            )
        return self._refusal_to_cancel(move, document)

    def _refusal_to_cancel(self, move, document):
        """Return why the user, the portal or an e-way bill prevents it; else ""."""
        dialog = self.env["l10n_in.irp.cancel"].new({"move_id": move.id})
        try:
            document._check_may_cancel()
            document._check_portal_offers("cancel_irn")
        except (AccessError, UserError) as error:
            return str(error)
        return dialog._ewaybill_reason()

    def action_cancel(self):
        """Queue the cancellations of all IRNs that can be cancelled."""
        self.ensure_one()
        if self.work != CANCEL or self.started_at:
            return self._show()
        self.move_ids.check_access("write")
        self.reason = self.reason or "2"
        remark = (self.remark or "").strip()
        self.env["l10n_in.irp.cancel"]._check_request(self.reason, remark)
        # the dialog may have been open for hours
        hindrances = self._hindrances(CANCEL, self.move_ids)
        self._drop({move: why for move, why in hindrances.items() if why})
        self._check_any_ready()
        self._start(self.move_ids)
        return self._show()

    def _queue_cancellations(self, moves):
        """Mark the registrations for cancellation, and wake the queue."""
        refused = {}
        for move in moves:
            if why := self._mark_one(move):
                refused[move] = why
        self._drop(refused)
        self._wake()

    def _mark_one(self, move):
        """Mark one registration for cancellation; return why it cannot be, or ""."""
        document = move.l10n_in_irp_document_id.sudo()
        remark = (self.remark or "").strip()
        try:
            with self.env.cr.savepoint():
                document._queue_cancel(self.reason, remark, self.cancel_move)
        except (AccessError, UserError) as error:
            return str(error)
        return ""

    def _deadline_note(self):
        """Return until when the first of the ready IRNs can be cancelled, or ""."""
        documents = self.move_ids.l10n_in_irp_document_id.sudo()
        deadlines = [one._cancel_deadline() for one in documents]
        first = min(filter(None, deadlines), default=False)
        return first and self.env._(
            "The first of them can be cancelled until %s IST.", printed_time(first)
        )
