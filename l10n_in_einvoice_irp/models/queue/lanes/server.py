"""The Odoo server that a lane runs in: how many lanes it takes, and whether it ends.

Odoo ends gracefully on SIGTERM. Its worker processes finish what they are doing, and
take as long as it takes: a lane has to see that the end has come. With threads instead
of workers, Odoo waits for none: there a lane makes it wait.
"""

import os
import signal
import socket
import threading
import time
from contextlib import contextmanager

from odoo.service import server
from odoo.tools import config

from odoo.addons.base.models.ir_cron import MIN_TIME_PER_JOB

from ....irp.operations import PART_OF_LIMIT

# Odoo's limit of time for an action, in seconds, where it is switched off
USUAL_LIMIT = 120
# the longest that the end of a server with threads waits for calls in flight
LONGEST_WAIT = 60
# Odoo runs all that is ready in a thread one after the other, within one time limit
SOON = 1
# attributes of threads: a lane is at work; the last lane, and when it ended
_MARK = "l10n_in_irp_lane"
_LAST = "l10n_in_irp_last_lane"


def usual_lanes():
    """Return how many lanes the server takes: one thread remains for other actions."""
    return max(1, config["max_cron_threads"] - 1)


def places():
    """Return a name for each lane that may be at work on this server at a time."""
    running = server.server
    pid = running.pid if running else os.getpid()
    host = f"{socket.gethostname()} {pid}"
    return [f"lane {number} on {host}" for number in range(usual_lanes())]


def time_limit():
    """Return after how many seconds Odoo kills a scheduled action; 0 for never."""
    limit = config["limit_time_real_cron"]
    return max(0, config["limit_time_real"] if limit < 0 else limit)


def more_time():
    """Return how many seconds a lane takes beyond those that Odoo asks it to take."""
    if config["max_cron_threads"] <= usual_lanes():
        return 0
    longest = (time_limit() or USUAL_LIMIT) * PART_OF_LIMIT
    return max(0, longest - MIN_TIME_PER_JOB)


def is_stopping():
    """Return whether the process is to end, so that no call may be begun."""
    # a worker process, or the server with threads: Odoo's handlers are their methods
    process = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    is_alive = getattr(process, "alive", True)
    return not is_alive or bool(getattr(process, "quit_signals_received", 0))


def is_second(lane):
    """Return whether another lane has just ended in this thread.

    It has left nothing that is free, or had no more time, which is other actions' then.

    :param lane: id of the scheduled action; None outside the scheduler.
    """
    thread = threading.current_thread()
    here = (getattr(thread, "dbname", ""), lane)
    last, ended = getattr(thread, _LAST, (here, 0))
    is_other = last[0] == here[0] and last != here
    return is_other and time.monotonic() - ended < SOON


@contextmanager
def at_work(lane):
    """Have the end of the server wait for the calls in flight of this thread."""
    stops = server.CommonServer._on_stop_funcs
    if wait_for_lanes not in stops:
        server.CommonServer.on_stop(wait_for_lanes)
    thread = threading.current_thread()
    setattr(thread, _MARK, True)
    try:
        yield
    finally:
        delattr(thread, _MARK)
        here = (getattr(thread, "dbname", ""), lane)
        setattr(thread, _LAST, (here, time.monotonic()))


def wait_for_lanes(longest=LONGEST_WAIT):
    """Wait until no lane of this process is at work, or the time is up."""
    ends = time.monotonic() + longest
    while _lanes_at_work() and time.monotonic() < ends:
        time.sleep(0.1)


def _lanes_at_work():
    return [thread for thread in threading.enumerate() if hasattr(thread, _MARK)]
