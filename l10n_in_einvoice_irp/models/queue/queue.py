"""The scheduled action: processes due records, one company after the other.

A `Worker` claims records, validates them, commits the intent, makes several calls in
parallel, commits the results, and only then follows up (attachments, chatter), whose
failure loses nothing. A record in a call carries the number of its worker. When the
worker dies, the record is released: its result is unknown, and it is looked up.
"""

import logging
from typing import Any, NamedTuple

from odoo import fields
from odoo.fields import Domain

from ...irp.operations import states
from .. import transactions, wakeup
from .calling.worker import run_worker
from .submission_mixin import submission_models

_logger = logging.getLogger(__name__)


class Turn(NamedTuple):
    """The due records of one model, company and environment.

    :ivar model: empty recordset, as superuser.
    """

    model: Any
    company: Any
    environment: str
    due: int


def process_queue(env):
    """Process due records, and report the progress to the scheduler."""
    free_orphans(env)
    progress = env["ir.cron"]._commit_progress
    turns = due_turns(env)
    left = progress(remaining=sum(turn.due for turn in turns))
    for turn in turns:
        if left:
            left = take_turn(turn, progress)
    look_after(env)
    schedule_next(env)


def free_orphans(env):
    """Release records whose worker has died, and commit."""
    for model in submission_models(env):
        transactions.commit_with_retry(env, model._free_orphans)


def due_turns(env):
    """Return a `Turn` for everything due."""
    now = fields.Datetime.now()
    return [
        Turn(model, *group)
        for model in submission_models(env)
        for group in model._read_group(
            model._due_domain(now), ["company_id", "environment"], ["__count"]
        )
    ]


def take_turn(turn, progress):
    """Process a company's due records; a failure must not stop the others.

    :return: the seconds that are left.
    """
    model, company, environment, _due = turn
    try:
        return run_worker(model, company, environment, progress=progress)
    except Exception:
        if not transactions.can_commit(model.env):
            raise
        _logger.exception("the queue of %s broke off", company.name)
        model.env.cr.rollback()
    return progress()


def look_after(env):
    """Notify users of waiting records, and end those that have waited too long."""
    for model in submission_models(env):
        transactions.commit_with_retry(env, model._end_overdue)
        transactions.commit_with_retry(env, model._watch_cancellations)


# ----------------------------------------------------------------------
# The next run
# ----------------------------------------------------------------------


def schedule_next(env):
    """Wake the scheduled action when something is due next."""
    if moments := _next_moments(env):
        wakeup.schedule(env, max(min(moments), fields.Datetime.now()))


def _next_moments(env):
    """Return when something is due next in each company, or a pause ends.

    What is due now has just been left for a portal that is paused.
    """
    now = fields.Datetime.now()
    waiting = Domain("state", "in", states.QUEUED)
    waiting &= Domain("next_attempt_at", "!=", False)
    by_portal = ["company_id", "environment", "state", "base_url"]
    moments = []
    for model in submission_models(env):
        for company, environment, _state, _base_url, moment in model._read_group(
            waiting, by_portal, ["next_attempt_at:min"]
        ):
            ends = _pause_ends(company, environment) if moment <= now else []
            moments.append(min(ends, default=moment))
    return moments


def _pause_ends(company, environment):
    """Return when each pause of a company's portals ends, or a stand-by takes over."""
    breakers = company.env["l10n_in.irp.circuit.breaker"]._paused_breakers()
    ends = []
    for breaker in breakers:
        if (breaker.environment, breaker.gstin) == (environment, company.vat):
            takeover = company._l10n_in_irp_takeover_at(environment, breaker.down_since)
            is_ahead = takeover and takeover > fields.Datetime.now()
            is_first = is_ahead and takeover < breaker.open_until
            ends.append(takeover if is_first else breaker.open_until)
    return ends
