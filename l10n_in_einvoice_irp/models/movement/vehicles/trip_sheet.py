from odoo import Command, models

from ....irp.operations import states
from ...clock import now_utc
from ..requests import PART_B, TRIP_SHEET


class L10nInIrpEwaybill(models.Model):
    """The e-way bills that travel under one consolidated number."""

    _inherit = "l10n_in.irp.ewaybill"

    def _sheet_bills(self):
        """Return the e-way bills under its consolidated number, as far as they are in
        Odoo."""
        if not self.trip_sheet:
            return self.browse()
        return self.search([("trip_sheet", "=", self.trip_sheet), *self._beside()])

    def _running_bills(self):
        """Return those of them that are active and valid now."""
        now = now_utc()
        return self._sheet_bills().filtered(
            lambda one: one._is_active_bill() and not one._standing().is_expired(now)
        )

    def _numbered(self, numbers):
        """Return the e-way bills of the same company with these numbers."""
        return self.search([("number", "in", list(numbers)), *self._beside()])

    def _is_entered(self, sheet):
        """Return whether a Part B of a consolidated e-way bill is known."""
        return any(
            (step.kind, step.trip_sheet) == (PART_B, sheet) for step in self.step_ids
        )

    def _is_regenerated(self, sheet):
        """Return whether a consolidated e-way bill has a newer number."""
        return bool(
            self.env["l10n_in.irp.ewaybill.step"].search_count(
                [
                    ("kind", "=", TRIP_SHEET),
                    ("state", "=", states.REGISTERED),
                    ("old_trip_sheet", "=", sheet),
                    ("ewaybill_id.environment", "=", self.environment),
                    ("company_id", "=", self.company_id.id),
                ],
                limit=1,
            )
        )

    def _changed_with(self, kind, entered):
        # EXTENDS: what a dialog lists is not what the portal moves
        if kind == TRIP_SHEET:
            return self | self._running_bills()
        return super()._changed_with(kind, entered)

    def _step_values(self, kind, entered, *args):
        # EXTENDS 'l10n_in.irp.ewaybill'
        values = super()._step_values(kind, entered, *args)
        if kind == TRIP_SHEET:
            values["bill_ids"] = [Command.set(self._running_bills().ids)]
        return values


class L10nInIrpEwaybillStep(models.Model):
    """The outcome of a consolidated number on each of its e-way bills."""

    _inherit = "l10n_in.irp.ewaybill.step"

    def _result_bills(self):
        # EXTENDS: those that are no longer valid stay behind
        if self.kind == TRIP_SHEET:
            return self.bill_ids
        return super()._result_bills()

    def _answer_values(self, result):
        # EXTENDS 'l10n_in.irp.ewaybill.step'
        values = super()._answer_values(result)
        if self.kind == TRIP_SHEET and result.state == states.REGISTERED:
            # the validity of one is not that of all
            values.pop("valid_until", None)
            answer = result.answer
            numbers = answer.bills if answer else result.made_bills
            if numbers:
                bills = self.ewaybill_id._numbered(numbers)
                values["bill_ids"] = [Command.set(bills.ids)]
        return values

    def _store_on_bills(self):
        # EXTENDS: as the portal does, which a look-up shows
        result = super()._store_on_bills()
        if self.kind == TRIP_SHEET:
            bills = self._result_bills().sudo()
            # a fetch may have been before
            new = bills.filtered(lambda bill: not bill._is_entered(self.trip_sheet))
            self.sudo().create([self._sheet_entry(bill) for bill in new])
        return result

    def _sheet_entry(self, bill):
        """Return the field values of the Part B of an e-way bill on it."""
        names = (
            *("base_url", "environment", "done_at", "entered_by", "trip_sheet"),
            *("trans_mode", "vehicle_number", "trans_doc_number", "trans_doc_date"),
            *("place", "vehicle_reason", "remark"),
        )
        return {
            **{name: self[name] for name in names},
            "ewaybill_id": bill.id,
            "kind": PART_B,
            "state": states.REGISTERED,
            "state_id": self.state_id.id,
        }
