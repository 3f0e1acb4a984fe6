from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.operations import states
from ...irp.reference import reporting_days
from ...irp.rules import reporting_class
from ..clock import indian_today
from ..queue.banner import INVALID, search_by_sql, states_of
from ..queue.exported import EXPORTED

UNPROVEN = (
    "not_registered",
    states.TO_REGISTER,
    states.UNKNOWN,
    states.UNCLEAR,
    states.CONFLICT,
    states.REJECTED,
    INVALID,
    EXPORTED,
)
"""The statuses of invoices that have to get an IRN, or may have none."""
# those that no invoice without a deadline meets
COMPARISONS = ("<", "<=", ">", ">=")


class AccountMove(models.Model):
    """The limit of 30 days for registering an invoice."""

    _inherit = "account.move"

    l10n_in_irp_deadline = fields.Date(
        string="Register By",
        compute="_compute_l10n_in_irp_deadline",
        search="_search_l10n_in_irp_deadline",
        help="The last day on which the IRP accepts the invoice (reporting limit of 30 "
        "days, from a turnover of 10 crore). Empty if there is no limit, or the "
        "invoice has its IRN or is dated before Register from Date.",
        groups="base.group_user",
    )

    @api.depends(
        "state",
        "invoice_date",
        "l10n_in_irp_status",
        "company_id.l10n_in_irp_register_from",
        "company_id.l10n_in_irp_turnover",
    )
    def _compute_l10n_in_irp_deadline(self):
        for move in self:
            is_open = move.state == "posted" and move._l10n_in_irp_is_awaited_now()
            move.l10n_in_irp_deadline = (
                is_open and move.company_id._l10n_in_irp_last_day(move.invoice_date)
            )

    def _l10n_in_irp_is_awaited_now(self):
        """Return whether it has to get its IRN; what was confirmed before the company
        registers is left alone."""
        status = self.l10n_in_irp_status
        is_left = status == "not_registered" and not self._l10n_in_irp_is_automatic()
        return status in UNPROVEN and not is_left

    def _search_l10n_in_irp_deadline(self, operator, value):
        exact = search_by_sql("l10n_in_irp_deadline", operator, value)
        if operator not in COMPARISONS:
            return exact
        states = states_of(set(UNPROVEN) - {"not_registered"})
        found = self._l10n_in_irp_unregistered_bound(states, automatic=True)
        return found & self._l10n_in_irp_dated_for(operator, value) & exact

    def _l10n_in_irp_dated_for(self, operator, value):
        """Return the domain of invoices whose date lets their deadline meet a
        comparison."""
        limits = [days_left(crore) for crore in self._l10n_in_irp_turnovers()]
        days = [limit for limit in limits if limit is not None]
        if not days:
            return Domain.TRUE
        shift = min(days) if operator.startswith("<") else max(days)
        day = fields.Date.to_date(value) - timedelta(days=shift)
        return Domain("invoice_date", operator, day)

    def _l10n_in_irp_deadline_sql(self, alias, query):
        documents, document = self._l10n_in_irp_join(alias, query)
        is_open = SQL(
            "%s = 'posted' AND CASE WHEN %s THEN %s IN %s"
            " ELSE %s AND %s = 'not_registered' END",
            self._field_to_sql(alias, "state", query),
            self._l10n_in_irp_is_present_sql(alias, query),
            documents._field_to_sql(document, "status", query),
            UNPROVEN[1:],
            self._l10n_in_irp_is_automatic_sql(alias, query),
            self._l10n_in_irp_before_sql(alias, query),
        )
        return SQL(
            "(CASE WHEN %s THEN %s + %s END)",
            is_open,
            self._field_to_sql(alias, "invoice_date", query),
            self._l10n_in_irp_per_turnover_sql(days_left, "integer", alias, query),
        )

    def _l10n_in_irp_is_automatic_sql(self, alias, query):
        """Return the condition that `_l10n_in_irp_is_automatic` evaluates."""
        first = self._l10n_in_irp_company_column(
            alias, "l10n_in_irp_register_from", query
        )
        date = self._field_to_sql(alias, "invoice_date", query)
        return SQL("(%s IS NULL OR %s >= %s)", first, date, first)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _l10n_in_irp_last_day(self, invoice_date):
        """Return the last day on which the IRP accepts an invoice; False if its
        turnover class has no limit."""
        days = days_left(int(self.l10n_in_irp_turnover))
        if days is None or not invoice_date:
            return False
        return invoice_date + timedelta(days=days)


def days_left(above_crore):
    """Return for how many days after its date the IRP accepts an invoice; None if it
    has no limit.

    The document date is day one (GSTN advisory 05-11-2024).

    :param above_crore: the supplier's turnover exceeds this, in crore rupees.
    """
    limit = reporting_days(indian_today(), reporting_class(above_crore))
    return limit - 1 if limit else None
