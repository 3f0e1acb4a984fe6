from odoo import models
from odoo.exceptions import UserError

from ...models import wakeup


class L10nInIrpBulk(models.TransientModel):
    """Generates the IRNs of many invoices through the queue."""

    _inherit = "l10n_in.irp.bulk"

    def _why_not_register(self, move):
        """Return why no IRN is generated for an invoice; "" if one is."""
        if why := move._l10n_in_irp_why_not_now():
            return why
        document = move.l10n_in_irp_document_id
        if not document or not move._l10n_in_irp_is_current():
            return ""
        if document._is_at_portal() or document.sudo()._is_exported():
            return self.env._(
                "Already with the IRP: status '%s'", document._status_label()
            )
        return ""

    def _begin_register(self):
        self._check_any_ready()
        self._start(self.move_ids)
        return self._show()

    def _check_any_ready(self):
        """Refuse an operation that would do nothing.

        :raises UserError: no invoice is ready; the text says why.
        """
        if self.move_ids:
            return
        raise UserError(
            "\n".join(
                self.env._(
                    "%(count)s invoices: %(reason)s",
                    count=line.move_count,
                    reason=line.text,
                )
                if line.move_count > 1
                else f"{line.move_ids.display_name}: {line.text}"
                for line in self.line_ids
            )
        )

    def _queue_registrations(self, moves):
        """Queue the registrations; what cannot be queued is left out, with the
        reason."""
        refused = {}
        try:
            with self.env.cr.savepoint():
                moves._l10n_in_irp_enqueue()
        except UserError:
            # one invoice would stop them all
            for move in moves:
                if why := self._enqueue_one(move):
                    refused[move] = why
        self._drop(refused)

    def _enqueue_one(self, move):
        """Queue one registration; return why it cannot be, or ""."""
        try:
            with self.env.cr.savepoint():
                move._l10n_in_irp_enqueue()
        except UserError as error:
            return str(error)
        return ""

    def _wake(self):
        wakeup.wake(self.env)
