"""EY's portal, IRP 5: other paths, NIC's encryption.

Sources: two clients, in Java and TypeScript, that work with its sandbox; EY's product
DigiGST for duplicates. Open: look-up by document, e-way bills, rejected IRNs and health
(no path was found), how the GSTIN is given (path or query), which answers have members
in small letters or another HTTP status (``Dialect.envelope_names``, ``error_status``).
"""

from dataclasses import replace

from ..portal.portal import Handler, Portal
from ..services.authentication import authenticate
from ..services.gstin_master import get_gstin, sync_gstin
from ..services.lookup import get_irn
from ..services.registration import cancel_irn, generate_irn
from ..wire.call import ServiceCall
from ..wire.envelope import ServiceResponse
from .portal_dialect import PortalDialect
from .route import Route

_BASE = "/irp5"
_CORE = f"{_BASE}/irpapi/v1.0"
_MASTER = f"{_BASE}/gstin_management/v1.0"


def _from_query(handler: Handler, name: str) -> Handler:
    """Return the handler for calls that give a part of the path in the query."""

    def handle(portal: Portal, call: ServiceCall) -> ServiceResponse:
        path = {**call.path, name: call.query.get(name, "")}
        return handler(portal, replace(call, path=path))

    return handle


def _either_way(
    service: str, path: str, handler: Handler, name: str
) -> tuple[Route, Route]:
    """Return the routes for a value at the end of the path, and in the query."""
    return (
        Route(service, "GET", f"{path}/{{{name}}}", handler),
        Route(service, "GET", path, _from_query(handler, name)),
    )


EY = PortalDialect(
    "ey",
    "EY (IRP 5)",
    (
        Route("authenticate", "POST", f"{_BASE}/irpauthapi/v1.0/apiAuth", authenticate),
        Route("generate_irn", "POST", f"{_CORE}/api/generate", generate_irn),
        Route("cancel_irn", "POST", f"{_CORE}/api/cancel", cancel_irn),
        *_either_way("get_irn", f"{_CORE}/enSearch", get_irn, "irn"),
        *_either_way("get_gstin", f"{_MASTER}/gstin", get_gstin, "gstin"),
        *_either_way("sync_gstin", f"{_MASTER}/syncgstin", sync_gstin, "gstin"),
    ),
    base=_BASE,
    settings={
        "portal_code": "EY",
        "irp_codes": ("EY",),
        "issuer": "EY Sandbox",
        "ack_prefix": "53",
        "key_name": "ey",
    },
    wording={
        "info_details": "text",
        # a request that it cannot decrypt
        "renamed_codes": (("1020", "1090"),),
    },
    header_names=frozenset({"client_id", "client_secret", "user_name"}),
)
