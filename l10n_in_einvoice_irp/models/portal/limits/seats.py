"""Seats: how many calls may be in flight at a portal for a GSTIN, over all hosts.

A credential allows a number of parallel calls. Each is a seat, an advisory lock of
PostgreSQL, held by whatever makes the call: a lane, the request of a browser, a
look-up. A seat ends with the process that holds it.

**A person goes first.** A lane takes all seats that are free. A request that waits for
a seat holds another lock meanwhile, which lanes see: they give up a seat for each such
request as soon as a call has ended, and take none before it has one.
"""

import contextlib
import time

import psycopg2

from ... import locks

# first keys of the advisory locks, see `locks`
CALLS = 0x495253
WAITING = 0x495254
# seconds between two looks at who waits
PAUSE = 0.1
# the longest that a person waits for a seat, in seconds
PATIENCE = 30

TAKE = """
SELECT number
  FROM unnest(%s) AS number
 WHERE pg_try_advisory_lock(%s, hashtext(%s || ' ' || number))
 LIMIT %s
"""
GIVE = """
SELECT pg_advisory_unlock(%s, hashtext(%s || ' ' || number))
  FROM unnest(%s) AS number
"""
COUNT_WAITING = """
SELECT count(*)
  FROM pg_locks
  JOIN pg_database ON pg_database.oid = pg_locks.database
 WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
   AND objid::bigint = hashtext(%s)::bigint & 4294967295
   AND datname = current_database()
"""


class Seats:
    """The seats that one worker holds at a portal; to be closed.

    :param portal: environment, GSTIN and address.
    :param total: how many there are.
    :param wanted: the most that it needs, for a person; None: a lane, which takes all
        that nobody else waits for.
    """

    def __init__(self, env, portal, total, *, wanted=None, clock=time.monotonic):
        self._env = env
        self._portal = " ".join(part or "" for part in portal)
        self._total = total
        self._wanted = None if wanted is None else min(max(1, wanted), total)
        self._clock = clock
        self._stack = contextlib.ExitStack()
        self._cr = None
        self._numbers: list[int] = []
        self._is_waiting = False
        self._looked_at = -PAUSE

    def __len__(self):
        """Return how many seats it holds."""
        return len(self._numbers)

    def __bool__(self):
        return True

    def is_due(self):
        """Return whether it is time to look again who waits."""
        return self._clock() - self._looked_at >= PAUSE

    def allowed(self):
        """Return how many seats it may hold now."""
        self._open()
        self._looked_at = self._clock()
        if self._wanted:
            return self._wanted
        self._cr.execute(COUNT_WAITING, [WAITING, self._portal])
        return max(0, self._total - self._cr.fetchone()[0])

    def hold(self, allowed, in_flight=0):
        """Take seats that are free, or give up those that it may not hold.

        :param allowed: how many it may hold, see `allowed`.
        :param in_flight: how many calls are made with them: no seat of theirs is given
            up.
        """
        if len(self) > allowed:
            self._give(self._numbers[max(allowed, in_flight) :])
        elif len(self) < allowed:
            self._take(allowed - len(self))
        if self._wanted:
            self._announce(allowed > 0 and not self._numbers)

    def wait(self, patience=PATIENCE, sleep=time.sleep):
        """Wait until it holds a seat, and return whether it does.

        :param patience: the longest wait in seconds.
        """
        ends = self._clock() + patience
        self.hold(self.allowed())
        while not self._numbers and self._clock() < ends:
            sleep(PAUSE)
            self.hold(self.allowed())
        return bool(self._numbers)

    def close(self):
        """Give up all seats."""
        try:
            if self._cr:
                self._announce(False)
                self._give(self._numbers)
        except psycopg2.Error:
            # a connection that goes back to the pool would hold them further
            self._cr._cnx.close()
        # without a connection there are none
        with contextlib.suppress(psycopg2.Error):
            self._stack.close()
        self._cr = None
        self._numbers = []

    def _open(self):
        if not self._cr:
            self._cr = self._stack.enter_context(locks.transaction(self._env)).cr

    def _take(self, count):
        self._open()
        # a session that takes a lock twice has to give it up twice
        others = [one for one in range(1, self._total + 1) if one not in self._numbers]
        self._cr.execute(TAKE, [others, CALLS, self._portal, count])
        self._numbers += [number for (number,) in self._cr.fetchall()]

    def _give(self, numbers):
        if numbers:
            self._cr.execute(GIVE, [CALLS, self._portal, numbers])
            self._numbers = [one for one in self._numbers if one not in numbers]

    def _announce(self, is_waiting):
        """Show the lanes whether it waits, or no more."""
        if is_waiting == self._is_waiting:
            return
        function = "pg_advisory_lock" if is_waiting else "pg_advisory_unlock"
        self._cr.execute(
            f"SELECT {function}_shared(%s, hashtext(%s))", [WAITING, self._portal]
        )
        self._is_waiting = is_waiting
