from odoo import api, fields, models
from odoo.exceptions import UserError

from ..irp.operations import states
from ..irp.rules import CANCEL_RULES, IRN_CANCEL_REASONS
from .cancel_window import RELOAD

LONGEST_REMARK = CANCEL_RULES["irn"].longest_remark


class L10nInIrpCancel(models.TransientModel):
    """Asks for reason and remark, and cancels an IRN within the portal's 24 hours."""

    _name = "l10n_in.irp.cancel"
    _description = "Cancel IRN"
    _inherit = "l10n_in.irp.cancel.window"
    _cancel_kind = "irn"
    _cancel_record = "document_id"

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True
    )
    document_id = fields.Many2one(related="move_id.l10n_in_irp_document_id")
    irn = fields.Char(string="IRN", related="document_id.irn")
    base_url = fields.Char(string="Portal", related="document_id.base_url")
    reason = fields.Selection(
        string="Cancel Reason",
        selection=list(IRN_CANCEL_REASONS.items()),
        required=True,
        default="2",
    )
    remark = fields.Char(
        string="Cancel Remarks",
        required=True,
        size=LONGEST_REMARK,
        help="1 to 100 characters, without quotes and backslashes.",
    )
    ewaybill_id = fields.Many2one(related="move_id.l10n_in_irp_ewaybill_id")
    ewaybill_state = fields.Selection(
        string="e-Way Bill Status", related="ewaybill_id.state"
    )
    ewaybill_note = fields.Char(
        compute="_compute_ewaybill_note",
        help="Why the e-way bill comes first; empty if there is none at the portal.",
    )
    cancel_move = fields.Boolean(string="Also Cancel Invoice in Odoo", default=True)

    @api.model
    def _open(self, move):
        """Return the action that opens the wizard for a registered invoice."""
        move.ensure_one()
        document = move.l10n_in_irp_document_id
        document._check_may_cancel()
        wizard = self.create({"move_id": move.id, **self._last_request(document, "2")})
        return wizard._get_records_action(
            name=self.env._("Cancel IRN of %s", move.name), target="new"
        )

    @api.onchange("reason")
    def _onchange_reason(self):
        if not self.remark or self.remark in IRN_CANCEL_REASONS.values():
            self.remark = IRN_CANCEL_REASONS.get(self.reason)

    def action_cancel(self):
        """Cancel at the portal now; a missing answer is looked up later."""
        self.ensure_one()
        self.move_id.check_access("write")
        if self.is_too_late:
            raise UserError(
                self.env._(
                    "%s was registered more than 24 hours ago, so the IRN cannot be "
                    "cancelled. Create a credit note instead.",
                    self.move_id.name,
                )
            )
        if note := self._ewaybill_reason():
            raise UserError(note)
        remark = (self.remark or "").strip()
        self._check_request(self.reason, remark)
        document = self.document_id.sudo()
        document._request_cancel(self.reason, remark, self.cancel_move)
        if document.state == states.REGISTERED and document.error:
            # no error, which would roll back the portal's answer on the registration
            return self._show_refusal(document)
        return RELOAD

    @api.depends("move_id.l10n_in_irp_ewaybill_id.state")
    def _compute_ewaybill_note(self):
        for wizard in self:
            wizard.ewaybill_note = wizard._ewaybill_reason()

    def _ewaybill_reason(self):
        """Return why the IRN cannot be cancelled yet: the portal holds an active e-way
        bill, or may hold one; "" if it can."""
        ewaybill = self.move_id.l10n_in_irp_ewaybill_id.sudo()
        if ewaybill.state == states.REGISTERED:
            return self.env._(
                "%(invoice)s has the active e-way bill %(ewaybill)s. Cancel the "
                "e-way bill first (error code 2230).",
                invoice=self.move_id.name,
                ewaybill=ewaybill.number,
            )
        if not ewaybill._is_open_at_portal():
            return ""
        return self.env._(
            "The e-way bill of %(invoice)s has the status '%(state)s' and may be "
            "active (error code 2230). Open it, click 'Refresh from IRP', and cancel "
            "it first if it is active. If the portal no longer shows it, an e-Invoice "
            "manager clicks 'Settle by Hand' there.",
            invoice=self.move_id.name,
            state=ewaybill._status_label(),
        )

    def action_ewaybill(self):
        """Open the cancellation of the active e-way bill; one whose status is open is
        opened to be refreshed."""
        self.ensure_one()
        ewaybill = self.ewaybill_id
        if ewaybill.sudo().state == states.REGISTERED:
            return ewaybill.action_cancel()
        return ewaybill._get_records_action(name=self.env._("e-Way Bill"))

    def _show_refusal(self, document):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "sticky": True,
                "title": self.env._("The IRN of %s was not cancelled", document.number),
                "message": f"{document.error} {document.advice or ''}".strip(),
                "next": RELOAD,
            },
        }

    def action_credit_note(self):
        """Open Odoo's credit note wizard for the invoice."""
        self.ensure_one()
        return self.move_id.action_l10n_in_irp_credit_note()
