"""The e-way bill API of WhiteBooks: NIC's actions and queries as plain JSON.

Sources: the operator's list of 26 services as a client quotes it, answers of its
sandbox of 2026 in the tests of a client (made, refused with 702, fetched), and clients
in PHP and JavaScript. User and password come with every call; its log-in gives no
token. Open: the words for a wrong user (here NIC's code), and whether other refusals
have ``info``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ..portal.portal import Handler, Portal
from ..services.eway_bill_log_in import check_user
from ..services.ewaybill.calls import Act, Run, ask, perform, reject
from ..services.ewaybill.web import RUNS
from ..wire import jsontext
from ..wire.call import ServiceCall
from ..wire.envelope import ServiceResponse
from ..wire.settings import Dialect
from .ewaybill import ACTIONS, QUERIES
from .route import Route

_BASE = "/ewaybillapi/v1.03"
# its names for actions; all others are NIC's in small letters
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "MULTIVEHMOVINT": "initmulti",
        "MULTIVEHADD": "addmulti",
        "MULTIVEHUPD": "updtmulti",
    }
)
_INFOS: Mapping[str, str] = MappingProxyType(
    {"702": ", The distance between the pincodes given is too high or low"}
)


def _log_in(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Check user and password, which come in the query here."""
    password = call.query.get("password", "")
    check_user(portal, call, call.header("username"), password)
    return ServiceResponse()


def _signed_in(portal: Portal, call: ServiceCall) -> str:
    """Return the GSTIN of a call with user and password."""
    check_user(portal, call, call.header("username"), call.header("password"))
    return call.header("gstin")


def _action(code: str) -> Handler:
    def handle(portal: Portal, call: ServiceCall) -> ServiceResponse:
        gstin = _signed_in(portal, call)
        try:
            fields = jsontext.lower_keys(jsontext.json_object(call.body))
        except ValueError as err:
            raise reject("100") from err
        act = Act(gstin, fields, call.now)
        return ServiceResponse(perform(portal, code, act, RUNS[code]))

    return handle


def _query(run: Run, list_name: str) -> Handler:
    def handle(portal: Portal, call: ServiceCall) -> ServiceResponse:
        act = Act(_signed_in(portal, call), call.query, call.now)
        return ServiceResponse(ask(portal, act, run, list_name))

    return handle


def _render(response: ServiceResponse, _dialect: Dialect) -> bytes:
    """Write an answer as recorded; the message of an error is its code again."""
    if response.errors:
        codes = [one.code for one in response.errors]
        entries = [{"errorCode": one, "errorMessage": one} for one in codes]
        failed = {"irp": "NIC1", "status_cd": "0", "error": entries}
        info = _INFOS.get(codes[0], "")
        return jsontext.dumps({**failed, "info": info}).encode()
    done = {"irp": "NIC1", "status_cd": "1"}
    words = "EWAYBILL request succeeds"
    return jsontext.dumps(
        {**done, "status_desc": words, "data": response.data}
    ).encode()


def _render_log_in(response: ServiceResponse, dialect: Dialect) -> bytes:
    if response.errors:
        return _render(response, dialect)
    done = {"irp": "NIC1", "status_cd": "1"}
    return jsontext.dumps(
        {**done, "status_desc": "If authentication succeeds"}
    ).encode()


def _posted(service: str, code: str) -> Route:
    path = f"{_BASE}/ewayapi/{_NAMES.get(code, code.lower())}"
    return Route(service, "POST", path, _action(code), _render)


def _asked(service: str, path: str, run: Run, list_name: str) -> Route:
    name = path.partition("/")[2].lower()
    handler = _query(run, list_name)
    return Route(service, "GET", f"{_BASE}/ewayapi/{name}", handler, _render)


EWAYBILL_ROUTES = (
    Route("log_in_ewb", "GET", f"{_BASE}/authenticate", _log_in, _render_log_in),
    *(_posted(*one) for one in (*ACTIONS, ("cancel_eway_bill", "CANEWB"))),
    *(_asked(*one) for one in QUERIES),
)
