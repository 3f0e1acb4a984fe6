from odoo import api, fields, models

from ...irp.reference import units
from ...models.movement.requests import (
    GROUP_CHANGE,
    GROUP_START,
    GROUP_VEHICLE,
    ROAD,
    TRIP_SHEET,
)
from .change import TRANSSHIPMENT

VIEW = "l10n_in_einvoice_irp.l10n_in_irp_ewaybill_vehicles_view_form"


class L10nInIrpEwaybillChange(models.TransientModel):
    """The same dialog for several vehicles, and for another vehicle of a consolidated
    e-way bill."""

    _inherit = "l10n_in.irp.ewaybill.change"

    groups_note = fields.Text(related="ewaybill_id.groups_note")
    replaced_vehicle = fields.Char(
        string="Replaces Vehicle", related="replaced_id.vehicle_number"
    )
    replaced_document = fields.Char(
        string="Replaces Document", related="replaced_id.trans_doc_number"
    )

    @api.model
    def _open(self, ewaybill, kind, **values):
        # EXTENDS: with a view that asks for what these kinds need
        action = super()._open(ewaybill, kind)
        if kind in _KNOWN:
            self.browse(action["res_id"]).write(values)
            action.update(views=[(self.env.ref(VIEW).id, "form")])
        return action

    @api.model
    def _known(self, ewaybill, kind):
        # EXTENDS 'l10n_in.irp.ewaybill.change'
        if kind not in _KNOWN:
            return super()._known(ewaybill, kind)
        return _KNOWN[kind](self, ewaybill)

    def _known_of_start(self, ewaybill):
        """Return the quantity that may go on, and where it goes in the end."""
        reasons = dict(self._fields["vehicle_reason"]._description_selection(self.env))
        groups = ewaybill._groups()
        goods = ewaybill._quantities()
        unit, quantity = goods[0] if goods else (False, 0)
        if groups and groups[-1].total is not None:
            unit, quantity = groups[-1].start.unit, groups[-1].total
        return {
            "trans_mode": ewaybill.trans_mode or ROAD,
            "vehicle_reason": TRANSSHIPMENT,
            "remark": reasons[TRANSSHIPMENT],
            "unit": unit if unit in units() else False,
            "quantity": float(quantity),
            **self._destination(ewaybill),
        }

    @staticmethod
    def _destination(ewaybill):
        """Return the place of delivery; {} if Odoo does not know it."""
        if bill := ewaybill._last_portal_bill():
            state = ewaybill._indian_state(bill.ship_to_state or bill.to_state)
            return {"to_place": bill.to_place, "to_state_id": state.id}
        move = ewaybill.move_id
        partner = move.partner_shipping_id if move.move_type == "out_invoice" else None
        state = partner and partner.state_id
        if not state or state.country_id.code != "IN":
            return {}
        return {"to_place": partner.city, "to_state_id": state.id}

    def _known_of_vehicle(self, ewaybill):
        """Return the newest group with something left."""
        groups = [one for one in ewaybill._groups() if one.left is None or one.left > 0]
        return self._of_group(groups[-1]) if groups else {}

    @staticmethod
    def _of_group(group):
        return {
            "multi_vehicle_group": group.number,
            "trans_mode": group.mode,
            "unit": group.start.unit,
            "quantity": float(group.left or 0),
        }

    def _known_of_change(self, ewaybill):
        return {}

    def _known_of_sheet(self, ewaybill):
        return {
            "old_trip_sheet": ewaybill.trip_sheet,
            "trans_mode": ewaybill.trans_mode or ROAD,
            "bill_ids": ewaybill._running_bills().ids,
        }

    @api.onchange("multi_vehicle_group")
    def _onchange_multi_vehicle_group(self):
        if self.kind != GROUP_VEHICLE or not self.multi_vehicle_group:
            return
        group = self.ewaybill_id._group(self.multi_vehicle_group.strip())
        if group:
            self.update(self._of_group(group))


_KNOWN = {
    GROUP_START: L10nInIrpEwaybillChange._known_of_start,
    GROUP_VEHICLE: L10nInIrpEwaybillChange._known_of_vehicle,
    GROUP_CHANGE: L10nInIrpEwaybillChange._known_of_change,
    TRIP_SHEET: L10nInIrpEwaybillChange._known_of_sheet,
}


class L10nInIrpEwaybill(models.Model):
    _inherit = "l10n_in.irp.ewaybill"

    def action_several_vehicles(self):
        """Open the dialog that starts a movement by several vehicles."""
        return self._open_change(GROUP_START)

    def action_add_vehicle(self):
        """Open the dialog that puts a vehicle into a group."""
        return self._open_change(GROUP_VEHICLE)

    def action_regenerate(self):
        """Open the dialog for another vehicle of its consolidated e-way bill."""
        self.ensure_one()
        running = self._running_bills()
        # the look-up after a lost answer needs one that goes onto the new number
        return (self if self in running else running[:1] or self)._open_change(
            TRIP_SHEET
        )


class L10nInIrpEwaybillStep(models.Model):
    _inherit = "l10n_in.irp.ewaybill.step"

    def action_change_vehicle(self):
        """Open the dialog that replaces this vehicle of a group."""
        self.ensure_one()
        self.ewaybill_id._check_may_change(GROUP_CHANGE)
        return self.env["l10n_in.irp.ewaybill.change"]._open(
            self.ewaybill_id,
            GROUP_CHANGE,
            replaced_id=self.id,
            multi_vehicle_group=self.multi_vehicle_group,
            trans_mode=self.trans_mode,
            quantity=self.quantity,
            unit=self.unit,
            trans_doc_number=self.trans_doc_number,
            trans_doc_date=self.trans_doc_date,
        )
