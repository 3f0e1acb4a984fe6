"""One worker's run over the queue of one company, until nothing is due.

The worker builds, checks and commits the next records while earlier calls are in
flight, and stores results in batches. Only its own thread uses the database.
"""

import math

from odoo import fields
from odoo.fields import Domain

from ... import locks, transactions
from ...portal.call_pool import CallPool
from ...portal.limits.seats import PAUSE
from .line import CHUNK
from .lines import Lines


def run_worker(model, company, environment, *, ids=None, progress=None):
    """Process a company's records with a newly numbered worker.

    See `Worker` and `Worker.run`.

    :return: the seconds that are left.
    """
    with locks.worker_number(model.env) as number:
        worker = Worker(model, company, environment, number, ids)
        return worker.run(progress or _unlimited)


def _unlimited(_stored):
    return math.inf


class Worker:
    """A run over the records of one model, company and environment.

    :param model: empty recordset of the model, as superuser.
    :param number: of the worker, see `locks.worker_number`.
    :param ids: the records that a user wants processed now; None: those due.
    """

    def __init__(self, model, company, environment, number, ids=None):
        self.model = model.with_company(company)
        self.env = self.model.env
        self.company = company.with_env(self.env)
        self.environment = environment
        self.number = number
        self._ids = ids
        self._started = fields.Datetime.now()
        wanted = None if ids is None else len(ids)
        self._lines = Lines(self.model, self.company, environment, wanted=wanted)
        # records claimed before whose portal takes no more calls
        self._skipped: set[int] = set()
        # nothing is due at a portal without a line
        self._knows_all = False
        # nothing can be sent before a call ends, or a slot comes
        self._is_waiting = False
        self._is_over = False

    def run(self, progress):
        """Work until nothing is due, all portals fail, or the time is up.

        Then calls under way are awaited, and those not begun are left to the next run.

        :param progress: takes how many results were stored; returns how many seconds
            are left.
        :return: the seconds that are left.
        """
        left = progress(0)
        try:
            while self._lines.in_flight() or (left and not self._is_over):
                if not left:
                    self._recall()
                elif self._may_send():
                    transactions.with_retry(self.env, self._send_chunk)
                left = progress(self._collect(self._wait_timeout(left)))
        finally:
            for line in self._lines:
                line.close()
        self._store_log()
        for line in self._lines:
            line.finish()
        return left

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def _may_send(self):
        if self._is_over or self._is_waiting:
            return False
        # without a line to wait for, what is left may have another one now
        is_free = not self._lines.busy()
        return is_free or not self._knows_all or self._lines.have_room()

    def _wait_timeout(self, left):
        """Return the seconds to wait for an answer; None if there is nothing else to
        do."""
        if not left or self._is_over:
            return None
        if self._may_send():
            return 0
        slot = self._lines.seconds_to_slot()
        return slot if slot is None else min(slot, left)

    def _claimable(self, busy):
        """Return the domain of what this worker may claim.

        :param busy: the lines that take nothing now.
        """
        if self._ids is None:
            domain = self.model._due_domain(self._started)
        else:
            domain = self.model._free_domain() & Domain("id", "in", self._ids)
        if self._skipped:
            domain &= Domain("id", "not in", list(self._skipped))
        if busy:
            domain &= ~self._lines.domain_of(busy)
            if self._lines.is_route_among(busy):
                domain &= ~self.model._unplaced_domain()
        return domain

    # ------------------------------------------------------------------
    # To the portals
    # ------------------------------------------------------------------

    def _send_chunk(self):
        """Claim, validate and commit the next records, and send them.

        There is a single commit, because a commit releases the locks of claimed
        records; until then all of it may be retried.
        """
        limits = {line: line.limit() for line in self._lines}
        busy = [line for line, limit in limits.items() if not limit]
        limit = max(limits.values(), default=0) or CHUNK
        batch = self.model._claim(
            self.company, self.environment, limit, self._claimable(busy)
        )
        chosen = self._chosen(batch)
        calls = {
            line: line.mark_sending(records._validate(), self.number)
            for line, records in chosen.items()
        }
        transactions.commit(self.env)
        for line in limits.keys() - chosen.keys():
            line.release()
        self._note_progress(batch, chosen, limit)
        self._submit(calls)

    def _chosen(self, batch):
        """Return line -> the records of a batch that may be sent on it now."""
        chosen = {}
        for line, records in batch.grouped(self._lines.line_of).items():
            if line.is_over:
                continue
            if records := records[: line.limit()]:
                chosen[line] = records
        return chosen

    def _note_progress(self, batch, chosen, limit):
        """Note what is left to claim, after a commit."""
        taken = {id_ for records in chosen.values() for id_ in records.ids}
        left = batch.filtered(lambda record: record.id not in taken)
        skipped = {one.id for one in left if self._lines.line_of(one).is_over}
        self._skipped |= skipped
        if self._ids is not None:
            self._ids = [id_ for id_ in self._ids if id_ not in taken]
        self._knows_all |= len(batch) < limit
        busy = self._lines.busy()
        self._is_waiting = bool(busy) and not (taken or skipped)
        self._is_over = not (batch or busy)

    def _submit(self, calls_by_line):
        for line, calls in calls_by_line.items():
            line.submit(calls)
            if breaker := line.log_in_failure():
                self._pause(line, breaker, line.recall())

    # ------------------------------------------------------------------
    # From the portals
    # ------------------------------------------------------------------

    def _collect(self, timeout):
        """Store the results that have arrived, and follow them up.

        :return: how many results were stored.
        """
        is_slot = self._wait(timeout)
        finished = {line: line.finished() for line in self._lines}
        stored = sum(map(len, finished.values()))
        if stored:
            self._store(finished)
        if self._lines.share() or stored or is_slot:
            # a call has ended, or a slot has come
            self._is_waiting = False
        return stored

    def _wait(self, timeout):
        """Wait for an answer; return whether the time is up.

        Not so long that others wait for seats without a call.
        """
        longest = PAUSE if self._lines.have_idle_seats() else math.inf
        is_cut_short = longest < (math.inf if timeout is None else timeout)
        pools = [line.pool for line in self._lines if len(line)]
        CallPool.wait_for_any(pools, PAUSE if is_cut_short else timeout)
        return timeout is not None and not is_cut_short

    def _store(self, finished):
        """Store the results, then what they show of the portals' health.

        :param finished: line -> [(call, result)].
        """
        idle = {
            line: line.watch(result for _call, result in pairs)
            for line, pairs in finished.items()
        }
        results = {
            call.record_id: result
            for pairs in finished.values()
            for call, result in pairs
        }
        self.model._store_results(results, self._log_rows())
        for line, calls in idle.items():
            self.model._withdraw(calls)
            line.store_health()

    def _pause(self, line, breaker, idle):
        """Pause a portal; restore the records of calls not made."""
        self.model._withdraw(idle)
        line.pause(breaker)

    def _recall(self):
        """Restore the records of calls that no thread has begun."""
        for line in self._lines:
            if idle := line.recall():
                self.model._withdraw(idle)

    def _log_rows(self):
        """Return the calls made since the last time, as rows of the log."""
        log = self.env["l10n_in.irp.log"]
        return [
            row
            for line in self._lines
            if line.pool is not None
            for row in log._rows(
                self.company, self.environment, line.pool.connection, self.model
            )
        ]

    def _store_log(self):
        """Store the calls made for no record, such as a failed log-in."""
        log = self.env["l10n_in.irp.log"]
        if rows := self._log_rows():
            log._commit_rows(rows)
