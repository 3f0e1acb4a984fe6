"""Locks that outlive a commit, and that end with the process that holds them.

Each is held by a transaction that does nothing else. It reads what is committed at each
of its statements (Odoo's usual ones see the past), so who waited for a lock sees what
the holder before has written.
"""

import secrets
from contextlib import contextmanager

from . import transactions

# first keys of PostgreSQL's advisory locks: whose the second one is
WORKERS = 0x495250
TASKS = 0x495251


@contextmanager
def exclusive(env, task):
    """Wait until nobody else is at a task; yield an environment to do it in.

    What is written in it is committed at the end.

    :param task: any text that names it.
    """
    with _transaction(env) as locked:
        locked.cr.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [TASKS, task]
        )
        yield locked


@contextmanager
def worker_number(env):
    """Yield a number that stands for a worker as long as it lives.

    Rows that it is dealing with carry the number. When its process dies, however it
    dies, PostgreSQL gives up the lock, which marks the rows as orphans.
    """
    number = secrets.randbelow(2**31 - 1) + 1
    with _transaction(env) as locked:
        locked.cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", [WORKERS, number])
        yield number


def living_workers(env):
    """Return the numbers of the workers that are at work in this database."""
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


@contextmanager
def _transaction(env):
    """Yield an environment with a separate transaction, committed at the end.

    In a test that is rolled back it is the test's transaction.
    """
    if not transactions.can_commit(env):
        yield env
        return
    with env.registry.cursor() as cr:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield env(cr=cr)
