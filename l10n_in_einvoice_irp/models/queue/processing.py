from dataclasses import replace

from odoo import fields, models
from odoo.exceptions import UserError

from ...irp import IrpError, operations
from ...irp.operations import states
from .. import locks, transactions, wakeup
from ..evidence import permits
from ..portal.error_messages import ErrorMessages
from ..rights import check_user
from .calling.worker import run_worker
from .queue import free_orphans


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """Actions of users: registering, cancelling and looking up."""

    _inherit = "l10n_in.irp.submission.mixin"

    # ------------------------------------------------------------------
    # Through the queue
    # ------------------------------------------------------------------

    def _requeue(self):
        """Make records due now, except settled ones."""
        now = fields.Datetime.now()
        for record in self.sudo():
            if record.state in states.RESUMED:
                record.state = states.RESUMED[record.state]
            is_due = record.next_attempt_at and record.next_attempt_at <= now
            if record._is_queued() and not is_due:
                record.next_attempt_at = now
        wakeup.wake(self.env)

    def _begin_cancel(self, values):
        """Mark a registered record for cancellation and call the portal now.

        :param values: reason, remark and other fields of the model's request.
        :raises AccessError: the user may not cancel it.
        """
        self._mark_to_cancel(values)
        self._process_now()

    def _mark_to_cancel(self, values):
        """Mark a registered record for cancellation, which the queue sends.

        :param values: reason, remark and other fields of the model's request.
        :raises AccessError: the user may not cancel it.
        """
        self.ensure_one()
        self._check_may_cancel()
        if self.state != states.REGISTERED:
            raise UserError(
                self.env._(
                    "%(record)s has the status '%(state)s' and cannot be cancelled.",
                    record=self.display_name,
                    state=self._status_label(),
                )
            )
        now = fields.Datetime.now()
        values = {
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
        with permits.permitted(self, values):
            self.write(values)

    def action_process(self):
        """Register or look up now, on a user's request."""
        check_user(self.env)
        self._check_may_write()
        self._requeue()
        self._process_now()
        return True

    def _process_now(self):
        """Call the portal about these records now, without the scheduled action.

        Records that another worker is processing are skipped.
        """
        # the caller's changes stand, whatever the calls return
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
        """Ask what the portal holds of a settled record, which stays settled if the
        portal does not answer.

        :param ends_as: the state if the portal can no longer be asked about it;
            empty: that counts as no answer.
        :raises UserError: no answer, with the next step.
        """
        company, address = self.company_id, self._portal_address()
        connect = company._l10n_in_irp_connect
        if self._is_of_ewaybill_system():
            connect = company._l10n_in_irp_connect_ewb
        connection = connect(self.environment, base_url=address)
        result = self._ask_portal(connection, self._operation())
        if ends_as and result.state == states.UNCLEAR:
            result = replace(result, state=ends_as)
        elif result.error:
            # the log's rows survive the rollback
            transactions.commit(self.env)
            raise ErrorMessages(self.env).user_error(self, result.error)
        self._apply_result(result)
        transactions.commit(self.env)
        self._follow_up()

    def _ask_portal(self, connection, operation):
        """Return the result of an operation that changes nothing at the portal.

        Its calls are logged. Nothing is written to the record or committed: a caller
        that uses the result holds the record's lock until it has written it.

        :param operation: (function of `irp.operations.registration`, request).
        :return: the result; after a failed log-in, one with its error.
        """
        sessions = self.env["l10n_in.irp.session"]
        try:
            sessions._ensure_valid(connection)
            result = connection.run({self.id: operation})[self.id]
        except IrpError as error:
            result = operations.Result(self.state, error=error)
        sessions._store(connection)
        address = self._portal_address() or connection.base_url
        self._block_credential(result.error, address)
        log = self.env["l10n_in.irp.log"]
        log._record(self.company_id, self.environment, connection, self)
        return result
