from odoo import api, fields, models

from ...clock import now_utc, utc
from ..requests import (
    GROUP_CHANGE,
    GROUP_START,
    GROUP_VEHICLE,
    PART_B,
    TRANSPORTER,
    TRIP_SHEET,
)


class L10nInIrpEwaybill(models.Model):
    """Who may move it by several vehicles or renew its consolidated e-way bill."""

    _inherit = "l10n_in.irp.ewaybill"

    can_start_group = fields.Boolean(
        string="Several Vehicles Can Be Started", compute="_compute_vehicle_rights"
    )
    can_add_vehicle = fields.Boolean(
        string="A Vehicle Can Be Added", compute="_compute_vehicle_rights"
    )
    can_regenerate = fields.Boolean(
        string="Consolidated e-Way Bill Can Be Renewed",
        compute="_compute_vehicle_rights",
    )

    @api.depends(
        *("state", "number", "valid_until", "has_groups", "trip_sheet"),
        *("transporter_gstin", "generator_gstin", "part_b_by"),
        *("step_ids.state", "step_ids.replaced_id"),
    )
    def _compute_vehicle_rights(self):
        now = now_utc()
        for bill in self:
            may = bill._allowed_kinds(now) if bill._is_active_bill() else set()
            bill.can_start_group = GROUP_START in may
            bill.can_add_vehicle = GROUP_VEHICLE in may
            bill.can_regenerate = TRIP_SHEET in may

    def _allowed_kinds(self, now):
        # EXTENDS 'l10n_in.irp.ewaybill'
        may, bill, own = super()._allowed_kinds(now), self._standing(), self._sent_as()
        if bill.is_gold:
            # 810, 811, 812, 814: its transport stays as it is
            return may - {PART_B, TRANSPORTER}
        if not bill.valid_until or bill.is_expired(now):
            return may
        if bill.is_keeper(own):
            may |= {GROUP_START, *self._group_kinds()}
        if self.trip_sheet and not bill.has_groups and self._may_regenerate(bill, own):
            may.add(TRIP_SHEET)
        return may

    def _group_kinds(self):
        """Return what can be done with its groups."""
        groups = self._groups()
        if any(one.left is None or one.left > 0 for one in groups):
            yield GROUP_VEHICLE
        if any(one.entries for one in groups):
            yield GROUP_CHANGE

    def _may_regenerate(self, bill, own):
        """Return whether this company is the current transporter, or has generated the
        consolidated e-way bill."""
        return bill.is_keeper(own) or any(
            step.trip_sheet == self.trip_sheet and step.entered_by == own
            for step in self.step_ids
        )

    def _notes_by_kind(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        of_groups = (GROUP_START, GROUP_VEHICLE, GROUP_CHANGE)
        return {
            **super()._notes_by_kind(),
            **dict.fromkeys(of_groups, self._group_note),
            TRIP_SHEET: self._sheet_note,
        }

    def _group_note(self, bill, own, now):
        if bill.is_gold or not bill.valid_until or bill.is_expired(now):
            return ""
        if bill.has_groups:
            return self._part_b_note(bill, own, now)
        return self.env._(
            "Several vehicles: %(keeper)s may enter them until %(end)s. From the first "
            "group on, Part B can no longer be updated.",
            keeper=self._keeper_name(bill, own),
            end=self._shown_time(utc(bill.valid_until)),
        )

    def _next_notes(self, now):
        # EXTENDS 'l10n_in.irp.ewaybill'
        note = self._sheet_note(self._standing(), self._sent_as(), now)
        return [*super()._next_notes(now), note]

    def _sheet_note(self, bill, own, now):
        is_over = not bill.valid_until or bill.is_expired(now)
        if not self.trip_sheet or bill.has_groups or is_over:
            return ""
        return self.env._(
            "Consolidated e-Way Bill %(sheet)s: the present transporter, or whoever "
            "generated it, may put this e-way bill on another vehicle until %(end)s, "
            "together with the others on it that are still valid.",
            sheet=self.trip_sheet,
            end=self._shown_time(utc(bill.valid_until)),
        )

    def _part_b_note(self, bill, own, now):
        # EXTENDS 'l10n_in.irp.ewaybill'
        if bill.is_gold:
            return ""
        if not bill.has_groups or bill.is_expired(now) or not bill.valid_until:
            return super()._part_b_note(bill, own, now)
        return self.env._(
            "Its goods go by several vehicles: %(keeper)s may add and change vehicles "
            "until %(end)s. Part B can no longer be updated.",
            keeper=self._keeper_name(bill, own),
            end=self._shown_time(utc(bill.valid_until)),
        )


class L10nInIrpEwaybillStep(models.Model):
    _inherit = "l10n_in.irp.ewaybill.step"

    is_on_vehicle = fields.Boolean(
        string="Vehicle Can Be Changed",
        compute="_compute_is_on_vehicle",
        help="A vehicle of a group that no other has replaced.",
    )

    @api.depends("state", "ewaybill_id.vehicle_step_ids", "ewaybill_id.valid_until")
    def _compute_is_on_vehicle(self):
        now = now_utc()
        for bill, steps in self.grouped("ewaybill_id").items():
            may = bill._is_active_bill() and GROUP_CHANGE in bill._allowed_kinds(now)
            on_vehicles = steps.browse()
            for group in bill._groups() if may else ():
                on_vehicles |= group.entries
            for step in steps:
                step.is_on_vehicle = step in on_vehicles
