"""An HTTP call: request, response, the deadline for both, and the proxy between."""

from .deadline import Deadline
from .message import Request, Response
from .proxy import Proxy, parse_proxy

__all__ = ["Deadline", "Proxy", "Request", "Response", "parse_proxy"]
