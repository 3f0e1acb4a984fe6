from odoo import models
from odoo.exceptions import UserError

from .bulk import CANCEL, FETCH
from .bulk_line import DONE, FAILED, LEFT_OUT, WAITING, open_moves


class L10nInIrpBulk(models.TransientModel):
    """The buttons of the results."""

    _inherit = "l10n_in.irp.bulk"

    def _moves_that(self, outcome):
        ids = [move.id for move, what in self._outcomes().items() if what == outcome]
        return self.move_ids.browse(ids)

    def action_open_done(self):
        """Open the invoices that are done."""
        return open_moves(self._moves_that(DONE), self.env._("Done"))

    def action_open_waiting(self):
        """Open the invoices that wait."""
        return open_moves(self._moves_that(WAITING), self.env._("Waiting"))

    def action_open_failed(self):
        """Open the invoices with a fault."""
        return open_moves(self._moves_that(FAILED), self.env._("To Correct"))

    def action_open_left_out(self):
        """Open the invoices that the operation was not carried out for."""
        return open_moves(self._lines_of(LEFT_OUT).move_ids, self.env._("Left Out"))

    def action_open_registrations(self):
        """Open the registrations of the invoices, with their calls and answers."""
        self.ensure_one()
        documents = self.move_ids.l10n_in_irp_document_id
        if not documents:
            raise UserError(self.env._("None of these invoices is registered."))
        return documents._get_records_action(name=self.env._("e-Invoice Registrations"))

    def action_retry(self):
        """Start again for the invoices that failed, after they were corrected."""
        self.ensure_one()
        failed = self._moves_that(FAILED)
        if not failed:
            raise UserError(self.env._("No invoice is left to try again."))
        failed.check_access("write")
        if self.work == CANCEL:
            # reason and remark may be what the portal refused
            return self._open(CANCEL, failed)
        self._lines_of(FAILED).sudo().unlink()
        if self.work == FETCH:
            self._wake_fetch()
        else:
            self._register_again(failed)
        return self._show()

    def _register_again(self, failed):
        """Queue what failed, except what needs no IRN any more."""
        why = {move: self._why_not_register(move) for move in failed}
        self._drop({move: text for move, text in why.items() if text})
        self._start(failed.filtered(lambda move: not why[move]))
