"""How many calls a portal gets at once, and in a minute."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MINUTE = 60


class Load:
    """Measures the most calls under way at a time, and begun within any minute.

    :param clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way = 0
        self._begun: deque[float] = deque()
        self.most_at_once = 0
        self.most_per_minute = 0

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call from its beginning to its end."""
        self._begin()
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def _begin(self) -> None:
        with self._lock:
            now = self._clock()
            self._under_way += 1
            self._begun.append(now)
            while self._begun[0] <= now - MINUTE:
                self._begun.popleft()
            self.most_at_once = max(self.most_at_once, self._under_way)
            self.most_per_minute = max(self.most_per_minute, len(self._begun))
