"""Check the caller: client, user and token (NIC authentication v1.04, list VITAL)."""

import hmac

from ..portal.portal import Portal
from ..store.records import Session, User
from ..wire.call import ServiceCall
from ..wire.dates import from_wire
from ..wire.errors import Refusal, error, refuse

_CLIENT_HEADERS = (("client_id", "1011"), ("client_secret", "1012"), ("gstin", "1004"))
_USER_HEADERS = (("user_name", "1006"),)
_TOKEN_HEADERS = (("authtoken", "1005"),)


def check_client(portal: Portal, call: ServiceCall) -> None:
    """Refuse a call with a wrong client ID or secret, or from a blocked sender.

    :raises Refusal: 1011, 1012, 1004 for missing headers, 3095 and 3096 for a blocked
        client or GSTIN, 1010 for a wrong ID or secret
    """
    _require(call, _CLIENT_HEADERS)
    portal.blocks.check(call)
    secret = portal.store.client_secret(call.header("client_id"))
    if secret is None or not is_same_secret(secret, call.header("client_secret")):
        raise refuse("1010")


def session_of(
    portal: Portal, call: ServiceCall, *, needs_user_name: bool = True
) -> Session:
    """Return the session of the call's token.

    :param needs_user_name: whether the service requires the header ``user_name``
    :raises Refusal: as :func:`check_client`; 1006 and 1005 for missing headers, 1005
        for a token that is unknown, expired, or of another GSTIN or user, 1018 if the
        user belongs to another client, 3098 for another ``irp``
    """
    user_headers = _USER_HEADERS if needs_user_name else ()
    _require(call, _CLIENT_HEADERS + user_headers + _TOKEN_HEADERS)
    check_client(portal, call)
    session = portal.store.session_of(call.header("authtoken"))
    if session is None or session.gstin != call.header("gstin"):
        raise refuse("1005")
    if needs_user_name and session.username != call.header("user_name"):
        raise refuse("1005")
    if call.now >= from_wire(session.expires_at):
        raise refuse("1005")
    check_mapping(user_of(portal, session.gstin, session.username), call)
    if call.header("irp").upper() not in ("", *portal.settings.irp_codes):
        raise refuse("3098")
    return session


def user_of(portal: Portal, gstin: str, username: str) -> User:
    """Return the API user of a GSTIN.

    :raises Refusal: 1015 for a user of other GSTINs only, 1017 for an unknown user
    """
    users = [one for one in portal.store.users() if one.username == username]
    for user in users:
        if user.gstin == gstin:
            return user
    raise refuse("1015" if users else "1017")


def check_password(user: User, password: str) -> None:
    """Refuse a wrong password.

    :raises Refusal: 1019
    """
    if not is_same_secret(user.password, password):
        raise refuse("1019")


def check_mapping(user: User, call: ServiceCall) -> None:
    """Refuse a call with another client than the user's.

    :raises Refusal: 1018
    """
    if user.client_id != call.header("client_id"):
        raise refuse("1018")


def _require(call: ServiceCall, headers: tuple[tuple[str, str], ...]) -> None:
    missing = [error(code) for name, code in headers if not call.header(name)]
    if missing:
        raise Refusal(missing)


def is_same_secret(one: str, other: str) -> bool:
    """Return whether two secrets are equal, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
