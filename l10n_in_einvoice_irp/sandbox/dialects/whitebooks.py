"""WhiteBooks, formerly MasterGST: a GSP with plain JSON, without encryption.

Sources: the operator's list of services, its Swagger description as clients quote it,
and clients in Python, PHP, JavaScript and Odoo that run with it. Open: the words of its
gateway for a wrong client pair (here those of its GST API), the place of ``InfoDtls``
(here beside ``data``; none with an error), the body that cancels an e-way bill (here
NIC's members), whether other services write errors as the look-up by document does.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ..portal.portal import Handler, Portal
from ..services.authentication import log_in
from ..services.eway_bills import generate_eway_bill, get_eway_bill
from ..services.ewaybill.cancel import cancel_eway_bill
from ..services.gstin_master import get_gstin, sync_gstin
from ..services.identity import check_client
from ..services.lookup import get_irn, get_irn_by_document, rejected_irns
from ..services.registration import cancel_irn, generate_irn
from ..wire import crypto, jsontext
from ..wire.call import ServiceCall
from ..wire.envelope import ServiceResponse, error_entries
from ..wire.errors import Reply, turn_away
from ..wire.settings import Dialect
from .gates import AccountGate
from .portal_dialect import PortalDialect
from .route import Route
from .whitebooks_ewaybill import EWAYBILL_ROUTES

_ACCOUNT = (("client_id", "client_id"), ("client_secret", "client_secret"))
_REQUIRED = ("ip_address", "username", "gstin")
_SUCCEEDS = "GSTR request succeeds"
# its header -> NIC's
_HEADERS: Mapping[str, str] = MappingProxyType(
    {"username": "user_name", "auth_token": "authtoken"}
)


def _gateway(code: str, message: str) -> Reply:
    error = {"error_cd": code, "message": message}
    body = {"status_cd": "0", "status_desc": message, "error": error}
    return Reply(json.dumps(body))


_DENIED = _gateway("RET11402", "Unauthorized User")
_account_gate = AccountGate(_ACCOUNT, _DENIED, _DENIED, _DENIED)


def _gate(portal: Portal, call: ServiceCall) -> ServiceCall:
    """Return the call under NIC's names, if it has what the gateway requires.

    :raises Refusal: with the gateway's own response
    """
    # the log-in of its e-way bill API has the user in the query
    named = call.header("username") or call.query.get("username", "")
    call = replace(call, headers={**call.headers, "username": named})
    if not call.query.get("email") or not all(map(call.header, _REQUIRED)):
        raise turn_away(_DENIED)
    headers = dict(_account_gate(portal, call).headers)
    for name, nics in _HEADERS.items():
        headers[nics] = headers.get(name, "")
    # the IRP of a criss-cross call, and the supplier of an operator's
    for name, header in (("irp", "irp"), ("supplier_gstn", "sup_gstin")):
        if call.query.get(name):
            headers[header] = call.query[name]
    return replace(call, headers=headers)


# --- what each service needs of a call --------------------------------------------


def _path(name: str) -> Callable[[ServiceCall], ServiceCall]:
    """Return a change that puts ``param1`` into the path."""
    return lambda call: replace(call, path={name: call.query.get("param1", "")})


def _by_date(call: ServiceCall) -> ServiceCall:
    return replace(call, query={"date": call.query.get("param1", "")})


def _by_document(call: ServiceCall) -> ServiceCall:
    """Return the call with the document in the query: the type comes as ``param1``."""
    query = {name: call.header(name) for name in ("docnum", "docdate")}
    return replace(call, query={**query, "doctype": call.query.get("param1", "")})


def _plain(call: ServiceCall) -> ServiceCall:
    return replace(call, opened=call.body)


def _cancel_eway_bill(call: ServiceCall) -> ServiceCall:
    return replace(call, opened=call.body, body=b'{"action":"CANEWB"}')


def _authenticate(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Log in with the credentials in the headers; the gateway makes the app key."""
    check_client(portal, call)
    app_key = crypto.to_base64(secrets.token_bytes(crypto.KEY_BYTES))
    names = ("username", "password")
    request: dict[str, Any] = {name: call.header(name) for name in names}
    return log_in(portal, call, {**request, "appkey": app_key})


def _through(handler: Handler, change: Callable[[ServiceCall], ServiceCall]) -> Handler:
    """Return the handler for plain calls; its response is not encrypted either."""

    def handle(portal: Portal, call: ServiceCall) -> ServiceResponse:
        response = handler(portal, change(call))
        return replace(response, sek=None, echo=call.headers)

    return handle


# --- responses --------------------------------------------------------------------


def _render(response: ServiceResponse, dialect: Dialect) -> bytes:
    return _envelope(response, dialect, "1")


def _render_log_in(response: ServiceResponse, dialect: Dialect) -> bytes:
    # sic
    return _envelope(response, dialect, "Sucess")


def _render_by_document(response: ServiceResponse, dialect: Dialect) -> bytes:
    """Write the answer as recorded in production, September 2026.

    It names the IRP and repeats no headers; errors have small initials.
    """
    named: dict[str, Any] = {"irp": "NIC"}
    if not response.errors:
        named |= {"status_cd": "1", "status_desc": _SUCCEEDS, "data": response.data}
        return jsontext.dumps(named).encode()
    entries = [
        {f"{name[0].lower()}{name[1:]}": value for name, value in entry.items()}
        for entry in error_entries(response.errors, dialect)
    ]
    named |= {"status_cd": "0", "status_desc": jsontext.dumps(entries)}
    return jsontext.dumps(named).encode()


def _envelope(response: ServiceResponse, dialect: Dialect, success: str) -> bytes:
    if response.errors:
        entries = jsontext.dumps(error_entries(response.errors, dialect))
        return jsontext.dumps({"status_cd": "0", "status_desc": entries}).encode()
    envelope = {
        "data": response.data,
        "status_cd": success,
        "status_desc": _SUCCEEDS,
        # recorded: it repeats the headers, secrets included
        "header": dict(response.echo or {}),
    }
    if response.infos:
        envelope["InfoDtls"] = list(response.infos)
    return jsontext.dumps(envelope).encode()


def _route(
    service: str,
    method: str,
    action: str,
    handler: Handler,
    change: Callable[[ServiceCall], ServiceCall],
) -> Route:
    path = f"/einvoice/type/{action}/version/V1_03"
    return Route(service, method, path, _through(handler, change), _render)


WHITEBOOKS = PortalDialect(
    "whitebooks",
    "WhiteBooks' GSP (MasterGST), plain JSON",
    (
        Route(
            "authenticate",
            "GET",
            "/einvoice/authenticate",
            _through(_authenticate, lambda call: call),
            _render_log_in,
        ),
        _route("generate_irn", "POST", "GENERATE", generate_irn, _plain),
        _route("cancel_irn", "POST", "CANCEL", cancel_irn, _plain),
        _route("get_irn", "GET", "GETIRN", get_irn, _path("irn")),
        replace(
            _route(
                "get_irn_by_document",
                "GET",
                "GETIRNBYDOCDETAILS",
                get_irn_by_document,
                _by_document,
            ),
            render=_render_by_document,
        ),
        _route("rejected_irns", "GET", "GETREJECTEDIRNS", rejected_irns, _by_date),
        _route("get_gstin", "GET", "GSTNDETAILS", get_gstin, _path("gstin")),
        _route("sync_gstin", "GET", "SYNC_GSTIN_FROMCP", sync_gstin, _path("gstin")),
        _route(
            "generate_eway_bill",
            "POST",
            "GENERATE_EWAYBILL",
            generate_eway_bill,
            _plain,
        ),
        _route("get_eway_bill", "GET", "GETEWAYBILLIRN", get_eway_bill, _path("irn")),
        _route(
            "cancel_eway_bill",
            "POST",
            "CANCEL_EWAYBILL",
            cancel_eway_bill,
            _cancel_eway_bill,
        ),
        *EWAYBILL_ROUTES,
    ),
    header_names=frozenset({"ip_address", "client_id", "client_secret", "auth-token"}),
    account=_ACCOUNT,
    gate=_gate,
    gateway_replies={"key": _DENIED},
)
