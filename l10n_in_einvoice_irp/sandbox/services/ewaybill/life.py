"""EXTENDVALIDITY and REJEWB."""

from datetime import datetime, timedelta
from typing import Any

from ...portal.ewaybill import masters, transport, validity
from ...portal.ewaybill.fields import Codes, Members, day, is_pin, text, whole
from ...portal.portal import Portal
from ...store.movements import Waybill
from ...wire.dates import from_wire, to_wire
from ...wire.jsontext import lower_keys
from . import rights
from .calls import Act, is_over, moment, reject
from .part_b import entry_of, place_codes, waybill_of

_MOVING, _WAITING = "M", "T"
_LONGEST_REMARK = 50
_LONGEST_LINE = 120
_ADDRESS = (("addressline1", "706"), ("addressline2", "707"), ("addressline3", "708"))


def extend(portal: Portal, act: Act) -> dict[str, Any]:
    """Extend the validity (NIC Extend validity v1.03).

    :raises Refusal: 301 for the number; together 302–306, 385–390, 421, 702, 705–713
        for the request, 379–382, 384, 637, 700, 816 for the bill and the caller, 821
        beyond 360 days
    """
    waybill = waybill_of(portal, act, "301")
    codes = [
        *_request_codes(portal, act.fields, waybill),
        *_distance_codes(portal, act.fields, waybill),
        *_bill_codes(portal, waybill, act),
    ]
    if codes:
        raise reject(*codes)
    end = _new_end(portal, waybill, act)
    longest = timedelta(days=portal.settings.ewb_extension_days)
    if end - from_wire(waybill.bill.generated_at) > longest:
        raise reject("821")
    portal.eway_bills.set_validity(waybill.bill, to_wire(end))
    times = waybill.movement.extended_times + 1
    portal.movements.change(waybill.number, extended_times=times)
    if text(act.fields, "consignmentstatus") == _MOVING:
        portal.movements.enter(entry_of(act, waybill.number))
    return {
        "ewayBillNo": str(waybill.number),
        "updatedDate": moment(act.at),
        "validUpto": moment(to_wire(end)),
    }


def reject_bill(portal: Portal, act: Act) -> dict[str, Any]:
    """Reject an e-way bill as the other party (NIC Reject e-way bill v1.02).

    The bill stays active, with ``rejectStatus`` Y.

    :raises Refusal: 344 for the number; 341 for the generator, 342 for anybody who is
        neither supplier nor recipient, 343 cancelled, 345, 346 too late, 348 without
        Part B, 824 if it is rejected already
    """
    waybill = waybill_of(portal, act, "344")
    movement = waybill.movement
    if act.gstin == waybill.bill.gstin:
        raise reject("341")
    if act.gstin not in (movement.from_gstin, movement.to_gstin):
        raise reject("342")
    code = _rejection_code(portal, waybill, act.now)
    if code:
        raise reject(code)
    portal.movements.change(waybill.number, rejected_at=act.at)
    return {"ewayBillNo": waybill.number, "ewbRejectedDate": moment(act.at)}


def _rejection_code(portal: Portal, waybill: Waybill, now: datetime) -> str:
    settings = portal.settings
    age = now - from_wire(waybill.bill.generated_at)
    needs_part_b = settings.ewb_reject_needs_part_b
    for code, is_so in (
        ("343", waybill.bill.status != "ACT"),
        ("824", waybill.movement.rejected_at is not None),
        ("348", needs_part_b and waybill.movement.started_at is None),
        ("346", age > timedelta(hours=settings.ewb_reject_hours)),
        ("345", is_over(waybill, now)),
    ):
        if is_so:
            return code
    return ""


def _request_codes(portal: Portal, fields: Members, waybill: Waybill) -> Codes:
    status, mode = text(fields, "consignmentstatus"), text(fields, "transmode")
    is_waiting = mode == transport.IN_TRANSIT
    if status not in (_MOVING, _WAITING) or (status == _WAITING) != is_waiting:
        yield "711"
    if not is_waiting:
        document_day = day(waybill.movement.part_a, "docDate")
        yield from transport.part_b_codes(fields, document_day, portal.settings)
    yield from place_codes(fields)
    reason, remark = text(fields, "extnrsncode"), text(fields, "extnremarks")
    is_known = reason in masters.EXTENSION_REASONS
    if not is_known or not 0 < len(remark) <= _LONGEST_REMARK:
        yield "386"
    yield from _waiting_codes(fields) if status == _WAITING else _moving_codes(fields)


def _waiting_codes(fields: Members) -> Codes:
    """In transit: where the goods lie, and their address."""
    if text(fields, "transittype") not in masters.TRANSIT_TYPES:
        yield "705"
    for name, wrong in _ADDRESS:
        if not 0 < len(text(fields, name)) <= _LONGEST_LINE:
            yield wrong


def _moving_codes(fields: Members) -> Codes:
    if text(fields, "transittype"):
        yield "712"
    if any(text(fields, name) for name, _missing in _ADDRESS):
        yield "713"


def _distance_codes(portal: Portal, fields: Members, waybill: Waybill) -> Codes:
    left, pin = whole(fields, "remainingdistance"), whole(fields, "frompincode")
    if pin is None or not is_pin(pin):
        yield "421"
        return
    state = whole(fields, "fromstate")
    if state is not None and not masters.is_in_state(pin, state):
        yield "710"
    if not left or left < 0:
        yield "389"
        return
    if left > waybill.movement.distance:
        yield "390"
    stop = waybill.movement.part_a.get("toPincode")
    if isinstance(stop, int):
        code = validity.distance(left, pin, stop, portal.settings).code
        if code:
            yield code


def _bill_codes(portal: Portal, waybill: Waybill, act: Act) -> Codes:
    if waybill.bill.status != "ACT":
        yield "379"
        return
    if waybill.bill.valid_till is None:
        yield "381"
        return
    code = rights.acting_code(portal, waybill, act.gstin, ("384", "637", "700"))
    if code:
        yield code
    window = timedelta(hours=portal.settings.ewb_extension_hours)
    if abs(act.now - _closing(waybill)) > window:
        yield "382"
    is_by_road = text(act.fields, "transmode") == transport.ROAD
    if rights.is_gold_bill(waybill) and not is_by_road:
        yield "816"


def _closing(waybill: Waybill) -> datetime:
    return from_wire(waybill.bill.valid_till or waybill.bill.generated_at)


def _new_end(portal: Portal, waybill: Waybill, act: Act) -> datetime:
    """Return the new end: counted as for a new bill, from the moment or the expiry."""
    is_from_expiry = portal.settings.ewb_extension_from == "expiry"
    start = _closing(waybill) if is_from_expiry else act.now
    entries = portal.movements.entries(waybill.number)
    is_oversize = bool(entries) and transport.is_oversize(
        lower_keys(dict(entries[0].details))
    )
    left = whole(act.fields, "remainingdistance") or 0
    return validity.end(start, left, is_oversize)
