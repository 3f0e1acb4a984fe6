from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...irp.reference import reporting_days
from ...irp.rules import liable_since, reporting_class
from ..clock import indian_today
from ..rights import check_user
from .applicability import SALE_TYPES
from .applicability_sql import case
from .bounds import LINK


class ResCompany(models.Model):
    """Invoices that were confirmed before the company registers its invoices."""

    _inherit = "res.company"

    l10n_in_irp_register_from = fields.Date(
        string="Register from Date",
        copy=False,
        help="Odoo registers invoices dated on or after this day as chosen under "
        "Generate IRN. Earlier ones are registered only when a user clicks Generate "
        "IRN.",
    )

    def write(self, vals):
        # EXTENDS 'base'
        is_dated = "l10n_in_irp_register_from" in vals
        if vals.get("l10n_in_irp_enabled") and not is_dated:
            self._l10n_in_irp_start_today()
        return super().write(vals)

    def _l10n_in_irp_start_today(self):
        """Leave the earlier invoices of companies alone that switch registration on."""
        for company in self:
            is_on = company.l10n_in_irp_enabled
            if not (is_on or company.l10n_in_irp_register_from):
                company.l10n_in_irp_register_from = company._l10n_in_irp_first_day()

    def _l10n_in_irp_first_day(self):
        """Return today if the company has confirmed invoices, else False: there is
        nothing to leave alone."""
        has_sales = self._l10n_in_irp_sales().search(
            self._l10n_in_irp_posted(), limit=1
        )
        return indian_today() if has_sales else False

    def _l10n_in_irp_sales(self):
        return self.env["account.move"].sudo()

    def _l10n_in_irp_posted(self):
        domain = Domain("company_id", "=", self._origin.id) & Domain(
            "state", "=", "posted"
        )
        return domain & Domain("move_type", "in", SALE_TYPES)

    def _l10n_in_irp_backlog_domain(self, above_crore):
        """Return the posted invoices that need an IRN, and have or await none but that
        of a test in an environment which the company has left.

        :param above_crore: the company's turnover exceeds this, in crore rupees.
        """
        self.ensure_one()
        since = liable_since(above_crore)
        is_bound = self.l10n_in_is_gst_registered and self.vat
        if self.l10n_in_irp_exemption or not (since and is_bound):
            return Domain.FALSE
        real = ("production", self.l10n_in_irp_environment)
        return (
            self._l10n_in_irp_posted()
            & self._l10n_in_irp_sales()._l10n_in_irp_unregistered_bound()
            & (Domain(LINK, "=", False) | Domain(f"{LINK}.environment", "not in", real))
            & Domain("invoice_date", ">=", since)
            & Domain("journal_id.type", "=", "sale")
            & Domain.custom(to_sql=is_supply_registered)
        )

    def _l10n_in_irp_unregistered_domain(self):
        """Return the companies' confirmed invoices that need an IRN where their company
        registers now, and have none; for the web client, too."""
        return [
            ("company_id", "in", self.ids),
            ("state", "=", "posted"),
            ("l10n_in_irp_status", "=", "not_registered"),
        ]

    def _l10n_in_irp_backlog_note(self, above_crore):
        """Return how many invoices wait for a user, since when, and how many of them
        the IRP refuses by now; "" if there are none."""
        domain = self._l10n_in_irp_backlog_domain(above_crore)
        moves = self._l10n_in_irp_sales()
        count = moves.search_count(domain)
        if not count:
            return ""
        oldest = moves.search(domain, order="invoice_date, id", limit=1).invoice_date
        note = self.env._(
            "%(count)s confirmed invoices need an IRN and have none. The oldest is "
            "dated %(date)s. Odoo does not register them unasked: open them and click "
            "'Generate All IRNs', or select some and click Generate IRN.",
            count=count,
            date=format_date(self.env, oldest),
        )
        return f"{note} {self._l10n_in_irp_late_note(domain, above_crore)}".strip()

    def _l10n_in_irp_late_note(self, domain, above_crore):
        """Return how many invoices of a domain are past the reporting limit; "" if
        none, or if the turnover has no limit."""
        today = indian_today()
        limit = reporting_days(today, reporting_class(above_crore))
        if not limit:
            return ""
        past = domain & Domain("invoice_date", "<=", today - timedelta(days=limit))
        if not (late := self._l10n_in_irp_sales().search_count(past)):
            return ""
        return self.env._(
            "%(late)s of them are past the reporting limit of %(limit)s days: the IRP "
            "no longer accepts these.",
            late=late,
            limit=limit,
        )


def is_supply_registered(moves, alias, query):
    """Return the condition that the lines of an invoice have to be registered."""
    moves = moves.sudo()
    steps = [
        *moves._l10n_in_irp_advance_cases(alias, query),
        *moves._l10n_in_irp_supply_cases(alias, query),
    ]
    return SQL("%s IS NULL", case(steps, "no_tax"))


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_l10n_in_irp_register_rest(self):
        """Queue the selected invoices that are not registered where their company
        registers now, or all that the list shows if none is selected.

        Those past the reporting limit are left out.
        """
        check_user(self.env)
        wanted = self._l10n_in_irp_unregistered()
        wanted.check_access("write")
        today = indian_today()
        late = wanted.filtered(
            lambda move: (
                (move.company_id._l10n_in_irp_last_day(move.invoice_date) or today)
                < today
            )
        )
        (wanted - late)._l10n_in_irp_enqueue()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if late else "success",
                "message": self._l10n_in_irp_rest_note(wanted - late, late),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _l10n_in_irp_unregistered(self):
        """Return which of these need an IRN now and have none; of all invoices of the
        company whose list is open, or of the active companies, if this is empty."""
        company_id = self.env.context.get("l10n_in_irp_rest")
        companies = self.env.companies
        chosen = companies.filtered(lambda company: company.id == company_id)
        domain = Domain((chosen or companies)._l10n_in_irp_unregistered_domain())
        if self:
            domain &= Domain("id", "in", self.ids)
        elif shown := self.env.context.get("active_domain"):
            # nothing is selected: what the list shows
            domain &= Domain(shown)
        found = self.search(domain, order="invoice_date, id")
        return found.filtered("l10n_in_irp_applicable")

    def _l10n_in_irp_rest_note(self, queued, late):
        """Return how many invoices are queued, and how many are too old."""
        note = self.env._(
            "Queued for registration: %s. The status in the invoice list changes as "
            "the IRP responds.",
            len(queued),
        )
        if not late:
            return note
        return self.env._(
            "%(note)s Left out, as they are past the reporting limit: %(late)s.",
            note=note,
            late=len(late),
        )
