"""Calls in flight: threads wait for the portal while the queue works on.

Nothing here touches the database.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PendingCall:
    """A call to make.

    :ivar record_id: the record that it is for.
    :ivar operation: (function of `irp.operations`, its request).
    :ivar before: values to restore on the record if the call is not made.
    :ivar session: the session it uses; distinguishes a stale token from a fresh one.
    :ivar repeated: it was made before, and its token was refused.
    """

    record_id: int
    operation: tuple
    before: dict | None = None
    session: object = None
    repeated: bool = False


class CallPool:
    """The calls of one connection, some in flight, the others ready.

    :param connection: `gateway.PortalConnection`.
    :param size: how many calls may be in flight; at most those of the connection.
    """

    def __init__(self, connection, size: int) -> None:
        self.connection = connection
        self.size = size
        self._pool = ThreadPoolExecutor(max_workers=connection.calls)
        # a call that ends begins the next one, in its thread
        self._lock = threading.RLock()
        self._ready: deque[PendingCall] = deque()
        self._calls: dict[Future, PendingCall] = {}
        self._in_flight = 0

    def __len__(self) -> int:
        """Return how many calls are ready, in flight, or not yet `finished`."""
        with self._lock:
            return len(self._ready) + len(self._calls)

    def send(self, call: PendingCall) -> None:
        """Make a call once fewer are in flight than may be."""
        with self._lock:
            self._ready.append(call)
            self._begin()

    def resize(self, size: int) -> int:
        """Change how many calls may be in flight; return how many are."""
        with self._lock:
            self.size = size
            self._begin()
            return self._in_flight

    def _begin(self) -> None:
        while self._ready and self._in_flight < self.size:
            call = self._ready.popleft()
            self._in_flight += 1
            future = self._pool.submit(
                self.connection.execute, call.record_id, call.operation
            )
            self._calls[future] = call
            future.add_done_callback(self._ended)

    def _ended(self, _future: Future) -> None:
        with self._lock:
            self._in_flight -= 1
            self._begin()

    def finished(self, timeout: float | None = 0) -> list[tuple[PendingCall, Any]]:
        """Return the calls that have ended.

        :param timeout: seconds to wait for the first one; None: as long as needed.
        """
        done, _others = wait(self._futures(), timeout, FIRST_COMPLETED)
        with self._lock:
            return [(self._calls.pop(future), future.result()) for future in done]

    def _futures(self) -> list[Future]:
        with self._lock:
            return list(self._calls)

    @staticmethod
    def wait_for_any(pools: "Iterable[CallPool]", timeout: float | None) -> None:
        """Wait until a call of one of several pools has ended.

        :param timeout: the longest wait in seconds; None: as long as needed.
        """
        if calls := [future for pool in pools for future in pool._futures()]:
            wait(calls, timeout, FIRST_COMPLETED)
        elif timeout:
            time.sleep(timeout)

    def recall(self) -> list[PendingCall]:
        """Take back the calls that no thread has started."""
        with self._lock:
            idle = [*self._ready]
            self._ready.clear()
            for future in [one for one in self._calls if one.cancel()]:
                idle.append(self._calls.pop(future))
        return idle

    def close(self) -> None:
        """Drop the calls that are ready, and wait for those in flight."""
        with self._lock:
            self._ready.clear()
        self._pool.shutdown(cancel_futures=True)
