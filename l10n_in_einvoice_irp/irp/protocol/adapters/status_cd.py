"""Plain JSON, with answers of ``status_cd``, ``status_desc`` and ``data``.

The GSP seals towards the IRP. WhiteBooks (also MasterGST, BVM): NIC's own JSON in both
directions; the log-in is a GET whose headers hold user and password.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ...reference.profiles import Endpoint, Wire
from ..call import Call
from ..envelope import (
    Envelope,
    is_error_list,
    no_envelope,
    parse_errors,
    parse_infos,
    plain_members,
    read_members,
)
from ..errors import IrpProtocolError
from ..incoming import as_code, read_json
from ..session import Session, open_plain_session
from .base import Credentials, Opening

# "Sucess" is how they write it.
_SUCCESS = frozenset({"1", "sucess", "success"})
_FAILURE = frozenset({"0", "failure", "failed", "error"})


class StatusCdAdapter:
    """Plain JSON in both directions; the token alone makes a session."""

    def open(
        self, wire: Wire, credentials: Credentials, *, force_refresh: bool
    ) -> Opening:
        """See :class:`.base.Adapter`."""
        return Opening(None)

    def body(self, call: Call, session: Session) -> bytes | None:
        """See :class:`.base.Adapter`."""
        return call.plain

    def envelope(self, body: bytes, endpoint: Endpoint) -> Envelope:
        """Read ``status_cd``, ``status_desc`` and ``data``.

        A failure is a refusal if the IRP's list of errors stands in ``status_desc``,
        mostly as JSON text, or where NIC writes it. A sentence is none: nothing says
        whether GSP or IRP wrote it.
        """
        members = read_members(body)
        status = as_code(members.get("status_cd")).lower()
        infos = parse_infos(members.get("infodtls") or members.get("info"))
        if status in _SUCCESS:
            return Envelope(True, members.get("data"), (), infos)
        places = ("status_desc", "errordetails", "error")
        listed = next(
            (one for one in map(members.get, places) if is_error_list(one)), None
        )
        if status not in _FAILURE or listed is None:
            raise no_envelope()
        return Envelope(False, None, parse_errors(listed), infos)

    def data(self, envelope: Envelope, session: Session) -> Any:
        """Return the data, which may be JSON as text."""
        if not isinstance(envelope.data, str):
            return envelope.data
        try:
            return read_json(envelope.data)
        except ValueError:
            return envelope.data

    def session(
        self,
        envelope: Envelope,
        opening: Opening,
        user_name: str,
        now: datetime,
        token_life: timedelta,
    ) -> Session:
        """See :class:`.base.Adapter`."""
        data = plain_members(envelope.data)
        if data is None:
            raise IrpProtocolError("the authentication answer has no data")
        return open_plain_session(
            data, user_name=user_name, now=now, token_life=token_life
        )
