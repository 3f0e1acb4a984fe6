import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...irp.operations import states
from .. import transactions
from ..clock import indian_time, indian_today, printed_date
from ..queue.banner import INVALID
from ..queue.exported import EXPORTED
from ..rights import MANAGER
from ..status.applicability import SALE_TYPES
from .countdown import URGENT_DAYS

_logger = logging.getLogger(__name__)

FIRST_HOUR = 8
"""Summaries are sent from this hour on, in India."""
ACTION = "l10n_in_einvoice_irp.action_l10n_in_irp_digest_"
STATUSES = {
    "pending": (states.TO_REGISTER, states.UNKNOWN, EXPORTED),
    "failed": (INVALID,),
    "rejected": (states.REJECTED,),
    "unclear": (states.CONFLICT, *states.NEEDS_SETTLEMENT),
}
"""Row of the summary -> the statuses that it counts."""


class ResCompany(models.Model):
    """The daily summary of what waits for a person, to the company's managers."""

    _inherit = "res.company"

    l10n_in_irp_digest = fields.Boolean(
        string="Daily e-Invoice Summary",
        help="Every morning, e-Invoice managers of the company receive a mail with the "
        "invoices that are pending, failed, rejected or near the reporting limit. No "
        "mail is sent on a day without any.",
    )
    l10n_in_irp_digest_on = fields.Date(
        string="Last Daily Summary On", copy=False, groups=fields.NO_ACCESS
    )

    @api.model
    def _l10n_in_irp_send_digests(self):
        """Send today's summary of each company that wants it and has had none."""
        today = indian_today()
        if indian_time(fields.Datetime.now()).hour < FIRST_HOUR:
            return
        wanted = Domain("l10n_in_irp_digest", "=", True)
        wanted &= Domain("l10n_in_irp_enabled", "=", True)
        open_ = Domain("l10n_in_irp_digest_on", "=", False)
        open_ |= Domain("l10n_in_irp_digest_on", "<", today)
        for company in self.sudo().search(wanted & open_):
            try:
                transactions.commit_with_retry(
                    self.env, lambda company=company: company._l10n_in_irp_digest(today)
                )
            except Exception:
                _logger.exception("the daily summary of %s was not sent", company.name)

    def _l10n_in_irp_digest(self, today):
        """Queue the summary's mails and note the day, both or none."""
        locked = self.try_lock_for_update()
        locked.invalidate_recordset(["l10n_in_irp_digest_on"])
        if not locked or locked.l10n_in_irp_digest_on == today:
            return
        locked.l10n_in_irp_digest_on = today
        counts = self._l10n_in_irp_digest_counts(today)
        # nobody can clear what is past its limit: it alone is no news
        if not any(count for name, count in counts.items() if name != "past"):
            return
        self.env["mail.mail"].create(
            [
                self._l10n_in_irp_digest_mail(user, counts)
                for user in self._l10n_in_irp_managers()
            ]
        )

    def _l10n_in_irp_managers(self):
        """Return the company's e-Invoice managers that can be written to."""
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        return managers.filtered(
            lambda user: user.active and user.email and self in user.company_ids
        )

    # ------------------------------------------------------------------
    # Contents
    # ------------------------------------------------------------------

    def _l10n_in_irp_digest_domains(self, today):
        """Return row of the summary -> domain of its invoices, as the actions that the
        mail links to have it."""
        base = Domain("company_id", "=", self.id) & Domain("state", "=", "posted")
        base &= Domain("move_type", "in", SALE_TYPES)
        rows = {
            name: Domain("l10n_in_irp_status", "in", statuses)
            for name, statuses in STATUSES.items()
        }
        soon = today + timedelta(days=URGENT_DAYS)
        deadline = "l10n_in_irp_deadline"
        rows["due"] = Domain(deadline, ">=", today) & Domain(deadline, "<=", soon)
        rows["past"] = Domain(deadline, "<", today)
        return {name: base & domain for name, domain in rows.items()}

    def _l10n_in_irp_digest_counts(self, today):
        moves = self.env["account.move"].sudo()
        domains = self._l10n_in_irp_digest_domains(today)
        return {name: moves.search_count(domain) for name, domain in domains.items()}

    def _l10n_in_irp_digest_labels(self):
        return {
            "pending": self.env._("Pending or awaiting a response"),
            "failed": self.env._("Failed validation"),
            "rejected": self.env._("Rejected by the IRP"),
            "unclear": self.env._("Mismatch, or to settle by hand"),
            "due": self.env._("Reporting limit within %s days", URGENT_DAYS),
            "past": self.env._("Past the reporting limit"),
        }

    def _l10n_in_irp_digest_mail(self, user, counts):
        """Return the values of the summary's mail to one person."""
        local = self.with_context(lang=user.lang or self.env.lang)
        subject = local.env._(
            "e-Invoices of %(company)s on %(date)s",
            company=self.name,
            date=printed_date(indian_today()),
        )
        rows = [
            {
                "label": label,
                "count": counts[name],
                "url": self._l10n_in_irp_digest_url(name),
            }
            for name, label in local._l10n_in_irp_digest_labels().items()
            if counts[name]
        ]
        values = {"title": subject, "rows": rows, "company": self}
        body = local.env["ir.qweb"]._render("l10n_in_einvoice_irp.digest_mail", values)
        return {
            "subject": subject,
            "body_html": body,
            "email_from": self.email_formatted or user.email_formatted,
            "recipient_ids": [fields.Command.link(user.partner_id.id)],
            "auto_delete": True,
        }

    def _l10n_in_irp_digest_url(self, name):
        """Return the address of the list of a row's invoices."""
        action = self.env["ir.model.data"]._xmlid_to_res_id(f"{ACTION}{name}")
        return f"{self.get_base_url()}/odoo/{self.id}/action-{action}"
