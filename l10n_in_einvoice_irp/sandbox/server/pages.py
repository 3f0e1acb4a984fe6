"""Build responses without the portal's envelope."""

import json
from typing import Any

from werkzeug.wrappers import Response

from ..wire.errors import Reply

# an exception's name before JSON, as clients of Clear's e-way bill GSP met it
_EXCEPTION = 'ServiceException: {"statusCode":"0","error":null,"info":""}'
_PAGE = (
    "<!DOCTYPE html>\r\n<html><head><title>{title}</title></head>\r\n"
    "<body><h2>{title}</h2>\r\n<hr><p>HTTP Error {status}.</p></body></html>\r\n"
)
_TITLES = {
    404: "404 - File or directory not found.",
    405: "405 - HTTP verb used to access this page is not allowed.",
    413: "413 - Request Entity Too Large.",
}


def error_page(status: int) -> Response:
    """Return the HTML page that IIS sends when no service answers."""
    title = _TITLES.get(status, f"{status} - Server error.")
    text = _PAGE.format(title=title, status=status)
    return Response(text, status=status, mimetype="text/html")


def exception_text() -> Response:
    """Return HTTP 200 with the text of an exception in the gateway."""
    return Response(_EXCEPTION, mimetype="text/plain")


def render_reply(reply: Reply) -> Response:
    """Return a gateway's own response."""
    return Response(reply.body, reply.status, reply.headers, mimetype=reply.mimetype)


def json_response(value: Any, status: int = 200) -> Response:
    """Return a JSON response of the control path."""
    text = json.dumps(value, indent=1) + "\n"
    return Response(text, status=status, mimetype="application/json")
