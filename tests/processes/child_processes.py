"""Child processes of a worker, which can be killed at a chosen step.

A child shares the worker's loaded registry, so it starts at once; Odoo's prefork server
forks its workers in the same way. It counts its steps and can kill itself at one of
them. The addon's code is not instrumented: the child wraps the commit of Odoo's cursors
and the transport that the caller passes in.
"""

import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import odoo.sql_db

# the steps of one call, in their order
STEPS = ("before_commit", "after_commit", "before_call", "in_call", "after_call")


def kill_self() -> None:
    """Kill this process as a power failure would: without closing or rolling back."""
    os.kill(os.getpid(), signal.SIGKILL)


class Steps:
    """Counts the steps of this process and kills it at the chosen one.

    :param kill_at: ``step`` with ``number`` (1 for the first time) and, for
        ``in_call``, ``seconds`` after the request was sent; or the step ``moment`` with
        ``seconds`` after the start. None lets the process finish.
    """

    def __init__(self, kill_at: dict[str, Any] | None) -> None:
        self._kill_at = kill_at or {}
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def start(self) -> None:
        """Count the commits of all cursors, and start the timer of a ``moment``."""
        commit = odoo.sql_db.Cursor.commit

        def watched(cursor: odoo.sql_db.Cursor) -> None:
            self.reach("before_commit")
            commit(cursor)
            self.reach("after_commit")

        odoo.sql_db.Cursor.commit = watched
        if self._kill_at.get("step") == "moment":
            self._kill_later()

    def reach(self, step: str) -> None:
        with self._lock:
            self.counts[step] += 1
            number = self.counts[step]
        if (self._kill_at.get("step"), self._kill_at.get("number")) != (step, number):
            return
        if step == "in_call":
            self._kill_later()
        else:
            kill_self()

    def _kill_later(self) -> None:
        timer = threading.Timer(self._kill_at["seconds"], kill_self)
        timer.daemon = True
        timer.start()

    def transport(self, inner: Any) -> "WatchedTransport":
        return WatchedTransport(inner, self)


class WatchedTransport:
    """Counts the calls, whatever the service."""

    def __init__(self, inner: Any, steps: Steps) -> None:
        self._inner = inner
        self._steps = steps

    def send(self, request: Any) -> Any:
        self._steps.reach("before_call")
        self._steps.reach("in_call")
        answer = self._inner.send(request)
        self._steps.reach("after_call")
        return answer


def run_children(
    work: Callable[[dict[str, Any]], dict[str, Any]],
    requests: list[dict[str, Any]],
    kills: list[dict[str, Any] | None],
) -> list[dict[str, Any]]:
    """Execute requests in parallel, each in a child process.

    :param work: executes a request; ``arguments`` may contain ``wrap``.
    :param kills: when to kill each child, see `Steps`.
    :return: ``status`` of each child (negative for a signal), with ``answer`` and
        ``counts`` if it finished.
    """
    _join_timers()
    # a connection must not be shared by two processes
    odoo.sql_db.close_all()
    sys.stdout.flush()
    children = [
        _start(work, request, kill)
        for request, kill in zip(requests, kills, strict=True)
    ]
    return [_wait(*child) for child in children]


def _join_timers() -> None:
    """Wait for the queue's wake-up: a lock that its thread holds when the process
    forks, such as that of Odoo's connection pool, stays locked in the child."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer) and not thread.daemon:
            thread.join()


def _start(work, request, kill) -> tuple[int, int]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        _run(work, request, kill, writing)
        status = 0
    finally:
        # skip the buffers and exit handlers inherited from the parent
        os._exit(status)


def _run(work, request, kill, writing: int) -> None:
    steps = Steps(kill)
    steps.start()
    answer = work({**request, "wrap": steps.transport})
    report = json.dumps({"answer": answer, "counts": steps.counts}, default=str)
    with os.fdopen(writing, "w") as pipe:
        pipe.write(report)


def _wait(process: int, reading: int) -> dict[str, Any]:
    with os.fdopen(reading) as pipe:
        report = pipe.read()
    _process, status = os.waitpid(process, 0)
    facts = json.loads(report) if report else {}
    return {"status": os.waitstatus_to_exitcode(status), **facts}
