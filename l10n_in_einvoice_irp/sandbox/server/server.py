"""Serve the portal over HTTP/1.1: persistent connections, one thread for each."""

import io
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from .app import Application

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_logger = logging.getLogger(__name__)
_LONGEST_BODY = 32 * 1024 * 1024
_IDLE_SECONDS = 60


def serve(app: Application, host: str, port: int) -> BaseWSGIServer:
    """Return a listening server; ``serve_forever`` runs it, ``shutdown`` stops it.

    :param port: 0 picks a free port; ``server.port`` is its number
    """
    return make_server(host, port, app, threaded=True, request_handler=RequestHandler)


class RequestHandler(WSGIRequestHandler):
    """Werkzeug's handler, adapted to clients of the portal.

    Werkzeug closes every connection after its response and ignores headers with an
    underscore (``client_id``, ``user_name``). NIC's portal does neither.
    """

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    # send a response in one piece; unbuffered, it waits for the client's delayed ACK
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer one request; read its body, which would else become the next one."""
        environ = self.make_environ()
        try:
            environ["wsgi.input"] = io.BytesIO(self._body(environ))
            environ["wsgi.input_terminated"] = True
            self._answer(*run_wsgi_app(self.server.app, environ))
        except OSError as err:
            # a scripted fault, a client that is gone, or an incomplete body
            _logger.debug("connection closed: %s", err)
            self.close_connection = True

    def make_environ(self) -> "WSGIEnvironment":
        """Return the WSGI environment, including the headers that Werkzeug drops."""
        environ = super().make_environ()
        environ["sandbox.header_names"] = frozenset(map(str.lower, self.headers))
        for name, value in self.headers.items():
            if "_" in name:
                key = "HTTP_" + name.upper().replace("-", "_")
                environ[key] = f"{environ[key]},{value}" if key in environ else value
        return environ

    def handle_expect_100(self) -> bool:
        """Answer ``Expect: 100-continue`` at once; some clients wait for it."""
        is_accepted = super().handle_expect_100()
        self.wfile.flush()
        return is_accepted

    def log(self, type: str, message: str, *args: object) -> None:
        """Log for debugging only: stdout is for the address and the credentials."""
        _logger.debug(message, *args)

    def _body(self, environ: "WSGIEnvironment") -> bytes:
        if environ.get("wsgi.input_terminated"):
            body = io.BufferedReader(environ["wsgi.input"]).read(_LONGEST_BODY + 1)
            is_long = len(body) > _LONGEST_BODY
        else:
            length = _length(environ)
            is_long = length > _LONGEST_BODY
            body = self.rfile.read(min(length, _LONGEST_BODY))
            if len(body) < min(length, _LONGEST_BODY):
                raise ConnectionResetError("incomplete request body")
        if is_long:
            self.close_connection = True
        return body

    def _answer(
        self, chunks: Iterable[bytes], status: str, headers: Iterable[tuple[str, str]]
    ) -> None:
        code, _space, reason = status.partition(" ")
        self.send_response(int(code), reason)
        is_sized = False
        for name, value in headers:
            self.send_header(name, value)
            is_sized = is_sized or name.lower() == "content-length"
        if not is_sized and self.request_version < "HTTP/1.1":
            self.close_connection = True
        is_chunked = not is_sized and not self.close_connection
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self._write(chunks, is_chunked)

    def _write(self, chunks: Iterable[bytes], is_chunked: bool) -> None:
        for chunk in filter(None, chunks):
            if is_chunked:
                chunk = b"%x\r\n%b\r\n" % (len(chunk), chunk)
            self.wfile.write(chunk)
            if is_chunked:
                # send each chunk separately, as a streaming portal does
                self.wfile.flush()
        if is_chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()


def _length(environ: "WSGIEnvironment") -> int:
    try:
        return max(0, int(environ.get("CONTENT_LENGTH") or 0))
    except ValueError as err:
        raise ConnectionResetError("invalid Content-Length") from err
