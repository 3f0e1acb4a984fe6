"""The text that Prometheus reads: current figures, whichever process answers."""

import threading
import time

from prometheus_client import CollectorRegistry, generate_latest

from .. import transactions
from .calls import calls
from .portals import lanes, portals
from .waiting import deadlines, waiting

# for so long a process answers with the same text, so that no number of scrapers is a
# load; shorter than what they scrape at, or counters would seem to fall
SECONDS = 10
# of each query, in milliseconds: the figures are not worth more of the database's time
LIMIT = 5000
PARTS = (waiting, deadlines, lanes, portals, calls)


class Exposition:
    """The metrics of one database as text; it lives with its registry."""

    def __init__(self):
        self._lock = threading.Lock()
        self._text = b""
        self._ends = 0.0

    @classmethod
    def of(cls, registry) -> "Exposition":
        return registry.__dict__.setdefault("l10n_in_irp_metrics", cls())

    def text(self, env) -> bytes:
        """Return the metrics in Prometheus' text format, at most `SECONDS` old.

        :param env: of a transaction for this alone, as superuser.
        """
        with self._lock:
            if time.monotonic() >= self._ends:
                self._text = _read(env)
                self._ends = time.monotonic() + SECONDS
            return self._text


class Families:
    """A collector, as the client library calls it."""

    def __init__(self, env):
        self._env = env

    def collect(self):
        """Yield every metric with its current values."""
        for part in PARTS:
            yield from part(self._env)


def _read(env):
    if transactions.can_commit(env):
        # the transaction of a test goes on after this
        env.cr.execute("SET TRANSACTION READ ONLY")
        env.cr.execute("SET LOCAL statement_timeout = %s", [LIMIT])
    # one for each text: the library's own describes the process that answers
    registry = CollectorRegistry()
    registry.register(Families(env))
    return generate_latest(registry)
