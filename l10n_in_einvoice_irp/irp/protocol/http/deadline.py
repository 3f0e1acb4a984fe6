"""One deadline for a whole call: connecting, sending, and reading the whole answer.

A read timeout is for one piece of an answer, so that a portal which sends a byte a
second would hold a worker for days. Here a timer shuts the call's socket down when its
time is over, whatever it is waiting for.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType


class Deadline:
    """The time that one call has, as a context; it runs from entering it.

    :ivar passed: the time was over before the context was left: whatever was read by
        then may be only a part.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._end = time.monotonic() + self._seconds
        self._timer.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            # The connection may serve another call by now.
            self._socket = None

    def remaining(self) -> float:
        """Return the seconds that are left, negative if none are."""
        return self._end - time.monotonic()

    def watch(self, sock: socket.socket) -> None:
        """Shut ``sock`` down when the time is over, instead of the one before."""
        with self._lock:
            self._socket = sock
            if self.passed:
                _shut_down(sock)

    def _stop(self) -> None:
        with self._lock:
            self.passed = True
            if self._socket is not None:
                _shut_down(self._socket)


def _shut_down(sock: socket.socket) -> None:
    """Wake up the thread that waits for ``sock``: its call fails there."""
    # TLS inside TLS, as through an HTTPS proxy, has the real socket inside.
    inner = getattr(sock, "socket", sock)
    with suppress(OSError, ValueError):
        # Not SSLSocket's own, which changes what its thread is using.
        socket.socket.shutdown(inner, socket.SHUT_RDWR)
