import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...irp import IrpError, IrpRejected
from .. import transactions
from ..clock import indian_today
from ..guarded import refuse
from ..res_company import SELDOM_READ
from ..rights import MANAGER

_logger = logging.getLogger(__name__)

# How far back to catch up on missed nights; the portal lists no older days.
MOST_DAYS = 7
REJECTED_UNTIL = "l10n_in_irp_rejected_until"


class ResCompany(models.Model):
    """The company's IRNs that the GST system rejected."""

    _inherit = "res.company"

    l10n_in_irp_rejected_until = fields.Date(
        string="Rejected IRNs Fetched Until",
        compute="_compute_l10n_in_irp_rejected_until",
        store=True,
        readonly=False,
        copy=False,
        prefetch=SELDOM_READ,
        help="The last day whose list of rejected IRNs was fetched from the portal of "
        "the current environment.",
    )

    @api.depends("l10n_in_irp_environment")
    def _compute_l10n_in_irp_rejected_until(self):
        """Start over in another environment, which has separate lists."""
        self.l10n_in_irp_rejected_until = False

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        self._l10n_in_irp_check_outside({name for vals in vals_list for name in vals})
        return super().create(vals_list)

    def write(self, vals):
        # EXTENDS 'base'
        self._l10n_in_irp_check_outside(vals)
        return super().write(vals)

    @api.model
    def _l10n_in_irp_check_outside(self, names):
        """Refuse another day: IRNs rejected before it would never be noticed.

        :raises AccessError: the caller is not our code.
        """
        if not self.env.su and REJECTED_UNTIL in names:
            refuse(self.env, self, [REJECTED_UNTIL])

    def _l10n_in_irp_fetch_rejected(self):
        """Fetch the rejected IRNs and report them; an error is logged and stops
        nothing. Portals without such lists are not asked.

        A day that one of the portals has not listed is asked for again, at all of them.
        """
        self.ensure_one()
        environment = self.l10n_in_irp_environment
        days = self._l10n_in_irp_rejection_days()
        addresses = self._l10n_in_irp_rejecting_addresses(environment, days[:1])
        irns, listed = set(), days if addresses else []
        for address in addresses:
            found = self._l10n_in_irp_rejected_at(environment, address, days)
            irns = irns.union(*found.values())
            listed = [day for day in listed if day in found]
        if listed:
            self.sudo().l10n_in_irp_rejected_until = listed[-1]
        self._l10n_in_irp_report_rejected(environment, irns)
        transactions.commit(self.env)

    def _l10n_in_irp_rejected_at(self, environment, address, days):
        """Return day -> the IRNs that one portal lists, up to its first error."""
        connection, found = None, {}
        try:
            connection = self._l10n_in_irp_connect(environment, base_url=address)
            self.env["l10n_in.irp.session"]._ensure_valid(connection)
            for day in days:
                found[day] = rejected_irns(connection.client, day)
        except (IrpError, UserError) as error:
            _logger.info("rejected IRNs of %s at %s: %s", self.vat, address, error)
        self.env["l10n_in.irp.log"]._record(self, environment, connection)
        return found

    # ------------------------------------------------------------------
    # Days and portals
    # ------------------------------------------------------------------

    def _l10n_in_irp_rejection_days(self):
        """Return the days that are over in India and not fetched yet, oldest first; all
        that the portal lists, if none was fetched."""
        today = indian_today()
        first = today - timedelta(days=MOST_DAYS)
        if fetched := self.l10n_in_irp_rejected_until:
            first = max(first, fetched + timedelta(days=1))
        return [first + timedelta(days=past) for past in range((today - first).days)]

    def _l10n_in_irp_rejecting_addresses(self, environment, first_days):
        """Return the portals to ask for rejected IRNs: the main one, and others that
        have registered something shortly before.

        :param first_days: the first day to ask about; none if there is none.
        """
        main = self._l10n_in_irp_address(environment)
        others = [
            address
            for address in self._l10n_in_irp_addresses(environment)
            for day in first_days
            if address != main
            and self._l10n_in_irp_has_registered_at(environment, address, day)
        ]
        return [
            address
            for address in (main, *others)
            if self._l10n_in_irp_offers("get_rejected_irns", environment, address)
        ]

    def _l10n_in_irp_has_registered_at(self, environment, address, day):
        """Return whether a portal has issued IRNs that may be rejected on a day."""
        since = day - timedelta(days=MOST_DAYS)
        domain = [
            ("environment", "=", environment),
            ("gstin", "=", self.vat),
            ("base_url", "=", address),
            ("ack_date", ">=", fields.Datetime.to_datetime(since)),
        ]
        documents = self.env["l10n_in.irp.document"].sudo()
        return bool(documents.search_count(domain, limit=1))

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    def _l10n_in_irp_report_rejected(self, environment, irns):
        """Report rejected IRNs: on their invoices, or to an accountant if Odoo does not
        know them."""
        documents = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search([("irn", "in", list(irns)), ("environment", "=", environment)])
        )
        for document in documents:
            document._remind_of_rejection()
        unknown = irns - set(documents.mapped("irn"))
        if news := self._l10n_in_irp_unreported(sorted(unknown)):
            self._l10n_in_irp_report_unknown(environment, news)

    def _l10n_in_irp_unreported(self, irns):
        """Return the IRNs that no activity of the company reports, done or not."""
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        about = Domain("res_model", "=", "res.partner")
        about &= Domain("res_id", "=", self.partner_id.id)
        about &= Domain.OR(Domain("note", "like", irn) for irn in irns)
        notes = activities.search(about).mapped("note")
        return [irn for irn in irns if not any(irn in note for note in notes)]

    def _l10n_in_irp_report_unknown(self, environment, irns):
        self.partner_id.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The GST system rejected IRNs that are not in Odoo"),
            note=self.env._(
                "Another system registered them with GSTIN %(gstin)s. Check them on "
                "%(portal)s: %(irns)s",
                gstin=self.vat,
                portal=self._l10n_in_irp_website(environment),
                irns=", ".join(irns),
            ),
            user_id=self._l10n_in_irp_accountant(environment).id,
        )

    def _l10n_in_irp_accountant(self, environment):
        """Return the person responsible for invoices: the user of the newest one."""
        newest = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search(
                [("company_id", "=", self.id), ("environment", "=", environment)],
                limit=1,
            )
        )
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        managers = managers.filtered(lambda user: self in user.company_ids)
        move = newest.move_id
        return move.invoice_user_id or move.create_uid or managers[:1]


def rejected_irns(client, day):
    """Return the IRNs rejected on a day; none if the portal refuses the list."""
    try:
        return set(client.get_rejected_irns(day))
    except IrpRejected as error:
        _logger.info("rejected IRNs of %s: %s", day, error)
        return set()
