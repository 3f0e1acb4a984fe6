"""One HTTP request and its answer, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """One HTTP request. Header values stay out of repr.

    ``connect_timeout`` are the seconds for the connection, over all addresses of the
    host; with ``read_timeout`` added, the seconds for the whole call. With
    ``public_only``, a host whose name leads into a private network or to this machine
    is not called.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    public_only: bool = False

    @property
    def total_timeout(self) -> float:
        """Return the seconds for the whole call, from connecting to the last byte."""
        return self.connect_timeout + self.read_timeout


@dataclass(frozen=True)
class Response:
    """One HTTP answer with its whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Return the value of header ``name``, in any letter case; "" if absent."""
        for key, value in self.headers.items():
            if key.lower() == name.lower():
                return value
        return ""
