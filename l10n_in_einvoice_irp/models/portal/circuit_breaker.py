from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools.sql import column_exists, table_exists

from ...irp.operations import Breaker, circuit_breaker
from .. import locks, wakeup
from ..clock import now_utc, utc
from ..res_company import IRP_ENVIRONMENTS
from ..rights import check_user
from .error_messages import ErrorMessages
from .per_gstin import PerGstinModel

# Seconds in which the calls of a minute are made: they reach the portal up to two
# seconds after their time, and more may not begin within any sixty.
MINUTE = 62


class Slot(NamedTuple):
    """Time reserved for calls.

    :ivar wait: seconds until they may start.
    :ivar ends: from when the next calls may start; naive, UTC.
    """

    wait: float
    ends: datetime


class L10nInIrpCircuitBreaker(PerGstinModel, models.Model):
    """The pauses and call rate of a GSTIN at one portal, shared by all workers.

    Portals are independent: one that is down stops no call to another. Written in short
    separate transactions, so that no worker waits for another's.
    """

    _name = "l10n_in.irp.circuit.breaker"
    _description = "API Hold"
    _is_filled_by_code = True
    _order = "environment, gstin, base_url"
    _rec_name = "gstin"

    environment = fields.Selection(
        selection=IRP_ENVIRONMENTS, required=True, readonly=True
    )
    base_url = fields.Char(string="Portal", required=True, readonly=True)
    open_until = fields.Datetime(
        string="On Hold Until",
        readonly=True,
        help="No automatic API calls until then; after that, the portal is checked "
        "first.",
    )
    reason = fields.Char(readonly=True)
    trips = fields.Integer(
        string="Consecutive Holds",
        readonly=True,
        help="Number of holds since the portal last responded.",
    )
    down_since = fields.Datetime(
        readonly=True,
        help="Since when no call has got a response. From here the time counts after "
        "which a stand-by portal takes over. A refused login or a rate limit is a "
        "response.",
    )
    next_slot_at = fields.Datetime(
        string="Next Call From",
        readonly=True,
        help="Used if calls per minute are limited.",
    )
    served_at = fields.Datetime(
        string="Last Processed On",
        readonly=True,
        help="When the scheduled actions last processed records of this GSTIN. The "
        "GSTIN that has waited longest comes next.",
    )

    _unique_line = models.UniqueIndex("(environment, gstin, base_url)")

    def _auto_init(self):
        cr = self.env.cr
        if table_exists(cr, self._table) and not column_exists(
            cr, self._table, "base_url"
        ):
            # of no known portal; a pause that still applies is made again
            cr.execute("DELETE FROM l10n_in_irp_circuit_breaker")
        return super()._auto_init()

    def _paused_breakers(self):
        """Return the circuit breakers that are paused now."""
        return self.sudo().search([("open_until", ">", fields.Datetime.now())])

    def _find(self, environment, gstin, base_url):
        return self.sudo().search(
            [
                ("environment", "=", environment),
                ("gstin", "=", gstin),
                ("base_url", "=", base_url),
            ]
        )

    def _is_paused(self):
        """Return whether calls are on hold now; not if there is no breaker."""
        return bool(self.open_until) and self.open_until > fields.Datetime.now()

    @api.model
    def _change(self, portal, **values):
        """Write values at once and for all workers.

        :param portal: environment, GSTIN and address.
        """
        with self._locked(*portal) as breaker:
            breaker.write(values)

    @contextmanager
    def _locked(self, environment, gstin, base_url):
        """Yield a circuit breaker in a transaction in which nobody else changes it."""
        keys = {"environment": environment, "gstin": gstin, "base_url": base_url}
        task = f"line {environment} {gstin} {base_url}"
        with locks.exclusive(self.env, task) as env:
            breakers = self.with_env(env).sudo()
            yield breakers._find(**keys) or breakers.create(keys)
        self.invalidate_model()

    @api.model
    def _pause(self, portal, breaker, down_since=None):
        """Pause calls to a portal.

        :param portal: environment, GSTIN and address.
        :param breaker: `irp.operations.circuit_breaker.Breaker`, which has opened.
        :param down_since: since when it has not answered; None if it has.
        """
        message = ErrorMessages(self.env).describe(breaker.error)
        with self._locked(*portal) as row:
            row.write(
                {
                    "open_until": fields.Datetime.now() + breaker.pause,
                    "reason": message.text,
                    "trips": breaker.trips + 1,
                    "down_since": down_since and (row.down_since or down_since),
                }
            )

    def _prolong(self):
        """Pause calls again: the portal's health check failed."""
        self.ensure_one()
        now = fields.Datetime.now()
        self._change(
            self._portal(),
            open_until=now + Breaker(trips=self.trips).pause,
            trips=self.trips + 1,
            down_since=self.down_since or now,
        )

    def _portal(self):
        """Return environment, GSTIN and address."""
        return self.environment, self.gstin, self.base_url

    @api.model
    def _mark_down(self, portal, since):
        """Note since when a portal has not answered, if that is not noted yet."""
        with self._locked(*portal) as row:
            row.down_since = row.down_since or since

    @api.model
    def _answered(self, portal):
        """End the pause: the portal answers again."""
        self._change(portal, **self._cleared())

    @api.model
    def _cleared(self):
        return {"open_until": False, "reason": False, "trips": 0, "down_since": False}

    @api.model
    def _pause_shared(self, portal, error):
        """Pause calls: the error says that another program uses the API user."""
        self._change(
            portal,
            open_until=fields.Datetime.now() + circuit_breaker.SHARED_PAUSE,
            reason=ErrorMessages(self.env).describe(error).full,
        )

    @api.model
    def _reserve(self, portal, calls, per_minute):
        """Reserve time for calls to a portal, shared by all workers.

        :return: `Slot`.
        """
        with self._locked(*portal) as breaker:
            now = utc(now_utc())
            start = max(now, breaker.next_slot_at or now)
            ends = start + self._time_of(calls, per_minute)
            breaker.next_slot_at = ends
        return Slot((start - now).total_seconds(), ends)

    @api.model
    def _give_back(self, portal, slot, calls, per_minute):
        """Free the time reserved for calls that are not made, unless others have
        reserved what follows it."""
        with self._locked(*portal) as breaker:
            if breaker.next_slot_at == slot.ends:
                breaker.next_slot_at -= self._time_of(calls, per_minute)

    @api.model
    def _time_of(self, calls, per_minute):
        return timedelta(seconds=MINUTE * calls / per_minute)

    @api.model
    def _served(self):
        """Return (environment, GSTIN) -> when its last turn ended, and from when its
        calls per minute allow the next call; None if neither applies."""
        names = ["served_at:max", "next_slot_at:max"]
        groups = self.sudo()._read_group([], ["environment", "gstin"], names)
        return {(environment, gstin): times for environment, gstin, *times in groups}

    @api.model
    def _reset(self, credential, *, of_ewb=False):
        """End the pause of a credential that has been corrected.

        :param of_ewb: that of the e-way bill system.
        """
        place = credential._ewb_place() if of_ewb else credential.base_url
        breaker = self._find(credential.environment, credential.gstin, place)
        breaker.write(self._cleared())

    def action_resume(self):
        """End the pause and process the queue now.

        :raises AccessError: the user makes no invoices, or not under this GSTIN.
        """
        check_user(self.env)
        self.check_access("read")
        for breaker in self.sudo():
            # how long it has been down is for the portal to end
            breaker._change(breaker._portal(), open_until=False, reason=False, trips=0)
        wakeup.wake(self.env)
        return True
