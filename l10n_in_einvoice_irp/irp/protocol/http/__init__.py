"""An HTTP call: the request, its response, and the deadline for the whole of it."""

from .deadline import Deadline
from .message import Request, Response

__all__ = ["Deadline", "Request", "Response"]
