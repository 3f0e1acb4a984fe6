"""Locks that survive a commit and end with the process that holds them.

Each is held by a separate transaction, which reads committed data at each statement
(Odoo's usual transactions see a snapshot), so that the next holder of a lock sees the
writes of the one before.
"""

import secrets
from contextlib import contextmanager

from . import transactions

# first keys of PostgreSQL's advisory locks: the kind of the second key
WORKERS = 0x495250
TASKS = 0x495251
LANES = 0x495252
# A host that has lost its power or its network ends no connection. PostgreSQL notices
# it, and frees its locks, after 25 seconds instead of the system's two hours.
KEEPALIVE = (
    "SET LOCAL tcp_keepalives_idle = 10; SET LOCAL tcp_keepalives_interval = 5;"
    " SET LOCAL tcp_keepalives_count = 3"
)


@contextmanager
def exclusive(env, task):
    """Wait until nobody else holds a task; yield an environment for it.

    Its writes are committed at the end.

    :param task: any text that names it.
    """
    with _transaction(env) as locked:
        locked.cr.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [TASKS, task]
        )
        yield locked


@contextmanager
def first_free(env, names):
    """Hold the first of several names that no lane holds.

    A name's holder may take `exclusive` tasks: those are locks of another kind.

    :param names: any texts, the first choice first.
    :return: a context manager that yields the name; None if others hold all of them.
    """
    with _transaction(env) as locked:
        yield next((name for name in names if _try_to_hold(locked.cr, name)), None)


def held(env, names, *, by_others=False):
    """Return those of several names that lanes hold, on all hosts.

    :param by_others: leave out those that this transaction holds.
    """
    env.cr.execute(
        """
        SELECT name
          FROM unnest(%s::text[]) AS name
          JOIN pg_locks ON objid::bigint = hashtext(name)::bigint & 4294967295
          JOIN pg_database ON pg_database.oid = pg_locks.database
         WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
           AND datname = current_database()
           AND NOT (%s AND pid = pg_backend_pid())
        """,
        [list(names), LANES, by_others],
    )
    return {name for (name,) in env.cr.fetchall()}


def _try_to_hold(cr, name):
    cr.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LANES, name])
    return cr.fetchone()[0]


@contextmanager
def worker_number(env):
    """Yield a number that identifies a worker as long as it lives.

    Rows that it is processing carry the number. When its process dies, for whatever
    reason, PostgreSQL releases the lock, which marks the rows as orphans.
    """
    number = secrets.randbelow(2**31 - 1) + 1
    with _transaction(env) as locked:
        locked.cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", [WORKERS, number])
        yield number


def living_workers(env):
    """Return the numbers of the workers that are running in this database."""
    env.cr.execute(
        """
        SELECT objid::bigint
          FROM pg_locks
          JOIN pg_database ON pg_database.oid = pg_locks.database
         WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
           AND datname = current_database()
        """,
        [WORKERS],
    )
    return [number for (number,) in env.cr.fetchall()]


def transaction(env):
    """Return a context manager that yields an environment with a separate transaction,
    for locks of another kind."""
    return _transaction(env)


@contextmanager
def _transaction(env):
    """Yield an environment with a separate transaction, committed at the end.

    Within a test that is rolled back, it is the test's transaction.
    """
    if not transactions.can_commit(env):
        yield env
        return
    with env.registry.cursor() as cr:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cr.execute(KEEPALIVE)
        yield env(cr=cr)
