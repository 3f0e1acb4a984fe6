"""One job's work: a slice of time for one turn, under the turn's lock."""

import math

from odoo import fields
from odoo.fields import Domain
from odoo.tools import config

from odoo.addons.l10n_in_einvoice_irp.models import locks, transactions, wakeup
from odoo.addons.l10n_in_einvoice_irp.models.queue import queue
from odoo.addons.l10n_in_einvoice_irp.models.queue.lanes import server
from odoo.addons.l10n_in_einvoice_irp.models.queue.lanes.parameters import slice_limits
from odoo.addons.l10n_in_einvoice_irp.models.queue.lanes.turns import (
    due_turns,
    mark_served,
)

from . import engine
from .watch import SECONDS


def work_for(env, name):
    """Work a slice for a turn, and have the rest of it done by another job.

    Does nothing if a lane or another job holds the turn: the holder sees to the rest.
    """
    began = fields.Datetime.now()
    with server.at_work(None):
        queue.free_orphans(env)
        with locks.first_free(env, [name]) as is_held:
            is_left = _take(env, name) if is_held else None
    transactions.commit(env)
    if is_left is not None:
        _go_on(env, name, is_left=is_left, began=began)
        transactions.commit(env)


def _take(env, name):
    """Return whether the slice has ended before its work."""
    # a new transaction sees what the holder before has done
    transactions.commit(env)
    turn = _find(due_turns(env), name)
    if not turn:
        return False
    # a request of the browser and a job have the same time limit
    limits = slice_limits(env).within(config["limit_time_real"])
    is_left = queue.take_turn(turn, _progress, limits)
    mark_served(turn)
    return is_left


def _progress(_stored):
    """Return that there is time: the slice has an end, and commits its results."""
    return math.inf


def _go_on(env, name, *, is_left, began):
    turns = due_turns(env)
    turn = _find(turns, name)
    if turn and (is_left or _has_come(turn, began)):
        engine.enqueue(env, turn)
        return
    # what is still due waits for a portal; other turns have jobs
    others = {one.name for one in turns} - {name}
    if moment := queue.next_moment(env, others):
        later = fields.Datetime.now() + SECONDS
        wakeup.schedule(env, max(moment, later))


def _find(turns, name):
    return next((turn for turn in turns if turn.name == name), None)


def _has_come(turn, began):
    """Return whether something has become due since the slice began."""
    is_new = Domain("next_attempt_at", ">=", began)
    now = fields.Datetime.now()
    return any(
        work.model.search_count(
            work.model._due_domain(now)
            & is_new
            & Domain("company_id", "=", work.company.id)
            & Domain("environment", "=", work.environment),
            limit=1,
        )
        for work in turn.works
    )
