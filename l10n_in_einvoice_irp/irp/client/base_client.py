"""One account at one portal: its session, and one attempt at a call."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from ..protocol.adapters import ADAPTERS, Credentials, Opening
from ..protocol.call import Call, CallRecord
from ..protocol.crypto.cipher import compact_json
from ..protocol.errors import (
    Info,
    IrpAuthenticationError,
    IrpError,
    IrpNotOffered,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpTokenRefused,
    IrpTransportError,
)
from ..protocol.http import Request, Response
from ..protocol.response_errors import open_answer
from ..protocol.session import Session
from ..protocol.transport import Transport
from ..reference.addresses import check_headers, check_path_prefixes
from ..reference.profiles import (
    SERVICES,
    Endpoint,
    Environment,
    HeaderSet,
    check_base_url,
    irp_at,
)
from .account import Account, Timeouts
from .attempt import Attempt
from .headers import account_headers, check_account, field_values

_logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")
Reader = Callable[[Any, tuple[Info, ...]], _Result]
"""Makes a record of an answer's decrypted data and its infos, or raises
IrpProtocolError."""


class BaseClient:
    """Sessions and attempts; :class:`.irp_client.IrpClient` adds the services.

    :class:`.ewaybill_system.EwaybillSystem` logs in at another host and in another way.
    """

    _log_in = "authenticate"
    _log_in_headers: HeaderSet = "log_in"
    _call_headers: HeaderSet = "call"
    _log_in_error: type[IrpAuthenticationError] = IrpAuthenticationError

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
        check_account(environment.wire, account)
        self._adapter = ADAPTERS[environment.wire.adapter]
        self._environment = environment
        self._clock = clock
        self._session = session
        self._timeouts = timeouts or Timeouts()
        self._added_headers = dict(headers or {})
        groups = (self._log_in_headers, self._call_headers)
        self._headers: Mapping[HeaderSet, dict[str, str]] = {
            group: account_headers(environment, account, group, self._added_headers)
            for group in groups
        }
        self._fields = field_values(environment.wire, account)
        self._event_hook = event_hook
        self._renews = renews
        self._lock = threading.RLock()
        # A session that could not be renewed is used until it expires, instead of
        # trying to renew it before every call of its last ten minutes.
        self._unrenewable: Session | None = None

    def with_account(self, account: Account) -> BaseClient:
        """Return a client of another account at the same portal, without a session.

        Raises ValueError for what the portal needs and the account lacks.
        """
        return type(self)(
            account,
            self._transport,
            base_url=self._base_url,
            environment=self._environment,
            clock=self._clock,
            timeouts=self._timeouts,
            headers=self._added_headers,
            event_hook=self._event_hook,
            renews=self._renews,
        )

    @property
    def session(self) -> Session | None:
        """Return the current session, which may be stored for later, or None."""
        return self._session

    def now(self) -> datetime:
        """Return the current time by the client's clock, aware."""
        return self._clock()

    @property
    def irp(self) -> str:
        """Return the IRP that registers what is sent here; "" if it is not known."""
        return irp_at(self._base_url) or self._environment.wire.irp

    def reaches(self, irp: str) -> bool:
        """Return whether the portal can be asked about documents of another IRP."""
        return irp in self._environment.wire.criss_cross

    def offers(self, service: str) -> bool:
        """Return whether the portal offers ``service`` ("get_irn_by_document"…)."""
        return self._environment.wire.offers(service)

    def use_session(self, session: Session) -> None:
        """Continue with a session that another process has opened."""
        with self._lock:
            self._session = session

    def replace_session(self, refused: Session) -> Session:
        """Return a session other than ``refused``, authenticating if there is none.

        Raises as :meth:`ensure_session`.
        """
        return self._replace(refused)

    def refused_again(self, error: IrpTokenRefused) -> IrpAuthenticationError:
        """Return the error for a refusal of a fresh token: there is no third
        attempt."""
        text = f"a fresh token was refused as well: {error.message}"
        return self._log_in_error(text).of_the_call(error)

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

    def ask(
        self,
        service: str,
        read: Reader[_Result],
        *,
        values: Mapping[str, str] | None = None,
        plain: Mapping[str, Any] | None = None,
    ) -> _Result:
        """Call a service of the e-way bill system's own API in this client's session.

        :param values: the values of its path and query.
        :param plain: the JSON to send; None for a look-up.

        Raises IrpNotOffered, as :meth:`ensure_session`, and what the answer means.
        """
        call = Call(
            self._endpoint(service),
            values or {},
            plain=None if plain is None else compact_json(plain),
            inner_base64=plain is not None and self._environment.ewayapi_inner_base64,
        )
        return self._call(call, read)

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
        opening = self._open(force_refresh)
        call = Call(self._endpoint(self._log_in))
        try:
            self._session = self._attempt(
                call,
                opening.body,
                self._headers_of(self._log_in_headers),
                lambda response: self._open_session(response, call.endpoint, opening),
            )
        except IrpOutcomeUnknown as error:
            # The call that needed the session has not been sent.
            unsent = IrpNotSent(error.message, reason=error.reason, proxy=error.proxy)
            raise unsent.of_the_call(error) from error
        if self._session.phase(self._clock()) == "renewable":
            self._unrenewable = self._session
        return self._session

    def _open(self, force_refresh: bool) -> Opening:
        account, wire = self._account, self._environment.wire
        return self._adapter.open(
            wire,
            Credentials(account.user_name, account.password, account.auth_key),
            force_refresh=force_refresh or wire.force_refresh == "always",
        )

    def _open_session(
        self, response: Response, endpoint: Endpoint, opening: Opening
    ) -> Session:
        now = self._clock()
        return self._adapter.session(
            open_answer(response, endpoint, self._environment.wire, now),
            opening,
            self._account.user_name,
            now,
            self._environment.token_life,
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
            raise self.refused_again(error) from error

    def _live_session(self, call: Call) -> Session:
        session = self._session
        if session is None or session.phase(self._clock()) == "expired":
            raise IrpTokenRefused("no live session", endpoint=call.endpoint.name)
        return session

    def _ask(self, call: Call, session: Session, read: Reader[_Result]) -> _Result:
        return self._attempt(
            call,
            self._adapter.body(call, session),
            {**self._headers_of(self._call_headers, session.token), **call.headers},
            lambda response: self._read(response, call.endpoint, session, read),
        )

    def _read(
        self,
        response: Response,
        endpoint: Endpoint,
        session: Session,
        read: Reader[_Result],
    ) -> _Result:
        wire = self._environment.wire
        try:
            envelope = open_answer(response, endpoint, wire, self._clock())
        except IrpOutcomeUnknown:
            if not wire.is_sealed:
                # A GSP may refuse a token in a sentence: the next call logs in.
                self._forget(session)
            raise
        try:
            data = self._adapter.data(envelope, session)
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

    def _endpoint(self, service: str) -> Endpoint:
        """Return where the portal offers ``service``; IrpNotOffered if nowhere."""
        wire = self._environment.wire
        if not wire.offers(service):
            raise self._not_offered(
                f"{wire.name} does not offer '{SERVICES[service].title}' to programs:"
                f" use the website {wire.website}, and record the result",
                service,
            )
        return wire.endpoints[service]

    def _not_offered(self, text: str, service: str, holder: str = "") -> IrpNotOffered:
        error = IrpNotOffered(text, endpoint=service)
        error.wire, error.holder = self._environment.wire, holder
        return error

    def _headers_of(self, group: HeaderSet, token: str = "") -> dict[str, str]:
        """Return the headers of a log-in or a call."""
        headers = dict(self._headers[group])
        if token:
            headers[self._environment.wire.headers[group]["token"]] = token
        return headers

    def _request(
        self, call: Call, body: bytes | None, headers: Mapping[str, str]
    ) -> Request:
        """Return the request of one call.

        A signature for each call (Vayana, Protean) would go in here, where service,
        values and headers are known.
        """
        values = {**self._fields, **call.values}
        path = self._environment.path(call.endpoint.target(values))
        headers = {**headers, **call.endpoint.own_headers(values)}
        if body is not None:
            headers["Content-Type"] = "application/json"
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
        body: bytes | None,
        headers: Mapping[str, str],
        read: Callable[[Response], _Result],
    ) -> _Result:
        """Send once, read the answer, call the event hook; the error names the call."""
        request = self._request(call, body, headers)
        attempt = Attempt(call, request, self._clock(), time.perf_counter())
        try:
            response = self._transport.send(request)
            attempt.http_status = response.status
            result = read(response)
            attempt.outcome = "ok"
            return result
        except IrpError as error:
            error.endpoint = error.endpoint or call.endpoint.name
            error.http_status = error.http_status or attempt.http_status
            error.wire = self._environment.wire
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
