from odoo import models
from odoo.fields import Domain

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states


class QueueJob(models.Model):
    _inherit = "queue.job"

    def _related_action_l10n_in_irp_turn(self):
        """Return an action that opens what is waiting in the job's company."""
        self.ensure_one()
        waiting = Domain("state", "in", states.QUEUED)
        waiting &= Domain("company_id", "=", self.company_id.id)
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "l10n_in.irp.document",
            "view_mode": "list,form",
            "domain": list(waiting),
        }
