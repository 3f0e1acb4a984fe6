"""The scheduled actions: each is a lane that processes due records.

**Turns.** A lane takes the GSTIN and environment that has waited longest and that no
other lane holds, works a slice of time for it, then takes the next. So no backlog
keeps the others waiting. A person who presses a button waits for no turn: the request
of the browser makes the call (`processing._process_now`). Calls in flight and calls per
minute are those of the credential over all lanes, hosts and clicks
(`portal.limits.seats`, `circuit_breaker._reserve`); a click goes first.

**Guarantees.** A `Worker` claims records, validates them, commits the intent, makes
several calls in parallel, commits the results, and only then follows up (attachments,
chatter), whose failure loses nothing. A record in a call carries the number of its
worker. When the worker dies, the record is released: its result is unknown, and it is
looked up. The locks of GSTINs and of workers end with the process that holds them.

**Ends.** When a slice ends, or the process is to end (SIGTERM), calls that no thread
has begun are withdrawn, those in flight are awaited, and their results committed.

**Waking.** The first lane is woken when something is due. It wakes the others if
several GSTINs wait. A lane that leaves something due has the first one woken again,
except for what another lane holds: that one does it at its end.
"""

import logging
import math
import time
from dataclasses import replace
from datetime import datetime, timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Domain

from ...irp.operations import Limits, Slice, states
from .. import locks, transactions, wakeup
from .calling.worker import run_worker
from .lanes import actions, server
from .lanes.parameters import longest_limits, slice_limits
from .lanes.turns import due_turns, mark_served, turn_name
from .submission_mixin import submission_models

_logger = logging.getLogger(__name__)

NO_LIMITS = Limits()
# before the queue is processed again after an error of a lane
AFTER_FAILURE = timedelta(seconds=20)


def process_queue(env):
    """Work as a lane, and report the progress to the scheduler."""
    try:
        _process_queue(env)
    except Exception:
        if env.cr.closed:
            # schedulers that have lost their connections too look in a minute only
            wakeup.CronWakeUp.of(env.registry).wake_soon()
        else:
            _come_back(env)
        raise


def _come_back(env):
    """Have the queue processed again, although Odoo has cleared what woke it."""
    try:
        with env.registry.cursor() as cr:
            root = api.Environment(cr, SUPERUSER_ID, {})
            wakeup.schedule(root, fields.Datetime.now() + AFTER_FAILURE)
    except Exception:
        _logger.exception("the queue could not be woken; its interval counts")


def _process_queue(env):
    lane, is_first = env.context.get("cron_id"), actions.is_first(env)
    if is_first:
        actions.set_up(env)
    if not is_first and server.is_second(lane):
        return
    with server.at_work(lane), locks.first_free(env, server.places()) as place:
        # other actions need the threads that are left
        held = _work_through(env, is_first) if place else None
    if held is not None:
        schedule_next(env, held)


def _work_through(env, is_first):
    free_orphans(env)
    held = Lane(env, _progress(env)).run(wakes=is_first)
    if not server.is_stopping():
        look_after(env)
    return held


def _progress(env):
    """Return the function that reports a lane's progress, see `Lane`.

    Odoo asks an action to end after ten seconds, for those that wait for its thread. A
    lane takes more: others have a thread that no lane takes.
    """
    ends = env.context.get("cron_end_time", math.inf) + server.more_time()

    def progress(done, **counts):
        env["ir.cron"]._commit_progress(done, **counts)
        return max(0, ends - time.monotonic())

    return progress


def free_orphans(env):
    """Release records whose worker has died, and commit."""
    for model in submission_models(env):
        transactions.commit_with_retry(env, model._free_orphans)


class Lane:
    """One run of a scheduled action over what is due.

    :param progress: takes how many results were stored, and by name how many records
        remain; commits, and returns how many seconds are left.
    """

    def __init__(self, env, progress):
        self.env = env
        self._progress = progress
        # turn -> when this run left nothing of it but what waits for a portal
        self._done: dict[str, datetime] = {}

    def run(self, *, wakes):
        """Take turns until none is free or the time is up.

        :param wakes: have other lanes take turns as well.
        :return: the names of turns that other lanes hold.
        """
        turns, left = self._waiting()
        while turns and left:
            if wakes and len(turns) > 1:
                actions.wake(self.env, len(turns) - 1)
            if not self._take_first_free(turns, left):
                self._progress(0, remaining=0)
                return {turn.name for turn in turns}
            turns, left = self._waiting()
        return set()

    def _waiting(self):
        """Return the turns that may be taken, and the seconds that are left."""
        # a new transaction sees what other lanes have done
        transactions.commit(self.env)
        turns = [turn for turn in due_turns(self.env) if self._is_waiting(turn)]
        left = self._progress(0, remaining=sum(turn.due for turn in turns))
        return turns, 0 if server.is_stopping() else left

    def _is_waiting(self, turn):
        done_at = self._done.get(turn.name)
        return not done_at or turn.due_since > done_at

    def _take_first_free(self, turns, left):
        """Take the first turn that no other lane holds; return whether there is one."""
        with locks.first_free(self.env, [turn.name for turn in turns]) as name:
            if not name:
                return False
            turn = next(turn for turn in turns if turn.name == name)
            limits = self._limits(turns, turn)
            limits = replace(limits, seconds=min(limits.seconds, left))
            if not take_turn(turn, self._progress, limits):
                self._done[name] = fields.Datetime.now()
            mark_served(turn)
        return True

    def _limits(self, turns, turn):
        is_alone = len(turns) == len(turn.works) == 1
        return longest_limits() if is_alone else slice_limits(self.env)


def take_turn(turn, progress, limits=NO_LIMITS):
    """Process due records of a GSTIN, sharing the slice among models and companies.

    :return: whether a part of the slice has ended before its work.
    """
    share, ends = limits.share(len(turn.works)), time.monotonic() + limits.seconds
    left = []
    for work in turn.works:
        # a part that had to wait for its last response takes the time of the others
        seconds = max(0, min(share.seconds, ends - time.monotonic()))
        part = Slice(progress, replace(share, seconds=seconds), server.is_stopping)
        left.append(work_off(work, part))
    return not all(left)


def work_off(work, progress):
    """Process a company's due records; a failure must not stop the others.

    :return: the seconds that are left.
    """
    model, company, environment = work.model, work.company, work.environment
    try:
        return run_worker(model, company, environment, progress=progress)
    except Exception:
        if not transactions.can_commit(model.env):
            raise
        _logger.exception("the queue of %s broke off", company.name)
        model.env.cr.rollback()
    return progress(0)


def look_after(env):
    """Notify users of waiting records, and end those that have waited too long."""
    for model in submission_models(env):
        transactions.commit_with_retry(env, model._end_overdue)
        transactions.commit_with_retry(env, model._watch_cancellations)


# ----------------------------------------------------------------------
# The next run
# ----------------------------------------------------------------------


def schedule_next(env, held=()):
    """Wake the first lane when something is due next.

    :param held: names of turns that other lanes hold, and schedule.
    """
    if moment := next_moment(env, held):
        wakeup.schedule(env, moment)


def next_moment(env, held=()):
    """Return when something is due next, at the earliest now; None if nothing is.

    :param held: names of turns that are left out while something of them is due.
    """
    moments = _next_moments(env, held)
    return max(min(moments), fields.Datetime.now()) if moments else None


def _next_moments(env, held=()):
    """Return when something is due next in each company, or a pause ends.

    What is due now has just been left for a portal that is paused, or for lack of time.
    """
    now = fields.Datetime.now()
    waiting = Domain("state", "in", states.QUEUED)
    waiting &= Domain("next_attempt_at", "!=", False)
    # the worker of those in a call sees to them
    waiting &= Domain("worker", "=", 0)
    by_portal = ["company_id", "environment", "state", "base_url"]
    moments = []
    for model in submission_models(env):
        for company, environment, _state, _base_url, moment in model._read_group(
            waiting, by_portal, ["next_attempt_at:min"]
        ):
            is_due = moment <= now
            if is_due and turn_name(company, environment) in held:
                continue
            ends = _pause_ends(company, environment) if is_due else []
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
