from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...irp.operations import states
from ..clock import utc
from ..evidence import permits
from .history import made_at
from .requests import (
    CONSOLIDATION,
    EXTENSION,
    GROUP_CHANGE,
    GROUP_START,
    GROUP_VEHICLE,
    PART_B,
    PART_B_KINDS,
    REJECTION,
    SHEET_KINDS,
    TRANSPORTER,
    TRIP_SHEET,
)

# the longest call of a dialog
AT_ONCE = timedelta(minutes=2)


class L10nInIrpEwaybillStep(models.Model):
    """After the call: the answer, and what it changes on the e-way bill."""

    _inherit = "l10n_in.irp.ewaybill.step"

    def _is_proven_by(self, result):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return bool(result.answer or result.bill) or super()._is_proven_by(result)

    def _answer_values(self, result):
        if result.state != states.REGISTERED:
            return {}
        answer = result.answer
        shown_at = made_at(self, result.bill)
        done_at = self._answered_at(answer) or shown_at or self.acted_at
        values = {"done_at": done_at, "entered_by": self._sent_as()}
        if self.kind in SHEET_KINDS:
            values["trip_sheet"] = answer.number if answer else result.made_number
        if self.kind == GROUP_START and answer:
            values["multi_vehicle_group"] = answer.group
        end = getattr(answer, "valid_until", None) or (
            result.bill and result.bill.valid_until
        )
        return {**values, "valid_until": utc(end)} if end else values

    @staticmethod
    def _answered_at(answer):
        """Return the portal's moment of the change, as Odoo stores it; False if it
        gave none."""
        moments = (
            getattr(answer, name, None)
            for name in ("updated_at", "rejected_at", "generated_at", "at")
        )
        return utc(next(filter(None, moments), None))

    def _store_related(self, result):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        done = super()._store_related(result)
        if result.state == states.REGISTERED:
            self._store_on_bills()
        if result.bill:
            self.ewaybill_id._take_bill(result.bill)
        return done

    def _store_on_bills(self):
        """Write a change that was made to its e-way bill, or to all of a consolidated
        one: Part B of several on a vehicle is a change of each."""
        bills = self._result_bills().sudo()
        for is_overtaken, some in bills.grouped(self._is_overtaken).items():
            values = self._bill_values(is_overtaken)
            with permits.permitted(some, values):
                some.write(values)
        # their prints show the end of the validity
        self.ewaybill_id._apart(bills.move_id._detach_attachments)

    def _result_bills(self):
        """Return the e-way bills that it changes."""
        bills = self.ewaybill_id
        return bills | self.bill_ids if self.kind == CONSOLIDATION else bills

    def _is_overtaken(self, bill):
        """Return whether a later Part B of an e-way bill is known: the vehicle of this
        change, whose outcome came late, is not the present one.

        Own changes come one after another, the later one with the higher ID; their
        moments may be by two clocks.
        """
        return self.kind in _OF_VEHICLE and any(
            step.kind in PART_B_KINDS
            and step.state == states.REGISTERED
            and step.done_at
            and self.done_at
            and step.done_at > self.done_at
            and (not step.acted_at or step.id > self.id)
            for step in bill.step_ids - self
        )

    def _bill_values(self, is_overtaken=False):
        """Return the field values of the e-way bill after a change that was made."""
        changed = {} if is_overtaken else _VALUES[self.kind](self)
        # what was fetched before shows it no more as it is
        values = {**changed, "is_record_outdated": True}
        if self.valid_until and self.kind != CONSOLIDATION:
            values["valid_until"] = self.valid_until
        return values

    def _part_b_values(self):
        names = (
            *("trans_mode", "vehicle_number", "vehicle_type"),
            *("trans_doc_number", "trans_doc_date"),
        )
        here = {"part_b_by": self._sent_as(), "place": self.place or False}
        # another vehicle leaves the consolidated e-way bill of the one before
        return {**{name: self[name] for name in names}, **here, "trip_sheet": False}

    def _consolidation_values(self):
        # the portal enters its vehicle as Part B of each
        values = self._part_b_values()
        del values["vehicle_type"]
        return {**values, "trip_sheet": self.trip_sheet}

    def _transporter_values(self):
        partner = self.ewaybill_id._transporter_of(self.transporter_gstin)
        return {
            "transporter_id": partner.id,
            "transporter_gstin": self.transporter_gstin,
        }

    def _extension_values(self):
        return {"place": self.place or False}

    def _rejection_values(self):
        return {"is_rejected": True, "rejected_at": self.done_at}

    def _group_start_values(self):
        return {"has_groups": True}

    def _group_vehicle_values(self):
        # the goods have left the vehicle of a consolidated e-way bill
        return {**self._consolidation_values(), "trip_sheet": False}

    # ------------------------------------------------------------------
    # Follow-up
    # ------------------------------------------------------------------

    def _act_on_state(self):
        for step in self:
            if step.state in (states.REGISTERED, states.REJECTED, states.UNCLEAR):
                step._notify()
            if step.state == states.REJECTED and step._is_sent_later():
                step._remind_of_refusal()
        over = (states.REGISTERED, states.REJECTED)
        self.filtered(lambda step: step.state in over)._resume_waiting()
        return super()._act_on_state()

    def _is_sent_later(self):
        """Return whether who entered it may have left since: it was planned, or its
        outcome was not known at once."""
        return bool(fields.Datetime.now() - self.asked_at > AT_ONCE)

    def _notify(self):
        """Post the outcome on the e-way bill."""
        parts = (self._status_label(), self.error)
        text = " – ".join(filter(None, parts))
        with permits.recorded_messages():
            self.ewaybill_id._message_log(body=f"{self.display_name}: {text}")

    def _undone_advice(self):
        return self.env._("Correct the cause, then refresh the e-way bill.")

    # ------------------------------------------------------------------
    # Settled by hand
    # ------------------------------------------------------------------

    def _check_settling(self):
        # EXTENDS 'l10n_in.irp.submission.mixin': later changes build on what is done
        if self.state == states.REGISTERED:
            raise UserError(
                self.env._(
                    "%s is already recorded as done. If ewaybillgst.gov.in shows "
                    "otherwise, click 'Refresh from Portal' on the e-way bill.",
                    self.display_name,
                )
            )
        return super()._check_settling()

    def _unclear_advice(self, state):
        return self.env._(
            "Check on ewaybillgst.gov.in whether %(change)s was made. An e-Invoice "
            "manager then opens the e-way bill and marks the change as Done or Not "
            "Done.",
            change=self.display_name,
        )

    def _unmade_values(self):
        return {"state": states.REJECTED}

    def _settled_values(self, word, remark):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        values = super()._settled_values(word, remark)
        if word != "active":
            return values
        # a fetch since then may show it
        shown_at = made_at(self, self.ewaybill_id._last_portal_bill())
        done_at = shown_at or self.acted_at
        return {**values, "done_at": done_at, "entered_by": self._sent_as()}

    def _settle(self, word, remark, values):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        result = super()._settle(word, remark, values)
        if word == "active":
            self._store_on_bills()
        return result


_VALUES = {
    PART_B: L10nInIrpEwaybillStep._part_b_values,
    TRANSPORTER: L10nInIrpEwaybillStep._transporter_values,
    EXTENSION: L10nInIrpEwaybillStep._extension_values,
    REJECTION: L10nInIrpEwaybillStep._rejection_values,
    CONSOLIDATION: L10nInIrpEwaybillStep._consolidation_values,
    GROUP_START: L10nInIrpEwaybillStep._group_start_values,
    GROUP_VEHICLE: L10nInIrpEwaybillStep._group_vehicle_values,
    GROUP_CHANGE: L10nInIrpEwaybillStep._group_vehicle_values,
    TRIP_SHEET: L10nInIrpEwaybillStep._consolidation_values,
}
# they write the vehicle in force, or where it is
_OF_VEHICLE = (EXTENSION, CONSOLIDATION, TRIP_SHEET, *PART_B_KINDS)
