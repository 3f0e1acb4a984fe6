"""Common to all actions and queries of the e-way bill system."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ...portal.ewaybill.fields import Members
from ...portal.ewaybill.ground import Ground
from ...portal.portal import Handler, Portal
from ...store.movements import Waybill
from ...store.records import Session
from ...wire import crypto, jsontext
from ...wire.call import ServiceCall
from ...wire.dates import IST, from_wire, to_wire
from ...wire.envelope import ServiceResponse
from ...wire.errors import PortalError, Refusal
from .. import eway_bill_log_in

_MINUTE = timedelta(minutes=1)
_MOMENT = "%d/%m/%Y %I:%M:00 %p"
# the second portal offers these alone (NIC note, 18-07-2024), and every GET of a bill
_ON_BOTH_PORTALS = ("GENEWAYBILL", "VEHEWB", "UPDATETRANSPORTER", "CANEWB")


@dataclass(frozen=True)
class Act:
    """A call whose caller is known.

    :param gstin: the GSTIN or transporter ID in the header
    :param fields: the request's members, or the query, by lower-case name
    :param mode: where the caller works, for ``genMode`` and ``updMode``
    """

    gstin: str
    fields: Members
    now: datetime
    mode: str = "API"

    @property
    def at(self) -> str:
        """Return the moment of the call as the store has it."""
        return to_wire(self.now)


Run = Callable[[Portal, Act], Any]


def reject(*codes: str, infos: Iterable[Mapping[str, Any]] = ()) -> Refusal:
    """Return the refusal with ``codes``, each once; this system has no messages."""
    return Refusal([PortalError(one, "") for one in dict.fromkeys(codes)], infos)


def request_of(call: ServiceCall, session: Session, action: str) -> dict[str, Any]:
    """Return the decrypted members of a request by lower-case name.

    The action stands in the body; clients of GSPs write it in the query.
    ``data`` may be JSON or base64 of it: NIC documents base64, its samples and all
    clients have JSON.

    :raises Refusal: 239 for another action, 100 if it is not JSON, else as
        ``ServiceCall.plain``
    """
    plain = call.plain(session.sek)
    try:
        envelope = jsontext.lower_keys(jsontext.json_object(call.body))
        if envelope.get("action", call.query.get("action")) != action:
            raise reject("239")
        if not plain.lstrip().startswith(b"{"):
            plain = crypto.from_base64(plain.decode("ascii"))
        return jsontext.lower_keys(jsontext.json_object(plain))
    except ValueError as err:
        raise reject("100") from err


def in_own_codes(refusal: Refusal) -> Refusal:
    """Return a refusal of session or payload with this system's codes."""
    return reject(*eway_bill_log_in.own_codes(refusal))


def action(name: str, run: Run) -> Handler:
    """Return the handler of an action; all of it happens in one transaction.

    :param run: returns the members of the answer
    """

    def handle(portal: Portal, call: ServiceCall) -> ServiceResponse:
        try:
            session = eway_bill_log_in.session_of(portal, call)
            fields = request_of(call, session, name)
        except Refusal as refusal:
            raise in_own_codes(refusal) from refusal
        act = Act(session.gstin, fields, call.now)
        return ServiceResponse(perform(portal, name, act, run), session.sek)

    return handle


def perform(portal: Portal, name: str, act: Act, run: Run) -> Any:
    """Do an action in one transaction and return the members of its answer.

    :raises Refusal: 117 at the second portal, else as ``run``
    """
    if portal.settings.ewb_portal == 2 and name not in _ON_BOTH_PORTALS:
        raise reject("117")
    with portal.store.transaction():
        return run(portal, act)


def query(run: Run, list_name: str = "") -> Handler:
    """Return the handler of a GET.

    :param list_name: counts the calls of a list against its quota
    """

    def handle(portal: Portal, call: ServiceCall) -> ServiceResponse:
        try:
            session = eway_bill_log_in.session_of(portal, call)
        except Refusal as refusal:
            raise in_own_codes(refusal) from refusal
        act = Act(session.gstin, call.query, call.now)
        return ServiceResponse(ask(portal, act, run, list_name), session.sek)

    return handle


def ask(portal: Portal, act: Act, run: Run, list_name: str) -> Any:
    """Answer a query within its quota.

    :raises Refusal: 658 beyond it, else as ``run``
    """
    if list_name:
        _count(portal, list_name, act.gstin, act.now)
    return run(portal, act)


_LIMITED = ("by_state", "by_assignment")


def _count(portal: Portal, list_name: str, gstin: str, now: datetime) -> None:
    """Count a call of a list.

    :raises Refusal: 658 until the period ends
    """
    settings = portal.settings
    is_limited = list_name in _LIMITED
    limit = settings.ewb_list_limit if is_limited else settings.ewb_other_list_limit
    period = settings.ewb_quota_period.total_seconds()
    if limit is not None and not portal.quotas.count(
        list_name, gstin, now.timestamp(), period, limit
    ):
        raise reject("658")


def ground_of(portal: Portal, act: Act) -> Ground:
    """Return what the rules need besides the request."""
    users = {user.gstin for user in portal.store.users()}
    today = act.now.astimezone(IST).date()
    registry, settings = portal.registry, portal.settings
    return Ground(registry, settings, act.gstin, today, users.__contains__)


def moment(wire: str | None) -> str:
    """Return a stored moment as this system writes it; seconds are always 00."""
    return from_wire(wire).strftime(_MOMENT) if wire else ""


def valid_upto(portal: Portal, waybill_end: str | None) -> str | None:
    """Return ``validUpto``: for a Part A slip as the dialect says."""
    is_null = portal.settings.dialect.ewb_empty_validity == "null"
    return None if is_null and not waybill_end else moment(waybill_end)


def portal_of(number: int) -> int:
    """Return the e-way bill portal that made a bill: 8 and 9 as third digit say 2."""
    return 2 if str(number)[2] in "89" else 1


def is_told(portal: Portal, waybill: Waybill, now: datetime) -> bool:
    """Return whether this portal knows a bill: its own at once, the other's soon."""
    if portal_of(waybill.number) == portal.settings.ewb_portal:
        return True
    made = from_wire(waybill.bill.generated_at)
    return now >= made + portal.settings.ewb_tells_after


def elsewhere_code(
    portal: Portal, number: int, service: str, codes: tuple[str, str]
) -> str:
    """Return the code for a bill of the other portal, "" if the action may touch it.

    :param codes: for a bill that portal 1 made, and for one of portal 2
    """
    home = portal_of(number)
    is_free = service in portal.settings.ewb_criss_cross
    return "" if is_free or home == portal.settings.ewb_portal else codes[home - 1]


def is_over(waybill: Waybill, now: datetime) -> bool:
    """Return whether the validity has begun and is over.

    It ends at midnight; 11:59 PM, as it is written, has no seconds.
    """
    valid_till = waybill.bill.valid_till
    return valid_till is not None and now >= from_wire(valid_till) + _MINUTE
