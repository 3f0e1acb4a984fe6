from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp.operations import states
from ...models.movement.entered import EnteredMovement
from ...models.movement.requests import (
    CONSOLIDATION,
    EXTENSION,
    GROUP_CHANGE,
    GROUP_START,
    GROUP_VEHICLE,
    PART_B,
    TRANSPORTER,
    TRIP_SHEET,
)
from ...models.taxpayer.gstin_entry import entered_gstin
from ..cancel_window import RELOAD
from ..targets import CheckedDialog

FIRST_TIME, TRANSSHIPMENT = "4", "2"


class L10nInIrpEwaybillChange(EnteredMovement, CheckedDialog, models.TransientModel):
    """Asks what a change of an e-way bill needs: Part B, the transporter, or an
    extension."""

    _name = "l10n_in.irp.ewaybill.change"
    _description = "Change e-Way Bill"

    ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill", string="e-Way Bill", required=True, readonly=True
    )
    kind = fields.Selection(
        selection=[
            (PART_B, "Update Part B"),
            (TRANSPORTER, "Change Transporter"),
            (EXTENSION, "Extend Validity"),
            (GROUP_START, "Several Vehicles"),
            (GROUP_VEHICLE, "Add Vehicle"),
            (GROUP_CHANGE, "Change Vehicle"),
            (TRIP_SHEET, "New Consolidated e-Way Bill"),
        ],
        required=True,
        readonly=True,
    )
    transporter_id = fields.Many2one(
        "res.partner",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    company_id = fields.Many2one(related="ewaybill_id.company_id")
    valid_until = fields.Datetime(related="ewaybill_id.valid_until")
    next_steps = fields.Text(string="Time Limit", compute="_compute_next_steps")

    is_consolidated = fields.Boolean(
        string="Also Generate Consolidated e-Way Bill",
        help="One number for the driver, with all e-way bills on the vehicle.",
    )

    seen_step = fields.Integer(
        compute="_compute_seen_step",
        store=True,
        help="The latest change that the person has seen, when the window opened.",
    )

    @api.depends("ewaybill_id", "bill_ids", "kind")
    def _compute_seen_step(self):
        for wizard in self:
            wizard.seen_step = max(wizard._bills().step_ids._origin.ids, default=0)

    @api.depends("ewaybill_id", "kind")
    def _compute_next_steps(self):
        for wizard in self:
            wizard.next_steps = wizard.ewaybill_id._note_on(wizard.kind)

    def _check_targets(self, names=None):
        # EXTENDS: the e-way bills on one vehicle are several
        if not self.env.su:
            self.bill_ids._origin.check_access("read")
        return super()._check_targets(names)

    @api.model
    def _open_for_lorry(self, ewaybills):
        """Return the action that opens the dialog for e-way bills on one vehicle."""
        action = self._open(ewaybills[0], PART_B)
        wizard = self.browse(action["res_id"])
        wizard.write({"bill_ids": ewaybills.ids, "is_consolidated": len(ewaybills) > 1})
        return action

    @api.model
    def _open(self, ewaybill, kind):
        """Return the action that opens the dialog for a kind of change."""
        values = {"ewaybill_id": ewaybill.id, "kind": kind}
        return self.create({**values, **self._known(ewaybill, kind)})._show()

    def _show(self):
        """Return the action that shows this dialog."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return self._get_records_action(name=labels[self.kind], target="new")

    @api.model
    def _known(self, ewaybill, kind):
        """Return what need not be entered again.

        The place is offered before the first Part B alone: later, nobody but a person
        knows where the goods are.
        """
        if kind == TRANSPORTER:
            return {}
        values = {
            "trans_mode": ewaybill.trans_mode or "1",
            "vehicle_type": ewaybill.vehicle_type or "R",
        }
        if kind == EXTENSION:
            names = ("vehicle_number", "trans_doc_number", "trans_doc_date")
            return {**values, **{name: ewaybill[name] for name in names}}
        if ewaybill.valid_until:
            return values
        place, state = ewaybill._start_place()
        first = {"vehicle_reason": FIRST_TIME, "remark": self.env._("First Time")}
        return {**values, **first, "place": place, "state_id": state.id}

    @api.onchange("transporter_id")
    def _onchange_transporter_id(self):
        # the ID of another transporter must not stay
        number = self.transporter_id.vat
        self.transporter_gstin = number not in (False, "/") and number

    @api.onchange("transporter_gstin")
    def _onchange_transporter_gstin(self):
        number, warning = entered_gstin(self.env, self.transporter_gstin)
        if number != self.transporter_gstin:
            self.transporter_gstin = number
        return {"warning": warning} if warning else None

    @api.onchange("vehicle_reason", "extension_reason")
    def _onchange_reason(self):
        name = "extension_reason" if self.kind == EXTENSION else "vehicle_reason"
        labels = dict(self._fields[name]._description_selection(self.env))
        if self[name] and (not self.remark or self.remark in labels.values()):
            self.remark = labels[self[name]]

    def action_send(self):
        """Make the change at the portal now, or plan it for when its window opens.

        The changes of all e-way bills are stored before the first is sent, so that
        nothing is sent again if this is repeated.
        """
        self.ensure_one()
        bills = self._bills()
        steps = bills._enter_once(self.kind, self, self._request_key(), self.seen_step)
        steps._send_entered()
        notes = []
        if self.is_consolidated and self.kind == PART_B:
            made, notes = self._consolidate(bills, steps)
            steps |= made
        return self._result(steps, notes)

    def _bills(self):
        """Return the e-way bills of which each is changed by a separate call."""
        is_each = self.kind == PART_B and self.bill_ids
        return self.bill_ids if is_each else self.ewaybill_id

    def _request_key(self):
        return f"{self._name},{self.id}"

    def _consolidate(self, bills, steps):
        """Make the consolidated e-way bill once all have their Part B.

        :return: its step, which is of one that is on it; and notes on why there is
            none: what was made before stands.
        """
        none = steps.browse()
        if set(steps.mapped("state")) != {states.REGISTERED}:
            return none, [self._not_consolidated()]
        key, newest = self._request_key(), max(bills.step_ids.ids)
        try:
            step = bills[0]._enter_once(CONSOLIDATION, self, key, newest)
        except UserError as error:
            return none, [str(error), self._not_consolidated()]
        step._send_entered()
        return step, []

    def _not_consolidated(self):
        return self.env._(
            "The consolidated e-way bill was not generated. Once all e-way bills have "
            "their Part B, select them in the list and choose 'Update Part B' in the "
            "Actions menu again."
        )

    def _result(self, steps, notes):
        """Return the action that reloads the record; with a note on each change if one
        of them is not made, or if there are notes."""
        left = steps.filtered(lambda step: step.state != states.REGISTERED)
        if not left and not notes:
            return RELOAD
        is_planned = left and all(step._is_planned() for step in left)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info" if is_planned else "warning",
                "sticky": True,
                "message": "\n".join(self._notes(steps, left, notes)),
                "next": RELOAD,
            },
        }

    def _notes(self, steps, left, notes):
        """Return what became of each change, those that are not made first."""
        done = ", ".join((steps - left).ewaybill_id.mapped("number"))
        done = done and self.env._("Done for: %s", done)
        return list(filter(None, [*(step._notice() for step in left), *notes, done]))
