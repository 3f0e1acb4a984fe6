from dataclasses import replace
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ...irp.operations import ewaybill_system, policy, states
from ...irp.rules import NO_CODE, Violation, _lt
from ...irp.rules.ewaybill import extension_window
from .. import wakeup
from ..clock import aware, indian_today, now_utc, utc
from ..queue.evidence import compact
from ..validation.finding import TranslatableText
from .requests import EXTENSION, KINDS, PART_B_KINDS, SHEET_KINDS
from .step import OPEN

VEHICLE_CHANGED = _lt(
    "The vehicle has changed since the extension was entered. Enter it again for the "
    "present vehicle and place."
)
# before the window of an extension closes
TIME_TO_ACT = timedelta(hours=1)
REMIND_TO_RETRY = "mail.mail_activity_data_todo"


class L10nInIrpEwaybillStep(models.Model):
    """Before the call: the request, its checks, and what the portal is asked."""

    _inherit = "l10n_in.irp.ewaybill.step"

    def _prepare_request(self):
        """Return the `irp.rules.ewaybill.ActionRequest` of the change."""
        return KINDS[self.kind].build(self, self.ewaybill_id.number or "")

    def _violations(self):
        """Return what the portal would refuse now, with its codes."""
        bill = self.ewaybill_id
        found = bill._step_violations(self.kind, self._prepare_request(), now_utc())
        if self.kind == EXTENSION and self._is_other_vehicle():
            kind = "ewb_vehicle_changed"
            found = [Violation(NO_CODE, "", None, kind, VEHICLE_CHANGED), *found]
        return found

    def _is_other_vehicle(self):
        """Return whether Part B was changed after an extension was entered."""
        return any(
            step.kind in PART_B_KINDS
            and step.state == states.REGISTERED
            and step.id > self.id
            and (step.acted_at or step.done_at or self.asked_at) >= self.asked_at
            for step in self.ewaybill_id.step_ids
        )

    def _prepare_calls(self):
        return {step.id: step._prepare_call() for step in self}

    def _prepare_call(self):
        if faults := self._violations():
            return self._refusal(faults), False
        request = compact(self._prepare_request().body())
        before = self.ewaybill_id.valid_until
        return {"request": request, "valid_until_before": before}, True

    def _refusal(self, faults):
        return {
            "state": states.REJECTED,
            "error_code": faults[0].code,
            "error": "\n".join(violation_text(self.env, fault) for fault in faults),
            "advice": False,
            "request": False,
        }

    def _send_entered(self):
        """Send those that are due; the queue sends those planned for later."""
        planned = self.filtered(lambda step: step._is_planned())
        for moment in set(planned.mapped("next_attempt_at")):
            wakeup.schedule(self.env, moment)
        due = self.filtered(lambda step: step.state == states.TO_REGISTER) - planned
        if due:
            due._process_now()

    def _validate(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        waiting = self._out_of_turn()
        ready = self - waiting
        valid = super(L10nInIrpEwaybillStep, ready)._validate()
        for step in ready - valid:
            step._safely(step._remind_of_refusal)
        for step in waiting:
            step._wait_for_turn()
        return valid

    # ------------------------------------------------------------------
    # One at a time
    # ------------------------------------------------------------------

    def _changed_bills(self):
        """Return the e-way bills that these change at the portal."""
        of_several = self.filtered(lambda step: step.kind in SHEET_KINDS)
        return self.ewaybill_id | of_several.bill_ids

    def _out_of_turn(self):
        """Return those that must not be sent now: another change of the same e-way
        bill, or its cancellation, may be under way. An extension waits for the others,
        because it declares the vehicle."""
        new = self.filtered(lambda step: step.state == states.TO_REGISTER)
        if not new:
            return new
        bills = new._changed_bills()
        bills._take_turn()
        busy = new._others_under_way(bills)._changed_bills()
        busy |= bills.filtered(lambda bill: bill._is_cancellation_open())
        waiting = self.browse()
        for step in new.sorted(lambda step: (step.kind == EXTENSION, step.id)):
            if step._changed_bills() & busy:
                waiting |= step
            else:
                busy |= step._changed_bills()
        return waiting

    def _others_under_way(self, bills):
        """Return the other changes of e-way bills that the portal may be making."""
        begun = Domain("state", "=", states.TO_REGISTER) & Domain("attempt", ">", 0)
        is_open = Domain("state", "in", OPEN) | begun
        of_several = Domain("kind", "in", SHEET_KINDS)
        of_several &= Domain("bill_ids", "in", bills.ids)
        here = Domain("ewaybill_id", "in", bills.ids) | of_several
        return self.search(is_open & here & Domain("id", "not in", self.ids))

    def _wait_for_turn(self):
        """Try again later, the longer it waits the more rarely; refuse an extension
        before its window closes, so that a person can still enter it."""
        now = fields.Datetime.now()
        since, last = self._window()
        if last and now >= last:
            self._refuse_late()
            return
        pause = min(max(now - since, policy.PAUSES[0]), policy.PAUSES[-1])
        text = self.env._(
            "It waits until the other change of the e-way bill, or its cancellation, "
            "has the portal's response."
        )
        due = now + pause
        self.write({"next_attempt_at": min(due, last) if last else due, "error": text})
        if now - since >= policy.PAUSES[-1]:
            self._safely(self._remind_that_it_waits)

    def _window(self):
        """Return since when it is due, and until when it may wait for others; None if
        no time limits it."""
        end = self.kind == EXTENSION and self.ewaybill_id.valid_until
        if not end:
            return self.asked_at, None
        first, last = extension_window(aware(end))
        return max(self.asked_at, utc(first)), utc(last) - TIME_TO_ACT

    def _refuse_late(self):
        _first, last = extension_window(aware(self.ewaybill_id.valid_until))
        text = self.env._(
            "It was not sent, because the other change of the e-way bill, or its "
            "cancellation, still has no outcome. Settle that one, then enter the "
            "extension again: the portal takes it until %s.",
            self._shown_time(utc(last)),
        )
        cleared = dict.fromkeys(("error_code", "advice", "next_attempt_at"), False)
        self.write({**cleared, "state": states.REJECTED, "error": text})
        self._safely(self._remind_of_refusal)

    def _resume_waiting(self):
        """Have those sent that waited for these."""
        now = fields.Datetime.now()
        bills = self._changed_bills()
        waiting = (bills.step_ids | bills._consolidations()).filtered(
            lambda step: (
                step._waits_to_be_sent()
                and not step._is_planned()
                and step.next_attempt_at
                and step.next_attempt_at > now
            )
        )
        if waiting:
            waiting._requeue()

    def _remind_of_refusal(self):
        """Give the person who entered it an activity: it was not made."""
        self._remind(self.env._("%s was refused", self.display_name))

    def _remind_that_it_waits(self):
        """Give the person who entered it an activity, once: it is not sent yet."""
        summary = self.env._("%s is not sent yet", self.display_name)
        if summary not in self._own_thread().activity_ids.mapped("summary"):
            self._remind(summary)

    def _remind(self, summary):
        self._own_thread().activity_schedule(
            REMIND_TO_RETRY,
            date_deadline=indian_today(),
            summary=summary,
            note=self.error,
            user_id=(self.create_uid or self.env.user).id,
        )

    def _operation(self):
        end = self.valid_until_before
        known = self.ewaybill_id._standing()
        request = ewaybill_system.StepRequest(
            self._prepare_request(),
            replace(known, valid_until=aware(end) if end else None),
            aware(self.acted_at or fields.Datetime.now()),
            self.ewaybill_id.number or "",
            self.attempt + 1,
            self._in_flight(),
            self._age(),
            self._look_up_window(),
        )
        is_new = self.state == states.TO_REGISTER
        return (ewaybill_system.act if is_new else ewaybill_system.look_up), request

    def _sending_values(self, base_url, worker):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        values = super()._sending_values(base_url, worker)
        if self.state == states.TO_REGISTER:
            values["acted_at"] = values["sent_at"]
        return values


def violation_text(env, fault):
    """Return a violation as the user reads it, with the portal's code."""
    text = TranslatableText.of(fault).render(env)
    return ": ".join(filter(None, (fault.code, text)))
