"""The portal as a WSGI application."""

import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request, Response

from ..portal.portal import Portal
from ..wire import crypto
from ..wire.call import Call
from ..wire.envelope import Answer
from ..wire.errors import PortalError
from ..wire.messages import MESSAGES
from . import control
from .faults import DropConnection, Fault, Faults
from .pages import page
from .routes import ROUTES, Route

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def create_app(portal: Portal, faults: Faults | None = None) -> "Application":
    """Return the portal as a WSGI callable; needs no socket, safe with threads."""
    return Application(portal, faults or Faults())


class Application:
    """Routes a request to its service, and lets scripted faults happen to it."""

    def __init__(self, portal: Portal, faults: Faults) -> None:
        self.portal = portal
        self.faults = faults
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        return self._respond(Request(environ))(environ, start_response)

    @property
    def calls(self) -> dict[str, int]:
        """How often each service was called, by its name."""
        with self._lock:
            return dict(self._calls)

    def _respond(self, request: Request) -> Response:
        body = self._body(request)
        if body is None:
            return page(413)
        if control.concerns(request):
            return control.respond(self, request, body)
        routes = [(route, route.match(request.path)) for route in ROUTES]
        found = [(route, path) for route, path in routes if path is not None]
        if not found:
            return page(404)
        for route, path in found:
            if route.method == request.method:
                return self._serve(route, self._call(request, path, body))
        return page(405)

    def _body(self, request: Request) -> bytes | None:
        """Return the request's body, None if it is longer than the portal takes."""
        limit = self.portal.settings.max_body
        if (request.content_length or 0) > limit:
            return None
        body = request.get_data()
        return body if len(body) <= limit else None

    def _call(self, request: Request, path: Mapping[str, str], body: bytes) -> Call:
        query = request.environ.get("QUERY_STRING", "")
        return Call(
            now=self.portal.now(),
            headers=_headers(request.environ),
            path=path,
            query={name.lower(): value for name, value in parse_qsl(query)},
            body=body,
        )

    def _serve(self, route: Route, call: Call) -> Response:
        with self._lock:
            self._calls[route.name] += 1
        fault = self.faults.take(route.name)
        if fault is None:
            return self._written(route, self.portal.handle(route.handler, call))
        return self._faulty(fault, route, call)

    def _faulty(self, fault: Fault, route: Route, call: Call) -> Response:
        if fault.kind == "drop_before":
            raise DropConnection(processed=False)
        if fault.kind == "error":
            return page(fault.status)
        if fault.kind == "refuse":
            message = fault.message or MESSAGES.get(fault.code, "")
            return self._written(
                route, Answer(errors=(PortalError(fault.code, message),))
            )
        return self._spoilt(fault, route, self.portal.handle(route.handler, call))

    def _spoilt(self, fault: Fault, route: Route, answer: Answer) -> Response:
        """The answer of a call that was carried out, after what happens to it."""
        if fault.kind == "drop_after":
            raise DropConnection(processed=True)
        if fault.kind == "error_after":
            return page(fault.status)
        if fault.kind == "garbage":
            return Response(b'{"Status":1,"Data":"\x00\xff', mimetype="text/plain")
        if fault.kind == "undecryptable" and answer.sek:
            other = secrets.token_bytes(crypto.KEY_BYTES)
            return self._written(route, replace(answer, sek=other))
        self.faults.sleep(fault.seconds)
        return self._written(route, answer)

    def _written(self, route: Route, answer: Answer) -> Response:
        dialect = self.portal.settings.dialect
        body = route.render(answer, dialect)
        response = Response(content_type="application/json; charset=utf-8")
        if dialect.chunk_size:
            response.response = _pieces(body, dialect.chunk_size)
        else:
            response.set_data(body)
        return response


def _headers(environ: "WSGIEnvironment") -> dict[str, str]:
    """Return the headers by lower-case name; WSGI has folded ``-`` into ``_``."""
    return {
        name[5:].lower(): _said_once(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


def _said_once(value: str) -> str:
    """Undo the joining of ``client_id`` and ``client-id`` when a client sends both."""
    first, _comma, second = value.partition(",")
    return first if first.strip() == second.strip() else value


def _pieces(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
