import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import clean_context, format_datetime

from ...irp.operations import states
from ...irp.rules import CANCEL_RULES, time_left
from ..clock import INDIA, indian_time
from ..evidence import permits
from ..rights import MANAGER, USER, check_user

_logger = logging.getLogger(__name__)

CANCEL_ACTIVITY = "l10n_in_einvoice_irp.mail_activity_irp_cancel"
NOTICES = [
    ("waiting", "Not Sent Yet"),
    ("open", "Not Cancelled"),
    ("late", "Not Cancelled in Time"),
]
# notices with an open activity
OPEN_NOTICES = ("waiting", "open")


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """Requested cancellations that were not carried out, within the cancellation
    window.

    The requester has an activity, and the invoice shows how much time is left, or that
    the window has closed.
    """

    _inherit = "l10n_in.irp.submission.mixin"
    # as in `irp.cancellation`
    _cancel_kind = ""

    cancel_user_id = fields.Many2one(
        "res.users",
        string="Cancellation Requested By",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    cancel_notice = fields.Selection(
        selection=NOTICES,
        string="Cancellation Pending",
        readonly=True,
        copy=False,
        help="What the user who requested the cancellation was informed of.",
    )

    def _cancel_since(self):
        """Return the start of the hours for cancelling, if known."""
        raise NotImplementedError

    def _thread(self):
        """Return the records that have its chatter and activities."""
        raise NotImplementedError

    def _too_late_advice(self):
        """Return what to do after the cancellation window."""
        raise NotImplementedError

    def _own_thread(self):
        # a caller's defaults are not meant for related records
        env = self.env(su=True, context=clean_context(self.env.context))
        return self._thread().with_env(env)

    # ------------------------------------------------------------------
    # The right to cancel
    # ------------------------------------------------------------------

    def _may_cancel(self):
        """Return whether the user may cancel it, by the choice of its company."""
        is_limited = self.company_id.sudo().l10n_in_irp_managers_cancel
        return self.env.user.has_group(MANAGER if is_limited else USER)

    def _check_may_cancel(self):
        """Refuse users who may not cancel it.

        :raises AccessError: the user may not.
        """
        check_user(self.env)
        if not self._may_cancel():
            raise AccessError(
                self.env._(
                    "In %(company)s, only users with the access right 'e-Invoice "
                    "(India): Manager' cancel IRNs and e-way bills. Ask one of them to "
                    "cancel %(record)s: within 24 hours.",
                    company=self.company_id.sudo().name,
                    record=self._portal_name(),
                )
            )

    # ------------------------------------------------------------------
    # The window
    # ------------------------------------------------------------------

    def _cancel_deadline(self):
        """Return until when the portal cancels; False if unknown."""
        since = self._cancel_since()
        return since and since + CANCEL_RULES[self._cancel_kind].window

    def _cancel_time_left(self):
        """Return the time left in the window; None if unknown."""
        since = self._cancel_since()
        return since and time_left(self._cancel_kind, since, fields.Datetime.now())

    def _is_too_late(self):
        """Return whether the window has closed."""
        return bool(self._cancel_deadline()) and not self._cancel_time_left()

    def _is_cancel_waiting(self):
        """Return whether a requested cancellation has not left Odoo."""
        return self.state == states.CANCELLING and not self.cancel_sent

    def _is_cancel_undone(self):
        """Return whether a requested cancellation was not carried out."""
        is_undone = self.state == states.REGISTERED and bool(self.cancel_notice)
        return is_undone and not self._is_replaced()

    def _is_replaced(self):
        """Return whether another document has taken its place since."""
        return False

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    def _cancellation_values(self, result):
        """Return the field values that a result sets for a requested cancellation."""
        if result.state == states.CANCELLING:
            return {
                "cancel_sent": not result.unsent,
                "cancel_notice": self.cancel_notice if result.unsent else False,
            }
        if result.state == states.REGISTERED:
            is_undone = self._is_cancellation_open() and self.cancel_asked_at
            return {"cancel_notice": "open"} if is_undone else {}
        return {"cancel_notice": False}

    def _follow_up_cancellation(self):
        """Remind the requester of what was not carried out; close other reminders."""
        waiting = self.filtered(lambda record: record._is_cancel_waiting())
        undone = self.filtered(
            lambda record: (
                record.cancel_notice in OPEN_NOTICES and record._is_cancel_undone()
            )
        )
        for record in undone:
            record._remind_or_end()
        others = self - waiting - undone
        others._own_thread().activity_unlink([CANCEL_ACTIVITY])

    # ------------------------------------------------------------------
    # The scheduled action
    # ------------------------------------------------------------------

    @api.model
    def _watch_cancellations(self, ids=None):
        """Notify users of waiting cancellations, and of those whose window has closed.

        :param ids: only of these records; None: of all.
        """
        domain = Domain("state", "=", states.CANCELLING)
        domain &= Domain("cancel_sent", "=", False)
        domain &= Domain("cancel_asked_at", "!=", False)
        domain |= Domain("cancel_notice", "in", OPEN_NOTICES)
        domain &= Domain("worker", "=", 0)
        if ids is not None:
            domain &= Domain("id", "in", ids)
        for record in self.sudo()._search_for_update(domain):
            record._safely(record._watch_cancellation)

    def _watch_cancellation(self):
        if not self._is_cancel_waiting():
            if self._is_too_late():
                self._end_cancellation()
        elif not self.cancel_notice or self._is_too_late():
            self.cancel_notice = "waiting"
            self._remind_or_end()

    def _remind_or_end(self):
        if self._is_too_late():
            self._end_cancellation()
        else:
            self._remind_to_cancel()

    def _remind_to_cancel(self):
        deadline = self._cancel_deadline() or fields.Datetime.now()
        self._ensure_activity(
            CANCEL_ACTIVITY,
            self.env._("%s is not cancelled", self.display_name)
            if self._is_cancel_undone()
            else self.env._("%s is not cancelled yet", self.display_name),
            self._cancel_note(),
            indian_time(deadline).date(),
        )

    def _end_cancellation(self):
        """Record that the window has closed.

        A cancellation still in Odoo is dropped: the portal would refuse it.
        """
        values = {
            "state": states.REGISTERED,
            "cancel_notice": "late",
            "next_attempt_at": False,
        }
        with permits.permitted(self, values):
            self.write(values)
        thread = self._own_thread()
        thread.activity_unlink([CANCEL_ACTIVITY])
        with permits.recorded_messages():
            thread.message_post(
                body=self._cancel_note(),
                author_id=self.env.ref("base.partner_root").id,
                partner_ids=self._responsible().partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _cancel_note(self):
        """Return that a cancellation was not carried out, and the time left; "" if
        there is none to report."""
        if self._is_cancel_waiting():
            return self._waiting_note()
        if not self._is_cancel_undone():
            return ""
        undone = self.env._(
            "%(user)s requested its cancellation on %(date)s, but %(record)s was not "
            "cancelled and is still active.",
            user=self.cancel_user_id.name or self.env._("Somebody"),
            date=self._shown_time(self.cancel_asked_at),
            record=self._portal_name(),
        )
        return f"{undone} {self._next_step_note()}"

    def _next_step_note(self):
        if self._is_too_late():
            over = self.env._("The 24 hours for cancellation are over.")
            return f"{over} {self._too_late_advice()}"
        if not self._cancel_deadline():
            return self.env._(
                "Click 'Cancel Again'. An e-way bill can be cancelled within 24 hours "
                "of Part B entry."
            )
        return self.env._(
            "Click 'Cancel Again': it can be cancelled for another %(left)s, until "
            "%(deadline)s.",
            **self._window_words(),
        )

    def _waiting_note(self):
        note = self.env._(
            "The cancellation requested by %(user)s on %(date)s has not been sent to "
            "the portal yet.",
            user=self.cancel_user_id.name or self.env._("Somebody"),
            date=self._shown_time(self.cancel_asked_at),
        )
        if self._is_too_late():
            return f"{note} {self._next_step_note()}"
        if not self._cancel_deadline():
            return note
        window = self.env._(
            "%(record)s can be cancelled for another %(left)s, until %(deadline)s. "
            "Click 'Refresh from IRP' to send the cancellation now.",
            record=self._portal_name(),
            **self._window_words(),
        )
        return f"{note} {window}"

    def _window_words(self):
        minutes = int(self._cancel_time_left().total_seconds() // 60)
        return {
            "left": self.env._(
                "%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60
            ),
            "deadline": self._shown_time(self._cancel_deadline()),
        }

    def _shown_time(self, moment):
        """Return a time in Indian time, on which the portal's window is based, so that
        all users see the same time, in any time zone."""
        if not moment:
            return ""
        return f"{format_datetime(self.env, moment, INDIA, 'd MMM y, HH:mm')} IST"

    # ------------------------------------------------------------------
    # Activities
    # ------------------------------------------------------------------

    def _ensure_activity(self, xmlid, summary, note, deadline):
        """Give the person responsible an activity, unless there is the same one."""
        thread = self._own_thread()
        present = thread.activity_search([xmlid])
        if summary in present.mapped("summary"):
            return
        present.unlink()
        thread.activity_schedule(
            xmlid,
            date_deadline=deadline,
            summary=summary,
            note=note,
            user_id=self._responsible().id,
        )

    def _responsible(self):
        """Return the person responsible: the requester, the invoice's user, or a
        manager; the first who can open the invoice and has the right to invoice."""
        move = self.move_id.sudo()
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        users = self.sudo().cancel_user_id | move.invoice_user_id
        users |= (move or self.sudo()).create_uid
        return first_able(users | managers, move or self)

    def _safely(self, work):
        """Process one record; a failure is logged and stops no other."""
        try:
            with self.env.cr.savepoint():
                work()
        except Exception:
            _logger.exception("%s: could not be looked after", self.display_name)


def first_able(users, record):
    """Return the first of the users who can open a record and register it."""
    able = users.filtered(
        lambda user: (
            user.active
            and user.has_group(USER)
            and user.has_group("account.group_account_invoice")
            and record.company_id in user.company_ids
        )
    )
    return able[:1]
