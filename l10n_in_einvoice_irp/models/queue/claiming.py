import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.operations import policy, states
from .. import locks, transactions
from ..evidence import permits
from ..portal.call_pool import PendingCall
from ..portal.error_messages import ErrorMessages
from ..portal.secrets.vault import SecretError

_logger = logging.getLogger(__name__)

# until the secrets of a credential that could not be used are tried again
KEY_WAIT = timedelta(minutes=15)
# restored if a call is not made after all
WITHDRAWN = ("state", "attempt", "cancel_sent", "next_attempt_at")


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """Before a call: claim records, validate them, and mark them as being sent."""

    _inherit = "l10n_in.irp.submission.mixin"

    # ------------------------------------------------------------------
    # Claiming
    # ------------------------------------------------------------------

    @api.model
    def _due_domain(self, now):
        """Return the domain of records due at a time."""
        return self._free_domain() & Domain("next_attempt_at", "<=", now)

    @api.model
    def _free_domain(self):
        """Return the domain of queued records that no worker is processing."""
        return Domain("worker", "=", 0) & Domain("state", "in", states.QUEUED)

    @api.model
    def _to_reconcile(self):
        """Return the records that wait for a person, or for a missing answer."""
        stopped = Domain("state", "in", states.QUEUED)
        stopped &= Domain("next_attempt_at", "=", False)
        return self.search(stopped | Domain("state", "=", states.UNKNOWN))

    @api.model
    def _claim(self, company, environment, limit, domain):
        """Lock a company's records that match a domain and that nobody else has
        locked."""
        here = Domain("company_id", "=", company.id)
        here &= Domain("environment", "=", environment)
        records = self._search_for_update(here & domain, limit)
        # other workers have written since, and users may have corrected their data
        self.env.invalidate_all(flush=False)
        return records

    @api.model
    def _search_for_update(self, domain, limit=None):
        """Lock and return the records that match and nobody else has locked."""
        query = self._search(domain, order="next_attempt_at, id", limit=limit)
        rows = self.env.execute_query(SQL("%s FOR UPDATE SKIP LOCKED", query.select()))
        return self.browse(id_ for (id_,) in rows)

    @api.model
    def _free_orphans(self):
        """Release records whose worker has died.

        The result of a call is unknown then, and the portal may still be processing it;
        a stored result is followed up.
        """
        living = locks.living_workers(self.env)
        orphans = self._search_for_update(Domain("worker", "not in", [0, *living]))
        in_call = (states.SENDING, states.CANCELLING)
        called = orphans.filtered(lambda record: record.state in in_call)
        for record in called:
            record.write(record._orphan_values())
        (orphans - called)._follow_up()

    def _orphan_values(self):
        is_sending = self.state == states.SENDING
        now = fields.Datetime.now()
        return {
            "worker": 0,
            "state": states.UNKNOWN if is_sending else self.state,
            "in_flight_until": self._settled_at(),
            "unanswered_since": self.unanswered_since or now,
            "next_attempt_at": now,
        }

    # ------------------------------------------------------------------
    # Validating
    # ------------------------------------------------------------------

    def _validate(self):
        """Return the records that may be sent; store on the others why not.

        Records that the portal may already hold are not validated again: they are
        looked up as they were sent.
        """
        new = self.filtered(lambda record: record.state == states.TO_REGISTER)
        invalid = self.browse()
        prepared = new._prepare_safely()
        self._store_requests({id_: values for id_, (values, _) in prepared.items()})
        for record_id, (values, is_valid) in prepared.items():
            record = self.browse(record_id)
            if not is_valid:
                values = {**values, "next_attempt_at": False, "sent_at": False}
                invalid |= record
            record.write(values)
        return self - invalid

    def _prepare_safely(self):
        """Build and check all records at once; one that cannot be built stops no
        other."""
        try:
            with self.env.cr.savepoint():
                return self._prepare_calls()
        except Exception:
            _logger.exception("%s: built one by one", self)
        prepared = {}
        for record in self:
            prepared.update(record._prepare_alone())
        return prepared

    def _prepare_alone(self):
        try:
            with self.env.cr.savepoint():
                return self._prepare_calls()
        except Exception as error:
            _logger.exception("%s: cannot be built", self.display_name)
            values = {
                "state": states.REJECTED,
                "error": self.env._("It could not be prepared: %s", error),
                "advice": ErrorMessages(self.env).ask_for_help(),
            }
            return {self.id: (values, False)}

    # ------------------------------------------------------------------
    # The intent
    # ------------------------------------------------------------------

    def _mark_sending(self, base_url, worker):
        """Store the intent of the calls; to be committed before the calls.

        :param worker: number of the worker that makes them.
        :return: a `PendingCall` for each record to call about.
        """
        calls = []
        for record in self:
            if operation := record._try_operation():
                before = {name: record[name] for name in WITHDRAWN}
                calls.append(PendingCall(record.id, operation, before))
                values = record._sending_values(base_url, worker)
                with permits.permitted(record, values):
                    record.write(values)
        return calls

    def _sending_values(self, base_url, worker):
        is_cancel = self.state == states.CANCELLING
        return {
            "attempt": self.attempt + 1,
            "sent_at": fields.Datetime.now(),
            "base_url": base_url,
            "worker": worker,
            **({"cancel_sent": True} if is_cancel else {"state": states.SENDING}),
        }

    def _try_operation(self):
        """Return the operation of a call; None if that fails, which stops no other."""
        try:
            with self.env.cr.savepoint():
                return self._operation()
        except Exception as error:
            _logger.exception("%s: cannot be asked about", self.display_name)
            attempt = self.attempt + 1
            is_over = self._age() >= self._look_up_window()
            wait = None if is_over else policy.pause(attempt)
            self.write(
                {
                    "attempt": attempt,
                    "next_attempt_at": self._next_attempt(wait),
                    "worker": 0,
                    "error": self.env._("The request could not be prepared: %s", error),
                    "advice": ErrorMessages(self.env).ask_for_help(),
                }
            )
            return None

    @api.model
    def _withdraw(self, calls):
        """Restore the records of calls that were not made, and commit."""

        def write():
            for call in calls:
                record, values = self.browse(call.record_id), call.before
                with permits.permitted(record, values):
                    record.write(values)
                record.worker = 0

        transactions.commit_with_retry(self.env, write)

    # ------------------------------------------------------------------
    # Calls not made
    # ------------------------------------------------------------------

    def _sendable_as(self, gstin):
        """Return the records that may be sent under a GSTIN.

        Under a different GSTIN the portal would not find them, and they would be
        registered twice: a user has to act.
        """
        others = self.filtered(lambda record: record._sent_as() != gstin)
        for record in others:
            record._postpone(
                self.env._(
                    "It was sent under GSTIN %(sent_as)s, but the GSTIN of "
                    "%(company)s is now %(gstin)s. Enter %(sent_as)s again until the "
                    "status is final.",
                    sent_as=record._sent_as(),
                    company=record.company_id.name,
                    gstin=gstin,
                ),
            )
        return self - others

    def _postpone(self, error):
        """Leave the state unchanged and store why no call was made.

        A user has to act; but a missing key comes back without a trace in Odoo.
        """
        wait = KEY_WAIT if isinstance(error, SecretError) else None
        self.write(
            {
                "error_code": False,
                "error": str(error),
                "advice": False,
                "next_attempt_at": self._next_attempt(wait),
            }
        )

    def _postpone_log_in(self, error, base_url):
        """Leave the state unchanged: a failed log-in is no attempt at the records.

        :param base_url: the portal that was called.
        """
        for record in self:
            wait = policy.after_log_in(error, record.attempt + 1)
            record.write(
                {
                    **record._error_values(error, base_url),
                    "next_attempt_at": self._next_attempt(wait),
                }
            )
        self[:1]._block_credential(error, base_url)
