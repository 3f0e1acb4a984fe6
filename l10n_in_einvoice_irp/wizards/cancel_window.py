from odoo import api, fields
from odoo.exceptions import UserError

from ..irp.rules import CANCEL_RULES, cancel_violations
from ..models.validation.finding import TranslatableText
from .targets import CheckedDialog

# Closes the dialog and reloads the record. A dialog opened from the banner would
# otherwise leave the banner unchanged.
RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}


class L10nInIrpCancelWindow(CheckedDialog):
    """The shared part of both cancellations: 24 hours, a reason and a remark.

    A wizard names what it cancels (``_cancel_kind``, as in `irp.cancellation`) and the
    field with the record (``_cancel_record``), which knows its window.
    """

    _name = "l10n_in.irp.cancel.window"
    _description = "Cancellation Time Limit"
    _cancel_kind = ""
    _cancel_record = ""

    deadline = fields.Datetime(
        string="Can Be Cancelled Until", compute="_compute_window"
    )
    seconds_left = fields.Integer(string="Time Left", compute="_compute_window")
    is_too_late = fields.Boolean(string="Too Late", compute="_compute_window")

    @api.depends(lambda self: [self._cancel_record] if self._cancel_record else [])
    def _compute_window(self):
        for wizard in self:
            record = wizard[self._cancel_record]
            left = record._cancel_time_left()
            wizard.deadline = record._cancel_deadline()
            wizard.seconds_left = int(left.total_seconds()) if left else 0
            wizard.is_too_late = record._is_too_late()

    @api.model
    def _last_request(self, record, usual):
        """Return reason and remark of the last cancellation request.

        :param usual: the reason if there was no request; its text is the remark.
        """
        record = record.sudo()
        if record.cancel_reason and record.cancel_remark:
            return {"reason": record.cancel_reason, "remark": record.cancel_remark}
        reasons = CANCEL_RULES[self._cancel_kind].reasons
        return {"reason": usual, "remark": reasons[usual]}

    def _check_request(self, reason, remark):
        """Refuse reasons and remarks that the portal would refuse.

        :raises UserError: with the portal's codes.
        """
        found = cancel_violations(self._cancel_kind, reason, remark)
        if found:
            texts = [
                f"{fault.code}: {TranslatableText.of(fault).render(self.env)}"
                for fault in found
            ]
            raise UserError("\n".join(texts))
