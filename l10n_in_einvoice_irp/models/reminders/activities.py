import logging
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from .. import transactions
from ..clock import indian_today, printed_date
from ..queue.cancellation import first_able
from ..rights import MANAGER
from ..status.applicability import SALE_TYPES

_logger = logging.getLogger(__name__)

DEADLINE_ACTIVITY = "l10n_in_einvoice_irp.mail_activity_irp_deadline"
DAYS = "l10n_in_einvoice_irp.deadline_reminder_days"
DEFAULT_DAYS = "7,2"
# an invoice with a deadline is not older, as the limit is 30 days
RECENT = timedelta(days=90)


class AccountMove(models.Model):
    """Activities before the last day on which the IRP accepts an invoice."""

    _inherit = "account.move"

    @api.model
    def _cron_l10n_in_irp_remind(self):
        """Remind of deadlines, and send the daily summaries that are due."""
        transactions.commit_with_retry(self.env, self._l10n_in_irp_remind)
        self.env["res.company"]._l10n_in_irp_send_digests()

    @api.model
    def _l10n_in_irp_remind(self):
        """Give the persons responsible an activity for each invoice that is due soon,
        and end those of invoices that need none any more."""
        self._l10n_in_irp_end_reminders()
        stages = self._l10n_in_irp_reminder_days()
        today = indian_today()
        if not stages:
            return
        moves = self._l10n_in_irp_due_soon(stages)
        given = self._l10n_in_irp_reminders(moves)
        groups = {}
        for move in moves:
            deadline = move.l10n_in_irp_deadline
            due = deadline - timedelta(days=next_stage(stages, (deadline - today).days))
            if all(day < due for day in given.get(move.id, ())):
                user = move._l10n_in_irp_responsible()
                key = (user, due, deadline)
                groups[key] = groups.get(key, self.sudo().browse()) | move
        for (user, due, deadline), alike in groups.items():
            alike._l10n_in_irp_give_reminder(user, due, deadline)

    @api.model
    def _l10n_in_irp_due_soon(self, stages):
        """Return the invoices to remind of.

        :param stages: how many days before a deadline to remind of it, ascending.
        """
        today = indian_today()
        last = today + timedelta(days=stages[-1])
        domain = Domain("state", "=", "posted") & Domain("move_type", "in", SALE_TYPES)
        domain &= Domain("invoice_date", ">=", today - RECENT)
        domain &= Domain("l10n_in_irp_deadline", ">=", today)
        domain &= Domain("l10n_in_irp_deadline", "<=", last)
        return self.sudo().search(domain)

    def _l10n_in_irp_reminder_days(self):
        """Return how many days before a deadline to remind of it, ascending."""
        text = self.env["ir.config_parameter"].sudo().get_param(DAYS, DEFAULT_DAYS)
        try:
            return sorted({int(part) for part in text.split(",") if part.strip()})
        except ValueError:
            _logger.warning("system parameter %s: not numbers: %r", DAYS, text)
            return sorted(map(int, DEFAULT_DAYS.split(",")))

    def _l10n_in_irp_reminders(self, moves):
        """Return id of an invoice -> due dates of its reminders, also of those done."""
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        found = {}
        for activity in activities.search(
            self._l10n_in_irp_reminder_domain() & Domain("res_id", "in", moves.ids)
        ):
            found.setdefault(activity.res_id, []).append(activity.date_deadline)
        return found

    def _l10n_in_irp_reminder_domain(self):
        kind = self.env.ref(DEADLINE_ACTIVITY)
        return Domain("res_model", "=", "account.move") & Domain(
            "activity_type_id", "=", kind.id
        )

    def _l10n_in_irp_end_reminders(self):
        """Remove open reminders of invoices that have no deadline any more."""
        activities = self.env["mail.activity"].sudo()
        opened = activities.search(self._l10n_in_irp_reminder_domain())
        moves = self.sudo().browse(opened.mapped("res_id")).exists()
        waiting = set(moves.filtered("l10n_in_irp_deadline").ids)
        opened.filtered(lambda one: one.res_id not in waiting).unlink()

    def _l10n_in_irp_responsible(self):
        """Return the invoice's salesperson, else a manager; who can register it."""
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        return first_able(self.invoice_user_id | managers, self)

    def _l10n_in_irp_give_reminder(self, user, due, deadline):
        """Give a person one reminder for each of these invoices."""
        # listed for the user; a mail for each invoice would be hundreds
        local = self.with_context(
            lang=user.lang or self.env.lang, mail_activity_quick_update=True
        )
        local.activity_unlink([DEADLINE_ACTIVITY])
        day = printed_date(deadline)
        local.activity_schedule(
            DEADLINE_ACTIVITY,
            date_deadline=due,
            summary=local.env._("Register with the IRP by %s", day),
            note=local.env._(
                "The invoice has no IRN. After %s, the IRP refuses it for good: open "
                "it, correct what the banner names, and click 'Generate IRN'.",
                day,
            ),
            user_id=user.id,
        )


def next_stage(stages, left):
    """Return on how many days before the deadline the present reminder is due: when
    the next one comes, or the deadline itself.

    :param stages: how many days before it to remind of it, ascending.
    :param left: the days until the deadline.
    """
    return max((days for days in stages if days < left), default=0)
