"""One account at one portal: its session, and one attempt at a call."""

from __future__ import annotations

import base64
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from ..protocol.call import Call, CallRecord, milliseconds_since
from ..protocol.crypto.cipher import (
    compact_json,
    encrypt,
    new_app_key,
    seal_credentials,
)
from ..protocol.envelope import open_data
from ..protocol.errors import (
    Info,
    IrpAuthenticationError,
    IrpError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpTokenRefused,
    IrpTransportError,
)
from ..protocol.http import Request, Response
from ..protocol.redaction import redact_url
from ..protocol.response_errors import open_answer
from ..protocol.session import Session, open_session
from ..protocol.transport import Transport
from ..reference.addresses import check_headers, check_path_prefixes
from ..reference.endpoints import ENDPOINTS, HEADER_NAMES, Endpoint
from ..reference.environments import Environment, check_base_url
from .account import Account, Timeouts

_logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")
Reader = Callable[[Any, tuple[Info, ...]], _Result]
"""Makes a record of an answer's decrypted data and its infos, or raises
IrpProtocolError."""


@dataclass
class _Attempt:
    """One HTTP attempt while it runs; its record is made when it has ended."""

    call: Call
    request: Request
    started_at: datetime
    started: float
    http_status: int | None = None
    code: str = ""
    # Stays if the transport raises what is no IrpError.
    outcome: str = "crashed"

    def fail(self, error: IrpError) -> None:
        """Take outcome, code and status from ``error``."""
        self.outcome = error.outcome
        self.code = error.code or getattr(error, "reason", "")
        self.http_status = error.http_status

    def record(self) -> CallRecord:
        """Return the record of the attempt."""
        plain = self.call.plain
        return CallRecord(
            endpoint=self.call.endpoint.name,
            method=self.request.method,
            url=redact_url(self.request.url),
            milliseconds=milliseconds_since(self.started),
            http_status=self.http_status,
            code=self.code,
            outcome=self.outcome,
            request_hash=hashlib.sha256(plain).hexdigest() if plain else "",
            started_at=self.started_at,
            asked_gstin=self.call.values.get("gstin", ""),
            body=(plain or b"") if self.call.endpoint.changes_state else b"",
        )


class BaseClient:
    """Sessions and attempts; :class:`.irp_client.IrpClient` adds the services.

    :class:`.ewaybill_system.EwaybillSystem` logs in at another host and in another way.
    """

    _log_in = ENDPOINTS["authenticate"]

    def __init__(
        self,
        account: Account,
        transport: Transport,
        *,
        base_url: str,
        environment: Environment,
        clock: Callable[[], datetime],
        session: Session | None = None,
        timeouts: Timeouts | None = None,
        headers: Mapping[str, str] | None = None,
        event_hook: Callable[[CallRecord], None] | None = None,
        renews: bool = True,
    ) -> None:
        self._account = account
        self._transport = transport
        self._base_url = check_base_url(base_url, environment.name)
        check_path_prefixes(environment.path_prefix)
        check_headers(environment.headers)
        check_headers(headers or {})
        self._environment = environment
        self._clock = clock
        self._session = session
        self._timeouts = timeouts or Timeouts()
        self._headers = {**environment.headers, **(headers or {})}
        self._event_hook = event_hook
        self._renews = renews
        self._lock = threading.RLock()
        # A session that could not be renewed is used until it expires, instead of
        # trying to renew it before every call of its last ten minutes.
        self._unrenewable: Session | None = None

    @property
    def session(self) -> Session | None:
        """Return the current session, which may be stored for later, or None."""
        return self._session

    def now(self) -> datetime:
        """Return the current time by the client's clock, aware."""
        return self._clock()

    def use_session(self, session: Session) -> None:
        """Continue with a session that another process has opened."""
        with self._lock:
            self._session = session

    def replace_session(self, refused: Session) -> Session:
        """Return a session other than ``refused``, authenticating if there is none.

        Raises as :meth:`ensure_session`.
        """
        return self._replace(refused)

    def ensure_session(self) -> Session:
        """Return a usable session, authenticating if needed.

        NIC "Authentication" v1.04: a token is used until it expires; a forced refresh
        works only in its last ten minutes. Raises IrpAuthenticationError,
        IrpRateLimited, IrpNotSent (also when the answer was lost: an authentication
        may be repeated), IrpProtocolError, and ValueError if user name and password
        are too long to seal.
        """
        with self._lock:
            session = self._session
            now = self._clock()
            phase = session.phase(now) if session else "expired"
            if session is None or phase == "expired":
                return self._authenticate(force_refresh=False)
            if phase == "renewable" and session is not self._unrenewable:
                return self._renew(session)
            return session

    # -- sessions ---------------------------------------------------------------------

    def _renew(self, session: Session) -> Session:
        """Refresh the session, or return it unchanged if the portal does not answer."""
        try:
            return self._authenticate(force_refresh=True)
        except IrpTransportError:
            self._unrenewable = session
            return session

    def _replace(self, refused: Session) -> Session:
        """Authenticate again, unless another thread has done so since."""
        with self._lock:
            present = self._session
            if present is not None and present is not refused:
                return present
            now = self._clock()
            return self._authenticate(force_refresh=refused.phase(now) == "renewable")

    def _forget(self, session: Session) -> None:
        with self._lock:
            if self._session is session:
                self._session = None

    def _authenticate(self, *, force_refresh: bool) -> Session:
        app_key = new_app_key()
        sealed = self._seal_log_in(app_key, force_refresh)
        try:
            self._session = self._attempt(
                Call(self._log_in),
                sealed,
                self._client_headers(),
                lambda response: self._open_session(response, app_key),
            )
        except IrpOutcomeUnknown as error:
            # The call that needed the session has not been sent.
            raise IrpNotSent(
                error.message,
                reason=error.reason,
                http_status=error.http_status,
                endpoint=error.endpoint,
            ) from error
        if self._session.phase(self._clock()) == "renewable":
            self._unrenewable = self._session
        return self._session

    def _seal_log_in(self, app_key: bytes, force_refresh: bool) -> str:
        account = self._account
        return seal_credentials(
            account.user_name,
            account.password,
            app_key,
            force_refresh,
            account.auth_key,
        )

    def _open_session(self, response: Response, app_key: bytes) -> Session:
        now = self._clock()
        envelope = open_answer(response, self._log_in, now)
        if not isinstance(envelope.data, Mapping):
            raise IrpProtocolError("the authentication answer has no data")
        return open_session(
            envelope.data,
            app_key,
            user_name=self._account.user_name,
            now=now,
            token_life=self._environment.token_life,
        )

    # -- calls ------------------------------------------------------------------------

    def _call(self, call: Call, read: Reader[_Result]) -> _Result:
        if not self._renews:
            return self._ask(call, self._live_session(call), read)
        session = self.ensure_session()
        try:
            return self._ask(call, session, read)
        except IrpTokenRefused:
            session = self._replace(session)
        try:
            return self._ask(call, session, read)
        except IrpTokenRefused as error:
            self._forget(session)
            raise refused_again(error) from error

    def _live_session(self, call: Call) -> Session:
        session = self._session
        if session is None or session.phase(self._clock()) == "expired":
            raise IrpTokenRefused("no live session", endpoint=call.endpoint.name)
        return session

    def _ask(self, call: Call, session: Session, read: Reader[_Result]) -> _Result:
        headers = {
            **self._client_headers(),
            **call.headers,
            **self._session_headers(session),
        }
        return self._attempt(
            call,
            _sealed(call, session),
            headers,
            lambda response: self._read(response, call.endpoint, session, read),
        )

    def _read(
        self,
        response: Response,
        endpoint: Endpoint,
        session: Session,
        read: Reader[_Result],
    ) -> _Result:
        envelope = open_answer(response, endpoint, self._clock())
        try:
            data = open_data(envelope.data, session.sek)
        except IrpOutcomeUnknown:
            # The portal has another session key for this token than we have.
            self._forget(session)
            raise
        try:
            return read(data, envelope.infos)
        except IrpProtocolError as error:
            if not endpoint.changes_state:
                raise
            raise IrpOutcomeUnknown(
                error.message, reason="unexpected_answer"
            ) from error

    def _client_headers(self) -> dict[str, str]:
        account = self._account
        pair = {
            HEADER_NAMES["client_id"]: account.client_id,
            HEADER_NAMES["client_secret"]: account.client_secret,
        }
        return {
            "Accept": "application/json",
            **{name: value for name, value in pair.items() if value},
            HEADER_NAMES["gstin"]: account.gstin,
            **self._headers,
        }

    def _session_headers(self, session: Session) -> dict[str, str]:
        return {
            HEADER_NAMES["user_name"]: self._account.user_name,
            HEADER_NAMES["token"]: session.token,
        }

    def _request(
        self, call: Call, sealed: str | None, headers: Mapping[str, str]
    ) -> Request:
        path = self._environment.path(call.endpoint.target(call.values))
        body = None
        if sealed is not None:
            body = compact_json(_wrapped(call.endpoint, sealed))
            headers = {**headers, "Content-Type": "application/json"}
        return Request(
            method=call.endpoint.method,
            url=f"{self._base_url}{path}",
            headers=headers,
            body=body,
            connect_timeout=self._timeouts.connect,
            read_timeout=self._timeouts.read,
            public_only=self._environment.name == "production",
        )

    def _attempt(
        self,
        call: Call,
        sealed: str | None,
        headers: Mapping[str, str],
        read: Callable[[Response], _Result],
    ) -> _Result:
        """Send once, read the answer, call the event hook; the error names the call."""
        request = self._request(call, sealed, headers)
        attempt = _Attempt(call, request, self._clock(), time.perf_counter())
        try:
            response = self._transport.send(request)
            attempt.http_status = response.status
            result = read(response)
            attempt.outcome = "ok"
            return result
        except IrpError as error:
            error.endpoint = error.endpoint or call.endpoint.name
            error.http_status = error.http_status or attempt.http_status
            attempt.fail(error)
            raise
        finally:
            self._fire(attempt.record())

    def _fire(self, record: CallRecord) -> None:
        if self._event_hook is None:
            return
        try:
            self._event_hook(record)
        except Exception:
            # A registered invoice must not be lost because its log failed.
            _logger.exception("the event hook of %s failed", record.endpoint)


def refused_again(error: IrpTokenRefused) -> IrpAuthenticationError:
    """Return the error for a refusal of a fresh token: there is no third attempt."""
    return IrpAuthenticationError(
        f"a fresh token was refused as well: {error.message}",
        code=error.code,
        http_status=error.http_status,
        endpoint=error.endpoint,
    )


def _sealed(call: Call, session: Session) -> str | None:
    if call.plain is None:
        return None
    plain = base64.b64encode(call.plain) if call.inner_base64 else call.plain
    return encrypt(plain, session.sek)


def _wrapped(endpoint: Endpoint, sealed: str) -> dict[str, str]:
    """Return the envelope of a request; the e-way bill system names the action."""
    if endpoint.action:
        return {"action": endpoint.action, "data": sealed}
    return {"Data": sealed}
