import secrets
from contextlib import contextmanager

from odoo import models

# first keys of PostgreSQL's advisory locks: whose the second one is
WORKERS = 0x495250
TASKS = 0x495251


class L10nInIrpLock(models.AbstractModel):
    """Locks that outlive a commit, and that end with the process that holds them.

    They are held by a transaction of their own. It reads what is committed at each of
    its statements (Odoo's usual ones see the past), so who waited for a lock sees what
    the holder before has written.
    """

    _name = "l10n_in.irp.lock"
    _description = "IRP lock"

    @contextmanager
    def _transaction(self):
        """An environment with a transaction of its own, committed at the end.

        In a test that is rolled back it is the test's own transaction.
        """
        if not self.env["account.move.send"]._can_commit():
            yield self.env
            return
        with self.env.registry.cursor() as cr:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            yield self.env(cr=cr)

    @contextmanager
    def _alone(self, task):
        """A transaction that waits until nobody else is at the same task.

        :param task: any text that names it.
        """
        with self._transaction() as env:
            env.cr.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [TASKS, task]
            )
            yield env

    @contextmanager
    def _worker(self):
        """A number that stands for a worker as long as it lives.

        Rows that it is dealing with carry the number; when its process dies, however
        it dies, PostgreSQL gives up the lock, and the rows can be told to be orphans.
        """
        number = secrets.randbelow(2**31 - 1) + 1
        with self._transaction() as env:
            env.cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", [WORKERS, number])
            yield number

    def _living_workers(self):
        """The numbers of the workers that are at work in this database."""
        self.env.cr.execute(
            """
            SELECT objid::bigint
              FROM pg_locks
              JOIN pg_database ON pg_database.oid = pg_locks.database
             WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
               AND datname = current_database()
            """,
            [WORKERS],
        )
        return [number for (number,) in self.env.cr.fetchall()]
