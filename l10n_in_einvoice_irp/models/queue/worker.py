"""One worker's run over the queue of one company, until nothing is due.

The worker builds, checks and commits the next records while earlier calls are in
flight, and stores results in batches. Only its own thread uses the database.
"""

import time
from dataclasses import replace

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...irp import IrpAuthenticationError, IrpError, IrpTokenRefused, IrpTransportError
from ...irp.client import refused_again
from ...irp.operations import Breaker, Result, circuit_breaker, policy, states
from .. import locks, transactions
from ..portal.call_pool import CallPool

# Records per claim and commit, and the most that may wait for a free thread. Each chunk
# reads company, taxes and partners again, which takes as long as several invoices.
CHUNK = 50
# where calls per minute are limited: the seconds reserved at a time
SLOT = 5


def run_worker(model, company, environment, *, ids=None, progress=None):
    """Process a company's records with a newly numbered worker.

    See `Worker` and `Worker.run`.

    :return: the seconds that are left.
    """
    with locks.worker_number(model.env) as number:
        worker = Worker(model, company, environment, number, ids)
        return worker.run(progress or _unlimited)


def _unlimited(_stored):
    return float("inf")


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
        self._pools: dict[str, CallPool] = {}
        self._is_over = False
        self._is_paused = False
        self._log_in_error: IrpError | None = None
        credential = self.env["l10n_in.irp.credential"]._find(company, environment)
        self._per_minute = credential.sudo().calls_per_minute
        self._reserved = 0
        self._slot = time.monotonic()
        self.breakers = self.env["l10n_in.irp.circuit.breaker"]
        row = self.breakers._find(environment, company.vat)
        self.breaker = Breaker(trips=row.trips)

    def run(self, progress):
        """Work until nothing is due, the portal fails, or the time is up.

        :param progress: takes how many results were stored; returns how many seconds
            are left.
        :return: the seconds that are left.
        """
        left = progress(0)
        try:
            while self._in_flight() or (left and not self._is_over):
                if left and self._may_send():
                    # errors in the chunk may have ended the run already
                    is_last = not transactions.with_retry(self.env, self._send_chunk)
                    self._is_over = self._is_over or is_last
                if stored := self._collect(self._wait_timeout(left)):
                    left = progress(stored)
        finally:
            for pool in self._pools.values():
                pool.close()
        self._store_log()
        for pool in self._pools.values():
            self.env["l10n_in.irp.session"]._store(pool.connection)
        return left

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def _in_flight(self):
        return sum(map(len, self._pools.values()))

    def _free_slots(self):
        """Return how many more calls may be in flight or ready."""
        if self.breaker.trips:
            # half open: a single call shows whether the portal is back
            return 1 - self._in_flight()
        calls = max((pool.size for pool in self._pools.values()), default=0)
        slots = CHUNK + calls - self._in_flight()
        # enough calls are waiting, and small chunks cost as much as large ones
        return slots if slots >= CHUNK // 2 else 0

    def _may_send(self):
        is_time = time.monotonic() >= self._slot
        return not self._is_over and is_time and self._free_slots() > 0

    def _wait_timeout(self, left):
        """Return the seconds to wait for an answer; None if there is nothing else to
        do."""
        if not left or self._is_over or self._free_slots() <= 0:
            return None
        return max(0, self._slot - time.monotonic())

    def _limit(self):
        """Return how many records may be claimed now.

        Where calls per minute are limited, this reserves their time among all workers;
        0 until it has come.
        """
        limit = min(CHUNK, self._free_slots())
        per_minute = self._per_minute
        if not per_minute:
            return limit
        if not self._reserved:
            self._reserved = max(1, min(limit, per_minute * SLOT // 60))
            wait = self.breakers._reserve(
                self.environment, self.company.vat, self._reserved, per_minute
            )
            self._slot = time.monotonic() + wait
        return min(limit, self._reserved) if time.monotonic() >= self._slot else 0

    def _claimable(self):
        """Return the domain of what this worker may claim."""
        if self._ids is None:
            return self.model._due_domain(self._started)
        return self.model._free_domain() & Domain("id", "in", self._ids)

    # ------------------------------------------------------------------
    # To the portal
    # ------------------------------------------------------------------

    def _send_chunk(self):
        """Claim, validate and commit the next records, and send them.

        There is a single commit, because a commit releases the locks of claimed
        records; until then all of it may be retried.
        """
        limit = self._limit()
        if not limit:
            return True
        batch = self.model._claim(
            self.company, self.environment, limit, self._claimable()
        )
        by_portal = batch._validate().grouped(lambda record: record._portal_address())
        calls = [self._mark_sending(*group) for group in by_portal.items()]
        transactions.commit(self.env)
        self._reserved = 0
        if self._ids is not None:
            self._ids = [id_ for id_ in self._ids if id_ not in set(batch.ids)]
        self._submit(calls)
        return bool(batch)

    def _mark_sending(self, address, records):
        """Store the intent of one portal's calls; return (pool, calls)."""
        connection = self._connected(address, records)
        if not connection:
            return None, []
        known = records._sendable_as(connection.account.gstin)
        calls = known._mark_sending(connection.base_url, self.number)
        return self._pools[address], calls

    def _submit(self, calls_by_pool):
        for pool, calls in calls_by_pool:
            for call in calls:
                pool.send(replace(call, session=pool.connection.client.session))
        if isinstance(self._log_in_error, IrpTransportError):
            # without a log-in there are no calls
            error = self._log_in_error
            breaker = replace(
                self.breaker, failures=circuit_breaker.THRESHOLD, error=error
            )
            self._pause(breaker, self._recall())

    def _connected(self, address, records):
        """Return a logged-in connection; None, with the reason on the records."""
        try:
            connection = self._pool(address).connection
            self.env["l10n_in.irp.session"]._ensure_valid(connection)
        except UserError as error:
            records._postpone(error)
        except IrpError as error:
            # one attempt only: the portal locks users after repeated wrong passwords
            records._postpone_log_in(error)
            self._log_in_error = error
            self._is_over = True
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

    # ------------------------------------------------------------------
    # From the portal
    # ------------------------------------------------------------------

    def _collect(self, timeout):
        """Store the results that have arrived, and follow them up.

        :return: how many results were stored.
        """
        if timeout and not self._in_flight():
            time.sleep(timeout)
        finished = []
        for pool in self._pools.values():
            if len(pool):
                back = pool.finished(0 if finished else timeout)
                finished += filter(None, (self._final(pool, *pair) for pair in back))
        if finished:
            self._store(finished)
        return len(finished)

    def _store(self, finished):
        """Store the results, then what they show of the portal's health."""
        before = self.breaker
        idle = self._watch(finished)
        results = {call.record_id: result for call, result in finished}
        self.model._store_results(results, self._log_rows())
        if self.breaker.is_open:
            self._pause(self.breaker, idle)
        elif before.trips and not self.breaker.trips:
            self.breakers._answered(self.environment, self.company.vat)

    def _final(self, pool, call, result):
        """Return a call with its final result; None if it is retried.

        Only a refused token is retried: the portal has processed nothing.
        """
        if isinstance(result, IrpError):
            return call, self._broken_off(call, result)
        if not isinstance(result.error, IrpTokenRefused):
            return call, result
        if call.repeated:
            return call, replace(result, error=refused_again(result.error))
        if error := self._renew_session(pool.connection, call.session):
            wait = policy.after_log_in(error, call.before["attempt"] + 1)
            return call, replace(result, error=error, wait=wait)
        session = pool.connection.client.session
        pool.send(replace(call, session=session, repeated=True))
        return None

    @staticmethod
    def _broken_off(call, error):
        """Return the result of a call that ended unforeseen: the record is looked
        up."""
        _function, request = call.operation
        attempt = call.before["attempt"] + 1
        transition = policy.after_look_up(error, attempt, age=request.age)
        state = transition.state
        if call.before["state"] == states.CANCELLING:
            is_unknown = state == states.UNKNOWN
            state = states.CANCELLING if is_unknown else states.CANCEL_UNCLEAR
        return Result(state, error=error, wait=transition.wait)

    def _renew_session(self, connection, refused):
        """Log in again, once for all calls whose token was refused.

        :return: the error, if that fails.
        """
        if self._log_in_error:
            return self._log_in_error
        present = connection.client.session
        # a portal may issue the same token again, as another session
        if present is not None and present is not refused:
            return None
        try:
            self.env["l10n_in.irp.session"]._renew(connection, refused)
        except IrpError as error:
            self._log_in_error = error
            self._is_over = True
        return self._log_in_error

    def _watch(self, finished):
        """Stop calling a portal that does not answer, or that refuses our user.

        :return: the calls that no thread has started, if the portal is paused.
        """
        for _call, result in finished:
            self.breaker = self.breaker.after(result.error)
            self._is_over |= isinstance(result.error, IrpAuthenticationError)
            if self.breaker.is_open:
                return self._recall()
        return []

    def _recall(self):
        self._is_over = True
        return [call for pool in self._pools.values() for call in pool.recall()]

    def _pause(self, breaker, idle):
        """Pause the portal; restore the records of calls not made."""
        self.model._withdraw(idle)
        if not self._is_paused:
            self._is_paused = True
            self.breakers._pause(self.environment, self.company.vat, breaker)

    def _log_rows(self):
        """Return the calls made since the last time, as rows of the log."""
        log = self.env["l10n_in.irp.log"]
        return [
            row
            for pool in self._pools.values()
            for row in log._rows(
                self.company, self.environment, pool.connection, self.model
            )
        ]

    def _store_log(self):
        """Store the calls made for no record, such as a failed log-in."""
        log = self.env["l10n_in.irp.log"]
        if rows := self._log_rows():
            log._commit_rows(rows)
