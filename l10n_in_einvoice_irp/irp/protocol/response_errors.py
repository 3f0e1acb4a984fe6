"""Turn an HTTP response into an envelope, or into the error that it means.

Decided on codes alone (``data/outcomes.json``), never on texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any

from ..reference.datafiles import load_json
from ..reference.endpoints import Endpoint
from .envelope import Envelope, duplicate_facts, parse_envelope
from .errors import (
    IrpAlreadyCancelled,
    IrpAuthenticationError,
    IrpDuplicate,
    IrpError,
    IrpEwbExists,
    IrpNotFound,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpRateLimited,
    IrpRejected,
    IrpTokenRefused,
    IrpTooLate,
    PortalError,
)
from .transport import Response


@dataclass(frozen=True)
class _Kind:
    """The meaning of some codes, in responses of ``services`` (of any if empty)."""

    name: str
    codes: frozenset[str]
    services: frozenset[str]

    def covers(self, error: PortalError, endpoint: Endpoint) -> bool:
        here = not self.services or endpoint.name in self.services
        return here and error.code in self.codes


_KINDS: tuple[_Kind, ...] = tuple(
    _Kind(row["kind"], frozenset(row["codes"]), frozenset(row.get("services", ())))
    for row in load_json("outcomes.json")
)
_REJECTIONS: Mapping[str, type[IrpRejected]] = MappingProxyType(
    {
        "already_cancelled": IrpAlreadyCancelled,
        "ewb_exists": IrpEwbExists,
        "not_found": IrpNotFound,
        "too_late": IrpTooLate,
    }
)


def open_answer(response: Response, endpoint: Endpoint, now: datetime) -> Envelope:
    """Return the envelope of a successful answer; ``now`` dates a Retry-After.

    Raises what the answer means: IrpOutcomeUnknown for HTTP 5xx, 408 and bodies that
    are no envelope; IrpRateLimited; IrpAuthenticationError (IrpTokenRefused where a
    token was sent); IrpProtocolError for redirects and other refusals by HTTP status
    alone; IrpRejected and its subclasses for refusals by the portal itself.
    """
    _refuse_by_status(response, now)
    try:
        envelope = parse_envelope(response.body)
    except IrpOutcomeUnknown as error:
        if 200 <= response.status < 300:
            error.http_status = response.status
            raise
        raise _http_refusal(response) from None
    if envelope.ok:
        return envelope
    raise _refusal(envelope, endpoint, response, now)


def _refuse_by_status(response: Response, now: datetime) -> None:
    status = response.status
    if status >= 500 or status == 408:
        # Also with an envelope inside: a server that failed may have registered.
        raise IrpOutcomeUnknown(
            f"the portal failed with HTTP {status}",
            reason="server_error",
            http_status=status,
        )
    if status == 429:
        raise IrpRateLimited(
            "the portal asks to slow down (HTTP 429)",
            retry_after=_retry_after(response, now),
            http_status=status,
        )


def _http_refusal(response: Response) -> IrpError:
    status = response.status
    if status in (401, 403):
        return IrpAuthenticationError(
            f"access refused with HTTP {status}: the client id or this machine's"
            " address is not admitted",
            http_status=status,
        )
    if 300 <= status < 400:
        text = f"HTTP {status} redirects elsewhere; redirects are not followed"
    else:
        text = f"HTTP {status}: this address offers no such service"
    return IrpProtocolError(text, http_status=status)


def _refusal(
    envelope: Envelope, endpoint: Endpoint, response: Response, now: datetime
) -> IrpError:
    errors = envelope.errors or (PortalError("", "refused without a reason"),)
    kind, first = _deciding(errors, endpoint)
    message = "; ".join(error.message for error in errors if error.message)
    common: dict[str, Any] = {
        "code": first.code,
        "http_status": response.status,
        "endpoint": endpoint.name,
    }
    if kind == "token_refused":
        return IrpTokenRefused(message, **common)
    if kind == "authentication":
        return IrpAuthenticationError(message, **common)
    if kind == "rate_limited":
        wait = _retry_after(response, now)
        return IrpRateLimited(message, retry_after=wait, **common)
    common.update(violations=errors, infos=envelope.infos)
    return _rejection(kind, message, common)


def _rejection(kind: str, message: str, common: dict[str, Any]) -> IrpRejected:
    if kind == "duplicate":
        irn, ack_number, ack_date = duplicate_facts(common["infos"])
        return IrpDuplicate(
            message, irn=irn, ack_number=ack_number, ack_date=ack_date, **common
        )
    return _REJECTIONS.get(kind, IrpRejected)(message, **common)


def _deciding(
    errors: tuple[PortalError, ...], endpoint: Endpoint
) -> tuple[str, PortalError]:
    """Return the kind of the answer and the error that decides it.

    Kinds are ranked by the order of the data file, so that a duplicate among other
    errors is a duplicate.
    """
    for kind in _KINDS:
        if kind.name == "token_refused" and not endpoint.needs_token:
            continue
        for error in errors:
            if kind.covers(error, endpoint):
                return kind.name, error
    return "", errors[0]


def _retry_after(response: Response, now: datetime) -> float | None:
    """Read Retry-After (RFC 9110 §10.2.3): seconds, or an HTTP date."""
    text = response.header("Retry-After").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError):
        return None
