"""One attempt at a call: what is asked, what becomes of it, how it is logged."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..reference.endpoints import Endpoint
from .errors import IrpError
from .redaction import redact_url
from .transport import Request


@dataclass(frozen=True)
class Exchange:
    """One HTTP attempt, for the log; holds no secret.

    ``outcome`` is "ok" or the error's outcome word ("rejected", "unknown"…), ``code``
    the portal's error code or the reason of a transport failure, ``request_hash`` the
    SHA-256 of the plain body ("" without one), ``started_at`` aware. ``body`` is that
    plain body where the call asks the portal to change something, else empty.
    """

    endpoint: str
    method: str
    url: str
    milliseconds: int
    http_status: int | None
    code: str
    outcome: str
    request_hash: str
    started_at: datetime
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Health:
    """The portal's health: ``ok`` for HTTP 200; ``http_status`` None if no answer."""

    ok: bool
    milliseconds: int
    http_status: int | None
    detail: str


@dataclass(frozen=True)
class Call:
    """What to ask: the service, the values of its path and query, the plain body.

    ``headers`` are those of this call alone; with ``inner_base64`` the body is encoded
    before it is encrypted.
    """

    endpoint: Endpoint
    values: Mapping[str, str] = field(default_factory=dict)
    plain: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    inner_base64: bool = False


@dataclass
class Note:
    """What becomes of one attempt, until it is reported."""

    call: Call
    request: Request
    started_at: datetime
    started: float
    http_status: int | None = None
    code: str = ""
    # Stays if the transport raises what is no IrpError.
    outcome: str = "crashed"

    def failed(self, error: IrpError) -> None:
        """Note what ``error`` tells."""
        self.outcome = error.outcome
        self.code = error.code or getattr(error, "reason", "")
        self.http_status = error.http_status

    def exchange(self) -> Exchange:
        """Return the finished attempt."""
        plain = self.call.plain
        return Exchange(
            endpoint=self.call.endpoint.name,
            method=self.request.method,
            url=redact_url(self.request.url),
            milliseconds=milliseconds_since(self.started),
            http_status=self.http_status,
            code=self.code,
            outcome=self.outcome,
            request_hash=hashlib.sha256(plain).hexdigest() if plain else "",
            started_at=self.started_at,
            body=(plain or b"") if self.call.endpoint.changes_state else b"",
        )


def milliseconds_since(started: float) -> int:
    """Return the whole milliseconds since ``started`` of time.perf_counter."""
    return round((time.perf_counter() - started) * 1000)
