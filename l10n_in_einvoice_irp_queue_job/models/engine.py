"""The engine: Job Queue's runner, and whether it works.

A job is a slice of one turn, never an invoice: jobs of several turns run side by side
on whatever workers and hosts the runner calls. A turn has one job that waits, by its
identity key, and one at work, by the turn's lock.

**Whether it works.** The runner of a database holds an advisory lock, which ends with
its process. But a runner may also live and not call: the channel is full of other jobs
or paused, the host that it calls is gone, or jobs fail before they begin. So the engine
works if somebody holds the lock, and our jobs are begun. If not, the
scheduled actions do the work, and the next job that is done shows that it works again.
"""

from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.fields import Domain

from odoo.addons.l10n_in_einvoice_irp.models import locks
from odoo.addons.l10n_in_einvoice_irp.models.queue.lanes.turns import due_turns
from odoo.addons.l10n_in_einvoice_irp.models.res_company import IRP_ENVIRONMENTS
from odoo.addons.queue_job.job import DONE, ENQUEUED, FAILED, PENDING, STARTED
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

FUNCTION = "<l10n_in.irp.document>._job_take_turn"
# how long a job may wait while no other one is begun
PATIENCE = timedelta(seconds=30)
# jobs that failed so far apart were not broken off by one lost connection
APART = timedelta(seconds=10)
# after which the engine is tried again although jobs have failed
TRIAL = timedelta(minutes=5)
# attempts of one job after which the scheduled actions take part
ATTEMPTS = 3


def works(env):
    """Return whether jobs are begun soon after they are created."""
    return _has_runner(env) and not _is_stuck(env)


def enqueue_due(env):
    """Create a job for each turn with something due that nobody holds.

    The holder of a turn looks again once it has released it.

    :return: whether anything is due.
    """
    turns = due_turns(env)
    busy = locks.held(env, [turn.name for turn in turns], by_others=True)
    for turn in turns:
        if turn.name not in busy:
            enqueue(env, turn)
    return bool(turns)


def enqueue(env, turn):
    """Create a job for a turn, unless one is waiting."""
    company, environment = turn.works[0].company, turn.works[0].environment
    root = env(user=SUPERUSER_ID, su=True, context={})
    documents = root["l10n_in.irp.document"].with_company(company.id)
    documents.with_delay(
        identity_key=f"l10n_in_irp {turn.name}",
        # endless
        max_retries=0,
        # from when the calls per minute allow the next one
        eta=turn.since if turn.since > fields.Datetime.now() else None,
        description=env._(
            "e-Invoices of %(gstin)s, %(environment)s",
            gstin=company.vat or company.name,
            environment=dict(IRP_ENVIRONMENTS)[environment],
        ),
    )._job_take_turn(turn.name)


def waiting_jobs(env):
    """Return our jobs that have not begun, as superuser."""
    return env["queue.job"].sudo().search(_ours(PENDING, ENQUEUED))


def _ours(*states):
    is_ours = Domain("channel_method_name", "=", FUNCTION)
    return is_ours & Domain("state", "in", states)


def _has_runner(env):
    env.cr.execute(
        """
        SELECT 1
          FROM pg_locks
          JOIN pg_database ON pg_database.oid = pg_locks.database
         WHERE locktype = 'advisory' AND objsubid = 1 AND granted
           AND (classid::bigint << 32) | objid::bigint = %s
           AND datname = current_database()
        """,
        [PG_ADVISORY_LOCK_ID],
    )
    return bool(env.cr.fetchone())


def _is_stuck(env):
    jobs, now = env["queue.job"].sudo(), fields.Datetime.now()
    retried = _ours(PENDING) & Domain("retry", ">=", ATTEMPTS)
    return bool(
        jobs.search_count(retried, limit=1)
        or _fails(jobs, now - TRIAL)
        or _begins_nothing(jobs, now - PATIENCE)
    )


def _fails(jobs, since):
    failed = _ours(FAILED) & Domain("date_started", ">=", since)
    [(first, last)] = jobs._read_group(
        failed, aggregates=["date_started:min", "date_started:max"]
    )
    return first and last - first >= APART


def _begins_nothing(jobs, since):
    """Return whether a job has waited since, and no other one was begun or done."""
    overdue = _ours(PENDING, ENQUEUED) & Domain("date_created", "<", since)
    overdue &= Domain("eta", "=", False) | Domain("eta", "<", since)
    if not jobs.search_count(overdue, limit=1):
        return False
    begun = _ours(STARTED) & Domain("date_started", ">=", since)
    # by the index of the channel
    done = _ours(DONE) & Domain("channel", "=", _channel(jobs.env))
    done &= Domain("date_done", ">=", since)
    return not (jobs.search_count(begun, limit=1) or jobs.search_count(done, limit=1))


def _channel(env):
    return env["queue.job.function"].sudo().job_config(FUNCTION).channel
