"""A call, and the record of one HTTP attempt at it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..reference.profiles import Endpoint


@dataclass(frozen=True)
class CallRecord:
    """One HTTP attempt, for the log; holds no secret.

    ``outcome`` is "ok" or the error's outcome word ("rejected", "unknown"…), ``code``
    the portal's error code or the reason of a transport failure, ``request_hash`` the
    SHA-256 of the plain body ("" without one), ``started_at`` aware. ``asked_gstin`` is
    the GSTIN that was looked up, if it was a look-up of one. ``body`` is the plain body
    where the call changes something at the portal, else empty.
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
    asked_gstin: str = ""
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
    """A call: the service, the values of its path and query, the plain body.

    ``headers`` are those of this call alone; with ``inner_base64`` the body is encoded
    before it is encrypted.
    """

    endpoint: Endpoint
    values: Mapping[str, str] = field(default_factory=dict)
    plain: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    inner_base64: bool = False


def milliseconds_since(started: float) -> int:
    """Return the whole milliseconds since ``started`` of time.perf_counter."""
    return round((time.perf_counter() - started) * 1000)
