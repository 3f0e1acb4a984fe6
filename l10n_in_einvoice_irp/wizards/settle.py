import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..irp.rules import EWB_CANCEL_REASONS, IRN_CANCEL_REASONS
from .cancel_window import RELOAD
from .targets import CheckedDialog

ACTIVE = ("active", "Still Active")
CANCELLED = ("cancelled", "Cancelled on Portal")
EWB_NUMBER = re.compile(r"[0-9]{12}")


class L10nInIrpSettle(CheckedDialog, models.TransientModel):
    """Records the statement of a manager where the portal no longer answers.

    An IRN or e-way bill known to Odoo is still active, or cancelled. If it is unclear
    whether it was made, an IRN is not entered here: the portal's signed file proves it.
    """

    _name = "l10n_in.irp.settle"
    _description = "Settle by Hand"

    document_id = fields.Many2one(
        "l10n_in.irp.document", string="e-Invoice", readonly=True, ondelete="cascade"
    )
    ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill", string="e-Way Bill", readonly=True, ondelete="cascade"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", compute="_compute_record"
    )
    irn = fields.Char(string="IRN", related="document_id.irn")
    is_known = fields.Boolean(compute="_compute_record")
    known_word = fields.Selection(selection=[ACTIVE, CANCELLED], string="Status")
    irn_word = fields.Selection(
        selection=[("absent", "Not Registered"), CANCELLED], string="Invoice Status"
    )
    ewb_word = fields.Selection(
        selection=[
            ("absent", "Not Generated"),
            ("active", "Generated and Active"),
            ("cancelled", "Generated and Cancelled"),
        ],
        string="e-Way Bill Status",
    )
    word = fields.Char(compute="_compute_word")
    number = fields.Char(string="e-Way Bill No.", size=12)
    ewb_date = fields.Datetime(string="Generated On")
    valid_until = fields.Datetime(help="Empty while only Part A is entered.")
    cancelled_at = fields.Datetime(
        string="Cancelled On", help="Date and time shown on the portal."
    )
    irn_reason = fields.Selection(
        selection=list(IRN_CANCEL_REASONS.items()), string="Cancel Reason"
    )
    ewb_reason = fields.Selection(
        selection=list(EWB_CANCEL_REASONS.items()), string="Cancel Reason"
    )
    cancel_move = fields.Boolean(string="Also Cancel Invoice in Odoo", default=True)
    remark = fields.Char(
        help="Where and when you saw it. Your name and the date are recorded as well.",
    )

    @api.model
    def _open(self, record):
        """Return the action that opens the dialog for an e-invoice or e-way bill."""
        is_ewaybill = record._name == "l10n_in.irp.ewaybill"
        values = {"cancelled_at": record.cancel_date or record.cancel_asked_at}
        if is_ewaybill:
            values |= {"ewaybill_id": record.id, "ewb_reason": record.cancel_reason}
        else:
            values |= {"document_id": record.id, "irn_reason": record.cancel_reason}
            if record.cancel_asked_at:
                values["cancel_move"] = record.cancel_move
        return self.create(values)._get_records_action(
            name=self.env._("Settle by Hand: %s", record.display_name), target="new"
        )

    @api.depends("document_id", "ewaybill_id")
    def _compute_record(self):
        for wizard in self:
            record = wizard._record()
            wizard.move_id = record.move_id
            wizard.is_known = record._is_at_portal() and bool(wizard._has_number())

    @api.depends("is_known", "known_word", "irn_word", "ewb_word")
    def _compute_word(self):
        for wizard in self:
            made = wizard.ewb_word if wizard.ewaybill_id else wizard.irn_word
            wizard.word = wizard.known_word if wizard.is_known else made

    def _record(self):
        return self.ewaybill_id or self.document_id

    def _has_number(self):
        return self.ewaybill_id.number if self.ewaybill_id else self.document_id.irn

    def action_settle(self):
        """Record the manager's statement, marked as such."""
        self.ensure_one()
        record = self._record()
        record._check_settling()
        remark = (self.remark or "").strip()
        if not self.word or not remark:
            raise UserError(
                self.env._(
                    "Choose the status shown on the portal, and write in the remarks "
                    "where and when you saw it."
                )
            )
        values = {}
        if self.word != "absent" and not self.is_known and self.ewaybill_id:
            values |= self._made_values()
        if self.word == "cancelled":
            values |= self._cancelled_values(values.get("ewb_date"))
        record._settle(self.word, remark, values)
        return RELOAD

    # ------------------------------------------------------------------
    # Entered values
    # ------------------------------------------------------------------

    def _made_values(self):
        """Return number and times of an e-way bill whose answer Odoo never received."""
        if not EWB_NUMBER.fullmatch(self.number or ""):
            raise UserError(
                self.env._(
                    "Enter the 12 digits of the e-way bill number without spaces."
                )
            )
        now = fields.Datetime.now()
        if not self.ewb_date or self.ewb_date > now:
            raise UserError(
                self.env._(
                    "Enter the date and time e-way bill %s was generated; it cannot "
                    "be in the future.",
                    self.number,
                )
            )
        if self.valid_until and self.valid_until <= self.ewb_date:
            raise UserError(
                self.env._("The validity of an e-way bill ends after its generation.")
            )
        return {
            "number": self.number,
            "ewb_date": self.ewb_date,
            "valid_until": self.valid_until,
        }

    def _cancelled_values(self, made_at):
        """Return the time and reason of the cancellation.

        :param made_at: when the e-way bill was generated, if that is entered here.
        """
        reason = self.ewb_reason if self.ewaybill_id else self.irn_reason
        if not reason:
            raise UserError(self.env._("Choose the cancel reason."))
        self._check_cancelled_at(made_at)
        values = {"cancel_date": self.cancelled_at, "cancel_reason": reason}
        if self.document_id:
            values["cancel_move"] = self.cancel_move
        return values

    def _check_cancelled_at(self, made_at):
        """Refuse an impossible time of cancellation.

        :raises UserError: it cannot have been cancelled at that time.
        """
        moment, record = self.cancelled_at, self._record()
        made_at = made_at or (self.ewaybill_id.ewb_date or self.document_id.ack_date)
        earliest = made_at or fields.Datetime.to_datetime(self.move_id.invoice_date)
        deadline = record._cancel_deadline()
        if not moment or not earliest <= moment <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "Enter the date and time of the cancellation: after the "
                    "registration and not in the future."
                )
            )
        if self.document_id and deadline and moment > deadline:
            raise UserError(
                self.env._(
                    "An IRN can be cancelled only within 24 hours, this one until "
                    "%(deadline)s. It cannot have been cancelled on %(date)s.",
                    deadline=record._shown_time(deadline),
                    date=record._shown_time(moment),
                )
            )
