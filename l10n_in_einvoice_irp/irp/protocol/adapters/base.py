"""The interface of an adapter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from ...reference.profiles import Endpoint, Wire
from ..call import Call
from ..envelope import Envelope
from ..session import Session


@dataclass(frozen=True)
class Credentials:
    """User and password of a log-in; ``auth_key`` seals it where it is sealed."""

    user_name: str
    password: str = field(repr=False)
    auth_key: RSAPublicKey | None = field(repr=False)


@dataclass(frozen=True)
class Opening:
    """A log-in on its way: the body to send (None: all is in headers), the AppKey."""

    body: bytes | None = field(repr=False)
    app_key: bytes = field(default=b"", repr=False)


class Adapter(Protocol):
    """The requests and responses of one kind of portal."""

    def open(
        self, wire: Wire, credentials: Credentials, *, force_refresh: bool
    ) -> Opening:
        """Return a log-in; ValueError if user name and password do not fit."""
        ...

    def body(self, call: Call, session: Session) -> bytes | None:
        """Return the body of a call, None if it has none."""
        ...

    def envelope(self, body: bytes, endpoint: Endpoint) -> Envelope:
        """Read the body of a response.

        Raises IrpOutcomeUnknown for what is neither a success nor a refusal by the
        portal's own list of errors.
        """
        ...

    def data(self, envelope: Envelope, session: Session) -> Any:
        """Return what a successful response holds; IrpOutcomeUnknown if unreadable."""
        ...

    def session(
        self,
        envelope: Envelope,
        opening: Opening,
        user_name: str,
        now: datetime,
        token_life: timedelta,
    ) -> Session:
        """Return the session that a successful log-in opened.

        Raises IrpProtocolError if the response has none.
        """
        ...
