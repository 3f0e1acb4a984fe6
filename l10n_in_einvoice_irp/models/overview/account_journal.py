from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from ...irp.operations import states
from ..clock import indian_today
from ..queue.banner import INVALID
from ..queue.exported import EXPORTED
from ..rights import USER

# of the reporting limit: what is due within these days is on the card
DUE_DAYS = 7
# as the filters of the list of invoices have them, which the card's links set
PENDING = (states.TO_REGISTER, states.UNKNOWN, EXPORTED)
FAILED = (INVALID,)
REJECTED = (states.REJECTED, states.CONFLICT)
STATUSES = {"pending": PENDING, "failed": FAILED, "rejected": REJECTED}


class AccountJournal(models.Model):
    """The e-invoices on the card of a sales journal."""

    _inherit = "account.journal"

    def _get_journal_dashboard_data_batched(self):
        # EXTENDS 'account'
        data = super()._get_journal_dashboard_data_batched()
        journals = self.filtered(lambda journal: journal._l10n_in_irp_has_card())
        counts = journals._l10n_in_irp_counts()
        for journal in journals:
            data[journal.id]["l10n_in_irp"] = counts[journal.id]
        return data

    def _l10n_in_irp_has_card(self):
        company = self.company_id.sudo()
        return (
            self.type == "sale"
            and company.account_fiscal_country_id.code == "IN"
            and company.l10n_in_irp_enabled
            and self.env.user.has_groups(f"{USER},account.group_account_readonly")
        )

    def _l10n_in_irp_counts(self):
        """Return journal id -> name of a line -> how many invoices it counts."""
        counts = {
            journal.id: dict.fromkeys((*STATUSES, "due", "past"), 0) for journal in self
        }
        if not self:
            return counts
        moves = self.env["account.move"]
        domain = (
            Domain("journal_id", "in", self.ids)
            & Domain("state", "=", "posted")
            & moves._check_company_domain(self.env.companies)
        )
        lines = {status: line for line, all_ in STATUSES.items() for status in all_}
        for journal, status, count in moves._read_group(
            domain & Domain("l10n_in_irp_status", "in", list(lines)),
            groupby=["journal_id", "l10n_in_irp_status"],
            aggregates=["__count"],
        ):
            counts[journal.id][lines[status]] += count
        today = indian_today()
        last = today + timedelta(days=DUE_DAYS)
        for journal, day, count in moves._read_group(
            domain & Domain("l10n_in_irp_deadline", "<", last),
            groupby=["journal_id", "l10n_in_irp_deadline:day"],
            aggregates=["__count"],
        ):
            counts[journal.id]["due" if day >= today else "past"] += count
        return counts
