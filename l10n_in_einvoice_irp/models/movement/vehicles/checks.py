from dataclasses import replace
from datetime import timedelta

from odoo import models

from ....irp.operations import states
from ....irp.rules import NO_CODE, Violation, _lt
from ...clock import aware
from ..requests import (
    GROUP_CHANGE,
    GROUP_START,
    GROUP_VEHICLE,
    KINDS,
    ROAD,
    TRIP_SHEET,
    clean_vehicle,
)

VEHICLE_KINDS = (GROUP_START, GROUP_VEHICLE, GROUP_CHANGE, TRIP_SHEET)
# The portal writes whole minutes, by another clock: to a look-up, two entries of one
# vehicle within some of them may be the same.
APART = timedelta(minutes=5)
TOO_SOON = _lt(
    "%(carrier)s was put into group %(group)s a moment ago. If it really carries goods "
    "twice, enter it again in five minutes."
)


class L10nInIrpEwaybill(models.Model):
    """The checks of changes that concern several vehicles or several e-way bills."""

    _inherit = "l10n_in.irp.ewaybill"

    def _step_violations(self, kind, request, now):
        # EXTENDS 'l10n_in.irp.ewaybill'
        if kind not in VEHICLE_KINDS:
            return super()._step_violations(kind, request, now)
        standing = self._standing()
        if kind == GROUP_START:
            standing = replace(standing, quantities=self._quantities())
        options = self._check_options(kind, request)
        found = KINDS[kind].check(request, standing, self._sent_as(), now, **options)
        return [*found, *self._repetitions(kind, request, now)]

    def _check_options(self, kind, request):
        """Return what the check of a kind takes besides."""
        if kind == TRIP_SHEET:
            return {
                "bills": [one._standing() for one in self._sheet_bills()],
                "is_cancelled": self._is_regenerated(request.sheet),
            }
        group = kind != GROUP_START and self._group(request.group)
        if kind == GROUP_VEHICLE:
            known = {"mode": group.mode, "used": group.used} if group else {}
            return {"mode": ROAD if request.vehicle else "", **known}
        return {"entered": group.carriers} if group else {}

    def _repetitions(self, kind, request, now):
        """Return that a vehicle was put into its group a moment ago."""
        if kind not in (GROUP_VEHICLE, GROUP_CHANGE):
            return
        vehicle = request.vehicle if kind == GROUP_VEHICLE else request.new_vehicle
        document = request.document if kind == GROUP_VEHICLE else request.new_document
        for step in self.step_ids:
            if (
                step.state == states.REGISTERED
                and step.multi_vehicle_group == request.group
                and step.kind != GROUP_START
                and step.done_at
                and now - aware(step.done_at) < APART
                and _carries(step, vehicle, document)
            ):
                params = {"carrier": vehicle or document, "group": request.group}
                kind_of = "ewb_group_repeated"
                yield Violation(NO_CODE, "", None, kind_of, TOO_SOON, params)
                return

    def _step_values(self, kind, entered, *args):
        # EXTENDS: what follows from the group, whatever the dialog has
        values = super()._step_values(kind, entered, *args)
        if kind in VEHICLE_KINDS:
            values["vehicle_number"] = clean_vehicle(entered.vehicle_number)
        if kind == GROUP_VEHICLE:
            group = self._group(entered.multi_vehicle_group)
            return {**values, **(_of_start(group.start) if group else {})}
        if kind == GROUP_CHANGE:
            old = entered.replaced_id
            names = (
                *("multi_vehicle_group", "quantity", "unit", "trans_mode"),
                "to_place",
            )
            same = {name: old[name] for name in names}
            return {**values, **same, "to_state_id": old.to_state_id.id}
        return values


def _carries(step, vehicle, document):
    if vehicle:
        return clean_vehicle(step.vehicle_number) == vehicle
    return (step.trans_doc_number or "").strip() == document


def _of_start(start):
    """Return the field values that a vehicle has from the start of its group."""
    if not start:
        return {}
    names = ("place", "to_place", "trans_mode", "unit")
    return {
        **{name: start[name] for name in names},
        "state_id": start.state_id.id,
        "to_state_id": start.to_state_id.id,
    }
