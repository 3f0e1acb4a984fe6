from contextlib import contextmanager

from odoo import api, fields, models

from ...irp.operations import Breaker, circuit_breaker
from .. import locks, wakeup
from ..res_company import IRP_ENVIRONMENTS
from ..rights import check_user
from .error_messages import ErrorMessages
from .per_gstin import PerGstinModel


class L10nInIrpCircuitBreaker(PerGstinModel, models.Model):
    """The pauses and call rate of a GSTIN at a portal, shared by all workers.

    Written in short separate transactions, so that no worker waits for another's.
    """

    _name = "l10n_in.irp.circuit.breaker"
    _description = "API Hold"
    _is_filled_by_code = True
    _order = "environment, gstin"
    _rec_name = "gstin"

    environment = fields.Selection(
        selection=IRP_ENVIRONMENTS, required=True, readonly=True
    )
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
    next_slot_at = fields.Datetime(
        string="Next Call From",
        readonly=True,
        help="Used if calls per minute are limited.",
    )

    _unique_line = models.UniqueIndex("(environment, gstin)")

    def _paused_breakers(self):
        """Return the circuit breakers that are paused now."""
        return self.sudo().search([("open_until", ">", fields.Datetime.now())])

    def _find(self, environment, gstin):
        return self.sudo().search(
            [("environment", "=", environment), ("gstin", "=", gstin)]
        )

    @api.model
    def _change(self, environment, gstin, **values):
        """Write values at once and for all workers."""
        with self._locked(environment, gstin) as breaker:
            breaker.write(values)

    @contextmanager
    def _locked(self, environment, gstin):
        """Yield a circuit breaker in a transaction in which nobody else changes it."""
        keys = {"environment": environment, "gstin": gstin}
        task = f"line {environment} {gstin}"
        with locks.exclusive(self.env, task) as env:
            breakers = self.with_env(env).sudo()
            yield breakers._find(environment, gstin) or breakers.create(keys)
        self.invalidate_model()

    @api.model
    def _pause(self, environment, gstin, breaker):
        """Pause calls to the portal.

        :param breaker: `irp.operations.circuit_breaker.Breaker`, which has opened.
        """
        message = ErrorMessages(self.env).describe(breaker.error)
        self._change(
            environment,
            gstin,
            open_until=fields.Datetime.now() + breaker.pause,
            reason=message.text,
            trips=breaker.trips + 1,
        )

    def _prolong(self):
        """Pause calls again: the portal's health check failed."""
        self.ensure_one()
        pause = Breaker(trips=self.trips).pause
        self._change(
            self.environment,
            self.gstin,
            open_until=fields.Datetime.now() + pause,
            trips=self.trips + 1,
        )

    @api.model
    def _answered(self, environment, gstin):
        """End the pause: the portal answers again."""
        self._change(environment, gstin, open_until=False, reason=False, trips=0)

    @api.model
    def _pause_shared(self, environment, gstin, error):
        """Pause calls: the error says that another program uses the API user."""
        self._change(
            environment,
            gstin,
            open_until=fields.Datetime.now() + circuit_breaker.SHARED_PAUSE,
            reason=ErrorMessages(self.env).describe(error).full,
        )

    @api.model
    def _reserve(self, environment, gstin, calls, per_minute):
        """Reserve time for calls, shared by all workers.

        :return: seconds until they may start.
        """
        with self._locked(environment, gstin) as breaker:
            now = fields.Datetime.now()
            start = max(now, breaker.next_slot_at or now)
            breaker.next_slot_at = fields.Datetime.add(
                start, seconds=round(60 * calls / per_minute)
            )
        return (start - now).total_seconds()

    @api.model
    def _reset(self, credential):
        """End the pause of a credential that has been corrected."""
        breaker = self._find(credential.environment, credential.gstin)
        breaker.write({"open_until": False, "reason": False, "trips": 0})

    def action_resume(self):
        """End the pause and process the queue now.

        :raises AccessError: the user makes no invoices, or not under this GSTIN.
        """
        check_user(self.env)
        self.check_access("read")
        for breaker in self.sudo():
            self._answered(breaker.environment, breaker.gstin)
        wakeup.wake(self.env)
