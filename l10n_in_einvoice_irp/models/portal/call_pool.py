"""Calls in flight: threads wait for the portal while the queue works on.

Nothing here touches the database.
"""

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
    """The calls of one connection in flight.

    :param connection: `gateway.PortalConnection`.
    """

    def __init__(self, connection) -> None:
        self.connection = connection
        self.size = connection.calls
        self._pool = ThreadPoolExecutor(max_workers=self.size)
        self._calls: dict[Future, PendingCall] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def send(self, call: PendingCall) -> None:
        future = self._pool.submit(
            self.connection.execute, call.record_id, call.operation
        )
        self._calls[future] = call

    def finished(self, timeout: float | None = 0) -> list[tuple[PendingCall, Any]]:
        """Return the calls that have ended.

        :param timeout: seconds to wait for the first one; None: as long as needed.
        """
        done, _others = wait(self._calls, timeout, FIRST_COMPLETED)
        return [(self._calls.pop(future), future.result()) for future in done]

    @staticmethod
    def wait_for_any(pools, timeout: float | None) -> None:
        """Wait until a call of one of several pools has ended.

        :param timeout: the longest wait in seconds; None: as long as needed.
        """
        calls = [future for pool in pools for future in pool._calls]
        wait(calls, timeout, FIRST_COMPLETED)

    def recall(self) -> list[PendingCall]:
        """Take back the calls that no thread has started."""
        idle = [future for future in self._calls if future.cancel()]
        return [self._calls.pop(future) for future in idle]

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
