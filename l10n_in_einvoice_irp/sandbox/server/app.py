"""The portal as a WSGI application."""

import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request, Response

from ..dialects import NIC, PortalDialect
from ..dialects.route import Route
from ..portal.portal import Portal
from ..wire import crypto
from ..wire.call import ServiceCall
from ..wire.envelope import ServiceResponse
from ..wire.errors import PortalError
from ..wire.messages import MESSAGES
from . import control
from .faults import DropConnection, Fault, Faults
from .load import Load
from .pages import error_page, exception_text, render_reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def create_app(
    portal: Portal, faults: Faults | None = None, dialect: PortalDialect = NIC
) -> "Application":
    """Return the portal as a WSGI callable; needs no socket, safe with threads.

    :param dialect: the portal or GSP it stands for; its ``settings_with`` returns the
        settings for ``Portal``
    :raises ValueError: a fault that names an unknown response of the gateway
    """
    return Application(portal, faults or Faults(), dialect)


class Application:
    """Route requests to their services, and inject scripted faults."""

    def __init__(self, portal: Portal, faults: Faults, dialect: PortalDialect) -> None:
        self.portal = portal
        self.faults = faults
        self.dialect = dialect
        faults.allow_gateway(dialect.gateway_replies)
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.load = Load()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        return self._respond(Request(environ))(environ, start_response)

    @property
    def calls(self) -> dict[str, int]:
        """Return how often each service was called, by name."""
        with self._lock:
            return dict(self._calls)

    def _respond(self, request: Request) -> Response:
        body = self._body(request)
        if body is None:
            return error_page(413)
        if control.is_control_path(request):
            return control.respond(self, request, body)
        routes = [(one, one.match(request.path)) for one in self.dialect.routes]
        found = [(route, path) for route, path in routes if path is not None]
        if not found:
            return self._no_route(404)
        served = [one for one in found if one[0].method == request.method]
        if not served:
            return self._no_route(405)
        # the first refuses an action that none of them takes
        asked = request.args.get("action", "")
        takers = (one for one in served if one[0].takes(body, asked))
        route, path = next(takers, served[0])
        return self._serve(route, self._parse(request, path, body))

    def _no_route(self, status: int) -> Response:
        reply = self.dialect.no_route.get(status)
        return render_reply(reply) if reply else error_page(status)

    def _body(self, request: Request) -> bytes | None:
        """Return the request's body, None if it exceeds the portal's limit."""
        limit = self.portal.settings.max_body
        if (request.content_length or 0) > limit:
            return None
        body = request.get_data()
        return body if len(body) <= limit else None

    def _parse(
        self, request: Request, path: Mapping[str, str], body: bytes
    ) -> ServiceCall:
        query = request.environ.get("QUERY_STRING", "")
        return ServiceCall(
            now=self.portal.now(),
            headers=_headers(request.environ),
            path=path,
            query={name.lower(): value for name, value in parse_qsl(query)},
            body=body,
            header_names=request.environ.get("sandbox.header_names"),
        )

    def _serve(self, route: Route, call: ServiceCall) -> Response:
        with self._lock:
            self._calls[route.name] += 1
        fault = self.faults.take(route.name)
        with self.load.call(call.headers.get("gstin", "")):
            if fault is None:
                return self._render(route, self._handle(route, call))
            return self._inject(fault, route, call)

    def _handle(self, route: Route, call: ServiceCall) -> ServiceResponse:
        return self.portal.handle(self.dialect.behind_gate(route.handler), call)

    def _inject(self, fault: Fault, route: Route, call: ServiceCall) -> Response:
        if fault.kind == "drop_before":
            raise DropConnection(processed=False)
        if fault.kind == "error":
            return error_page(fault.status)
        if fault.kind == "text":
            return exception_text()
        if fault.kind == "gateway":
            return render_reply(self.dialect.gateway_replies[fault.code])
        if fault.kind == "refuse":
            message = fault.message or MESSAGES.get(fault.code, "")
            return self._render(
                route, ServiceResponse(errors=(PortalError(fault.code, message),))
            )
        return self._inject_after(fault, route, self._handle(route, call))

    def _inject_after(
        self, fault: Fault, route: Route, response: ServiceResponse
    ) -> Response:
        """Inject a fault that happens after the call was processed."""
        if fault.kind == "drop_after":
            raise DropConnection(processed=True)
        if fault.kind == "error_after":
            return error_page(fault.status)
        if fault.kind == "text_after":
            return exception_text()
        if fault.kind == "garbage":
            return Response(b'{"Status":1,"Data":"\x00\xff', mimetype="text/plain")
        if fault.kind == "undecryptable" and response.sek:
            other = secrets.token_bytes(crypto.KEY_BYTES)
            return self._render(route, replace(response, sek=other))
        self.faults.sleep(fault.seconds)
        return self._render(route, response)

    def _render(self, route: Route, response: ServiceResponse) -> Response:
        if response.reply:
            return render_reply(response.reply)
        dialect = self.portal.settings.dialect
        body = route.render(response, dialect)
        rendered = Response(content_type="application/json; charset=utf-8")
        if response.errors:
            rendered.status_code = dialect.error_status
        if dialect.chunk_size:
            rendered.response = _chunks(body, dialect.chunk_size)
        else:
            rendered.set_data(body)
        return rendered


def _headers(environ: "WSGIEnvironment") -> dict[str, str]:
    """Return the headers by lower-case name; WSGI has replaced ``-`` by ``_``."""
    return {
        name[5:].lower(): _deduplicate(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


def _deduplicate(value: str) -> str:
    """Return the value of a header sent both as ``client_id`` and as ``client-id``.

    WSGI joins the two with a comma.
    """
    first, _comma, second = value.partition(",")
    return first if first.strip() == second.strip() else value


def _chunks(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
