from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...irp.operations import Breaker, circuit_breaker
from .. import locks, wakeup
from ..res_company import IRP_ENVIRONMENTS
from .error_messages import ErrorMessages


class L10nInIrpCircuitBreaker(models.Model):
    """What all workers have to know before they call a portal for a GSTIN.

    Whether it is left alone for a while, and how many calls may still be made. Written
    in short transactions of its own, so that no worker waits for another's.
    """

    _name = "l10n_in.irp.circuit.breaker"
    _description = "API Hold"
    _order = "environment, gstin"
    _rec_name = "gstin"

    environment = fields.Selection(
        selection=IRP_ENVIRONMENTS, required=True, readonly=True
    )
    gstin = fields.Char(string="GSTIN", required=True, readonly=True)
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        compute="_compute_company_ids",
        search="_search_company_ids",
        help="Companies with this GSTIN; branches may share one.",
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

    @api.depends("gstin")
    def _compute_company_ids(self):
        companies = self.env["res.company"].sudo().search([("vat", "!=", False)])
        bearers = companies.grouped("vat")
        for line in self:
            line.company_ids = bearers.get(line.gstin)

    def _search_company_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies = self.env["res.company"].sudo().browse(value)
        return [("gstin", "in", companies.filtered("vat").mapped("vat"))]

    def _open_lines(self):
        """The lines that are paused now."""
        return self.sudo().search([("open_until", ">", fields.Datetime.now())])

    def _find(self, environment, gstin):
        return self.sudo().search(
            [("environment", "=", environment), ("gstin", "=", gstin)]
        )

    @api.model
    def _change(self, environment, gstin, **values):
        """Write what is known of a line, at once and for all workers."""
        with self._alone(environment, gstin) as line:
            line.write(values)

    @contextmanager
    def _alone(self, environment, gstin):
        """A line, in a transaction in which nobody else changes it."""
        keys = {"environment": environment, "gstin": gstin}
        task = f"line {environment} {gstin}"
        with locks.exclusive(self.env, task) as env:
            lines = self.with_env(env).sudo()
            yield lines._find(environment, gstin) or lines.create(keys)
        self.invalidate_model()

    @api.model
    def _pause(self, environment, gstin, breaker):
        """Leave the portal alone for a while.

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
        """Leave the portal alone for another while: its health check failed."""
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
        """The portal answers again."""
        self._change(environment, gstin, open_until=False, reason=False, trips=0)

    @api.model
    def _pause_shared(self, environment, gstin, error):
        """Pause calls: another program uses the API user, as an error says."""
        self._change(
            environment,
            gstin,
            open_until=fields.Datetime.now() + circuit_breaker.SHARED_PAUSE,
            reason=ErrorMessages(self.env).describe(error).full,
        )

    @api.model
    def _reserve(self, environment, gstin, calls, per_minute):
        """Reserve the time for some calls, among all workers.

        :return: seconds until they may start.
        """
        with self._alone(environment, gstin) as line:
            now = fields.Datetime.now()
            start = max(now, line.next_slot_at or now)
            line.next_slot_at = fields.Datetime.add(
                start, seconds=round(60 * calls / per_minute)
            )
        return (start - now).total_seconds()

    @api.model
    def _reset(self, credential):
        """Forget what was met with a credential that has been corrected."""
        line = self._find(credential.environment, credential.gstin)
        line.write({"open_until": False, "reason": False, "trips": 0})

    def action_resume(self):
        """Do not wait any longer: take up the queue now.

        :raises AccessError: the user makes no invoices, or not under this GSTIN.
        """
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only Invoicing users can end an API hold."))
        self.check_access("read")
        for line in self.sudo():
            self._answered(line.environment, line.gstin)
        wakeup.wake(self.env)
