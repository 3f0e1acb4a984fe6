"""GSPs that pass NIC's encrypted calls through: Clear, Alankit, TaxPro.

Their gateways check their own headers and add the client pair, which clients leave out;
keys, log-in, answers and codes are NIC's.

Sources: docs.cleartax.in (e-invoicing GSP, sample API) and clients of Clear's e-way
bill GSP; PHP clients of Alankit (eraahi), and Azure API Management's published messages
for its gateway; two working clients and gsthelp.charteredinfo.com for TaxPro.
"""

import json

from ..wire.errors import Reply
from .ewaybill import EWB_ROUTES
from .gates import AccountGate
from .nic import CORE_ROUTES, NIC
from .portal_dialect import PortalDialect
from .route import moved, without

# --- Clear --------------------------------------------------------------------------

_CLEAR_BASE = "/einv-gsp"
_CLEAR_ACCOUNT = (("X-CT-Auth-Token", "client_secret"),)
# HTTP 200 and text, as clients of Clear's e-way bill GSP met it
_CLEAR_KEY = Reply(
    'AuthenticationException: {"statusCode":"0","error":"SW52YWxpZCBBdXRoIFRva2Vu",'
    '"info":""}',
    mimetype="text/plain",
)

CLEAR_GSP = PortalDialect(
    "clear-gsp",
    "Clear's GSP, for NIC",
    moved(
        # its list of services is complete without these
        without(NIC.routes, "authenticate_v103", "rejected_irns", "ping", "log_in_ewb"),
        {
            "/eivital/": f"{_CLEAR_BASE}/vital/",
            "/eicore/": f"{_CLEAR_BASE}/core/",
            "/eiewb/": f"{_CLEAR_BASE}/eiewb/",
            "/ewaybillapi/": f"{_CLEAR_BASE}/ewb/",
        },
    ),
    base=_CLEAR_BASE,
    header_names=frozenset({"x-ct-auth-token"}),
    account=_CLEAR_ACCOUNT,
    gate=AccountGate(_CLEAR_ACCOUNT, _CLEAR_KEY, _CLEAR_KEY, _CLEAR_KEY),
    gateway_replies={"key": _CLEAR_KEY},
)

# --- Alankit ------------------------------------------------------------------------

_ALANKIT_BASE = "/eInvoiceGateway"
_ALANKIT_ACCOUNT = (("Ocp-Apim-Subscription-Key", "client_secret"),)


def _azure(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    """Return a response of Azure API Management, which the header belongs to."""
    body = json.dumps({"statusCode": status, "message": message})
    return Reply(body, status, headers=headers)


_KEY_MISSING = _azure(
    401,
    "Access denied due to missing subscription key. Make sure to include subscription"
    " key when making requests to an API.",
)
_KEY_INVALID = _azure(
    401,
    "Access denied due to invalid subscription key. Make sure to provide a valid key"
    " for an active subscription.",
)

ALANKIT = PortalDialect(
    "alankit",
    "Alankit's GSP, for NIC",
    moved(without(CORE_ROUTES, "authenticate_v103"), {"/ei": f"{_ALANKIT_BASE}/ei"})
    + moved(
        EWB_ROUTES,
        {
            "/ewaybillapi/": "/api/ewaybillapi/",
            # its production
            "/v1.03/": "/ewaybillgateway/v1.03/",
        },
    ),
    base=_ALANKIT_BASE,
    header_names=frozenset({"ocp-apim-subscription-key"}),
    account=_ALANKIT_ACCOUNT,
    gate=AccountGate(_ALANKIT_ACCOUNT, _KEY_MISSING, _KEY_INVALID, _KEY_INVALID),
    gateway_replies={
        "key": _KEY_INVALID,
        "rate": _azure(
            429,
            "Rate limit is exceeded. Try again in 10 seconds.",
            ("Retry-After", "10"),
        ),
        "quota": _azure(
            403, "Out of call volume quota. Quota will be replenished in 01:00:00."
        ),
    },
    no_route={404: _azure(404, "Resource not found")},
)

# --- TaxPro -------------------------------------------------------------------------

# the ASP's own password, not NIC's
_TAXPRO_ACCOUNT = (("aspid", "client_id"), ("password", "client_secret"))


def _taxpro(code: str, message: str) -> Reply:
    error = {"error_cd": code, "message": message}
    return Reply(json.dumps({"status_cd": "0", "error": error}), 401)


_NO_ASP = _taxpro("GSP020", "Invalid AspID, no matching ASP found.")
_ASP_PASSWORD = _taxpro("GSP020A", "Error: Invalid ASP Password.")

TAXPRO = PortalDialect(
    "taxpro",
    "TaxPro's GSP, for NIC",
    # e-way bills are cancelled by its plain-JSON service only
    without(CORE_ROUTES, "authenticate_v103"),
    account=_TAXPRO_ACCOUNT,
    gate=AccountGate(_TAXPRO_ACCOUNT, _NO_ASP, _NO_ASP, _ASP_PASSWORD),
    gateway_replies={
        "key": _NO_ASP,
        "password": _ASP_PASSWORD,
        "timeout": _taxpro("GSP032", "Timeout"),
    },
)
