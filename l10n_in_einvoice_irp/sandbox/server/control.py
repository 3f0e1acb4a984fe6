"""The control path of a served portal: script faults and read its state.

Only for callers on the same machine; all others get the 404 of an unknown path.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from datetime import timedelta
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any, Protocol

from werkzeug.wrappers import Request, Response

from ..portal.portal import Portal
from ..services.elsewhere import hold_elsewhere
from ..services.ewaybill.web import act_on_web
from ..store.records import Registration
from ..wire import jsontext
from ..wire.settings import Settings
from .faults import Faults, from_json
from .load import Load
from .pages import error_page, json_response

PREFIX = "/_sandbox/"


class ServedPortal(Protocol):
    """The application, as far as the control path uses it."""

    portal: Portal
    faults: Faults
    load: Load

    @property
    def calls(self) -> Mapping[str, int]:
        """Return how often each service was called, by name."""


def is_control_path(request: Request) -> bool:
    """Return whether a request is for the control path."""
    return request.path.startswith(PREFIX)


def respond(app: ServedPortal, request: Request, body: bytes) -> Response:
    """Answer a request to the control path.

    =============================== ================================================
    ``GET /_sandbox/state``         users, registrations, calls, pending faults, and
                                    ``held``: what other IRPs registered
    ``POST /_sandbox/faults``       one fault or a list (members of ``faults.Fault``)
    ``DELETE /_sandbox/faults``     drop the pending faults
    ``POST /_sandbox/clock``        ``{"advance_seconds": 90000}``
    ``POST /_sandbox/taxpayers``    ``{"gstin": …, "status": …, "TxpType": …, …}``
    ``GET /_sandbox/taxpayers``     the taxpayers entered so far
    ``POST /_sandbox/announced``    the same at the common portal; Sync fetches it
    ``POST /_sandbox/verified``     ``{"eway_bill": …}``: verified in transit
    ``POST /_sandbox/validity``     ``{"eway_bill": …, "valid_until":
                                    "2026-01-15 23:59:00"}``: as if it had set out then
    ``POST /_sandbox/held``         ``{"gstin": …, "document_type": "INV", "number": …,
                                    "date": "31/12/2025", "irp": "IRIS"}``: registered
                                    by another IRP, refused here (2295); with
                                    ``"status": "CNL"`` cancelled there (2278)
    ``GET /_sandbox/eway_bills``    every e-way bill with its movement and groups
    ``POST /_sandbox/ewb``          ``{"gstin": …, "action": "GENEWAYBILL", "request":
                                    {…}}``: done on the e-way bill system's web page,
                                    by a taxpayer or transporter without an API user
    ``POST /_sandbox/settings``     ``{"ewb_list_limit": 2, …}``: members of
                                    ``Settings`` that are text, a number, yes or no
    =============================== ================================================
    """
    action = _ACTIONS.get((request.method, request.path.removeprefix(PREFIX)))
    if action is None or not _is_local(request):
        return error_page(404)
    # a web page cannot send this type to another origin without a preflight request
    if request.method == "POST" and request.mimetype != "application/json":
        return json_response({"error": "send application/json"}, 415)
    try:
        value = jsontext.loads(body) if body else None
        return json_response(action(app, value))
    except (TypeError, ValueError, KeyError) as err:
        return json_response({"error": str(err)}, 400)


def _is_local(request: Request) -> bool:
    address = request.environ.get("REMOTE_ADDR")
    if not address:
        # called in-process, without a socket
        return True
    return ip_address(address.partition("%")[0]).is_loopback


def _state(app: ServedPortal, _value: Any) -> dict[str, Any]:
    portal = app.portal
    documents: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    for one in portal.registrations():
        irp = portal.origins.get(one.irn)
        if irp in portal.settings.irp_codes:
            documents.append(_shown(one))
        else:
            held.append({**_shown(one), "irp": irp})
    users = [
        {"gstin": one.gstin, "username": one.username} for one in portal.store.users()
    ]
    return {
        "now": portal.now().isoformat(),
        "users": users,
        "registrations": documents,
        "held": held,
        "calls": app.calls,
        "most_at_once": app.load.most_at_once,
        "most_per_minute": app.load.most_per_minute,
        "faults": app.faults.pending(),
    }


def _shown(registration: Registration) -> dict[str, Any]:
    return {
        "irn": registration.irn,
        "ack_number": registration.ack_number,
        "ack_at": registration.ack_at,
        "status": registration.status,
        "seller_gstin": registration.seller_gstin,
        "document_type": registration.document_type,
        "number": registration.number,
        "eway_bill": registration.ewb_number,
        "eway_bill_status": registration.ewb_status,
    }


def _add_faults(app: ServedPortal, value: Any) -> dict[str, Any]:
    faults = [from_json(one) for one in (value if isinstance(value, list) else [value])]
    app.faults.extend(faults)
    return {"faults": app.faults.pending()}


def _clear_faults(app: ServedPortal, _value: Any) -> dict[str, Any]:
    app.faults.clear()
    return {"faults": []}


def _forget_load(app: ServedPortal, _value: Any) -> dict[str, Any]:
    app.load.forget()
    return {}


def _move_clock(app: ServedPortal, value: Any) -> dict[str, Any]:
    app.portal.advance(timedelta(seconds=float(value["advance_seconds"])))
    return {"now": app.portal.now().isoformat()}


def _set_taxpayer(app: ServedPortal, value: Any) -> dict[str, Any]:
    app.portal.set_taxpayer(**_taxpayer(value))
    return dict(value)


def _announce_taxpayer(app: ServedPortal, value: Any) -> dict[str, Any]:
    app.portal.announce_taxpayer(**_taxpayer(value))
    return dict(value)


def _taxpayer(value: Any) -> dict[str, Any]:
    return {**value, "gstin": value["gstin"], "status": value["status"]}


def _taxpayers(app: ServedPortal, _value: Any) -> dict[str, Any]:
    entries = app.portal.registry.taxpayers.entries()
    shown = [
        {"gstin": one.gstin, "status": one.status, **(one.details or {})}
        for one in entries
    ]
    return {"taxpayers": shown}


def _verify_eway_bill(app: ServedPortal, value: Any) -> dict[str, Any]:
    app.portal.verify_eway_bill(int(value["eway_bill"]))
    return {"eway_bill": value["eway_bill"]}


def _set_validity(app: ServedPortal, value: Any) -> dict[str, Any]:
    bills = app.portal.eway_bills
    bill = bills.of_number(int(value["eway_bill"]))
    if bill is None:
        raise ValueError(f"{value['eway_bill']} is no e-way bill here")
    bills.set_validity(bill, str(value["valid_until"]))
    return dict(value)


def _hold_elsewhere(app: ServedPortal, value: Any) -> dict[str, Any]:
    held = hold_elsewhere(app.portal, **value)
    return {"irn": held.irn, "ack_number": held.ack_number}


def _eway_bills(app: ServedPortal, _value: Any) -> dict[str, Any]:
    shown = []
    for one in app.portal.movements.all():
        entries = [asdict(entry) for entry in app.portal.movements.entries(one.number)]
        groups = [asdict(group) for group in app.portal.groups.of_number(one.number)]
        facts = {**asdict(one.bill), **asdict(one.movement)}
        shown.append({**facts, "part_b": entries, "groups": groups})
    return {"eway_bills": shown}


def _act_on_web(app: ServedPortal, value: Any) -> dict[str, Any]:
    names = ("gstin", "action", "request")
    gstin, action, request = (value[name] for name in names)
    return {"answer": act_on_web(app.portal, gstin, action, request)}


def _change_settings(app: ServedPortal, value: Any) -> dict[str, Any]:
    plain = (str, int, bool, type(None))
    known = {
        one.name: one.default for one in fields(Settings) if type(one.default) in plain
    }
    for name, new in value.items():
        if name not in known:
            raise ValueError(f"{name} is no setting that can be changed here")
        # None lifts a limit, or has not been set
        if None not in (known[name], new) and type(new) is not type(known[name]):
            raise ValueError(f"{name}: {new!r} has another type")
    app.portal.settings = replace(app.portal.settings, **value)
    return dict(value)


_Action = Callable[[ServedPortal, Any], dict[str, Any]]
_ACTIONS: Mapping[tuple[str, str], _Action] = MappingProxyType(
    {
        ("GET", "state"): _state,
        ("POST", "faults"): _add_faults,
        ("DELETE", "faults"): _clear_faults,
        ("DELETE", "load"): _forget_load,
        ("POST", "clock"): _move_clock,
        ("GET", "taxpayers"): _taxpayers,
        ("POST", "taxpayers"): _set_taxpayer,
        ("POST", "announced"): _announce_taxpayer,
        ("POST", "verified"): _verify_eway_bill,
        ("POST", "validity"): _set_validity,
        ("POST", "held"): _hold_elsewhere,
        ("GET", "eway_bills"): _eway_bills,
        ("POST", "ewb"): _act_on_web,
        ("POST", "settings"): _change_settings,
    }
)
