"""The e-way bill system: its log-in and the calls made in its sessions.

NIC E-way bill API v1.03. It is separate from the e-invoice portal, with separate users,
keys and tokens; in production only this system cancels e-way bills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..protocol.call import Call
from ..protocol.crypto.cipher import compact_json, seal_ewb_credentials
from ..protocol.errors import IrpAuthenticationError, IrpEwbLogInError
from ..protocol.http import Response
from ..protocol.incoming import lower_names, read_json
from ..protocol.records import EwayBillCancellation, parse_ewb_cancellation
from ..protocol.response_errors import open_answer
from ..protocol.session import Session, open_session
from ..reference.endpoints import ENDPOINTS, HEADER_NAMES
from ..reference.environments import Environment
from .base_client import BaseClient


def cancel_call(
    environment: Environment, number: str, reason: str, remark: str
) -> Call:
    """Return the call that cancels an e-way bill (action CANEWB, v1.03).

    Raises ValueError if ``number`` has not 12 digits or ``reason`` not one.
    """
    if not re.fullmatch(r"[0-9]{12}", number):
        raise ValueError("an e-way bill number has 12 digits")
    if not re.fullmatch(r"[0-9]", reason):
        raise ValueError("the code of a reason has one digit")
    body = {"ewbNo": int(number), "cancelRsnCode": int(reason), "cancelRmrk": remark}
    return Call(
        ENDPOINTS["cancel_ewb"],
        plain=compact_json(body),
        inner_base64=environment.ewayapi_inner_base64,
    )


class EwaybillSystem(BaseClient):
    """The e-way bill system for one of its users; safe to share between threads.

    Made as :class:`.client.IrpClient`, with the address, user, client pair and public
    key of the e-way bill system. A refused token is renewed once; a refused log-in is
    never repeated, since repetitions lock the account: it raises IrpEwbLogInError.
    """

    _log_in = ENDPOINTS["ewb_authenticate"]

    def ensure_session(self) -> Session:
        """Return a usable session, logging in if needed (action ACCESSTOKEN, v1.03).

        Raises as :meth:`.base_client.BaseClient.ensure_session`, with IrpEwbLogInError
        for IrpAuthenticationError.
        """
        with _own_log_in():
            return super().ensure_session()

    def cancel_ewb(self, number: str, reason: str, remark: str) -> EwayBillCancellation:
        """Cancel an e-way bill; see :meth:`.client.IrpClient.cancel_ewb`."""
        call = cancel_call(self._environment, number, reason, remark)
        with _own_log_in():
            return self._call(
                call, lambda data, infos: parse_ewb_cancellation(data, number)
            )

    def _renew(self, session: Session) -> Session:
        # Within its life a further log-in gives the same token, and counts against
        # the few that are allowed in a quarter of an hour.
        return session

    def _seal_log_in(self, app_key: bytes, force_refresh: bool) -> str:
        account = self._account
        return seal_ewb_credentials(
            account.user_name, account.password, app_key, account.auth_key
        )

    def _open_session(self, response: Response, app_key: bytes) -> Session:
        now = self._clock()
        open_answer(response, self._log_in, now)
        return open_session(
            _members(read_json(response.body)),
            app_key,
            user_name=self._account.user_name,
            now=now,
            token_life=self._environment.ewb_token_life,
        )

    def _session_headers(self, session: Session) -> dict[str, str]:
        return {HEADER_NAMES["token"]: session.token}


def _members(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the members with token and session key, unwrapped if a GSP wraps them."""
    inner = lower_names(answer).get("data")
    return inner if isinstance(inner, Mapping) else answer


@contextmanager
def _own_log_in() -> Iterator[None]:
    """Raise IrpEwbLogInError where the refused user is one of this system."""
    try:
        yield
    except IrpEwbLogInError:
        raise
    except IrpAuthenticationError as error:
        raise IrpEwbLogInError(
            error.message,
            code=error.code,
            http_status=error.http_status,
            endpoint=error.endpoint,
        ) from error
