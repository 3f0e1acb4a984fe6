from odoo import api, models

from odoo.addons.l10n_in_einvoice_irp.models import transactions, wakeup
from odoo.addons.l10n_in_einvoice_irp.models.queue import queue
from odoo.addons.l10n_in_einvoice_irp.models.queue.lanes import actions
from odoo.addons.queue_job.exception import RetryableJobError

from . import engine, slices


class L10nInIrpDocument(models.Model):
    """The work of jobs, and of the scheduled actions beside them."""

    _inherit = "l10n_in.irp.document"

    @api.model
    def _cron_process_queue(self):
        if not engine.works(self.env):
            return super()._cron_process_queue()
        if actions.is_first(self.env):
            # lanes stand aside, except for what no job does
            queue.free_orphans(self.env)
            queue.look_after(self.env)
            queue.schedule_next(self.env)
        return None

    @api.model
    def _job_take_turn(self, name):
        """Work a slice for a GSTIN and environment.

        :param name: of the turn, see `turn_name`.
        """
        try:
            slices.work_for(self.env, name)
        except Exception as error:
            if self.env.cr.closed:
                # the job itself may not be retried either
                wakeup.CronWakeUp.of(self.env.registry).wake_soon()
            elif transactions.can_commit(self.env):
                self.env.cr.rollback()
            raise RetryableJobError(str(error) or type(error).__name__) from error
