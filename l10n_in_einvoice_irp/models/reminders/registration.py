from odoo import models

from .activities import DEADLINE_ACTIVITY


class L10nInIrpDocument(models.Model):
    """A registration ends the reminders of its invoice."""

    _inherit = "l10n_in.irp.document"

    def _act_on_state(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        result = super()._act_on_state()
        held = self.filtered(lambda one: one._is_at_portal())
        if held:
            held._own_thread().activity_unlink([DEADLINE_ACTIVITY])
        return result
