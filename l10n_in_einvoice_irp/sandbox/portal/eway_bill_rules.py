"""NIC's e-way bill rules that need the portal's data, and the validity period."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..wire.dates import IST, document_date, to_wire
from ..wire.errors import PortalError, Refusal, error, refuse
from . import places
from .ewaybill import validity
from .goods_movement import Members, destination, dispatch_from, section, supply_type
from .places import FOREIGN_PIN
from .portal import Portal

_LONGEST_KM = 4000
_LONGEST_LOCAL_KM = 100


@dataclass(frozen=True)
class EwayBillPlan:
    """The distance and validity of an e-way bill whose request has passed the rules.

    :param kilometres: as sent, or as computed
    :param is_computed: whether the portal computed the distance
    :param valid_till: None for a Part A slip
    :param request: the request itself
    :param invoice: the document it belongs to
    """

    kilometres: int
    is_computed: bool
    valid_till: str | None
    request: Members = field(default_factory=dict, compare=False, repr=False)
    invoice: Members = field(default_factory=dict, compare=False, repr=False)


def plan_eway_bill(
    portal: Portal, gstin: str, request: Members, invoice: Members, now: datetime
) -> EwayBillPlan:
    """Check a request for an e-way bill and return its plan.

    :param gstin: the requester
    :raises Refusal: the errors of ``Portal.validate_eway_bill``; else, together,
        4015 (blocked), 4018 (transporter), 4043 (document too old) and, for the
        distance, 4006, 4013, 4029, 4030, 4034, 4038 or 2244
    """
    errors = portal.validate_eway_bill(request, invoice, now)
    if errors:
        raise Refusal(errors)
    errors = [*_registry_errors(portal, gstin, request, invoice, now)]
    try:
        kilometres, is_computed = road_distance(
            request, invoice, portal.settings.schema_code
        )
    except Refusal as refusal:
        raise Refusal([*errors, *refusal.errors]) from refusal
    if errors:
        raise Refusal(errors)
    valid_till = _valid_till(request, kilometres, now)
    return EwayBillPlan(kilometres, is_computed, valid_till, request, invoice)


def road_distance(
    request: Members, invoice: Members, schema_code: str
) -> tuple[int, bool]:
    """Return the kilometres, and whether the portal computed them.

    :raises Refusal: one of 4006, ``schema_code``, 2244, 4013, 4029, 4030, 4034, 4038
    """
    sent = request.get("Distance")
    if sent is None:
        raise refuse("4006")
    if not isinstance(sent, int) or isinstance(sent, bool) or sent < 0:
        message = "The Distance field is invalid."
        raise Refusal([PortalError(schema_code, message)])
    start = dispatch_from(request, invoice).get("Pin")
    end = destination(request, invoice).get("Pin")
    if not isinstance(start, int) or not isinstance(end, int):
        raise refuse("2244", supply_type(invoice))
    code = _distance_fault(sent, start, end)
    if code:
        raise refuse(code, start, end)
    return sent or places.distance(start, end) or 0, not sent


def _distance_fault(sent: int, start: int, end: int) -> str:
    """Return the error code for a distance, "" if it is acceptable."""
    if FOREIGN_PIN in (start, end):
        return "" if sent else "4034"
    if start == end:
        return "" if 1 <= sent <= _LONGEST_LOCAL_KM else "4029"
    known = places.distance(start, end)
    if known is None:
        return _unknown_road_fault(sent)
    # below 100 km any shorter distance is accepted (NIC validations, EWB part)
    least = 10 if known < _LONGEST_LOCAL_KM else 9 * known
    is_near = least <= 10 * sent <= 11 * known
    return "" if is_near or not sent else "4013"


def _unknown_road_fault(sent: int) -> str:
    if not sent:
        return "4030"
    return "" if sent <= _LONGEST_KM else "4038"


def _registry_errors(
    portal: Portal, gstin: str, request: Members, invoice: Members, now: datetime
) -> Iterator[PortalError]:
    supplier = str(section(invoice, "SellerDtls").get("Gstin"))
    for one in dict.fromkeys((gstin, supplier)):
        if portal.registry.is_blocked(one):
            yield error("4015", one)
    transporter = request.get("TransId")
    if transporter and not portal.registry.is_transporter(str(transporter)):
        yield error("4018")
    days = portal.settings.eway_bill_days
    age = now.astimezone(IST).date() - document_date(section(invoice, "DocDtls")["Dt"])
    if age > timedelta(days=days):
        yield error("4043", days)


def _valid_till(request: Members, kilometres: int, now: datetime) -> str | None:
    """Return the end of the validity: midnight, a day for every 200 km or part of it.

    Over-dimensional cargo, and goods by ship, get a day for every 20 km. Without a mode
    of transport there is no Part B, and no validity yet.
    """
    if not request.get("TransMode"):
        return None
    kind = str(request.get("VehType") or "").upper()
    is_oversize = kind == "O" or str(request["TransMode"]) == "4"
    return to_wire(validity.end(now, kilometres, is_oversize))
