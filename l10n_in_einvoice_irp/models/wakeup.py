"""Wakes the queue once for all calls within a second.

That is its first lane, which wakes the others if several GSTINs wait.

Waking it writes a row, and opens a connection for a notification; done for each
invoice, posting would be notably slower.
"""

import logging
import threading

from odoo import SUPERUSER_ID, api, models

_logger = logging.getLogger(__name__)

CRON = "l10n_in_einvoice_irp.ir_cron_irp_queue"
SECONDS = 1


def wake(env) -> None:
    """Run the queue's scheduled action once pending writes are committed."""
    env.cr.postcommit.add(CronWakeUp.of(env.registry).wake_soon)


def schedule(env, moment=None) -> None:
    """Have the queue processed at a given time (naive, UTC), or else at once."""
    env["ir.cron"].sudo()._l10n_in_irp_schedule(moment)


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _l10n_in_irp_schedule(self, moment=None):
        """Run the queue's scheduled action at a given time, or else at once.

        A hook: an addon may have the queue processed by other means.

        :param moment: naive, UTC.
        """
        first = self.env.ref(CRON).sudo()
        lanes = first
        if moment is None:
            # the first one may be at work for a portal that does not answer
            lanes |= first.search([("code", "=", first.code)])
        for lane in lanes:
            lane._trigger(moment)


class CronWakeUp:
    """The pending wake-up of one database; it lives with its registry."""

    def __init__(self, registry) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._is_set = False

    @classmethod
    def of(cls, registry) -> "CronWakeUp":
        return registry.__dict__.setdefault("l10n_in_irp_wake_up", cls(registry))

    def wake_soon(self) -> None:
        """Wake the queue within a second, or earlier if the process ends.

        A killed process wakes nothing; then the scheduled action's interval applies.
        """
        with self._lock:
            if self._is_set:
                return
            self._is_set = True
        threading.Timer(SECONDS, self._wake).start()

    def _wake(self) -> None:
        with self._lock:
            # a later caller may have committed too late for this run
            self._is_set = False
        try:
            with self._registry.cursor() as cr:
                schedule(api.Environment(cr, SUPERUSER_ID, {}))
        except Exception:
            _logger.exception("the queue could not be woken; its interval counts")
