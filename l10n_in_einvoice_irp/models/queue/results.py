import logging
import random

import psycopg2

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...irp import IrpAuthenticationError, IrpOutcomeUnknown
from ...irp.operations import policy, states
from .. import transactions
from ..clock import utc
from ..evidence import permits
from ..portal.error_messages import ErrorMessages

_logger = logging.getLogger(__name__)


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """After a call: store and commit its result, then follow it up."""

    _inherit = "l10n_in.irp.submission.mixin"

    # ------------------------------------------------------------------
    # Stored first
    # ------------------------------------------------------------------

    @api.model
    def _store_results(self, results, log_rows):
        """Store and commit results and the log of their calls; then follow up.

        :param results: record id -> `irp.operations.Result`.
        :param log_rows: rows of `l10n_in.irp.log`.
        """
        log = self.env["l10n_in.irp.log"]
        # browse together, to read together
        records = self.browse(results)
        try:
            transactions.commit_with_retry(
                self.env, lambda: (records._apply_results(results), log._add(log_rows))
            )
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.exception("results of %s: stored one by one", records)
            for record in records:
                record._store_single(results[record.id])
            log._commit_rows(log_rows)
        transactions.commit_with_retry(self.env, records._follow_up)

    def _store_single(self, result):
        """Store and commit one result; if that fails, the record is looked up again."""
        try:
            transactions.commit_with_retry(self.env, lambda: self._apply_result(result))
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.exception("%s: the result could not be stored", self)
            values = self._unstored_values(error)
            transactions.commit_with_retry(self.env, lambda: self.write(values))

    def _unstored_values(self, error):
        is_cancel = self._is_cancellation_open()
        return {
            "state": states.CANCELLING if is_cancel else states.UNKNOWN,
            "worker": 0,
            "unanswered_since": self.unanswered_since or fields.Datetime.now(),
            "error": self.env._("The response could not be stored: %s", error),
            "advice": ErrorMessages(self.env).ask_for_help(),
            "next_attempt_at": self._next_attempt(policy.pause(self.attempt)),
        }

    def _apply_results(self, results):
        """Write results to the records and to their dependent records."""
        for record in self:
            result, elsewhere = record._redirected(results[record.id])
            values = {**record._result_values(result), **elsewhere}
            with permits.permitted(record, values):
                record.write(values)
            record._store_related(result)
            record._block_credential(result.error)

    def _apply_result(self, result):
        self._apply_results({self.id: result})

    def _result_values(self, result):
        """Return the field values that a result sets."""
        values = {
            "state": result.state,
            "next_attempt_at": self._next_attempt(result.wait),
            "error_code": False,
            "error": False,
            "advice": False,
            "error_model": False,
            "error_res_id": False,
            **self._answer_values(result),
        }
        if result.cancel_date:
            values["cancel_date"] = utc(result.cancel_date)
        if isinstance(result.error, IrpOutcomeUnknown):
            values["in_flight_until"] = self._settled_at()
        if result.error:
            values.update(self._error_values(result.error))
        values |= self._cancellation_values(result)
        return values | self._settlement_values(result)

    @api.model
    def _next_attempt(self, wait):
        """Return when the next attempt is due; False if a user has to act."""
        jitter = random.random()  # noqa: S311 - not for security
        return policy.next_attempt_at(wait, fields.Datetime.now(), jitter) or False

    def _block_credential(self, error, base_url=""):
        """Stop using a credential whose log-in was refused: the portal locks users.

        :param base_url: the portal's address; by default that of the last call.
        """
        if not isinstance(error, IrpAuthenticationError):
            return
        if credential := self._credential_at(base_url):
            credential._block(error)

    # ------------------------------------------------------------------
    # Follow-up
    # ------------------------------------------------------------------

    def _follow_up(self):
        """Act on stored results, and release the worker; a failure loses nothing.

        Records carry their worker's number until then, so that another worker finishes
        what a dead one left undone.
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._act_on_state()
                self.worker = 0
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # the caller retries it
            raise
        except Exception:
            _logger.exception("%s: followed up one by one", self)
            for record in self:
                record._follow_up_alone()

    def _follow_up_alone(self):
        try:
            with self.env.cr.savepoint():
                self._act_on_state()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.exception("%s: not followed up", self.display_name)
            self.write(self._undone_values(error))
        self.worker = 0

    def _undone_values(self, error):
        return {
            "error": self.env._(
                "The portal's response is stored, but the next step in Odoo failed: %s",
                error,
            ),
            "advice": self._undone_advice(),
        }

    # ------------------------------------------------------------------
    # Errors
    # ------------------------------------------------------------------

    def _error_values(self, error, base_url=""):
        """Return the field values of a record for an `IrpError`.

        :param base_url: the portal that was called; by default that of the last call.
        """
        message = ErrorMessages(self.env).describe(error)
        address = base_url or self.base_url
        record = self._record_at_fault(error, address)
        return {
            "error_code": error.code or False,
            "error": message.text,
            "advice": message.queued_advice or False,
            "error_model": record._name if record else False,
            "error_res_id": record.id if record else False,
        }

    def _record_at_fault(self, error, base_url):
        """Return the record in which to correct an `IrpError`; empty if there is
        none.

        :param base_url: the portal that was called.
        """
        return self._registration()._record_to_correct(error, base_url)

    def _record_to_correct(self, error, base_url=""):
        """Return the record in which to correct an `IrpError`; called on a
        registration, see `_registration`.

        :param base_url: the portal that was called.
        """
        raise NotImplementedError
