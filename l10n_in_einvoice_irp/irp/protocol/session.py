"""An authenticated session: the token, the session key, and how long they last."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from ..reference.dates import parse_portal_datetime
from .crypto.cipher import open_sek
from .errors import IrpOutcomeUnknown, IrpProtocolError
from .incoming import as_text, lower_names

RENEWAL_WINDOW = timedelta(minutes=10)
"""Only within these last minutes of a token does a forced refresh give a new one
(NIC "Authentication" v1.04)."""

_MAX_TOKEN = 4096
# It is sent as a header: no blank, no line break, nothing but ASCII.
_TOKEN = re.compile(rf"[!-~]{{1,{_MAX_TOKEN}}}")

Phase = Literal["valid", "renewable", "expired"]


@dataclass(frozen=True)
class Session:
    """A token with its session key (SEK); ``expires_at`` is aware; repr hides both."""

    token: str = field(repr=False)
    sek: bytes = field(repr=False)
    expires_at: datetime
    user_name: str

    def phase(self, now: datetime) -> Phase:
        """Return "valid", "renewable" (in the last ten minutes) or "expired"."""
        if now >= self.expires_at:
            return "expired"
        if now >= self.expires_at - RENEWAL_WINDOW:
            return "renewable"
        return "valid"


def open_session(
    data: Mapping[str, Any],
    app_key: bytes,
    *,
    user_name: str,
    now: datetime,
    token_life: timedelta,
) -> Session:
    """Read the ``Data`` of an authentication answer (NIC "Authentication" v1.04).

    The session ends at TokenExpiry (IST), or ``token_life`` after ``now`` if that is
    earlier or there is no expiry. Raises IrpProtocolError if the token or the session
    key is missing, IrpOutcomeUnknown ("undecryptable") if ``app_key`` does not open it.
    """
    session = open_plain_session(
        data, user_name=user_name, now=now, token_life=token_life
    )
    sealed = as_text(lower_names(data).get("sek"))
    if not sealed:
        raise IrpProtocolError("the authentication answer has no session key")
    try:
        return replace(session, sek=open_sek(sealed, app_key))
    except ValueError as error:
        raise IrpOutcomeUnknown(
            f"unusable authentication answer: {error}", reason="undecryptable"
        ) from error


def open_plain_session(
    data: Mapping[str, Any],
    *,
    user_name: str,
    now: datetime,
    token_life: timedelta,
) -> Session:
    """Read an authentication answer without a session key, as :func:`open_session`.

    GSPs that take plain JSON give a token alone; its ``sek`` is empty.
    """
    members = lower_names(data)
    token = as_text(members.get("authtoken"), _MAX_TOKEN + 1)
    if not _TOKEN.fullmatch(token):
        raise IrpProtocolError("the authentication answer has no AuthToken")
    try:
        expiry = parse_portal_datetime(members.get("tokenexpiry"))
    except ValueError as error:
        raise IrpProtocolError(f"unusable authentication answer: {error}") from error
    latest = now + token_life
    return Session(token, b"", min(expiry, latest) if expiry else latest, user_name)
