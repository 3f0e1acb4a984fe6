import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp import IrpNotFound
from ...models.movement.requests import GROUP_START
from ...models.movement.vehicles.numbers import NUMBERS
from ..cancel_window import RELOAD
from ..targets import CheckedDialog

SHEET, GROUP = re.compile(r"[0-9]{10}"), re.compile(r"[1-9][0-9]{0,3}")


class L10nInIrpEwaybillNumber(CheckedDialog, models.TransientModel):
    """Records a manager's word that the portal has made a number: of a consolidated
    e-way bill, or of a group of vehicles."""

    _name = "l10n_in.irp.ewaybill.number"
    _description = "Number Shown by the Portal"

    step_id = fields.Many2one(
        "l10n_in.irp.ewaybill.step", string="Change", required=True, readonly=True
    )
    is_group = fields.Boolean(compute="_compute_is_group")
    number = fields.Char()
    remark = fields.Char(
        string="Remarks",
        default=lambda self: self.env._("As shown on ewaybillgst.gov.in"),
        help="Where and when you saw it. Your name and the date are recorded as well.",
    )

    @api.depends("step_id")
    def _compute_is_group(self):
        for wizard in self:
            wizard.is_group = wizard.step_id.kind == GROUP_START

    @api.model
    def _open(self, step):
        """Return the action that opens the dialog for a change."""
        wizard = self.create({"step_id": step.id})
        return wizard._get_records_action(name=step.display_name, target="new")

    def action_record(self):
        """Record the change as made, with its number.

        :raises UserError: the number is none, or the portal shows that it is another's.
        """
        self.ensure_one()
        step = self.step_id
        step._check_settling()
        number = "".join((self.number or "").split())
        form = GROUP if self.is_group else SHEET
        if not form.fullmatch(number) or not (self.remark or "").strip():
            raise UserError(self._what_to_enter())
        if not self.is_group:
            self._check_sheet(number)
        step._settle("active", self.remark.strip(), {NUMBERS[step.kind]: number})
        return RELOAD

    def _what_to_enter(self):
        if self.is_group:
            return self.env._(
                "Enter the group number as the portal shows it, for example 1, and in "
                "the remarks where you saw it."
            )
        return self.env._(
            "Enter the 10 digits of the consolidated e-way bill number, and in the "
            "remarks where you saw it."
        )

    def _check_sheet(self, number):
        """Refuse a number that the portal does not have, or has for other goods.

        What it does not answer refuses nothing: then the manager's word counts.

        :raises UserError: it is not the number of this change.
        """
        bill = self.step_id.ewaybill_id
        company, address = bill.company_id, bill._portal_address() or ""
        if company._l10n_in_irp_ewb_missing(
            "get_trip_sheet", bill.environment, address
        ):
            return
        answered = bill._ask_trip_sheet(number)
        sheet = answered.found
        if sheet and bill.number in {one.number for one in sheet.bills}:
            return
        if sheet or isinstance(answered.error, IrpNotFound):
            raise UserError(
                self.env._(
                    "The portal has no consolidated e-way bill %(number)s with "
                    "%(ewaybill)s on it. Check the number.",
                    number=number,
                    ewaybill=bill.number,
                )
            )


class L10nInIrpEwaybillStep(models.Model):
    _inherit = "l10n_in.irp.ewaybill.step"

    def action_settle_done(self):
        # EXTENDS: asks for the number that the portal has made
        if not self._lacks_number():
            return super().action_settle_done()
        self._check_settling()
        return self.env["l10n_in.irp.ewaybill.number"]._open(self)
