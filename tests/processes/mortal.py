"""Children of a worker: processes that share its loaded registry, and may be killed.

A child begins in a moment, because the worker has loaded Odoo already; Odoo's own
prefork server makes its workers in the same way. It counts the steps that it reaches,
and can be told to kill itself at one of them. The product knows nothing of it: what is
watched are the commits of Odoo's cursors and the transport that a caller hands in.
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

# What a child passes again and again, in the order in which it does for one call.
STEPS = ("before_commit", "after_commit", "before_call", "in_call", "after_call")


def die() -> None:
    """End this process as if the power failed: nothing is closed or rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)


class Steps:
    """Counts the steps of this process, and ends it at the fatal one.

    :param fatal: ``step`` with ``number`` (1 for the first time) and, for ``in_call``,
        ``seconds`` after the request was begun; or ``moment`` with ``seconds`` after
        the beginning. None: it lives.
    """

    def __init__(self, fatal: dict[str, Any] | None) -> None:
        self._fatal = fatal or {}
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def begin(self) -> None:
        """Watch the commits of all cursors, and let the time run."""
        commit = odoo.sql_db.Cursor.commit

        def watched(cursor: odoo.sql_db.Cursor) -> None:
            self.reach("before_commit")
            commit(cursor)
            self.reach("after_commit")

        odoo.sql_db.Cursor.commit = watched
        if self._fatal.get("step") == "moment":
            self._die_later()

    def reach(self, step: str) -> None:
        with self._lock:
            self.counts[step] += 1
            number = self.counts[step]
        if (self._fatal.get("step"), self._fatal.get("number")) != (step, number):
            return
        if step == "in_call":
            self._die_later()
        else:
            die()

    def _die_later(self) -> None:
        timer = threading.Timer(self._fatal["seconds"], die)
        timer.daemon = True
        timer.start()

    def transport(self, inner: Any) -> "WatchedTransport":
        return WatchedTransport(inner, self)


class WatchedTransport:
    """Tells of every call, whatever service it is for."""

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
    deaths: list[dict[str, Any] | None],
) -> list[dict[str, Any]]:
    """Carry out requests side by side, each in a child of this process.

    :param work: carries out a request; ``arguments`` may take ``wrap``.
    :param deaths: of each child, see `Steps`.
    :return: of each child ``status`` (negative for a signal), and of those that lived
        ``answer`` and ``counts``.
    """
    # connections that two processes share would be the end of both
    odoo.sql_db.close_all()
    sys.stdout.flush()
    children = [
        _begin(work, request, death)
        for request, death in zip(requests, deaths, strict=True)
    ]
    return [_end(*child) for child in children]


def _begin(work, request, death) -> tuple[int, int]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        _live(work, request, death, writing)
        status = 0
    finally:
        # neither the buffers nor the exit handlers of the parent are ours
        os._exit(status)


def _live(work, request, death, writing: int) -> None:
    steps = Steps(death)
    steps.begin()
    answer = work({**request, "wrap": steps.transport})
    report = json.dumps({"answer": answer, "counts": steps.counts}, default=str)
    with os.fdopen(writing, "w") as pipe:
        pipe.write(report)


def _end(process: int, reading: int) -> dict[str, Any]:
    with os.fdopen(reading) as pipe:
        report = pipe.read()
    _process, status = os.waitpid(process, 0)
    facts = json.loads(report) if report else {}
    return {"status": os.waitstatus_to_exitcode(status), **facts}
