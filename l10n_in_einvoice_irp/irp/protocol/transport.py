"""The boundary to the network: send one request, return its response or one error."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol

import requests
from requests import exceptions
from requests.utils import select_proxy
from urllib3 import exceptions as urllib3_exceptions

from ..reference.addresses import is_on_this_machine
from .errors import IrpNotSent, IrpOutcomeUnknown, IrpTransportError
from .http import Deadline, Proxy, Request, Response
from .http.connections import (
    DEADLINE,
    PUBLIC_ONLY,
    DeadlineAdapter,
    PrivateAddress,
    TunnelFailed,
)
from .redaction import redact_url

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""Bound of an answer. The largest real one has 10 MB: a portal takes 2 MB of invoice,
a letter of Hindi in it grows from three bytes to seven where it is escaped twice, and
base64 comes twice, for the token and for the encryption."""
_CHUNK = 64 * 1024

# OpenSSL's words for a handshake that failed. Any other trouble with TLS may come after
# the request has left, and then its outcome is unknown.
_HANDSHAKE_REASONS = frozenset(
    {
        "CERTIFICATE_VERIFY_FAILED",
        "HTTPS_PROXY_REQUEST",
        "HTTP_REQUEST",
        "NO_PROTOCOLS_AVAILABLE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "TLSV1_UNRECOGNIZED_NAME",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_VERSION_NUMBER",
    }
)
# A connection that was there; RemoteDisconnected is a ConnectionResetError.
_BROKEN = (
    BrokenPipeError,
    ConnectionAbortedError,
    ConnectionResetError,
    HTTPException,
)
# 0: the proxy broke off; RFC 9110 §15.5.8
_TUNNEL_REASONS = {0: "proxy", 407: "proxy_log_in"}
_BAD_REQUEST = (
    exceptions.InvalidURL,
    exceptions.MissingSchema,
    exceptions.InvalidSchema,
    exceptions.InvalidHeader,
    exceptions.InvalidProxyURL,
    exceptions.UnrewindableBodyError,
    urllib3_exceptions.LocationValueError,
)
_FAILURES = (
    exceptions.RequestException,
    urllib3_exceptions.HTTPError,
    HTTPException,
    OSError,
    ValueError,
)


class Transport(Protocol):
    """Anything that sends a request to a portal and returns the response."""

    def send(self, request: Request) -> Response:
        """Send ``request``; a response with any HTTP status is returned.

        Raises IrpNotSent if the portal cannot have processed it, IrpOutcomeUnknown if
        it may have.
        """
        ...


class RequestsTransport:
    """HTTPS through ``requests``, safe to share between threads.

    Each thread reuses one connection to a host. TLS is verified, redirects are answers
    (a POST must not wander to another host), cookies are not stored. A whole call takes
    at most the request's ``total_timeout`` (only the name server may add to it). An
    answer larger than ``max_answer_bytes`` is not read to its end, and a compressed
    one, which was not asked for, not at all. All calls go through ``proxy``; without
    one, through those that the environment names when a thread first calls a host, as
    it names the certificate authorities. This machine is never called through a proxy.
    """

    def __init__(
        self, max_answer_bytes: int = MAX_ANSWER_BYTES, *, proxy: Proxy | None = None
    ) -> None:
        self._max_answer_bytes = max_answer_bytes
        self._proxy = proxy
        self._local = threading.local()

    def send(self, request: Request) -> Response:
        """See :class:`Transport`."""
        headers, session = self._prepared(request)
        deadline = Deadline(request.total_timeout)
        with deadline:
            try:
                response = self._send(request, headers, session, deadline)
            except _FAILURES as error:
                via = _proxy_place(session, request.url)
                raise _failure(error, request, deadline, via) from error
        if deadline.passed:
            raise _too_slow(request)
        return response

    def close(self) -> None:
        """Close the connections of the calling thread."""
        sessions = self._sessions()
        while sessions:
            sessions.popitem()[1].close()

    def _prepared(self, request: Request) -> tuple[dict[str, bytes], requests.Session]:
        try:
            # http.client writes Latin-1 unless it gets bytes
            headers = {name: value.encode() for name, value in request.headers.items()}
            return headers, self._session(request.url)
        except ValueError:
            raise IrpNotSent(
                "the address or a header cannot be sent", reason="invalid_request"
            ) from None

    def _send(
        self,
        request: Request,
        headers: Mapping[str, bytes],
        session: requests.Session,
        deadline: Deadline,
    ) -> Response:
        marked = DEADLINE.set(deadline)
        public = PUBLIC_ONLY.set(request.public_only)
        try:
            with session.request(
                request.method,
                request.url,
                headers=headers,
                data=request.body,
                timeout=(request.connect_timeout, request.read_timeout),
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = self._read(answer)
                return Response(answer.status_code, dict(answer.headers), body)
        finally:
            PUBLIC_ONLY.reset(public)
            DEADLINE.reset(marked)

    def _sessions(self) -> dict[str, requests.Session]:
        """Return the calling thread's sessions by scheme and host."""
        if not hasattr(self._local, "sessions"):
            self._local.sessions = {}
        sessions: dict[str, requests.Session] = self._local.sessions
        return sessions

    def _session(self, url: str) -> requests.Session:
        sessions = self._sessions()
        scheme, _colon, rest = url.partition("://")
        host = f"{scheme}://{rest.partition('/')[0]}"
        if host not in sessions:
            sessions[host] = _new_session(url, self._proxy)
        return sessions[host]

    def _read(self, answer: requests.Response) -> bytes:
        encoding = answer.headers.get("Content-Encoding") or "identity"
        if encoding.strip().lower() != "identity":
            raise IrpOutcomeUnknown(
                "the answer is compressed, although it was asked for as it is",
                reason="unexpected_answer",
                http_status=answer.status_code,
            )
        # urllib3 1 takes a body that ends too early for a whole one
        answer.raw.enforce_content_length = True
        body = bytearray()
        for chunk in answer.raw.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > self._max_answer_bytes:
                raise IrpOutcomeUnknown(
                    f"the answer is larger than {self._max_answer_bytes} bytes",
                    reason="too_large",
                    http_status=answer.status_code,
                )
        return bytes(body)


def _failure(
    error: Exception, request: Request, deadline: Deadline, via: str
) -> Exception:
    mapped = map_exception(error, redact_url(request.url), via)
    was_sent = isinstance(mapped, IrpOutcomeUnknown)
    return _too_slow(request) if deadline.passed and was_sent else mapped


def _too_slow(request: Request) -> IrpOutcomeUnknown:
    return IrpOutcomeUnknown(
        f"no complete answer from {redact_url(request.url)} within"
        f" {request.total_timeout:g} seconds",
        reason="read_timeout",
    )


def _proxy_place(session: requests.Session, url: str) -> str:
    """Return host and port of the proxy that a session calls ``url`` through, or ""."""
    proxy = select_proxy(url, session.proxies) or ""
    return proxy.rpartition("://")[2].rpartition("@")[2].rstrip("/")


def _new_session(url: str, proxy: Proxy | None) -> requests.Session:
    """Return a session that has read the environment for a host once.

    Otherwise ``requests`` would read all of it for every request, which takes a
    quarter of a call's processor time.
    """
    session = requests.Session()
    settings = session.merge_environment_settings(url, {}, None, None, None)
    session.verify = settings["verify"]
    own = {"http": proxy.url, "https": proxy.url} if proxy else settings["proxies"]
    session.proxies = {} if is_on_this_machine(url) else own
    session.trust_env = False
    session.headers["Accept-Encoding"] = "identity"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, DeadlineAdapter(proxy))
    return session


def map_exception(error: Exception, url: str, via: str = "") -> IrpTransportError:
    """Return the IrpError for an exception of ``requests`` (or of what is below it).

    ``via`` is host and port of the proxy that the call went through, if it did.

    Decided by what is known about the request: a failure before it left is IrpNotSent;
    every doubt is IrpOutcomeUnknown, since a needless look-up costs one call and a
    needless repetition a rejected invoice.
    """
    causes = list(_causes(error))
    reason = _not_sent_reason(causes)
    # The class name, not the text: texts of requests quote addresses and object ids.
    name = type(causes[-1]).__name__
    way = f"{url} through proxy {via}" if via else url
    if reason:
        return IrpNotSent(
            f"{way} was not reached ({reason}: {name})",
            reason=reason,
            proxy=via,
            http_status=_proxy_status(causes) or None,
        )
    timeouts = (exceptions.Timeout, urllib3_exceptions.ReadTimeoutError, TimeoutError)
    reason = "read_timeout" if _any(causes, timeouts) else "reset"
    return IrpOutcomeUnknown(
        f"no complete answer from {way} ({reason}: {name})", reason=reason, proxy=via
    )


def _not_sent_reason(causes: list[BaseException]) -> str:
    if _any(causes, _BAD_REQUEST):
        return "invalid_request"
    if _any(causes, (PrivateAddress,)):
        return "private"
    if _any(causes, (TunnelFailed,)):
        return _TUNNEL_REASONS.get(_proxy_status(causes), "proxy_refused")
    if _is_unreached_proxy(causes):
        return "proxy"
    if any(map(_is_failed_handshake, causes)):
        return "tls"
    if _any(causes, (socket.gaierror,)):
        return "dns"
    # A refused connection is, in urllib3's tree, also a connect timeout.
    if _any(causes, (urllib3_exceptions.NewConnectionError,)):
        return "connect"
    connect_timeouts = (
        exceptions.ConnectTimeout,
        urllib3_exceptions.ConnectTimeoutError,
    )
    return "timeout" if _any(causes, connect_timeouts) else ""


def _proxy_status(causes: list[BaseException]) -> int:
    """Return the status with which a proxy refused to connect; 0 if it did not."""
    found = (cause.status for cause in causes if isinstance(cause, TunnelFailed))
    return next(found, 0)


def _is_unreached_proxy(causes: list[BaseException]) -> bool:
    """Return whether the proxy was not reached. Before its version 2 urllib3 blames a
    proxy for every connection that breaks, even after the request has left."""
    proxies = (exceptions.ProxyError, urllib3_exceptions.ProxyError)
    return _any(causes, proxies) and not _any(causes, _BROKEN)


def _is_failed_handshake(error: BaseException) -> bool:
    if isinstance(error, ssl.SSLCertVerificationError):
        return True
    # The attribute is missing on an SSLError that was made in Python.
    reason = getattr(error, "reason", None)
    return isinstance(error, ssl.SSLError) and reason in _HANDSHAKE_REASONS


def _any(causes: list[BaseException], kinds: tuple[type[BaseException], ...]) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield ``error`` and what it wraps, outermost first.

    requests and urllib3 wrap by argument (``args[0]``), by attribute (``reason``) and
    by cause; the context is followed only below urllib3's connection errors, because
    elsewhere it may be an older, unrelated exception.
    """
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = _cause(error)


def _cause(error: BaseException) -> BaseException | None:
    wrapped = [getattr(error, "reason", None), *error.args[:2], error.__cause__]
    if isinstance(error, urllib3_exceptions.NewConnectionError):
        wrapped.append(error.__context__)
    return next((item for item in wrapped if isinstance(item, BaseException)), None)
