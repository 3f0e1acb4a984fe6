"""The e-way bill system's login (NIC E-way bill API v1.03, ACCESSTOKEN).

The e-way bill system is separate from the e-invoice portal: it has its own users, key
for logins and tokens. In NIC's sandbox it also accepts the portal's tokens.
"""

import secrets
import uuid
from typing import Any

from ..portal.portal import Portal
from ..store.records import Session, User
from ..wire import crypto, jsontext
from ..wire.call import ServiceCall
from ..wire.dates import from_wire, to_wire
from ..wire.envelope import ServiceResponse
from ..wire.errors import PortalError, Refusal, refuse
from . import identity

_ACTION = "ACCESSTOKEN"
# code of the e-invoice portal -> code of the e-way bill system, for identity and
# payload; 238 and 393 were recorded, the others come from its error list
_CODES = {
    "1004": "393",
    "1005": "238",
    "1010": "110",
    "1011": "103",
    "1012": "104",
    "1018": "116",
    "1020": "109",
    "2255": "115",
    "3095": "118",
    "3096": "118",
    "5001": "100",
}


def own_codes(refusal: Refusal) -> list[str]:
    """Return the e-way bill system's codes for a refusal, each once."""
    return list(dict.fromkeys(_CODES.get(one.code, one.code) for one in refusal.errors))


def log_in(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Return the user's token, which stays the same for its 360 minutes.

    :raises Refusal: 393 without GSTIN, 103, 104, 110 for the client, 118 if blocked or
        after too many log-ins; 115, 100, 109 for the body, 239 for another action, 111
        for a user of another client, ``Dialect.ewb_log_in_code`` for a wrong user or
        password
    """
    try:
        identity.check_client(portal, call)
        session, app_key = _open_session(portal, call)
    except Refusal as refusal:
        errors = [PortalError(code, "") for code in own_codes(refusal)]
        raise Refusal(errors) from refusal
    sek = crypto.encrypt(session.sek, app_key)
    return ServiceResponse({"authtoken": session.token, "sek": sek})


def session_of(portal: Portal, call: ServiceCall) -> Session:
    """Return the session of a call's token, of this system or a shared one.

    :raises Refusal: as ``identity.session_of``, with the portal's codes
    """
    session = portal.ewb_users.session_of(call.header("authtoken"))
    if session is None and portal.settings.ewb_shares_session:
        return identity.session_of(portal, call, needs_user_name=False)
    identity.check_client(portal, call)
    if session is None or session.gstin != call.header("gstin"):
        raise refuse("1005")
    if call.now >= from_wire(session.expires_at):
        raise refuse("1005")
    user = _user(portal, session.gstin, session.username)
    if user is None or user.client_id != call.header("client_id"):
        raise refuse("1018")
    return session


def _open_session(portal: Portal, call: ServiceCall) -> tuple[Session, bytes]:
    """Return the session for the request, and the app key."""
    request = _request(portal, call)
    app_key = _app_key(request)
    _count(portal, call, str(request.get("username")))
    username, password = request.get("username"), str(request.get("password"))
    user = check_user(portal, call, username, password)
    if user.client_id != call.header("client_id"):
        raise Refusal([PortalError("111", "")])
    return _session(portal, call, user), app_key


def check_user(
    portal: Portal, call: ServiceCall, username: object, password: str
) -> User:
    """Return the user of a call's GSTIN.

    :raises Refusal: ``Dialect.ewb_log_in_code`` for a wrong user or password
    """
    user = _user(portal, call.header("gstin"), username)
    if user is None or not identity.is_same_secret(user.password, password):
        raise Refusal([PortalError(portal.settings.dialect.ewb_log_in_code, "")])
    return user


def _count(portal: Portal, call: ServiceCall, username: str) -> None:
    """Count a log-in of a user, whether it succeeds or not.

    :raises Refusal: 118 after five, until 15 minutes after the first (TaxPro's guide)
    """
    settings = portal.settings
    if settings.ewb_log_in_limit is not None and not portal.quotas.count(
        "log_in",
        f"{call.header('gstin')}|{username}",
        call.now.timestamp(),
        settings.ewb_quota_period.total_seconds(),
        settings.ewb_log_in_limit,
    ):
        raise Refusal([PortalError("118", "")])


def _request(portal: Portal, call: ServiceCall) -> dict[str, Any]:
    """Return the decrypted fields by lower-case name."""
    try:
        data = call.data()
        if data is None:
            raise refuse("2255")
        inner = crypto.unwrap_rsa(portal.ewb_auth_key, data).decode("ascii")
        plain = crypto.from_base64(inner)
    except (crypto.DecryptionError, UnicodeDecodeError) as err:
        raise refuse("1020") from err
    except ValueError as err:
        raise refuse("5001") from err
    try:
        request = jsontext.lower_keys(jsontext.json_object(plain))
    except ValueError as err:
        raise refuse("5001") from err
    if request.get("action") != _ACTION:
        raise Refusal([PortalError("239", "")])
    return request


def _app_key(request: dict[str, Any]) -> bytes:
    try:
        app_key = crypto.from_base64(request.get("app_key"))
    except crypto.DecryptionError:
        app_key = b""
    if len(app_key) != crypto.KEY_BYTES:
        raise refuse("1020")
    return app_key


def _user(portal: Portal, gstin: str, username: object) -> User | None:
    for user in portal.ewb_users.all():
        if (user.gstin, user.username) == (gstin, username):
            return user
    return None


def _session(portal: Portal, call: ServiceCall, user: User) -> Session:
    def is_reusable(session: Session) -> bool:
        return call.now < from_wire(session.expires_at)

    def new() -> Session:
        return Session(
            gstin=user.gstin,
            username=user.username,
            token=str(uuid.uuid4()),
            sek=secrets.token_bytes(crypto.KEY_BYTES),
            expires_at=to_wire(call.now + portal.settings.ewb_token_life),
        )

    return portal.ewb_users.open_session(user, is_reusable, new)
