"""One worker's turn at the queue of one company: what is due, until nothing is left.

The worker builds, checks and commits what comes next while the calls before it are on
their way, and writes what has come back in batches. The database is used by its own
thread alone.
"""

import time
from dataclasses import replace

from odoo.exceptions import UserError

from ...irp import IrpAuthenticationError, IrpError, IrpTokenRefused, IrpTransportError
from ...irp.client import refused_again
from ...irp.operations import Breaker, Result, circuit_breaker, policy
from ..portal.call_pool import CallPool

# Claimed, built and committed at a time; so many may also wait for a free thread. What
# a chunk reads anew (company, taxes, partners) takes as long as several invoices.
CHUNK = 50
# where calls per minute are limited: the seconds that are reserved at a time
SLOT = 5


class Worker:
    """A turn at the records of one model, company and environment.

    :param queue: `l10n_in.irp.queue`, which reads, writes and commits.
    :param model: empty recordset of what is dealt with.
    :param number: of the worker, see `locks.worker_number`.
    :param ids: what a person wants dealt with now; None: what is due.
    """

    def __init__(self, queue, model, company, environment, number, ids=None):
        self.queue = queue.with_company(company)
        self.env = self.queue.env
        self.intent = self.env["l10n_in.irp.intent"]
        self.model = model
        self.company = company
        self.environment = environment
        self.number = number
        self._ids = ids
        self._started = queue._now()
        self._pools: dict[str, CallPool] = {}
        self._is_over = False
        self._is_paused = False
        self._log_in_error: IrpError | None = None
        credential = self.env["l10n_in.irp.credential"]._find(company, environment)
        self._per_minute = credential.sudo().calls_per_minute
        self._reserved = 0
        self._slot = time.monotonic()
        self.lines = self.env["l10n_in.irp.circuit.breaker"]
        line = self.lines._find(environment, company.vat)
        self.breaker = Breaker(trips=line.trips)

    def run(self, progress):
        """Work until nothing is due, the portal fails, or the time is up.

        :param progress: is told how many records are settled; says how many seconds
            are left.
        :return: the seconds that are left.
        """
        left = progress(0)
        try:
            while self._in_flight() or (left and not self._is_over):
                if left and self._may_send():
                    # what the chunk has met may have ended the shift already
                    is_last = not self.queue._with_retry(self._send_chunk)
                    self._is_over = self._is_over or is_last
                if settled := self._collect(self._wait_timeout(left)):
                    left = progress(settled)
        finally:
            for pool in self._pools.values():
                pool.close()
        self._keep_calls()
        for pool in self._pools.values():
            self.env["l10n_in.irp.session"]._store(pool.connection)
        return left

    # ------------------------------------------------------------------
    # How much at a time
    # ------------------------------------------------------------------

    def _in_flight(self):
        return sum(map(len, self._pools.values()))

    def _free_slots(self):
        """How many calls more may be on their way or ready to go."""
        if self.breaker.trips:
            # half open: a single call shows whether the portal is there again
            return 1 - self._in_flight()
        calls = max((pool.size for pool in self._pools.values()), default=0)
        room = CHUNK + calls - self._in_flight()
        # what waits lasts for a while: small chunks would cost as much as large ones
        return room if room >= CHUNK // 2 else 0

    def _may_send(self):
        is_time = time.monotonic() >= self._slot
        return not self._is_over and is_time and self._free_slots() > 0

    def _wait_timeout(self, left):
        """Seconds to wait for an answer; None: there is nothing else to do."""
        if not left or self._is_over or self._free_slots() <= 0:
            return None
        return max(0, self._slot - time.monotonic())

    def _limit(self):
        """How many records may be claimed now.

        Where calls per minute are limited, the time for them is reserved among all
        workers; 0 if it has not come yet.
        """
        limit = min(CHUNK, self._free_slots())
        per_minute = self._per_minute
        if not per_minute:
            return limit
        if not self._reserved:
            self._reserved = max(1, min(limit, per_minute * SLOT // 60))
            wait = self.lines._reserve(
                self.environment, self.company.vat, self._reserved, per_minute
            )
            self._slot = time.monotonic() + wait
        return min(limit, self._reserved) if time.monotonic() >= self._slot else 0

    # ------------------------------------------------------------------
    # To the portal
    # ------------------------------------------------------------------

    def _send_chunk(self):
        """Claim, build and check what comes next, and send it.

        All is committed at once, because a commit gives up the locks of what was
        claimed; it may be repeated as a whole until then.

        :return: False when nothing was due.
        """
        limit = self._limit()
        if not limit:
            return True
        records = self.intent._claim(
            self.model, self.company, self.environment, self._started, limit, self._ids
        )
        sound = self.intent._sound(records)
        by_portal = sound.grouped(lambda record: record._portal_address())
        intended = [self._intend(*group) for group in by_portal.items()]
        self.queue._commit()
        self._reserved = 0
        if self._ids is not None:
            self._ids = [id_ for id_ in self._ids if id_ not in set(records.ids)]
        self._send(intended)
        return bool(records)

    def _intend(self, address, records):
        """Write down what is about to be asked of one portal: (pool, jobs)."""
        connection = self._connected(address, records)
        if not connection:
            return None, []
        known = self.intent._known_here(records, connection.account.gstin)
        jobs = self.intent._intend(known, connection.base_url, self.number)
        return self._pools[address], jobs

    def _send(self, intended):
        for pool, jobs in intended:
            for job in jobs:
                pool.send(replace(job, session=pool.connection.client.session))
        if isinstance(self._log_in_error, IrpTransportError):
            # who cannot log in can ask nothing
            error = self._log_in_error
            breaker = replace(
                self.breaker, failures=circuit_breaker.THRESHOLD, error=error
            )
            self._pause(breaker, self._recall())

    def _connected(self, address, records):
        """A connection that is logged in; without one, the records say why."""
        try:
            connection = self._pool(address).connection
            self.env["l10n_in.irp.session"]._ensure_valid(connection)
        except UserError as error:
            self.intent._postpone(records, error)
        except IrpError as error:
            self._log_in_failed(records, error)
        else:
            return connection
        return None

    def _pool(self, address):
        if address not in self._pools:
            connection = self.company._l10n_in_irp_connect(
                self.environment, base_url=address, renews=False
            )
            self._pools[address] = CallPool(connection)
        return self._pools[address]

    def _log_in_failed(self, records, error):
        """One attempt is enough: the portal locks who repeats a wrong password."""
        self.intent._log_in_failed(records, error)
        self._log_in_error = error
        self._is_over = True

    # ------------------------------------------------------------------
    # From the portal
    # ------------------------------------------------------------------

    def _collect(self, timeout):
        """Write what has come back, and follow it up.

        :return: how many records were settled.
        """
        if timeout and not self._in_flight():
            time.sleep(timeout)
        finished = []
        for pool in self._pools.values():
            if len(pool):
                back = pool.finished(0 if finished else timeout)
                finished += filter(None, (self._judged(pool, *pair) for pair in back))
        if finished:
            self._keep(finished)
        return len(finished)

    def _keep(self, finished):
        """Write what has come back; what it tells of the portal comes after it."""
        before = self.breaker
        idle = self._watch(finished)
        self.env["l10n_in.irp.outcome"]._keep(self.model, finished, self._calls())
        if self.breaker.is_open:
            self._pause(self.breaker, idle)
        elif before.trips and not self.breaker.trips:
            self.lines._answered(self.environment, self.company.vat)

    def _judged(self, pool, job, outcome):
        """What is final of an answer; None: it is asked once more.

        Only a refused token is repeated: the portal has processed nothing.
        """
        if isinstance(outcome, IrpError):
            return job, self._broken_off(job, outcome)
        if not isinstance(outcome.error, IrpTokenRefused):
            return job, outcome
        if job.repeated:
            return job, replace(outcome, error=refused_again(outcome.error))
        if error := self._renewed(pool.connection, job.session):
            wait = policy.after_log_in(error, job.before["attempt"] + 1)
            return job, replace(outcome, error=error, wait=wait)
        session = pool.connection.client.session
        pool.send(replace(job, session=session, repeated=True))
        return None

    @staticmethod
    def _broken_off(job, error):
        """A call that ended in a way that nobody foresaw is looked up."""
        age = job.step[1].age
        step = policy.after_look_up(error, job.before["attempt"] + 1, age=age)
        state = step.state
        if job.before["state"] == "cancelling":
            state = "cancelling" if state == "unknown" else "cancel_unclear"
        return Result(state, error=error, wait=step.wait)

    def _renewed(self, connection, refused):
        """Log in anew, once for all whose token was refused; the error, if it fails."""
        if self._log_in_error:
            return self._log_in_error
        present = connection.client.session
        # a portal may hand out the same token anew, which is another session
        if present is not None and present is not refused:
            return None
        try:
            self.env["l10n_in.irp.session"]._renew(connection, refused)
        except IrpError as error:
            self._log_in_error = error
            self._is_over = True
        return self._log_in_error

    def _watch(self, finished):
        """Stop asking a portal that does not answer, or that refuses us as a user.

        :return: the jobs that no thread has begun with, if it is left alone.
        """
        for _job, outcome in finished:
            self.breaker = self.breaker.after(outcome.error)
            self._is_over |= isinstance(outcome.error, IrpAuthenticationError)
            if self.breaker.is_open:
                return self._recall()
        return []

    def _recall(self):
        self._is_over = True
        return [job for pool in self._pools.values() for job in pool.recall()]

    def _pause(self, breaker, idle):
        """Leave the portal alone for a while; what it was not asked is put back."""
        self.intent._withdraw(self.model, idle)
        if not self._is_paused:
            self._is_paused = True
            self.lines._pause(self.environment, self.company.vat, breaker)

    def _calls(self):
        """The calls that were made since the last time, as rows of the log."""
        log = self.env["l10n_in.irp.log"]
        return [
            row
            for pool in self._pools.values()
            for row in log._rows(
                self.company, self.environment, pool.connection, self.model
            )
        ]

    def _keep_calls(self):
        """Keep the calls that were made for no record, such as a log-in that failed."""
        log = self.env["l10n_in.irp.log"]
        if rows := self._calls():
            self.queue._commit_with_retry(lambda: log._add(rows))
