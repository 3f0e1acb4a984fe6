"""The lanes: scheduled actions that work off the queue side by side.

The first one is in the addon's data. It runs when something is due, and wakes the
others when several GSTINs wait. It also creates and archives them: `max_cron_threads`
counts, of the hosts that run scheduled actions, and no settings page runs on those.

The system parameter `LANES` says how many lanes the database has. Unset, they are
one less than a host's `max_cron_threads`: the largest host decides, as a smaller one
never takes more lanes than it has threads to spare (`server.places`). With several
hosts, it is the sum over them.
"""

import itertools

from odoo.exceptions import UserError

from ... import locks, transactions, wakeup
from . import server
from .parameters import LANES, whole_number


def is_first(env):
    """Return whether the first lane runs, or none: a person or a test does."""
    first = env.ref(wakeup.CRON).id
    return env.context.get("cron_id", first) == first


def set_up(env):
    """Create, activate and archive lanes, so that there are as many as there should
    be; one that is at work is archived the next time."""
    if any(_differences(env)):
        with locks.exclusive(env, LANES) as locked:
            _change(locked)
        env.invalidate_all()


def wake(env, count):
    """Run some of the lanes beside the first one, and commit."""
    lanes = _others(env).filtered("active")[:count]

    def trigger():
        for lane in lanes:
            lane._trigger()

    if lanes:
        transactions.commit_with_retry(env, trigger)


def _differences(env):
    """Return the numbers of lanes to create or activate, and the lanes to archive."""
    wanted, lanes = whole_number(env, LANES), _others(env)
    count = wanted or server.usual_lanes()
    present = dict(enumerate(lanes, 2))
    missing = [
        number
        for number in range(2, count + 1)
        if number not in present or not present[number].active
    ]
    # unset: a larger host may need the others
    unused = lanes[count - 1 :].filtered("active") if wanted else lanes.browse()
    return missing, unused


def _change(env):
    missing, unused = _differences(env)
    first = env.ref(wakeup.CRON).sudo()
    for number in missing:
        if lane := env.ref(_name(number), raise_if_not_found=False):
            lane.sudo().active = True
        else:
            first._load_records([_record(first, number)])
    for lane in unused:
        try:
            lane.active = False
        except UserError:
            # at work
            continue


def _record(first, number):
    """Return the data of another lane, to be deleted with the addon."""
    return {
        "xml_id": _name(number),
        "noupdate": True,
        "values": {
            "name": f"{first.name} ({number})",
            "model_id": first.model_id.id,
            "state": "code",
            "code": first.code,
            "user_id": first.user_id.id,
            # the first one wakes it
            "interval_number": 1,
            "interval_type": "days",
        },
    }


def _others(env):
    """Return the lanes beside the first one, also archived ones, in order."""
    lanes = env["ir.cron"].sudo()
    for number in itertools.count(2):
        lane = env.ref(_name(number), raise_if_not_found=False)
        if not lane:
            return lanes
        lanes += lane


def _name(number):
    return f"{wakeup.CRON}_{number}"
