import logging
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...irp import IrpError, operations
from .. import locks
from ..portal.error_messages import ErrorMessages
from ..wakeup import CronWakeUp
from .submission_mixin import QUEUED_STATES
from .worker import Worker

_logger = logging.getLogger(__name__)

MODELS = ("l10n_in.irp.document", "l10n_in.irp.ewaybill")
CRON = "l10n_in_einvoice_irp.ir_cron_irp_queue"
TRIES = 5


class L10nInIrpQueue(models.AbstractModel):
    """Moves exchanges through their life; the module's only commits are here.

    A `Worker` claims records, checks them, commits the intent, keeps calls in flight,
    commits the outcomes, and only then follows up (attachments, chatter), whose failure
    loses nothing. A record that is being asked about carries the number of its worker.
    Once that worker is dead, the record is freed: its outcome is unknown, and it is
    looked up.
    """

    _name = "l10n_in.irp.queue"
    _description = "IRP queue"

    # ------------------------------------------------------------------
    # Transactions
    # ------------------------------------------------------------------

    def _commit(self):
        """Make what was written durable, unless a test wants to roll it back."""
        self.env.flush_all()
        if self.env["account.move.send"]._can_commit():
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _with_retry(self, work):
        """Do it again, from the last commit on, if another transaction was in the way.

        :return: what the work returns.
        """
        for left in reversed(range(TRIES)):
            try:
                return work()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if not left:
                    raise
                self.env.cr.rollback()
        return None

    def _commit_with_retry(self, write):
        """Write and commit, as a whole or not at all."""

        def work():
            with self.env.cr.savepoint():
                write()
            self._commit()

        self._with_retry(work)

    # ------------------------------------------------------------------
    # Entry points
    # ------------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Work off what is due; reports its progress to the scheduler."""
        self._free_orphans()
        progress = self.env["ir.cron"]._commit_progress
        turns = self._turns()
        left = progress(remaining=sum(turn[-1] for turn in turns))
        for name, company, environment, _count in turns:
            if left:
                left = self._turn(name, company, environment, progress)
        self._look_after()
        self._trigger_next()

    def _look_after(self):
        """Inform of what waits for a person, and end what has waited too long."""
        for name in MODELS:
            model = self.env[name]
            self._commit_with_retry(model._end_overdue)
            self._commit_with_retry(model._watch_cancellations)

    def _turn(self, name, company, environment, progress):
        """Work off what is due of one company; its failure must not stop the others.

        :return: the seconds that are left.
        """
        try:
            if self._may_ask(company, environment):
                return self._shift(name, company, environment, progress=progress)
        except Exception:
            if not self.env["account.move.send"]._can_commit():
                raise
            _logger.exception("the queue of %s broke off", company.name)
            self.env.cr.rollback()
        return progress()

    @api.model
    def _process(self, records):
        """Ask the portal about records of one model now, and keep what comes of it.

        Rows that another worker is dealing with are skipped.
        """
        # what led here stands, whatever becomes of the calls
        self._commit()
        self._free_orphans()
        groups = records.sudo().grouped(lambda r: (r.company_id, r.environment))
        for (company, environment), group in groups.items():
            self._shift(records._name, company, environment, group.ids)
        model = self.env[records._name]
        self._commit_with_retry(lambda: model._watch_cancellations(records.ids))

    def _shift(self, name, company, environment, ids=None, progress=None):
        with locks.worker_number(self.env) as number:
            model = self.env[name].sudo()
            shift = Worker(self, model, company, environment, number, ids)
            return shift.run(progress or self._unlimited)

    @staticmethod
    def _unlimited(_settled):
        return float("inf")

    # ------------------------------------------------------------------
    # What is due
    # ------------------------------------------------------------------

    @staticmethod
    def _now():
        return fields.Datetime.now()

    def _turns(self):
        """(model, company, environment, how many) of all that is due."""
        return [
            (name, *row)
            for name in MODELS
            for row in self.env[name]
            .sudo()
            ._read_group(
                self._due_domain(self._now()),
                ["company_id", "environment"],
                ["__count"],
            )
        ]

    @staticmethod
    def _due_domain(now):
        due = Domain("worker", "=", 0) & Domain("next_attempt_at", "<=", now)
        return due & Domain("state", "in", QUEUED_STATES)

    def _free_orphans(self):
        """Free what a worker was dealing with that has died."""
        intent = self.env["l10n_in.irp.intent"]
        for name in MODELS:
            model = self.env[name].sudo()
            self._commit_with_retry(lambda model=model: intent._free_orphans(model))

    def _is_in_flight(self, record):
        """Whether a worker is asking the portal about a record just now."""
        living = locks.living_workers(self.env)
        return bool(record.worker) and record.worker in living

    def _due(self, name="l10n_in.irp.document"):
        """The records of a model that are due now."""
        return (
            self.env[name]
            .sudo()
            .search(self._due_domain(self._now()), order="next_attempt_at, id")
        )

    def _may_ask(self, company, environment):
        """Whether the portal may be asked for a company.

        After a pause the portal's health is checked first.
        """
        lines = self.env["l10n_in.irp.circuit.breaker"]
        line = lines._find(environment, company.vat)
        if line.open_until and line.open_until > self._now():
            return False
        return not line.trips or self._is_healthy(company, environment, line)

    def _is_healthy(self, company, environment, line):
        health = self.env["l10n_in.irp.health"]
        try:
            row = health._ask(company, environment)
        except UserError:
            # without a credential the records themselves say what is missing
            return True
        if not row or row.is_up:
            return True
        line._prolong()
        return False

    def _trigger_next(self):
        """Wake the scheduled action when something is due next."""
        paused = {
            (line.environment, line.gstin): line.open_until
            for line in self.env["l10n_in.irp.circuit.breaker"]._open_lines()
        }
        waiting = Domain("state", "in", QUEUED_STATES) & Domain(
            "next_attempt_at", "!=", False
        )
        moments = []
        for name in MODELS:
            groups = (
                self.env[name]
                .sudo()
                ._read_group(
                    waiting, ["company_id", "environment"], ["next_attempt_at:min"]
                )
            )
            for company, environment, moment in groups:
                until = paused.get((environment, company.vat))
                moments.append(max(moment, until or moment))
        if moments:
            self._schedule(max(min(moments), self._now()))

    def _wake(self):
        """Have the scheduled action run once what is written now is committed."""
        self.env.cr.postcommit.add(CronWakeUp.of(self.env.registry).wake_soon)

    def _schedule(self, moment=None):
        """Have the scheduled action run at a moment, else at once."""
        self.env.ref(CRON).sudo()._trigger(moment)

    # ------------------------------------------------------------------
    # One question, without the queue
    # ------------------------------------------------------------------

    def _inquire(self, record, ends_as=""):
        """Ask what the portal holds of a settled record, which stays so if it does
        not answer.

        :param ends_as: the state of a record that the portal can tell nothing of any
            more; empty: that is no answer either.
        :raises UserError: no answer, with what to do.
        """
        connection = record.company_id._l10n_in_irp_connect(
            record.environment, base_url=record._portal_address()
        )
        outcome = self._ask(connection, record, record._step())
        if ends_as and outcome.state == "unclear":
            outcome = replace(outcome, state=ends_as)
        elif outcome.error:
            # the calls that were made are kept though the transaction is undone
            self._commit()
            raise ErrorMessages(self.env).user_error(record, outcome.error)
        outcomes = self.env["l10n_in.irp.outcome"]
        record.write(outcomes._values_of(record, outcome))
        self._commit()
        outcomes._follow_up(record)

    def _ask(self, connection, record, step):
        """Ask one thing that changes nothing at the portal, and keep the calls.

        Nothing is written to the record, and nothing is committed: a caller that goes
        by the answer holds the record's lock until it has written it.

        :param step: (function of `irp.operations.registration`, order).
        :return: the outcome; of a log-in that failed, one with its error.
        """
        sessions = self.env["l10n_in.irp.session"]
        try:
            sessions._ensure_valid(connection)
            outcome = connection.run({record.id: step})[record.id]
        except IrpError as error:
            outcome = operations.Result(record.state, error=error)
        sessions._store(connection)
        self.env["l10n_in.irp.outcome"]._block(record, outcome.error)
        self._write_log(record.company_id, record.environment, connection, record)
        return outcome

    def _write_log(self, company, environment, connection, records=None):
        """Keep a row of every call that a connection made.

        :param records: of the model whose records the calls were made for, if any.
        """
        if connection:
            log = self.env["l10n_in.irp.log"]
            log._record(company, environment, connection, records)
