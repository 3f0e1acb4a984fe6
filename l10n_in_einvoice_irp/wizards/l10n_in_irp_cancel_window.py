from odoo import api, fields, models
from odoo.exceptions import UserError

from ..irp.rules import CANCEL_RULES, cancel_violations, time_left


class L10nInIrpCancelWindow(models.AbstractModel):
    """What both cancellations share: 24 hours, a reason and a remark.

    A wizard names what it cancels (``_cancel_kind``, as in `irp.rules`) and the
    field with the moment from which the hours count (``_cancel_since``).
    """

    _name = "l10n_in.irp.cancel.window"
    _description = "Cancelling within the portal's hours"
    _cancel_kind = ""
    _cancel_since = ""

    deadline = fields.Datetime(
        string="Can be cancelled until", compute="_compute_window"
    )
    seconds_left = fields.Integer(string="Time left", compute="_compute_window")
    is_too_late = fields.Boolean(string="Too late", compute="_compute_window")

    @api.depends(lambda self: [self._cancel_since] if self._cancel_since else [])
    def _compute_window(self):
        now = fields.Datetime.now()
        for wizard in self:
            since = wizard.mapped(self._cancel_since)[0]
            rules = CANCEL_RULES[wizard._cancel_kind]
            left = time_left(wizard._cancel_kind, since, now) if since else None
            wizard.deadline = since and since + rules.window
            wizard.seconds_left = int(left.total_seconds()) if left else 0
            wizard.is_too_late = not wizard.seconds_left

    def _check_request(self, reason, remark):
        """Say what the portal would refuse of reason and remark.

        :raises UserError: with the portal's codes.
        """
        found = cancel_violations(self._cancel_kind, reason, remark)
        if found:
            raise UserError(
                "\n".join(f"{fault.code}: {fault.message}" for fault in found)
            )
