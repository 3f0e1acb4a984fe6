"""How many calls of a GSTIN a portal gets at once, and in a minute."""

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MINUTE = 60


class Load:
    """Measures the most calls of each GSTIN that were under way at a time, and that
    began within any minute.

    :param clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way: Counter[str] = Counter()
        self._begun: dict[str, deque[float]] = defaultdict(deque)
        self._at_once: Counter[str] = Counter()
        self._per_minute: Counter[str] = Counter()

    @property
    def most_at_once(self) -> dict[str, int]:
        """Return GSTIN -> the most calls under way at a time."""
        with self._lock:
            return dict(self._at_once)

    @property
    def most_per_minute(self) -> dict[str, int]:
        """Return GSTIN -> the most calls begun within any minute."""
        with self._lock:
            return dict(self._per_minute)

    def forget(self) -> None:
        """Measure from now on; calls under way still count."""
        with self._lock:
            self._at_once.clear()
            self._per_minute.clear()

    @contextmanager
    def call(self, gstin: str) -> Iterator[None]:
        """Count a call from its beginning to its end."""
        with self._lock:
            self._begin(gstin)
        try:
            yield
        finally:
            with self._lock:
                self._under_way[gstin] -= 1

    def _begin(self, gstin: str) -> None:
        now, begun = self._clock(), self._begun[gstin]
        self._under_way[gstin] += 1
        begun.append(now)
        while begun[0] <= now - MINUTE:
            begun.popleft()
        at_once, per_minute = self._at_once, self._per_minute
        at_once[gstin] = max(at_once[gstin], self._under_way[gstin])
        per_minute[gstin] = max(per_minute[gstin], len(begun))
