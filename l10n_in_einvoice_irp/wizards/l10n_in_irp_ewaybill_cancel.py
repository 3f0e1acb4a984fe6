from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..models.l10n_in_irp_ewaybill import EWB_CANCEL_REASONS

CANCEL_WINDOW = timedelta(hours=24)
LONGEST_REMARK = 50


class L10nInIrpEwaybillCancel(models.TransientModel):
    """Asks for reason and remark, and cancels an e-way bill within 24 hours."""

    _name = "l10n_in.irp.ewaybill.cancel"
    _description = "Cancel an e-way bill"

    ewaybill_id = fields.Many2one("l10n_in.irp.ewaybill", required=True, readonly=True)
    number = fields.Char(related="ewaybill_id.number")
    environment = fields.Selection(related="ewaybill_id.environment")
    reason = fields.Selection(selection=EWB_CANCEL_REASONS, required=True, default="2")
    remark = fields.Char(size=LONGEST_REMARK, help="Up to 50 characters.")
    is_too_late = fields.Boolean(compute="_compute_is_too_late")

    @api.depends("ewaybill_id.ewb_date")
    def _compute_is_too_late(self):
        now = fields.Datetime.now()
        for wizard in self:
            made = wizard.ewaybill_id.ewb_date
            wizard.is_too_late = bool(made) and now > made + CANCEL_WINDOW

    @api.model
    def _open(self, ewaybill):
        """The action that opens the wizard for an e-way bill."""
        wizard = self.create({"ewaybill_id": ewaybill.id})
        return wizard._get_records_action(
            name=self.env._("Cancel e-way bill %s", ewaybill.number), target="new"
        )

    @api.constrains("remark")
    def _check_remark(self):
        for wizard in self:
            if len(wizard.remark or "") > LONGEST_REMARK:
                raise ValidationError(
                    self.env._("The portal takes a remark of up to 50 characters.")
                )

    def action_cancel(self):
        """Cancel at the portal; a missing answer is looked up later."""
        self.ensure_one()
        if self.is_too_late:
            raise UserError(
                self.env._(
                    "e-Way bill %s is older than 24 hours: the portal no longer "
                    "cancels it.",
                    self.number,
                )
            )
        self.ewaybill_id.move_id.check_access("write")
        self.ewaybill_id._request_cancel(self.reason, (self.remark or "").strip())
        return {"type": "ir.actions.act_window_close"}

    def action_record(self):
        """Record a cancellation that was made on the portal's web page: it is asked."""
        self.ensure_one()
        self.ewaybill_id.action_refresh()
        if self.ewaybill_id.state != "cancelled":
            raise UserError(
                self.env._(
                    "The portal says that e-way bill %s is active. Cancel it on its "
                    "web page first.",
                    self.number,
                )
            )
        return {"type": "ir.actions.act_window_close"}
