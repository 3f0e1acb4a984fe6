"""The errors of calls to the portal, by what the caller can do next.

IrpError
├ IrpTransportError          nothing usable came back
│  ├ IrpNotSent              the request was not processed: repeat it freely
│  └ IrpOutcomeUnknown       it may have been processed: look it up before repeating
├ IrpAuthenticationError     credentials refused: a person has to correct them
│  ├ IrpTokenRefused         the token is no longer valid: log in again, repeat
│  └ IrpEwbLogInError        those of the e-way bill system, not of the portal
├ IrpSharedUser              another program replaces our token again and again
├ IrpRateLimited             too many (erroneous) calls: wait
├ IrpRejected                the portal refused, with its list of errors (``remedy``)
│  ├ IrpDuplicate            the document is registered already (2150, 2295)
│  ├ IrpAlreadyCancelled     the IRN is not active any more (9999)
│  ├ IrpEwbExists            the IRN has an e-way bill already (4002, 2287)
│  ├ IrpTooLate              the window to retrieve or to cancel has closed
│  ├ IrpNotFound             the portal knows no such IRN, document, GSTIN…
│  └ IrpNotOffered           not by this way: nothing was sent, do it on the website
├ IrpSignatureError          an answer that does not verify is not an answer
│  └ IrpUnknownKey           signed with a key that is not configured: unchecked
└ IrpProtocolError           a shape that we do not know, from a call that only reads
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from .redaction import redact_text

if TYPE_CHECKING:
    from ..reference.profiles import Wire

LONGEST_WAIT = 900.0
"""A quarter of an hour: the longest pause that a portal can ask for, in seconds."""


@dataclass(frozen=True)
class PortalError:
    """One entry of ``ErrorDetails``: the portal's code ("" if none) and its text."""

    code: str
    message: str


@dataclass(frozen=True)
class Info:
    """One entry of ``InfoDtls``: its ``InfCd`` and ``Desc`` (text, object or list)."""

    code: str
    desc: Any


@dataclass(frozen=True)
class Gateway:
    """A GSP that refused a call before any IRP saw it: its name, and its own words."""

    name: str
    words: str


class IrpError(Exception):
    """Base of every error of the client.

    ``message`` is English, for logs; ``str()`` gives it redacted, with code and
    endpoint. ``code`` is the portal's error code or "", ``http_status`` the status of
    the answer or None, ``endpoint`` the name of the service that was called.

    :ivar wire: the portal that was called, or could not be; None if the error is not of
        a call.
    :ivar gateway: the GSP that refused the call; None if the portal itself did.
        ``code`` is the GSP's then, and in no list of an IRP.
    """

    outcome: ClassVar[str] = "error"
    wire: Wire | None = None
    gateway: Gateway | None = None

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        http_status: int | None = None,
        endpoint: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.http_status = http_status
        self.endpoint = endpoint

    def of_the_call(self, error: IrpError) -> Self:
        """Take over from ``error`` which call it was, and who answered it."""
        self.code, self.http_status = error.code, error.http_status
        self.endpoint = error.endpoint
        self.wire, self.gateway = error.wire, error.gateway
        return self

    def __str__(self) -> str:
        where = f"{self.endpoint}: " if self.endpoint else ""
        code = f"{self.code} " if self.code else ""
        return f"{where}{code}{redact_text(self.message)}"


class IrpTransportError(IrpError):
    """No usable response; ``reason`` is a short word for statistics and tests.

    ``proxy`` is the host and port of the proxy that the call went through, or "".
    """

    outcome = "transport"

    def __init__(
        self,
        message: str,
        *,
        reason: str = "",
        proxy: str = "",
        code: str = "",
        http_status: int | None = None,
        endpoint: str = "",
    ) -> None:
        super().__init__(message, code=code, http_status=http_status, endpoint=endpoint)
        self.reason = reason
        self.proxy = proxy


class IrpNotSent(IrpTransportError):
    """The request was not processed, so it may be repeated freely.

    ``reason``: "dns", "private" (where only the internet is called), "connect",
    "proxy" (not reached), "proxy_log_in" (it refuses its user or password),
    "proxy_refused" (it makes no connection, for the reason in ``http_status``), "tls",
    "busy" (other calls are all that a credential allows at a time),
    "timeout" (of connecting) or "invalid_request". When the authentication before a
    call got no usable answer, the reason is that of the lost answer ("read_timeout",
    "server_error"…), and ``endpoint`` is "authenticate".
    """

    outcome = "not_sent"


class IrpOutcomeUnknown(IrpTransportError):
    """The request may have been processed: look it up, never repeat it blindly.

    ``reason``: "read_timeout", "reset", "too_large", "server_error" (HTTP 5xx),
    "not_json", "undecryptable" or "unexpected_answer".
    """

    outcome = "unknown"


class IrpAuthenticationError(IrpError):
    """Portal or gateway refuse the credentials, or a fresh token; do not repeat."""

    outcome = "authentication"


class IrpTokenRefused(IrpAuthenticationError):
    """The portal refuses the token or its session key: it processed nothing.

    Only callers that renew the session themselves see it (``renews=False``).
    """

    outcome = "token_refused"


class IrpSharedUser(IrpError):
    """The portal has one live token per API user, and another program replaces ours.

    Logging in again would invalidate the other's token, and so on for ever.
    """

    outcome = "shared_user"


class IrpEwbLogInError(IrpAuthenticationError):
    """The e-way bill system refuses its user; the portal's is not at fault."""

    outcome = "ewb_log_in"


class IrpRateLimited(IrpError):
    """The portal asks for fewer calls.

    ``retry_after``: seconds, at most :data:`LONGEST_WAIT` whatever it asks for; None
    if it does not say.
    """

    outcome = "rate_limited"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        code: str = "",
        http_status: int | None = None,
        endpoint: str = "",
    ) -> None:
        super().__init__(message, code=code, http_status=http_status, endpoint=endpoint)
        self.retry_after = None if retry_after is None else _bounded_wait(retry_after)


def _bounded_wait(seconds: float) -> float:
    # A NaN compares with nothing, so that it becomes the longest wait.
    return max(0.0, seconds) if seconds <= LONGEST_WAIT else LONGEST_WAIT


class IrpRejected(IrpError):
    """The portal processed the request and refused it, with a list of its errors.

    ``violations`` are all errors of the answer (validations are collected), ``infos``
    its additional information, ``code`` the error that decided the class.
    """

    outcome = "rejected"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        violations: tuple[PortalError, ...] = (),
        infos: tuple[Info, ...] = (),
        http_status: int | None = None,
        endpoint: str = "",
    ) -> None:
        super().__init__(message, code=code, http_status=http_status, endpoint=endpoint)
        self.violations = violations
        self.infos = infos

    @property
    def remedy(self) -> str:
        """Return what to do next, by the catalogue: "fix_data", "retry"…"""
        # Imported late: the catalogue reads its list only where a remedy is asked for.
        from ..reference.catalogue import entry

        return entry(self.code).remedy


class IrpDuplicate(IrpRejected):
    """The document is registered already: at this IRP (2150), or at another (2295).

    ``irn`` ("" if the response has none), ``ack_number`` ("") and ``ack_date``
    (aware, or None) come from the answer's DUPIRN information; they are not signed.
    ``elsewhere``: another IRP holds it; ``held_by`` is the one that the answer names
    ("NIC2", "IRIS"…), "" if it names none.
    """

    outcome = "duplicate"

    def __init__(
        self,
        message: str,
        *,
        irn: str = "",
        ack_number: str = "",
        ack_date: datetime | None = None,
        elsewhere: bool = False,
        held_by: str = "",
        code: str = "",
        violations: tuple[PortalError, ...] = (),
        infos: tuple[Info, ...] = (),
        http_status: int | None = None,
        endpoint: str = "",
    ) -> None:
        super().__init__(
            message,
            code=code,
            violations=violations,
            infos=infos,
            http_status=http_status,
            endpoint=endpoint,
        )
        self.irn = irn
        self.ack_number = ack_number
        self.ack_date = ack_date
        self.elsewhere = elsewhere
        self.held_by = held_by


class IrpTooLate(IrpRejected):
    """The portal's window has closed: 2283 (retrieval), 2270, 4055 (cancellation)."""

    outcome = "too_late"


class IrpAlreadyCancelled(IrpRejected):
    """9999 on Cancel IRN: it is not active. Fetch it before believing it cancelled."""

    outcome = "already_cancelled"


class IrpNotFound(IrpRejected):
    """The portal knows no such IRN (2148), document (2154), e-way bill or GSTIN."""

    outcome = "not_found"


class IrpEwbExists(IrpRejected):
    """4002, 2287: the IRN has an e-way bill already; get it instead."""

    outcome = "ewb_exists"


class IrpNotOffered(IrpRejected):
    """The portal offers the service elsewhere only; nothing was sent.

    ``message`` says where a person can do it by hand. ``endpoint`` names the service;
    ``holder`` is the other IRP whose document it was about, if that is why.
    """

    holder: str = ""

    outcome = "not_offered"


class IrpSignatureError(IrpError):
    """A signed token does not verify; ``kid`` names the key that it claims ("")."""

    outcome = "signature"

    def __init__(
        self,
        message: str,
        *,
        kid: str = "",
        code: str = "",
        http_status: int | None = None,
        endpoint: str = "",
    ) -> None:
        super().__init__(message, code=code, http_status=http_status, endpoint=endpoint)
        self.kid = kid


class IrpUnknownKey(IrpSignatureError):
    """The token names a signing key that is not among the given ones: not checked."""

    outcome = "unknown_key"


class IrpProtocolError(IrpError):
    """A response of unknown form to a call that changes nothing at the portal."""

    outcome = "protocol"
