"""Authentication v1.04, and the withdrawn v1.03."""

import secrets
from datetime import timedelta
from typing import Any

from ..portal.portal import Portal
from ..store.records import Session, User
from ..wire import crypto
from ..wire.call import ServiceCall
from ..wire.dates import from_wire, to_wire
from ..wire.envelope import ServiceResponse
from ..wire.errors import Refusal, error, refuse
from ..wire.sealing import open_log_in
from . import identity


def authenticate(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Return the user's token, which stays the same until it expires (NIC).

    Each call brings a new app key, which encrypts the session key.

    :raises Refusal: headers as ``identity.check_client``; 5003, 1007, 1020, 5001 for
        the body, 1006, 1008, 1016 for its fields, 1015, 1017 for the user, 1019 for
        the password, 1018 for the client, 1014 for an inactive GSTIN
    """
    identity.check_client(portal, call)
    return log_in(portal, call, _credentials(portal, call))


def log_in(
    portal: Portal, call: ServiceCall, request: dict[str, Any]
) -> ServiceResponse:
    """Return the user's token for the decrypted fields of a login.

    :param request: ``username``, ``password``, ``appkey`` in base64
    :raises Refusal: as :func:`authenticate`, for fields and user
    """
    app_key = _checked_app_key(request)
    user = identity.user_of(portal, call.header("gstin"), request["username"])
    identity.check_password(user, request["password"])
    identity.check_mapping(user, call)
    if not portal.registry.is_active(user.gstin):
        raise refuse("1014")
    session = _session(portal, call, user, force=_is_forced(request))
    sek = session.sek
    if portal.settings.dialect.sek_form == "base64":
        sek = crypto.to_base64(sek).encode()
    data = {
        "ClientId": user.client_id,
        "UserName": user.username,
        "AuthToken": session.token,
        "Sek": crypto.encrypt(sek, app_key),
        "TokenExpiry": session.expires_at,
    }
    return ServiceResponse(data)


def refuse_v103(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Refuse the withdrawn v1.03 (credentials and app key encrypted one by one).

    :raises Refusal: always; headers as ``identity.check_client``, else 1007
    """
    identity.check_client(portal, call)
    raise refuse("1007")


def _credentials(portal: Portal, call: ServiceCall) -> dict[str, Any]:
    """Return the fields of the request by lower-case name."""
    try:
        data = call.data()
    except ValueError as err:
        raise refuse("1007") from err
    if data is None:
        raise refuse("5003")
    sealing = portal.settings.log_in_sealing
    try:
        return open_log_in(sealing, portal.keys.auth_key, data)
    except (crypto.DecryptionError, UnicodeDecodeError) as err:
        raise refuse("1020") from err


def _checked_app_key(request: dict[str, Any]) -> bytes:
    """Return the app key of a complete request, else refuse with all errors."""
    codes = (("username", "1006"), ("password", "1008"))
    errors = [error(code) for name, code in codes if not _is_text(request.get(name))]
    try:
        app_key = crypto.from_base64(request.get("appkey"))
    except crypto.DecryptionError:
        app_key = b""
    if len(app_key) != crypto.KEY_BYTES:
        errors.append(error("1016"))
    if errors:
        raise Refusal(errors)
    return app_key


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_forced(request: dict[str, Any]) -> bool:
    return str(request.get("forcerefreshaccesstoken")).lower() == "true"


def _session(portal: Portal, call: ServiceCall, user: User, *, force: bool) -> Session:
    settings = portal.settings

    def is_reusable(session: Session) -> bool:
        left = from_wire(session.expires_at) - call.now
        if force and left <= settings.refresh_window:
            return False
        return left > timedelta(0)

    def new() -> Session:
        return Session(
            gstin=user.gstin,
            username=user.username,
            token=secrets.token_urlsafe(18),
            sek=secrets.token_bytes(crypto.KEY_BYTES),
            expires_at=to_wire(call.now + settings.token_life),
        )

    return portal.store.open_session(user, is_reusable, new)
