from odoo import api, fields, models
from odoo.exceptions import UserError

from ..irp.operations import states
from ..irp.rules import CANCEL_RULES, EWB_CANCEL_REASONS
from ..models.ewaybill.ewaybill import CANCEL
from ..models.rights import check_manager
from .cancel_window import RELOAD

LONGEST_REMARK = CANCEL_RULES["ewb"].longest_remark


class L10nInIrpEwaybillCancel(models.TransientModel):
    """Asks for reason and remark, and cancels an e-way bill within 24 hours."""

    _name = "l10n_in.irp.ewaybill.cancel"
    _description = "Cancel e-Way Bill"
    _inherit = "l10n_in.irp.cancel.window"
    _cancel_kind = "ewb"
    _cancel_record = "ewaybill_id"

    ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill", string="e-Way Bill", required=True, readonly=True
    )
    number = fields.Char(related="ewaybill_id.number")
    reason = fields.Selection(
        string="Cancel Reason",
        selection=list(EWB_CANCEL_REASONS.items()),
        required=True,
        default="2",
    )
    remark = fields.Char(
        string="Cancel Remarks",
        size=LONGEST_REMARK,
        help="1 to 50 characters, without quotes and backslashes.",
    )
    cancelled_at = fields.Datetime(
        string="Cancelled On",
        default=fields.Datetime.now,
        help="Date and time of the cancellation on ewaybillgst.gov.in, which the API "
        "does not return.",
    )
    is_by_hand = fields.Boolean(
        string="Cancelled on Website",
        compute="_compute_route",
        help="Odoo cannot cancel it; cancel it on ewaybillgst.gov.in.",
    )
    missing = fields.Char(string="Not Offered by the Portal", compute="_compute_route")
    is_own_session = fields.Boolean(
        string="Has e-Way Bill User", compute="_compute_route"
    )
    blocked_message = fields.Char(string="Login Refused", compute="_compute_route")

    @api.depends("ewaybill_id.environment")
    def _compute_route(self):
        credentials = self.env["l10n_in.irp.credential"].sudo()
        for wizard in self:
            ewaybill = wizard.ewaybill_id
            credential = credentials._find_at(
                ewaybill.company_id, ewaybill.environment, ewaybill._portal_address()
            )
            portal = ewaybill._portal()
            needed = portal.ewb_cancel == "own_session"
            wizard.missing = ewaybill._portal_missing(CANCEL)
            wizard.is_own_session = needed or wizard.missing
            has_user = not needed or credential._has_ewb_user()
            wizard.is_by_hand = wizard.missing or not has_user
            wizard.blocked_message = credential.ewb_blocked_message

    @api.model
    def _open(self, ewaybill):
        """Return the action that opens the wizard for an e-way bill."""
        ewaybill._check_may_cancel()
        values = {"ewaybill_id": ewaybill.id, **self._last_request(ewaybill, "2")}
        wizard = self.create(values)
        return wizard._get_records_action(
            name=self.env._("Cancel e-Way Bill %s", ewaybill.number), target="new"
        )

    @api.onchange("reason")
    def _onchange_reason(self):
        if not self.remark or self.remark in EWB_CANCEL_REASONS.values():
            self.remark = EWB_CANCEL_REASONS.get(self.reason)

    def action_cancel(self):
        """Cancel at the portal; a missing answer is looked up later."""
        self.ensure_one()
        if self.is_too_late:
            raise UserError(
                self.env._(
                    "e-Way bill %s is older than 24 hours and can no longer be "
                    "cancelled.",
                    self.number,
                )
            )
        self.ewaybill_id._check_may_write()
        remark = (self.remark or "").strip()
        self._check_request(self.reason, remark)
        self.ewaybill_id._request_cancel(self.reason, remark)
        return RELOAD

    def action_record(self):
        """Record a cancellation made on the portal's web page, after a look-up.

        When the portal can no longer answer, a manager has to confirm it.

        :raises AccessError: the user is no manager.
        """
        self.ensure_one()
        check_manager(self.env)
        ewaybill = self.ewaybill_id
        ewaybill._check_may_write()
        self._check_active()
        self._check_cancelled_at()
        ewaybill.sudo()._look_up_now(ends_as=states.CANCEL_UNCLEAR)
        if ewaybill.state == states.CANCEL_UNCLEAR:
            return self._store_claim()
        if ewaybill.state != states.CANCELLED:
            raise UserError(
                self.env._(
                    "e-Way bill %s is still active on the portal. Cancel it on "
                    "ewaybillgst.gov.in first.",
                    self.number,
                )
            )
        ewaybill.sudo().write(
            {
                "cancel_date": self.cancelled_at,
                "cancel_reason": self.reason,
                "cancel_remark": self.remark,
            }
        )
        return RELOAD

    def _store_claim(self):
        """Store the user's statement for the manager who confirms it."""
        self.ewaybill_id.sudo().write(
            {
                "cancel_sent": True,
                "cancel_user_id": self.env.uid,
                "cancel_asked_at": self.cancelled_at,
                "cancel_reason": self.reason,
                "cancel_remark": self.remark,
            }
        )
        return RELOAD

    def _check_active(self):
        """Refuse an e-way bill whose cancellation may not be recorded.

        :raises UserError: its cancellation may not be recorded.
        """
        ewaybill = self.ewaybill_id
        if ewaybill.state != states.REGISTERED:
            raise UserError(
                self.env._(
                    "%(ewaybill)s has the status '%(state)s': there is nothing to "
                    "record.",
                    ewaybill=ewaybill.display_name,
                    state=ewaybill._status_label(),
                )
            )

    def _check_cancelled_at(self):
        """Refuse an impossible time of cancellation.

        :raises UserError: it cannot have been cancelled at that time.
        """
        made_at, moment = self.ewaybill_id.ewb_date, self.cancelled_at
        now = fields.Datetime.now()
        if not moment or moment > now or (made_at and moment < made_at):
            raise UserError(
                self.env._(
                    "Enter the date and time e-way bill %s was cancelled on "
                    "ewaybillgst.gov.in: after it was generated and not in the future.",
                    self.number,
                )
            )
