"""Waits for a condition, never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_SECONDS = 0.1


def wait_for(what: str, condition: Callable[[], T], seconds: float = 60.0) -> T:
    """Call `condition` until it returns something true, and return that.

    :raises AssertionError: it did not within ``seconds``; the message names `what` and
        the last result.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, (
            f"{what}: not within {seconds} s, last answer {answer!r}"
        )
        time.sleep(PAUSE_SECONDS)
