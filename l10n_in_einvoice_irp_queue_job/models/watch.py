"""The watch: soon after jobs were created, the first lane looks at how they do.

A trigger in the database outlives every process, but Odoo's scheduler looks for due
triggers once a minute. So the process that created jobs wakes it, if it still lives.
"""

import logging
import threading
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields

from odoo.addons.l10n_in_einvoice_irp.models import wakeup

_logger = logging.getLogger(__name__)

SECONDS = timedelta(seconds=20)


def watch(env):
    """Have the first lane run in a while, whatever becomes of this process."""
    env.ref(wakeup.CRON).sudo()._trigger(fields.Datetime.now() + SECONDS)
    env.cr.postcommit.add(Watch.of(env.registry).start)


class Watch:
    """The pending look of one process at one database; it lives with its registry."""

    def __init__(self, registry):
        self._registry = registry
        self._lock = threading.Lock()
        self._is_set = False

    @classmethod
    def of(cls, registry):
        return registry.__dict__.setdefault("l10n_in_irp_watch", cls(registry))

    def start(self):
        with self._lock:
            if self._is_set:
                return
            self._is_set = True
        timer = threading.Timer(SECONDS.total_seconds(), self._look)
        # the end of the process does not wait for it
        timer.daemon = True
        timer.start()

    def _look(self):
        with self._lock:
            self._is_set = False
        try:
            with self._registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env.ref(wakeup.CRON)._trigger()
        except Exception:
            _logger.exception("the jobs could not be looked at; the scheduler will")
