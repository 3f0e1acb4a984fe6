"""Wakes the scheduled actions once for all who ask within a second.

Odoo's own notice opens a connection each time, which would make the posting of an
invoice notably slower.
"""

import logging
import threading

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)

SECONDS = 1


class Bell:
    """The bell of one database; it lives with its registry."""

    def __init__(self, registry) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._is_set = False

    @classmethod
    def of(cls, registry) -> "Bell":
        return registry.__dict__.setdefault("l10n_in_irp_bell", cls(registry))

    def ring_soon(self) -> None:
        """Ring in a moment; a process that ends before rings first."""
        with self._lock:
            if self._is_set:
                return
            self._is_set = True
        threading.Timer(SECONDS, self._ring).start()

    def _ring(self) -> None:
        with self._lock:
            # who asks from now on may have committed too late for this time
            self._is_set = False
        try:
            with self._registry.cursor() as cr:
                api.Environment(cr, SUPERUSER_ID, {})["ir.cron"]._notifydb()
        except Exception:
            # Odoo looks by itself within a minute
            _logger.exception("the scheduled actions could not be woken")
