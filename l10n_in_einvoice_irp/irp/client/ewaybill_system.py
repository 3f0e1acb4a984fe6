"""The e-way bill system: its log-in and the calls made in its sessions.

NIC E-way bill API v1.03. It is separate from the e-invoice portal, with separate users,
keys and tokens; in production only this system cancels e-way bills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..protocol.adapters import Opening
from ..protocol.call import Call
from ..protocol.crypto.cipher import compact_json, new_app_key, seal_ewb_credentials
from ..protocol.errors import (
    IrpAuthenticationError,
    IrpEwbLogInError,
    IrpTokenRefused,
)
from ..protocol.http import Response
from ..protocol.incoming import lower_names, read_json
from ..protocol.records import EwayBillCancellation, parse_ewb_cancellation
from ..protocol.response_errors import open_answer
from ..protocol.session import Session, open_session
from ..reference.profiles import Endpoint, HeaderSet
from .base_client import BaseClient, Reader, _Result
from .ewaybill_api import EwaybillApi


def cancel_call(
    endpoint: Endpoint, number: str, reason: str, remark: str, *, inner_base64: bool
) -> Call:
    """Return the call that cancels an e-way bill (action CANEWB, v1.03).

    Raises ValueError if ``number`` has not 12 digits or ``reason`` not one.
    """
    if not re.fullmatch(r"[0-9]{12}", number):
        raise ValueError("an e-way bill number has 12 digits")
    if not re.fullmatch(r"[0-9]", reason):
        raise ValueError("the code of a reason has one digit")
    body = {"ewbNo": int(number), "cancelRsnCode": int(reason), "cancelRmrk": remark}
    return Call(endpoint, plain=compact_json(body), inner_base64=inner_base64)


class EwaybillSystem(BaseClient):
    """The e-way bill system for one of its users; safe to share between threads.

    Made as :class:`.client.IrpClient`, with the address, user, client pair and public
    key of the e-way bill system. A refused token is renewed once; a refused log-in is
    never repeated, since repetitions lock the account: it raises IrpEwbLogInError.
    """

    _log_in = "ewb_authenticate"
    _log_in_headers: HeaderSet = "ewb_log_in"
    _call_headers: HeaderSet = "ewb_call"
    _log_in_error = IrpEwbLogInError

    def ensure_session(self) -> Session:
        """Return a usable session, logging in if needed (action ACCESSTOKEN, v1.03).

        Raises as :meth:`.base_client.BaseClient.ensure_session`, with IrpEwbLogInError
        for IrpAuthenticationError.
        """
        with _own_log_in():
            return super().ensure_session()

    def replace_session(self, refused: Session) -> Session:
        """See :meth:`.base_client.BaseClient.replace_session`; IrpEwbLogInError for a
        refused log-in."""
        with _own_log_in():
            return super().replace_session(refused)

    @property
    def ewaybill_api(self) -> EwaybillApi:
        """Return the services of the system's own API, in this session."""
        return EwaybillApi(self)

    def ask(
        self,
        service: str,
        read: Reader[_Result],
        *,
        values: Mapping[str, str] | None = None,
        plain: Mapping[str, Any] | None = None,
    ) -> _Result:
        """See :meth:`.base_client.BaseClient.ask`; IrpEwbLogInError for a refused
        log-in."""
        with _own_log_in():
            return super().ask(service, read, values=values, plain=plain)

    def cancel_ewb(self, number: str, reason: str, remark: str) -> EwayBillCancellation:
        """Cancel an e-way bill; see :meth:`.client.IrpClient.cancel_ewb`."""
        call = cancel_call(
            self._endpoint("cancel_ewb"),
            number,
            reason,
            remark,
            inner_base64=self._environment.ewayapi_inner_base64,
        )
        with _own_log_in():
            return self._call(
                call, lambda data, infos: parse_ewb_cancellation(data, number)
            )

    def _renew(self, session: Session) -> Session:
        # Within its life a further log-in gives the same token, and counts against
        # the few that are allowed in a quarter of an hour.
        return session

    def _open(self, force_refresh: bool) -> Opening:
        account = self._account
        if account.auth_key is None:
            raise ValueError("the public key of the e-way bill system is missing")
        app_key = new_app_key()
        sealed = seal_ewb_credentials(
            account.user_name, account.password, app_key, account.auth_key
        )
        return Opening(compact_json({"Data": sealed}), app_key)

    def _open_session(
        self, response: Response, endpoint: Endpoint, opening: Opening
    ) -> Session:
        now = self._clock()
        open_answer(response, endpoint, self._environment.wire, now)
        return open_session(
            _members(read_json(response.body)),
            opening.app_key,
            user_name=self._account.user_name,
            now=now,
            token_life=self._environment.ewb_token_life,
        )


def _members(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the members with token and session key, unwrapped if a GSP wraps them."""
    inner = lower_names(answer).get("data")
    return inner if isinstance(inner, Mapping) else answer


@contextmanager
def _own_log_in() -> Iterator[None]:
    """Raise IrpEwbLogInError where the refused user is one of this system."""
    try:
        yield
    except (IrpEwbLogInError, IrpTokenRefused):
        # of a token, its caller makes a new session (``renews=False``)
        raise
    except IrpAuthenticationError as error:
        raise IrpEwbLogInError(error.message).of_the_call(error) from error
