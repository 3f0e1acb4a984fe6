from dataclasses import replace

from odoo import fields, models
from odoo.exceptions import UserError

from ...irp import IrpError, operations
from ...irp.operations import states
from .. import locks, transactions, wakeup
from ..portal.error_messages import ErrorMessages
from .queue import free_orphans
from .worker import run_worker


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """What a person sets off: registering, cancelling and looking up."""

    _inherit = "l10n_in.irp.submission.mixin"

    # ------------------------------------------------------------------
    # Through the queue
    # ------------------------------------------------------------------

    def _requeue(self):
        """Make records due now; settled ones are left alone."""
        now = fields.Datetime.now()
        for record in self.sudo():
            if record.state in states.RESUMED:
                record.state = states.RESUMED[record.state]
            is_due = record.next_attempt_at and record.next_attempt_at <= now
            if record._is_queued() and not is_due:
                record.next_attempt_at = now
        wakeup.wake(self.env)

    def _begin_cancel(self, values):
        """Mark a registered record for cancellation and ask the portal now.

        :param values: reason, remark and what else the model stores of the request.
        """
        self.ensure_one()
        if self.state != states.REGISTERED:
            raise UserError(
                self.env._(
                    "%(record)s has the status '%(state)s' and cannot be cancelled.",
                    record=self.display_name,
                    state=self._status_label(),
                )
            )
        now = fields.Datetime.now()
        self.write(
            {
                "state": states.CANCELLING,
                "cancel_asked_at": now,
                "cancel_user_id": self.env.uid,
                "cancel_sent": False,
                "cancel_notice": False,
                "unanswered_since": False,
                "attempt": 0,
                "next_attempt_at": now,
                **values,
            }
        )
        self._process_now()

    def action_process(self):
        """Register or look up now, on a person's request."""
        self.move_id.check_access("write")
        self._requeue()
        self._process_now()

    def _process_now(self):
        """Ask the portal about these now, without waiting for the scheduled action.

        Records that another worker is processing are skipped.
        """
        # what led here stands, whatever becomes of the calls
        transactions.commit(self.env)
        free_orphans(self.env)
        groups = self.sudo().grouped(lambda r: (r.company_id, r.environment))
        for (company, environment), records in groups.items():
            run_worker(records.browse(), company, environment, ids=records.ids)
        transactions.commit_with_retry(
            self.env, lambda: self._watch_cancellations(self.ids)
        )

    def _is_in_progress(self):
        """Return whether a living worker is processing the record."""
        return bool(self.worker) and self.worker in locks.living_workers(self.env)

    # ------------------------------------------------------------------
    # One look-up, without the queue
    # ------------------------------------------------------------------

    def _look_up_now(self, ends_as=""):
        """Ask what the portal holds of a settled record, which stays so if it does
        not answer.

        :param ends_as: the state if the portal can no longer be asked about it;
            empty: that is no answer either.
        :raises UserError: no answer, with what to do.
        """
        connection = self.company_id._l10n_in_irp_connect(
            self.environment, base_url=self._portal_address()
        )
        result = self._ask_portal(connection, self._operation())
        if ends_as and result.state == states.UNCLEAR:
            result = replace(result, state=ends_as)
        elif result.error:
            # the rows of the log stay though the transaction is undone
            transactions.commit(self.env)
            raise ErrorMessages(self.env).user_error(self, result.error)
        self._apply_result(result)
        transactions.commit(self.env)
        self._follow_up()

    def _ask_portal(self, connection, operation):
        """Return the result of an operation that changes nothing at the portal.

        Its calls are logged. Nothing is written to the record, and nothing is
        committed: a caller that goes by the result holds the record's lock until it
        has written it.

        :param operation: (function of `irp.operations.registration`, request).
        :return: the result; of a log-in that failed, one with its error.
        """
        sessions = self.env["l10n_in.irp.session"]
        try:
            sessions._ensure_valid(connection)
            result = connection.run({self.id: operation})[self.id]
        except IrpError as error:
            result = operations.Result(self.state, error=error)
        sessions._store(connection)
        self._block_credential(result.error)
        log = self.env["l10n_in.irp.log"]
        log._record(self.company_id, self.environment, connection, self)
        return result
