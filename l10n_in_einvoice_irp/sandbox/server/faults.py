"""Script faults: the kind, the service and the number of calls."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

KINDS = (
    "delay",
    "drop_before",
    "drop_after",
    "error",
    "error_after",
    "text",
    "text_after",
    "garbage",
    "undecryptable",
    "refuse",
    "gateway",
)
_EVERY = "*"


class DropConnection(ConnectionResetError):
    """The connection is dropped without a response.

    A served portal closes the socket. In-process (``werkzeug.test.Client``) the
    exception reaches the caller.

    :param processed: whether the call was processed first
    """

    def __init__(self, *, processed: bool) -> None:
        self.processed = processed
        state = "after" if processed else "before"
        super().__init__(f"connection dropped {state} the call was processed")


@dataclass(frozen=True)
class Fault:
    """A fault to inject.

    ============== ==================================================================
    kind           what happens
    ============== ==================================================================
    delay          processed, response ``seconds`` later
    drop_before    connection dropped, not processed
    drop_after     processed, connection dropped
    error          HTTP ``status`` with an HTML page, not processed
    error_after    processed, then as error
    text           HTTP 200 with the text of an exception, not processed
    text_after     processed, then as text
    garbage        processed, response of bytes that are not JSON
    undecryptable  processed, ``Data`` encrypted with another key
    refuse         not processed, ``Status`` 0 with ``code`` and ``message``
    gateway        not processed, the response ``code`` of the GSP's own gateway, a name
                   in the dialect's ``gateway_replies``: ``key``, ``quota``, …
    ============== ==================================================================

    :param kind: one of ``KINDS``
    :param endpoint: the service's name in ``dialects/nic.py``, ``*`` for all services
    :param times: the number of calls affected; 0 for all
    :raises ValueError: an unknown kind, or a negative number
    """

    kind: str
    endpoint: str = _EVERY
    times: int = 1
    seconds: float = 0.0
    status: int = 503
    code: str = "5001"
    message: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is not one of {', '.join(KINDS)}")
        if self.times < 0 or self.seconds < 0:
            raise ValueError("times and seconds cannot be negative")

    def applies_to(self, endpoint: str) -> bool:
        """Return whether the fault applies to a service."""
        return self.endpoint in (_EVERY, endpoint)


class Faults:
    """The pending faults, in order; thread-safe.

    :param sleep: waits for a number of seconds; a test passes a substitute
    """

    def __init__(
        self,
        faults: Iterable[Fault] = (),
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._faults = list(faults)
        self._lock = threading.Lock()
        self._gateway: frozenset[str] | None = None
        self.sleep = sleep

    def allow_gateway(self, replies: Iterable[str]) -> None:
        """Accept faults ``gateway`` with these codes only.

        :raises ValueError: a pending fault has another code
        """
        self._gateway = frozenset(replies)
        self._check(self._faults)

    def add(self, kind: str, endpoint: str = _EVERY, **details: Any) -> Fault:
        """Queue a fault (see :class:`Fault`) behind the pending ones."""
        fault = Fault(kind, endpoint, **details)
        self.extend([fault])
        return fault

    def extend(self, faults: Iterable[Fault]) -> None:
        """Queue several faults behind the pending ones.

        :raises ValueError: a response that the dialect's gateway does not have
        """
        found = list(faults)
        self._check(found)
        with self._lock:
            self._faults.extend(found)

    def _check(self, faults: Iterable[Fault]) -> None:
        if self._gateway is None:
            return
        known = ", ".join(sorted(self._gateway)) or "none"
        for fault in faults:
            if fault.kind == "gateway" and fault.code not in self._gateway:
                raise ValueError(
                    f"{fault.code!r} is no response of this gateway; it has: {known}"
                )

    def clear(self) -> None:
        """Drop the pending faults."""
        with self._lock:
            self._faults.clear()

    def take(self, endpoint: str) -> Fault | None:
        """Return the first fault for a service and count it as used once.

        :return: None if there is none
        """
        with self._lock:
            for index, fault in enumerate(self._faults):
                if not fault.applies_to(endpoint):
                    continue
                if fault.times == 1:
                    del self._faults[index]
                elif fault.times:
                    self._faults[index] = replace(fault, times=fault.times - 1)
                return fault
        return None

    def pending(self) -> list[dict[str, Any]]:
        """Return the pending faults as JSON objects."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]


def from_json(value: Mapping[str, Any]) -> Fault:
    """Return the fault described by a JSON object with the members of :class:`Fault`.

    :raises ValueError: a member is unknown, missing, or of another type
    """
    try:
        return Fault(**value)
    except TypeError as err:
        raise ValueError(str(err)) from err


def from_text(text: str) -> Fault:
    """Return the fault described by ``ENDPOINT:KIND[:TIMES[:VALUE]]``.

    VALUE is the seconds of a delay, the status of an error, the code of a refusal or
    the name of a gateway's response: ``generate_irn:delay:1:5``.

    :raises ValueError: another format
    """
    endpoint, kind, *rest = text.split(":")
    if len(rest) > 2:
        raise ValueError("ENDPOINT:KIND[:TIMES[:VALUE]]")
    fault = Fault(kind, endpoint, times=int(rest[0]) if rest else 1)
    if len(rest) < 2:
        return fault
    if kind == "delay":
        return replace(fault, seconds=float(rest[1]))
    if kind in ("refuse", "gateway"):
        return replace(fault, code=rest[1])
    return replace(fault, status=int(rest[1]))
