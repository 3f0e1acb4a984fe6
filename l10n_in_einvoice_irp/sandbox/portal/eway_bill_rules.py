"""NIC's e-way bill rules that need the portal's data, and the validity."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..wire.dates import IST, document_date, to_wire
from ..wire.errors import PortalError, Refusal, error, refuse
from . import places
from .goods_movement import Members, destination, dispatch_from, section, supply_type
from .places import FOREIGN_PIN
from .portal import Portal

_LONGEST_KM = 4000
_LONGEST_LOCAL_KM = 100
_KM_PER_DAY = {"O": 20}
_USUAL_KM_PER_DAY = 200


@dataclass(frozen=True)
class Consignment:
    """A request for an e-way bill that nothing speaks against.

    :param kilometres: as sent, or as computed
    :param is_computed: the request left the distance to the portal
    :param valid_till: None for a Part A slip
    """

    kilometres: int
    is_computed: bool
    valid_till: str | None


def consignment(
    portal: Portal, gstin: str, request: Members, invoice: Members, now: datetime
) -> Consignment:
    """Return what the e-way bill will say.

    :param gstin: who asks for it
    :raises Refusal: what the judge finds (``Portal.judge_eway_bill``); else together
        4015 (blocked), 4018 (transporter), 4043 (document too old) and the distance's
        4006, 4013, 4029, 4030, 4034, 4038 or 2244
    """
    errors = portal.judge_eway_bill(request, invoice, now)
    if errors:
        raise Refusal(errors)
    errors = [*_standing(portal, gstin, request, invoice, now)]
    try:
        kilometres, is_computed = road(request, invoice, portal.settings.schema_code)
    except Refusal as no:
        raise Refusal([*errors, *no.errors]) from no
    if errors:
        raise Refusal(errors)
    valid_till = _valid_till(request, kilometres, now)
    return Consignment(kilometres, is_computed, valid_till)


def road(request: Members, invoice: Members, schema_code: str) -> tuple[int, bool]:
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
    """Return the code of what is wrong with a distance, "" if nothing is."""
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


def _standing(
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
    """A day for each 200 km begun (20 km for over-dimensional cargo), to midnight.

    Without a mode of transport there is no Part B, and no validity yet.
    """
    if not request.get("TransMode"):
        return None
    kind = str(request.get("VehType") or "").upper()
    days = -(-kilometres // _KM_PER_DAY.get(kind, _USUAL_KM_PER_DAY))
    last = now.astimezone(IST) + timedelta(days=days)
    return to_wire(last.replace(hour=23, minute=59, second=0))
