from odoo import api, fields, models

from . import engine
from .watch import watch


class IrCron(models.Model):
    """Jobs do what is due now, while the engine works."""

    _inherit = "ir.cron"

    @api.model
    def _l10n_in_irp_schedule(self, moment=None):
        is_now = not moment or moment <= fields.Datetime.now()
        if not is_now or not engine.works(self.env):
            return super()._l10n_in_irp_schedule(moment)
        if engine.enqueue_due(self.env):
            watch(self.env)
        return None
