"""A call, and the record of one HTTP attempt at it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..reference.dates import read_http_date
from ..reference.profiles import Endpoint

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class CallRecord:
    """One HTTP attempt, for the log; holds no secret.

    ``outcome`` is "ok" or the error's outcome word ("rejected", "unknown"…), with
    "gateway_" before it if a GSP refused the call before any IRP saw it; ``code`` is
    the portal's or that GSP's error code, or the reason of a transport failure;
    ``request_hash`` the
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
    """The portal's health: ``ok`` for HTTP 200; ``http_status`` None if no answer.

    ``clock_difference`` is how far the portal's clock is ahead of ours (negative:
    behind); None if its answer has no date.
    """

    ok: bool
    milliseconds: int
    http_status: int | None
    detail: str
    clock_difference: timedelta | None = None

    @property
    def is_asked(self) -> bool:
        """Return whether the portal was asked; one without this service is not."""
        return not self.ok or self.http_status is not None


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


def clock_difference(
    http_date: str, sent_at: datetime, received_at: datetime
) -> timedelta | None:
    """Return how far the clock of an answer's ``Date`` is ahead of ours, at the least.

    The header has whole seconds and was written between sending and receiving: zero if
    it fits in there, None if it is missing or no date.
    """
    moment = read_http_date(http_date)
    if moment is None:
        return None
    least, most = moment - received_at, moment + _SECOND - sent_at
    return max(least, min(most, timedelta(0)))
