from odoo import models

from ..clock import indian_today
from ..queue.cancellation import first_able
from ..rights import MANAGER

ASK_ACTIVITY = "mail.mail_activity_data_todo"


class L10nInIrpEwaybill(models.Model):
    """Gives a person notice that another party has rejected an own e-way bill."""

    _inherit = "l10n_in.irp.ewaybill"

    def write(self, vals):
        if not vals.get("is_rejected"):
            return super().write(vals)
        accepted = self.filtered(lambda bill: not bill.is_rejected)
        result = super().write(vals)
        for bill in accepted.filtered(lambda bill: not bill.is_of_others):
            bill._apart(bill._give_rejection)
        return result

    def _give_rejection(self):
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        seller = self.move_id.invoice_user_id or self.create_uid
        user = first_able(seller | managers, self)
        if not user:
            return
        local = self.sudo().with_context(lang=user.lang or self.env.lang)
        local.activity_schedule(
            ASK_ACTIVITY,
            date_deadline=indian_today(),
            summary=local.env._("e-Way Bill %s was rejected", self.number),
            note=local.env._(
                "The other party says on the portal that the goods are not theirs. Ask "
                "them why. If the e-way bill is wrong, cancel it within 24 hours of "
                "its generation and generate another one."
            ),
            user_id=user.id,
        )
