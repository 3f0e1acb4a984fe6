from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...irp.operations import policy, states
from .. import wakeup
from ..clock import INDIA
from ..evidence import permits
from ..rights import check_manager

SETTLE_ACTIVITY = "l10n_in_einvoice_irp.mail_activity_irp_settle"
# for a portal that is out of reach: longer than any outage, yet limited
LONGEST_WAIT = timedelta(days=7)
WORDS = [
    ("active", "Still Active"),
    ("cancelled", "Cancelled on Portal"),
    ("absent", "Never Registered"),
]
# a manager's statement -> the resulting state
STATES_BY_WORD = {"active": states.REGISTERED, "cancelled": states.CANCELLED}
# states that a look-up may still settle
WAITING_STATES = (states.UNKNOWN, states.CANCELLING)
# states in which a call is under way or due
OPEN_STATES = (states.SENDING, *WAITING_STATES)


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """Records that no look-up can settle, and the manager's statement that settles
    them.

    The statement is marked as such wherever the state is shown, until the portal
    reports what it holds. Only `_settle` writes it.
    """

    _inherit = "l10n_in.irp.submission.mixin"

    settled_as = fields.Selection(
        selection=WORDS,
        string="Settled by Hand As",
        readonly=True,
        copy=False,
        help="Recorded by an e-Invoice manager because the portal no longer "
        "returns it. The portal has not confirmed it.",
    )
    settled_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    settled_at = fields.Datetime(string="Settled On", readonly=True, copy=False)
    settle_remark = fields.Char(string="Settlement Remark", readonly=True, copy=False)
    can_be_settled = fields.Boolean(compute="_compute_can_be_settled")
    notice = fields.Text(
        compute="_compute_notice",
        help="Shows a cancellation that is still open, or a status recorded by hand.",
    )

    def _unclear_advice(self, state):
        """Return what the user does about a record in an unclear state."""
        raise NotImplementedError

    @api.depends("state", "next_attempt_at", "worker", "settled_as")
    def _compute_can_be_settled(self):
        for record in self:
            is_stopped = not (record.next_attempt_at or record.worker)
            record.can_be_settled = (
                record._needs_settlement()
                or (record.state in WAITING_STATES and is_stopped)
                or record._is_settled_by_hand()
            )

    @api.depends("state", "settled_as", "cancel_notice", "cancel_sent")
    def _compute_notice(self):
        for record in self:
            notes = (record._settlement_note(), record._cancel_note())
            record.notice = "\n".join(filter(None, notes))

    def _is_settled_by_hand(self):
        """Return whether its state rests on a manager's statement."""
        return bool(self.settled_as) and self.state in STATES_BY_WORD.values()

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    def _settlement_values(self, result):
        """Return the field values of a result that concern settlement by hand."""
        values = {"unanswered_since": self._missing_since(result)}
        if states.needs_settlement(result.state):
            values |= self._unclear_values(result.state)
        if self._is_proven_by(result):
            values |= self._no_word()
        return values

    @api.model
    def _is_proven_by(self, result):
        """Return whether a result shows what the portal holds."""
        found = result.registration or result.ewaybill
        return found or result.state == states.CANCELLED

    @api.model
    def _no_word(self):
        names = ("settled_as", "settled_by_id", "settled_at", "settle_remark")
        return dict.fromkeys(names, False)

    def _missing_since(self, result):
        is_asked = result.state in (states.UNKNOWN, *states.NEEDS_SETTLEMENT)
        is_cancel_lost = result.state == states.CANCELLING and not result.unsent
        if not (is_asked or is_cancel_lost):
            return False
        return self.unanswered_since or fields.Datetime.now()

    def _unclear_values(self, state):
        return {
            "advice": self._unclear_advice(state),
            "error_model": False,
            "error_res_id": False,
        }

    def _follow_up_settlement(self):
        """Ask a user to settle an unclear record; close the request once it is
        settled."""
        unclear = self.filtered(lambda record: record._needs_settlement())
        for record in unclear:
            record._remind_to_settle()
        settled = self.filtered(lambda r: r.state not in OPEN_STATES) - unclear
        settled._own_thread().activity_unlink([SETTLE_ACTIVITY])

    def _remind_to_settle(self):
        self._ensure_activity(
            SETTLE_ACTIVITY,
            self.env._(
                "%(record)s: %(state)s",
                record=self.display_name,
                state=self._status_label(),
            ),
            Markup("<br/>").join(filter(None, [self.error, self.advice])),
            fields.Date.context_today(self),
        )

    # ------------------------------------------------------------------
    # The scheduled action
    # ------------------------------------------------------------------

    @api.model
    def _end_overdue(self):
        """End records that wait for an answer longer than the portal can be asked for
        it.

        A credential that stays refused, a changed GSTIN, or an unreachable portal would
        leave them waiting for ever.
        """
        domain = self._overdue_domain(fields.Datetime.now())
        for record in self.sudo()._search_for_update(domain):
            record._safely(record._end_waiting)

    @api.model
    def _overdue_domain(self, now):
        """Return the domain of records that have waited too long at a time."""
        is_stopped = Domain("next_attempt_at", "=", False)
        overdue = is_stopped & Domain(
            "unanswered_since", "<=", now - policy.LONGEST_WINDOW
        )
        overdue |= Domain("unanswered_since", "<=", now - LONGEST_WAIT)
        domain = Domain("state", "in", WAITING_STATES) & overdue
        return domain & Domain("worker", "=", 0)

    def _end_waiting(self):
        is_cancel = self._is_cancellation_open()
        state = states.CANCEL_UNCLEAR if is_cancel else states.UNCLEAR
        values = {"state": state, "next_attempt_at": False}
        self.write({**values, **self._unclear_values(state)})
        self._follow_up_settlement()

    # ------------------------------------------------------------------
    # A manager's statement
    # ------------------------------------------------------------------

    def _check_settling(self):
        """Refuse a record that cannot be settled by hand, or not by this user.

        :raises UserError: it cannot be settled by hand, or not by this user.
        """
        self.ensure_one()
        check_manager(self.env)
        self._check_may_write()
        if not self.can_be_settled:
            raise UserError(
                self.env._(
                    "%(record)s has the status '%(state)s': the portal still returns "
                    "it, so it cannot be settled by hand.",
                    record=self.display_name,
                    state=self._status_label(),
                )
            )

    def _settle(self, word, remark, values):
        """Record a manager's statement on a record that no look-up can settle.

        :param word: one of `WORDS`.
        :param values: other fields that the manager has entered.
        """
        record = self._locked()
        self._check_settling()
        settled = self._settled_values(word, remark)
        # what the manager has entered replaces nothing that the portal has answered
        with permits.permitted(record, settled):
            record.write({**settled, **values})
        with permits.recorded_messages():
            self._post_word()
        record._follow_up()
        wakeup.wake(self.env)

    def _locked(self):
        """Return the record as superuser, locked and refreshed.

        :raises UserError: another process is working on it.
        """
        record = self.sudo()
        if not record.try_lock_for_update():
            raise UserError(
                self.env._(
                    "%s is being processed right now. Try again in a minute.",
                    self.display_name,
                )
            )
        record.invalidate_recordset()
        return record

    def _settled_values(self, word, remark):
        cleared = ("error", "error_code", "advice", "error_model", "error_res_id")
        times = ("next_attempt_at", "unanswered_since", "in_flight_until")
        return {
            **dict.fromkeys((*cleared, *times), False),
            **self._state_values(word),
            "settled_as": word,
            "settled_by_id": self.env.uid,
            "settled_at": fields.Datetime.now(),
            "settle_remark": remark,
        }

    def _state_values(self, word):
        """Return the state that follows from a statement, and the text on a requested
        cancellation that was not carried out."""
        if word == "absent":
            return {**self._unmade_values(), "cancel_notice": False}
        is_undone = word == "active" and self.cancel_asked_at
        notice = "open" if is_undone else False
        return {"state": STATES_BY_WORD[word], "cancel_notice": notice}

    def _unmade_values(self):
        """Return the field values of a record that the portal never had. It may be sent
        again, because the portal refuses duplicates (2150, 4002)."""
        raise NotImplementedError

    def _post_word(self):
        remark = self.env._("Remarks: %s", self.settle_remark)
        body = f"{self._settlement_note()} {remark}"
        self._thread().message_post(body=body, subtype_xmlid="mail.mt_note")

    def _settlement_note(self):
        """Return a manager's statement, with name and time; "" if there is none."""
        if not self.settled_as:
            return ""
        return self.env._(
            "%(user)s recorded on %(date)s: %(text)s This is not confirmed by the "
            "portal.",
            text=self._word_texts()[self.settled_as],
            user=self.settled_by_id.name,
            date=self._shown_time(self.settled_at),
        )

    def _word_texts(self):
        """Return what each word of a manager means."""
        return {
            "active": self.env._("%s is still active.", self._portal_name()),
            "cancelled": self.env._(
                "%(record)s was cancelled on %(date)s.",
                record=self._portal_name(),
                date=self._shown_time(self.cancel_date),
            ),
            "absent": self.env._("It was never registered."),
        }

    def _settlement_print_note(self):
        """Return the note on prints of a state that rests on a manager's statement;
        else ""."""
        if self.state == states.CANCEL_UNCLEAR:
            return self.env._("Cancellation requested; not confirmed by the portal")
        if not self._is_settled_by_hand():
            return ""
        day = format_datetime(self.env, self.settled_at, INDIA, "dd-MM-yyyy")
        return self.env._(
            "Status recorded by hand on %s, not confirmed by the portal", day
        )
