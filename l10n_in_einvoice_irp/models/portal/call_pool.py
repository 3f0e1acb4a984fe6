"""Calls in flight: threads that wait for the portal while the queue goes on working.

Nothing here touches the database.
"""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PendingCall:
    """One thing to ask the portal.

    :ivar record_id: the record that it is asked for.
    :ivar step: (function of `irp.operations.registration`, order).
    :ivar before: values of the record, should nothing be asked after all.
    :ivar session: the session it is asked with; tells a stale token from a fresh one.
    :ivar repeated: it was asked before, and its token was refused.
    """

    record_id: int
    step: tuple
    before: dict | None = None
    session: object = None
    repeated: bool = False


class CallPool:
    """Keeps the calls of one connection in flight.

    :param connection: `gateway.PortalConnection`.
    """

    def __init__(self, connection) -> None:
        self.connection = connection
        self.size = connection.calls
        self._pool = ThreadPoolExecutor(max_workers=self.size)
        self._jobs: dict[Future, PendingCall] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def send(self, job: PendingCall) -> None:
        future = self._pool.submit(self.connection.execute, job.record_id, job.step)
        self._jobs[future] = job

    def finished(self, timeout: float | None = 0) -> list[tuple[PendingCall, Any]]:
        """What has come back.

        :param timeout: seconds to wait for the first answer; None: as long as needed.
        """
        done, _others = wait(self._jobs, timeout, FIRST_COMPLETED)
        return [(self._jobs.pop(future), future.result()) for future in done]

    def recall(self) -> list[PendingCall]:
        """Take back what no thread has begun with."""
        idle = [future for future in self._jobs if future.cancel()]
        return [self._jobs.pop(future) for future in idle]

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
