"""A worker's calls to one portal: session, threads, circuit breaker and rate.

Portals do not know of one another: what happens at one ends no calls to another.
"""

import time
from dataclasses import replace

from odoo import fields
from odoo.exceptions import UserError

from ....irp import (
    IrpAuthenticationError,
    IrpError,
    IrpTokenRefused,
    IrpTransportError,
)
from ....irp.operations import Breaker, Result, circuit_breaker, policy, states
from ...portal.call_pool import CallPool
from ...portal.limits.seats import PATIENCE, Seats
from ...portal.res_company import DEMO_CALLS

# Records per claim and commit, and the most that may wait for a free thread. Each chunk
# reads company, taxes and partners again, which takes as long as several invoices.
CHUNK = 50
# where calls per minute are limited: the seconds reserved at a time
SLOT = 5


class Line:
    """The calls of one run to the portal at an address.

    :ivar of_ewb: whether it calls the e-way bill system of the portal.
    :ivar is_over: it takes no more calls in this run.
    :ivar down_since: since when the portal has not answered; None if it does.
    :ivar has_answered: it has answered in this run, if only with a refusal.
    """

    def __init__(
        self,
        company,
        environment,
        address,
        *,
        of_ewb=False,
        is_watched=False,
        wanted=None,
    ):
        """Open the line; makes no call.

        :param of_ewb: to the e-way bill system that belongs to the portal, in a
            session there: neither waits for the other if it is down.
        :param wanted: how many calls a person asks for; None: a lane, which makes all
            that the portal allows.
        :param is_watched: another portal may take over: after an earlier failure, a
            single call shows whether this one is back.
        """
        self.env = company.env
        self.company = company
        self.environment = environment
        self.address = address
        self.breakers = self.env["l10n_in.irp.circuit.breaker"]
        self.credential = self.env["l10n_in.irp.credential"]._find_at(
            company, environment, address
        )
        self.of_ewb = of_ewb
        credential = self.credential.sudo()
        place = credential._ewb_place() if of_ewb else address
        self.portal = (environment, company.vat, place)
        # a GSP with one address may count the calls to both of its systems together
        called = credential.ewb_base_url if of_ewb else address
        self._counted = (environment, company.vat, called)
        self._open_breaker(is_watched)
        self._per_minute = credential.calls_per_minute
        calls = credential.calls or DEMO_CALLS
        self.seats = Seats(self.env, self.portal, calls, wanted=wanted)
        self._is_urgent = wanted is not None
        self._gives_up_at = time.monotonic() + PATIENCE
        self._reserved = 0
        self._slot = time.monotonic()
        self._reservation = None
        self.pool: CallPool | None = None
        self.is_over = False
        self.has_answered = False
        self._is_paused = False
        self._log_in_error: IrpError | None = None

    def _open_breaker(self, is_watched):
        row = self.breakers._find(*self.portal)
        self.down_since = row.down_since or None
        self._is_marked = bool(row.trips or row.down_since)
        self.breaker = Breaker(trips=row.trips or int(is_watched and self._is_marked))

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def __len__(self):
        """Return how many calls are in flight."""
        return 0 if self.pool is None else len(self.pool)

    def __bool__(self):
        return True

    def has_room(self):
        """Return whether records may be claimed for it now."""
        return time.monotonic() >= self._slot and self._free_slots() > 0

    def seconds_to_slot(self):
        """Return how long to wait for reserved time; None if none is reserved."""
        if not self._reserved or self._free_slots() <= 0:
            return None
        return max(0, self._slot - time.monotonic())

    def share(self):
        """Take calls in flight that are free, or give up some for those who wait.

        :return: whether it may make calls since now, or never will: nobody who waits
            waits longer than `PATIENCE`.
        """
        before = len(self.seats), self.is_over
        if self.seats.is_due():
            allowed = 0 if self.is_over else self.seats.allowed()
            self.seats.hold(allowed, self._resize(allowed))
            self._resize(allowed)
            is_late = self._is_urgent and time.monotonic() >= self._gives_up_at
            self.is_over |= is_late and not len(self.seats)
        return not before[0] and (len(self.seats), self.is_over) != before

    def _resize(self, allowed):
        """Make no more calls than seats are held and allowed; return how many are in
        flight."""
        size = min(allowed, len(self.seats))
        return 0 if self.pool is None else self.pool.resize(size)

    def has_idle_seats(self):
        """Return whether it holds seats without a call, or waits for one."""
        held = len(self.seats)
        return not self.is_over and (not held or len(self) < held)

    def release(self):
        """Give up reserved time that has come: there is nothing to call about."""
        if time.monotonic() >= self._slot:
            self._reserved = 0

    def _give_back(self):
        """Free reserved time that the run has ended before: others may use it."""
        if self._reserved and time.monotonic() < self._slot:
            self.breakers._give_back(
                self._counted, self._reservation, self._reserved, self._per_minute
            )
        self._reserved = 0

    def _free_slots(self):
        """Return how many more calls may be in flight or ready."""
        if self.is_over or not len(self.seats):
            return 0
        if self.breaker.trips:
            # half open: a single call shows whether the portal is back
            return 1 - len(self)
        slots = CHUNK - len(self)
        if self.pool is not None:
            slots += self.pool.size
        # enough calls are waiting, and small chunks cost as much as large ones
        return slots if slots >= CHUNK // 2 else 0

    def limit(self):
        """Return how many records may be claimed for it now.

        Where calls per minute are limited, this reserves their time among all workers;
        0 until it has come.
        """
        limit = min(CHUNK, self._free_slots())
        per_minute = self._per_minute
        if not per_minute or limit <= 0:
            return max(0, limit)
        if not self._reserved:
            self._reserved = max(1, min(limit, per_minute * SLOT // 60))
            slot = self.breakers._reserve(self._counted, self._reserved, per_minute)
            wait, self._reservation = slot.wait, slot
            self._slot = time.monotonic() + wait
            if self._is_urgent and wait > PATIENCE:
                # left to the lanes
                self._give_back()
                self.is_over = True
                return 0
        return min(limit, self._reserved) if time.monotonic() >= self._slot else 0

    # ------------------------------------------------------------------
    # To the portal
    # ------------------------------------------------------------------

    def mark_sending(self, records, number):
        """Store the intent of calls about records; return the calls.

        :param number: of the worker.
        """
        if not records:
            return []
        try:
            connection = self._connect()
        except UserError as error:
            records._postpone(error)
        except IrpError as error:
            # one attempt only: the portal locks users after repeated wrong passwords
            records._postpone_log_in(error, self.address)
            self._end(error)
        else:
            known = records._sendable_as(connection.account.gstin)
            address = self.address if self.of_ewb else connection.base_url
            return known._mark_sending(address, number)
        return []

    def is_usable(self):
        """Return whether it has a live session; if not, it is over, and the reason is
        on the credential or the circuit breaker."""
        try:
            self._connect()
        except UserError:
            self.is_over = True
        except IrpError as error:
            if isinstance(error, IrpAuthenticationError) and self.credential:
                self.credential._block(error)
            self._end(error)
            if breaker := self.log_in_failure():
                self.pause(breaker)
        return not self.is_over

    def is_paused(self):
        """Return whether its calls are on hold now."""
        return self.breakers._find(*self.portal)._is_paused()

    def _connect(self):
        """Return a logged-in connection.

        :raises UserError: the credential is not usable.
        :raises IrpError: the log-in failed.
        """
        if self.pool is None:
            connect = self.company._l10n_in_irp_connect
            if self.of_ewb:
                connect = self.company._l10n_in_irp_connect_ewb
            connection = connect(self.environment, base_url=self.address, renews=False)
            self.pool = CallPool(connection, len(self.seats))
        self.env["l10n_in.irp.session"]._ensure_valid(self.pool.connection)
        return self.pool.connection

    def _end(self, error):
        self._log_in_error = error
        self.is_over = True

    def submit(self, calls):
        """Make calls whose intent is committed."""
        self._reserved = 0
        for call in calls:
            session = self.pool.connection.client.session
            self.pool.send(replace(call, session=session))

    def log_in_failure(self):
        """Return the opened breaker if there was no answer to a log-in, else None:
        without a log-in there are no calls."""
        if not isinstance(self._log_in_error, IrpTransportError):
            return None
        self.down_since = self.down_since or fields.Datetime.now()
        failures, error = circuit_breaker.THRESHOLD, self._log_in_error
        return replace(self.breaker, failures=failures, error=error)

    # ------------------------------------------------------------------
    # From the portal
    # ------------------------------------------------------------------

    def finished(self):
        """Return the calls that have ended, as (call, result)."""
        if not len(self):
            return []
        back = (self._final(*pair) for pair in self.pool.finished())
        return list(filter(None, back))

    def _final(self, call, result):
        """Return a call with its final result; None if it is retried.

        Only a refused token is retried: the portal has processed nothing.
        """
        if isinstance(result, IrpError):
            return call, self._broken_off(call, result)
        if not isinstance(result.error, IrpTokenRefused):
            return call, result
        if call.repeated:
            error = self.pool.connection.client.refused_again(result.error)
            return call, replace(result, error=error)
        if error := self._renew_session(call.session):
            wait = policy.after_log_in(error, call.before["attempt"] + 1)
            return call, replace(result, error=error, wait=wait)
        session = self.pool.connection.client.session
        self.pool.send(replace(call, session=session, repeated=True))
        return None

    @staticmethod
    def _broken_off(call, error):
        """Return the result of a call that ended unforeseen: the record is looked
        up."""
        _function, request = call.operation
        attempt = call.before["attempt"] + 1
        transition = policy.after_look_up(
            error, attempt, age=request.age, window=request.window
        )
        state = transition.state
        if call.before["state"] == states.CANCELLING:
            is_unknown = state == states.UNKNOWN
            state = states.CANCELLING if is_unknown else states.CANCEL_UNCLEAR
        return Result(state, error=error, wait=transition.wait)

    def _renew_session(self, refused):
        """Log in again, once for all calls whose token was refused.

        :return: the error, if that fails.
        """
        if self._log_in_error:
            return self._log_in_error
        connection = self.pool.connection
        present = connection.client.session
        # a portal may issue the same token again, as another session
        if present is not None and present is not refused:
            return None
        try:
            self.env["l10n_in.irp.session"]._renew(connection, refused)
        except IrpError as error:
            self._end(error)
        return self._log_in_error

    # ------------------------------------------------------------------
    # Its health
    # ------------------------------------------------------------------

    def watch(self, results):
        """Stop calling a portal that does not answer, or that refuses our user.

        :return: the calls that no thread has started, if the portal is paused.
        """
        for result in results:
            self.breaker = self.breaker.after(result.error)
            self.is_over |= isinstance(result.error, IrpAuthenticationError)
            if self.breaker.is_down:
                self.down_since = self.down_since or fields.Datetime.now()
            else:
                self.has_answered = True
                self.down_since = None
            if self.breaker.is_open:
                return self.recall()
        return []

    def recall(self):
        """End the line; return the calls that no thread has started."""
        self.is_over = True
        return [] if self.pool is None else self.pool.recall()

    def store_health(self):
        """Share what the stored results show of the portal's health."""
        if self.breaker.is_open:
            self.pause(self.breaker)
        elif self._is_marked and self.has_answered and not self.breaker.failures:
            self._is_marked = False
            self.breakers._answered(self.portal)

    def pause(self, breaker):
        """Pause the portal for all workers, once."""
        if not self._is_paused:
            self._is_paused = self._is_marked = True
            self.breakers._pause(self.portal, breaker, self.down_since)

    def close(self):
        """End the threads; calls under way are waited for."""
        if self.pool is not None:
            self.pool.close()
        self.seats.close()

    def finish(self):
        """Share the session, the time not used, and since when the portal has not
        answered."""
        self._give_back()
        if self.down_since and not self._is_marked:
            self.breakers._mark_down(self.portal, self.down_since)
        if self.pool is not None:
            self.env["l10n_in.irp.session"]._store(self.pool.connection)
