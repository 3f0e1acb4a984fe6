"""Turn an HTTP response into an envelope, or into the error that it means.

A refusal is decided on the portal's codes alone (``data/outcomes.json`` and the
profile's ``codes``), never on texts. What a gateway answers before it forwards a call
is data as well (the profile's ``refusals``). Whatever is neither leaves the outcome of
a call that changes something unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any

from ..reference.profiles import (
    IRP_TITLES,
    Endpoint,
    GatewayRefusal,
    Wire,
    irp_holding,
    refusal_by_gateway,
)
from .adapters import ADAPTERS
from .envelope import Envelope, duplicate_facts
from .errors import (
    Gateway,
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
from .http import Response
from .incoming import MAX_MESSAGE, as_code, as_text, cut_text, read_json
from .redaction import redact_text

# An HTTP date has 29 characters.
_MAX_HEADER = 64


_REJECTIONS: Mapping[str, type[IrpRejected]] = MappingProxyType(
    {
        "already_cancelled": IrpAlreadyCancelled,
        "ewb_exists": IrpEwbExists,
        "not_found": IrpNotFound,
        "too_late": IrpTooLate,
    }
)


def open_answer(
    response: Response, endpoint: Endpoint, wire: Wire, now: datetime
) -> Envelope:
    """Return the envelope of a successful answer; ``now`` dates a Retry-After.

    Raises what the answer means. IrpRejected and its subclasses, IrpTokenRefused,
    IrpAuthenticationError and IrpRateLimited, where the portal's own list of errors
    says so. IrpAuthenticationError and IrpRateLimited too, where a gateway is published
    to answer so before it forwards the call. IrpOutcomeUnknown for HTTP 5xx, 408 and
    every other answer; of a call that changes nothing, a redirect or a refusal by HTTP
    status alone is IrpProtocolError, and HTTP 401 or 403 IrpAuthenticationError.
    """
    _refuse_server_failure(response)
    try:
        envelope = ADAPTERS[wire.adapter].envelope(response.body, endpoint)
    except IrpOutcomeUnknown as error:
        raise _not_understood(error, response, endpoint, wire, now) from None
    if envelope.ok:
        return envelope
    raise _refusal(envelope, endpoint, wire, response, now)


def _refuse_server_failure(response: Response) -> None:
    status = response.status
    if status >= 500 or status == 408:
        # Also with an envelope inside: a server that failed may have registered.
        raise IrpOutcomeUnknown(
            f"the portal failed with HTTP {status}",
            reason="server_error",
            http_status=status,
        )


def _not_understood(
    error: IrpOutcomeUnknown,
    response: Response,
    endpoint: Endpoint,
    wire: Wire,
    now: datetime,
) -> IrpError:
    """Return the error for an answer that is no envelope of the portal."""
    body = _json_or_none(response.body)
    gateway = refusal_by_gateway(wire.refusals, response.status, body)
    if gateway is not None and gateway.kind == "unanswered":
        return IrpOutcomeUnknown(
            f"a gateway had no answer of the portal{_gateway_words(body)}",
            reason="server_error",
            code=as_code(gateway.code(body)),
            http_status=response.status,
        )
    if gateway is not None:
        return _refusal_by_gateway(gateway, body, response, wire, now)
    if 200 <= response.status < 300:
        error.http_status = response.status
        return error
    return _http_refusal(response, endpoint, body)


def _json_or_none(body: bytes) -> Any:
    try:
        return read_json(body)
    except ValueError:
        return None


def _refusal_by_gateway(
    gateway: GatewayRefusal, body: Any, response: Response, wire: Wire, now: datetime
) -> IrpError:
    status = response.status
    words = redact_text(as_text(gateway.words(body)))
    said = f": {words}" if words else ""
    where = f"{said} ({gateway.name}, HTTP {status})"
    error: IrpError
    if gateway.kind == "rate_limited":
        text = f"a gateway asks to slow down{where}"
        error = IrpRateLimited(text, retry_after=_retry_after(response, now))
    else:
        text = f"access refused before the portal saw the call{where}"
        error = IrpAuthenticationError(text)
    error.code, error.http_status = as_code(gateway.code(body)), status
    error.gateway = Gateway(wire.name, words) if wire.is_gateway else None
    return error


def _http_refusal(response: Response, endpoint: Endpoint, body: Any) -> IrpError:
    status = response.status
    if status == 401:
        text = f"a gateway refused the call with HTTP 401{_gateway_words(body)}"
    elif 300 <= status < 400:
        text = f"HTTP {status} redirects elsewhere; redirects are not followed"
    elif status == 403:
        text = (
            "access refused with HTTP 403: the client id or this machine's address is"
            " not admitted"
        )
    else:
        text = f"HTTP {status}: this address offers no such service"
    if endpoint.changes_state:
        return IrpOutcomeUnknown(text, reason="unexpected_answer", http_status=status)
    kind = IrpAuthenticationError if status in (401, 403) else IrpProtocolError
    return kind(text, http_status=status)


def _gateway_words(body: Any) -> str:
    """Return a gateway's own code and text, to be named as such."""
    own = body.get("error") if isinstance(body, Mapping) else None
    own = own if isinstance(own, Mapping) else {}
    words = (as_code(own.get("error_cd")), as_text(own.get("message")))
    said = " ".join(one for one in words if one)
    return cut_text(f" ({said})" if said else "", MAX_MESSAGE)


def _refusal(
    envelope: Envelope,
    endpoint: Endpoint,
    wire: Wire,
    response: Response,
    now: datetime,
) -> IrpError:
    errors = envelope.errors
    kind, first = _deciding(errors, endpoint, wire)
    texts = "; ".join(error.message for error in errors if error.message)
    message = cut_text(texts, MAX_MESSAGE)
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
    if kind == "in_progress":
        # "could not be made, ask helpdesk", "same request at the same time": nothing
        # says that the first of them was not carried out.
        return IrpOutcomeUnknown(message, reason="server_error", **common)
    common.update(violations=errors, infos=envelope.infos)
    return _rejection(kind, message, common)


def _rejection(kind: str, message: str, common: dict[str, Any]) -> IrpRejected:
    if kind in ("duplicate", "held_elsewhere"):
        return _duplicate(message, common, elsewhere=kind == "held_elsewhere")
    return _REJECTIONS.get(kind, IrpRejected)(message, **common)


def _duplicate(
    message: str, common: dict[str, Any], *, elsewhere: bool
) -> IrpDuplicate:
    facts = duplicate_facts(common["infos"])
    held_by = irp_holding(facts.registered_by, facts.ack_number if elsewhere else "")
    if elsewhere and held_by:
        message = cut_text(f"{message}; held by {IRP_TITLES[held_by]}", MAX_MESSAGE)
    return IrpDuplicate(
        message,
        irn=facts.irn,
        ack_number=facts.ack_number,
        ack_date=facts.ack_date,
        elsewhere=elsewhere,
        held_by=held_by,
        **common,
    )


def _deciding(
    errors: tuple[PortalError, ...], endpoint: Endpoint, wire: Wire
) -> tuple[str, PortalError]:
    """Return the kind of the answer and the error that decides it."""
    for meaning in wire.codes:
        if meaning.kind == "token_refused" and not endpoint.needs_token:
            continue
        for error in errors:
            if meaning.covers(error.code, endpoint.name):
                return meaning.kind, error
    return "", errors[0]


def _retry_after(response: Response, now: datetime) -> float | None:
    """Read Retry-After (RFC 9110 §10.2.3): seconds, or an HTTP date."""
    text = response.header("Retry-After").strip()[:_MAX_HEADER]
    if text.isdecimal():
        return float(text)
    try:
        return (parsedate_to_datetime(text) - now).total_seconds()
    except (ArithmeticError, IndexError, TypeError, ValueError):
        return None
