import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import wakeup
from ..guarded import GuardedModel
from ..res_company import IRP_ENVIRONMENTS
from ..rights import check_manager

_logger = logging.getLogger(__name__)

PING = "ping"


class L10nInIrpHealth(GuardedModel, models.Model):
    """The result of a portal's last health check; one row per address."""

    _name = "l10n_in.irp.health"
    _description = "IRP Health"
    _is_filled_by_code = True
    _order = "environment, base_url"
    _rec_name = "base_url"

    environment = fields.Selection(
        selection=IRP_ENVIRONMENTS, required=True, readonly=True
    )
    base_url = fields.Char(string="Portal", required=True, readonly=True)
    is_up = fields.Boolean(string="Responding", readonly=True)
    checked_at = fields.Datetime(string="Checked On", readonly=True)
    milliseconds = fields.Integer(string="Time (ms)", readonly=True)
    detail = fields.Char(readonly=True)
    clock_state = fields.Selection(
        selection=[("in_step", "In Step"), ("out_of_step", "Out of Step")],
        string="Clock",
        readonly=True,
        help="Whether this server's clock agrees with the portal's; empty: the portal "
        "did not send its time.",
    )
    clock_difference = fields.Integer(
        string="Clock Difference (s)",
        readonly=True,
        help="Seconds by which the portal's clock is ahead of this server's; negative "
        "if it is behind.",
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        compute="_compute_company_ids",
        search="_search_company_ids",
        help="Those whose credential names the address; empty: everybody's.",
    )

    _unique_portal = models.UniqueIndex("(environment, base_url)")

    def _compute_company_ids(self):
        credentials = self._credentials()
        naming = credentials.grouped("base_url")
        for row in self:
            row.company_ids = naming.get(row.base_url, credentials.browse()).company_id

    def _search_company_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies = self.env["res.company"].sudo().browse(value)
        credentials = self._credentials()
        # branches use their parent company's
        ours = credentials.filtered(lambda one: companies.parent_ids & one.company_id)
        theirs = set(credentials.mapped("base_url")) - set(ours.mapped("base_url"))
        return [("base_url", "not in", list(theirs))]

    def _credentials(self):
        credentials = self.env["l10n_in.irp.credential"].sudo()
        return credentials.search([("base_url", "!=", False)])

    @api.model
    def _cron_check(self):
        """Check every portal that a company uses; resume paused calls."""
        for company in self.env["res.company"]._l10n_in_irp_registering():
            try:
                self._check(company)
            except UserError as error:
                # the portals of the others are checked all the same
                _logger.info("portal of %s not checked: %s", company.vat, error)

    def _check(self, companies):
        for company in companies:
            environment = company.l10n_in_irp_environment
            main, *others = company._l10n_in_irp_addresses(environment) or [""]
            self._check_at(company, environment, main)
            for address in others:
                try:
                    self._check_at(company, environment, address)
                except UserError as error:
                    _logger.info(
                        "%s of %s not checked: %s", address, company.vat, error
                    )

    def _check_at(self, company, environment, base_url):
        if self._ask(company, environment, base_url).is_up:
            self._half_open(company, environment, base_url)

    def _half_open(self, company, environment, base_url):
        """Let the queue try again: the portal is reachable."""
        breakers = self.env["l10n_in.irp.circuit.breaker"]
        line = breakers._find(environment, company.vat, base_url)
        if line.open_until and line.trips:
            line.open_until = fields.Datetime.now()
            wakeup.wake(self.env)

    @api.model
    def _ask(self, company, environment, base_url=""):
        """Check the health of a company's portal in an environment.

        :param base_url: its address; by default that of the main one.
        :return: the row, empty without a usable credential, and where the portal has
            no such service.
        """
        credentials = self.env["l10n_in.irp.credential"]
        credential = credentials._find_at(company, environment, base_url)
        if environment != "demo" and not credential:
            return self
        connection = company._l10n_in_irp_connect(
            environment, credential, base_url=base_url, force=True
        )
        if not connection.client.offers(PING):
            return self
        health = connection.client.ping()
        self.env["l10n_in.irp.log"]._record(company, environment, connection)
        portal = company._l10n_in_irp_portal(environment, connection.base_url)
        return self._store(portal, connection.base_url, health)

    def _store(self, portal, base_url, health):
        """Store the result of a check; return its row, empty if nothing was asked.

        :param portal: `irp.reference.profiles.Environment` of the address.
        """
        if not health.is_asked:
            return self.browse()
        keys = {"environment": portal.name, "base_url": base_url}
        row = self.sudo().search([(name, "=", value) for name, value in keys.items()])
        values = {
            "is_up": health.ok,
            "checked_at": fields.Datetime.now(),
            "milliseconds": health.milliseconds,
            "detail": health.detail or False,
            **self._clock_values(portal.clock_tolerance, health.clock_difference),
        }
        if row:
            row.write(values)
        else:
            row = row.create({**keys, **values})
        if warning := row._clock_warning():
            _logger.warning("%s: %s", base_url, warning)
        return row

    @staticmethod
    def _clock_values(tolerance, difference):
        """Return field values for a clock difference; None: it was not measured."""
        if difference is None:
            return {"clock_state": False, "clock_difference": 0}
        is_off = abs(difference) >= tolerance
        return {
            "clock_state": "out_of_step" if is_off else "in_step",
            "clock_difference": int(difference.total_seconds()),
        }

    def _clock_warning(self):
        """Return what to do about a clock that is out of step; "" if none is."""
        if self.clock_state != "out_of_step":
            return ""
        is_slow = self.clock_difference > 0
        return self.env._(
            "This server's clock is %(seconds)s seconds %(direction)s the portal's. "
            "Synchronise it by NTP with a time server of NIC or NPL, as CERT-In "
            "directs: time limits and tokens depend on it.",
            seconds=abs(self.clock_difference),
            direction=self.env._("behind") if is_slow else self.env._("ahead of"),
        )

    def action_check(self):
        """Check again every portal of the companies that the user has selected.

        :raises AccessError: the user manages neither e-invoicing nor Odoo.
        :raises UserError: none of their portals has a health check.
        """
        if not self.env.user.has_group("base.group_system"):
            check_manager(self.env)
        used = self.env["res.company"]._l10n_in_irp_registering()
        used &= self.env.companies
        asked = used.filtered(lambda company: company._l10n_in_irp_offers(PING))
        if used and not asked:
            used[0]._l10n_in_irp_check_offers(PING)
        self._check(asked)
        return True
