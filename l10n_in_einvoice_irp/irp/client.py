"""The calls to the portal, the session's renewal and the one bounded repetition."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from .account import Account, Timeouts
from .crypto import compact_json, encrypt, new_app_key, seal_credentials
from .endpoints import ENDPOINTS, HEADER_NAMES, Endpoint
from .environments import Environment, check_base_url
from .errors import (
    IrpAuthenticationError,
    IrpError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpTransportError,
)
from .exchange import Call, Exchange, Health, Note, milliseconds_since
from .outcomes import TokenRefused, open_answer
from .responses import Registration, open_data, parse_registration
from .session import Session, open_session
from .transport import Request, Response, Transport

__all__ = ["Account", "Exchange", "Health", "IrpClient", "Timeouts"]

_logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")


class IrpClient:
    """A client of one portal for one account; safe to share between threads.

    ``clock`` returns the aware present. ``session`` continues one that was stored;
    ``headers`` are added to every request; ``observer`` is told of every HTTP attempt,
    successful or not, and its failures are logged, never raised.

    Every call raises an :class:`.errors.IrpError`. A refused token (1005, or 1020 for a
    stale session key) was not processed: the client authenticates once more and
    repeats once. Nothing else is ever repeated. Raises ValueError for a ``base_url``
    that :func:`.environments.check_base_url` refuses.
    """

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
        observer: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._account = account
        self._transport = transport
        self._base_url = check_base_url(base_url, environment.name)
        self._environment = environment
        self._clock = clock
        self._session = session
        self._timeouts = timeouts or Timeouts()
        self._headers = {**environment.headers, **(headers or {})}
        self._observer = observer
        self._lock = threading.RLock()
        # A session that a renewal cannot better is used up to its end, instead of
        # asking again before every call of its last ten minutes.
        self._kept: Session | None = None

    @property
    def session(self) -> Session | None:
        """The present session, to be stored for later; None if there is none."""
        return self._session

    def ensure_session(self) -> Session:
        """Return a usable session, authenticating if needed.

        NIC "Authentication" v1.04: the token is kept for its whole life, and refreshed
        by force only in its last ten minutes. Raises IrpAuthenticationError,
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
            if phase == "renewable" and session is not self._kept:
                return self._renew(session)
            return session

    def generate_irn(self, invoice: Mapping[str, Any]) -> Registration:
        """Register ``invoice``, an INV-01 document (NIC "Generate IRN" v1.03).

        Raises IrpDuplicate, IrpRejected, IrpRateLimited, IrpAuthenticationError,
        IrpNotSent, IrpProtocolError, and IrpOutcomeUnknown when nobody knows whether
        it was registered: then ask with :meth:`get_irn_by_document`. TypeError or
        ValueError if ``invoice`` is not plain JSON.
        """
        return self._call(Call(ENDPOINTS["generate_irn"], plain=compact_json(invoice)))

    def get_irn(self, irn: str) -> Registration:
        """Fetch a registration by its IRN (NIC "Get e-invoice details" v1.03).

        Raises IrpNotFound (2148), IrpTooLate (2283) and as :meth:`generate_irn`;
        ValueError if ``irn`` is not 64 hexadecimal digits.
        """
        if not re.fullmatch(r"[0-9a-fA-F]{64}", irn):
            raise ValueError("an IRN has 64 hexadecimal digits")
        return self._call(Call(ENDPOINTS["get_irn"], {"irn": irn.lower()}))

    def get_irn_by_document(
        self, doc_type: str, number: str, doc_date: date
    ) -> Registration:
        """Fetch a registration by document type, number and date (NIC v1.03).

        ``doc_type`` is "INV", "CRN" or "DBN". Raises IrpNotFound (2154), IrpTooLate
        (2283) and as :meth:`generate_irn`.
        """
        values = {
            "doctype": doc_type.upper(),
            "docnum": number,
            "docdate": f"{doc_date:%d/%m/%Y}",
        }
        return self._call(Call(ENDPOINTS["get_irn_by_document"], values))

    def ping(self) -> Health:
        """Ask whether the portal is up (NIC "Health" v1.04): any HTTP 200 is a yes.

        Needs no token and never raises an IrpError.
        """
        started = time.perf_counter()
        call = Call(ENDPOINTS["ping"])
        try:
            status: int | None = self._attempt(call, None, self._client_headers(), _up)
            detail = ""
        except IrpError as error:
            status, detail = error.http_status, str(error)
        return Health(not detail, milliseconds_since(started), status, detail)

    # -- sessions ---------------------------------------------------------------------

    def _renew(self, session: Session) -> Session:
        """Refresh in the last minutes; what is still valid serves if that fails."""
        try:
            return self._authenticate(force_refresh=True)
        except IrpTransportError:
            self._kept = session
            return session

    def _replace(self, refused: Session) -> Session:
        """Authenticate anew, unless another thread has done so since."""
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
        account = self._account
        app_key = new_app_key()
        sealed = seal_credentials(
            account.user_name,
            account.password,
            app_key,
            force_refresh,
            account.auth_key,
        )
        call = Call(ENDPOINTS["authenticate"])
        try:
            self._session = self._attempt(
                call,
                sealed,
                self._client_headers(),
                lambda response: self._open_session(response, app_key),
            )
        except IrpOutcomeUnknown as error:
            # Whatever the call was for has not left yet.
            raise IrpNotSent(
                error.message,
                reason=error.reason,
                http_status=error.http_status,
                endpoint=error.endpoint,
            ) from error
        if self._session.phase(self._clock()) == "renewable":
            self._kept = self._session
        return self._session

    def _open_session(self, response: Response, app_key: bytes) -> Session:
        now = self._clock()
        envelope = open_answer(response, ENDPOINTS["authenticate"], now)
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

    def _call(self, call: Call) -> Registration:
        session = self.ensure_session()
        try:
            return self._ask(call, session)
        except TokenRefused:
            session = self._replace(session)
        try:
            return self._ask(call, session)
        except TokenRefused as error:
            self._forget(session)
            raise IrpAuthenticationError(
                f"a fresh token was refused as well: {error.message}",
                code=error.code,
                http_status=error.http_status,
                endpoint=error.endpoint,
            ) from error

    def _ask(self, call: Call, session: Session) -> Registration:
        sealed = encrypt(call.plain, session.sek) if call.plain is not None else None
        headers = {
            **self._client_headers(),
            HEADER_NAMES["user_name"]: self._account.user_name,
            HEADER_NAMES["token"]: session.token,
        }
        return self._attempt(
            call,
            sealed,
            headers,
            lambda response: self._read(response, call.endpoint, session),
        )

    def _read(
        self, response: Response, endpoint: Endpoint, session: Session
    ) -> Registration:
        envelope = open_answer(response, endpoint, self._clock())
        try:
            data = open_data(envelope.data, session.sek)
        except IrpOutcomeUnknown:
            # The portal has another session key for this token than we have.
            self._forget(session)
            raise
        try:
            return parse_registration(data, envelope.infos)
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

    def _request(
        self, call: Call, sealed: str | None, headers: Mapping[str, str]
    ) -> Request:
        path = self._environment.path(call.endpoint.target(call.values))
        body = None
        if sealed is not None:
            body = compact_json({"Data": sealed})
            headers = {**headers, "Content-Type": "application/json"}
        return Request(
            method=call.endpoint.method,
            url=f"{self._base_url}{path}",
            headers=headers,
            body=body,
            connect_timeout=self._timeouts.connect,
            read_timeout=self._timeouts.read,
        )

    def _attempt(
        self,
        call: Call,
        sealed: str | None,
        headers: Mapping[str, str],
        read: Callable[[Response], _Result],
    ) -> _Result:
        """Send once, read the answer, tell the observer; the error names the call."""
        request = self._request(call, sealed, headers)
        note = Note(call, request, self._clock(), time.perf_counter())
        try:
            response = self._transport.send(request)
            note.http_status = response.status
            result = read(response)
            note.outcome = "ok"
            return result
        except IrpError as error:
            error.endpoint = error.endpoint or call.endpoint.name
            error.http_status = error.http_status or note.http_status
            note.failed(error)
            raise
        finally:
            self._report(note.exchange())

    def _report(self, exchange: Exchange) -> None:
        if self._observer is None:
            return
        try:
            self._observer(exchange)
        except Exception:
            # A registered invoice must not be lost because its log failed.
            _logger.exception("the observer of %s failed", exchange.endpoint)


def _up(response: Response) -> int:
    if response.status != 200:
        raise IrpProtocolError(f"HTTP {response.status}", http_status=response.status)
    return response.status
