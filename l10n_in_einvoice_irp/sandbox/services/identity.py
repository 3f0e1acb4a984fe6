"""Who calls: client, user and token (NIC authentication v1.04, error list VITAL)."""

import hmac

from ..portal.portal import Portal
from ..store.records import Session, User
from ..wire.call import Call
from ..wire.dates import from_wire
from ..wire.errors import Refusal, error, refuse

_CLIENT_HEADERS = (("client_id", "1011"), ("client_secret", "1012"), ("gstin", "1004"))
_USER_HEADERS = (("user_name", "1006"),)
_TOKEN_HEADERS = (("authtoken", "1005"),)
_IRP_CODES = ("", "NIC1", "NIC2")


def check_client(portal: Portal, call: Call) -> None:
    """Let a call pass whose client pair is right and not blocked.

    :raises Refusal: 1011, 1012, 1004 for headers that are missing, 3095 and 3096 for
        a blocked client or GSTIN, 1010 for a wrong id or secret
    """
    _require(call, _CLIENT_HEADERS)
    portal.blocks.check(call)
    secret = portal.store.client_secret(call.header("client_id"))
    if secret is None or not _same(secret, call.header("client_secret")):
        raise refuse("1010")


def session_of(portal: Portal, call: Call, *, names_user: bool = True) -> Session:
    """Return the session of the call's token.

    :param names_user: whether the service asks for the header ``user_name``
    :raises Refusal: as :func:`check_client`; 1006 and 1005 for headers that are
        missing, 1005 for a token that is unknown, expired, or not of this GSTIN and
        user, 1018 if the user was made for another client, 3098 for another ``irp``
    """
    _require(
        call, _CLIENT_HEADERS + (_USER_HEADERS if names_user else ()) + _TOKEN_HEADERS
    )
    check_client(portal, call)
    session = portal.store.session_of(call.header("authtoken"))
    if session is None or session.gstin != call.header("gstin"):
        raise refuse("1005")
    if names_user and session.username != call.header("user_name"):
        raise refuse("1005")
    if call.now >= from_wire(session.expires_at):
        raise refuse("1005")
    check_mapping(user_of(portal, session.gstin, session.username), call)
    if call.header("irp").upper() not in _IRP_CODES:
        raise refuse("3098")
    return session


def user_of(portal: Portal, gstin: str, username: str) -> User:
    """Return the API user of a GSTIN.

    :raises Refusal: 1015 if the user belongs to other GSTINs only, 1017 if there is
        no such user
    """
    users = [one for one in portal.store.users() if one.username == username]
    for user in users:
        if user.gstin == gstin:
            return user
    raise refuse("1015" if users else "1017")


def check_password(user: User, password: str) -> None:
    """Let the right password pass.

    :raises Refusal: 1019
    """
    if not _same(user.password, password):
        raise refuse("1019")


def check_mapping(user: User, call: Call) -> None:
    """Let a call pass whose client is the one that the user was made for.

    :raises Refusal: 1018
    """
    if user.client_id != call.header("client_id"):
        raise refuse("1018")


def _require(call: Call, headers: tuple[tuple[str, str], ...]) -> None:
    missing = [error(code) for name, code in headers if not call.header(name)]
    if missing:
        raise Refusal(missing)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
