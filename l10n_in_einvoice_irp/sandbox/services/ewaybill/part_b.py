"""VEHEWB and UPDATETRANSPORTER: another vehicle, another transporter."""

from datetime import datetime
from typing import Any

from ...portal.ewaybill import masters, transport, validity
from ...portal.ewaybill.by_irn import movement_of, signed_document
from ...portal.ewaybill.fields import (
    Members,
    bill_number,
    code,
    day,
    is_state,
    text,
    whole,
)
from ...portal.portal import Portal
from ...store.movements import PartB, Waybill
from ...wire.dates import to_wire
from . import rights
from .calls import Act, elsewhere_code, is_over, is_told, moment, reject
from .generate import new_transporter_codes, transport_details

_LONGEST_REMARK = 50
LONGEST_PLACE = 50


def enter_part_b(portal: Portal, act: Act) -> dict[str, Any]:
    """Enter Part B, the first time or again (NIC Update vehicle number v1.03).

    The first one starts the validity; a later one leaves it as it is.

    :raises Refusal: 301 for the number; together 302–308, 659 and the codes of the
        transport; 312, 635, 636 for the caller, 311, 412, 811, 448, 449 for the bill
    """
    waybill = waybill_of(portal, act, "301")
    codes = [
        *transport.part_b_codes(act.fields, _document_day(waybill), portal.settings),
        *place_codes(act.fields),
        *reason_codes(portal, act.fields),
        *_part_b_bill_codes(portal, waybill, act),
    ]
    if codes:
        raise reject(*codes)
    end = waybill.bill.valid_till
    if end is None:
        is_oversize = transport.is_oversize(act.fields)
        end = to_wire(validity.end(act.now, waybill.movement.distance, is_oversize))
        portal.eway_bills.set_validity(waybill.bill, end)
        portal.movements.change(waybill.number, started_at=act.at)
    portal.movements.enter(entry_of(act, waybill.number))
    return {"vehUpdDate": moment(act.at), "validUpto": moment(end)}


def change_transporter(portal: Portal, act: Act) -> dict[str, Any]:
    """Assign another transporter (NIC Update transporter v1.03).

    :raises Refusal: 301 for the number; together 222, 655, 719 for the new transporter,
        338, 339, 718 for the caller, 280, 281, 446, 447, 810 for the bill
    """
    waybill = waybill_of(portal, act, "301")
    new = code(act.fields, "transporterid")
    codes = [
        *new_transporter_codes(portal, new, act.gstin),
        *_transporter_bill_codes(portal, waybill, act),
    ]
    if codes:
        raise reject(*codes)
    columns = {"transporter_id": new, "assigned_at": act.at}
    portal.movements.change(waybill.number, **columns)
    return {
        "ewayBillNo": str(waybill.number),
        "transporterId": new,
        "transUpdateDate": moment(act.at),
    }


def waybill_of(portal: Portal, act: Act, unknown: str) -> Waybill:
    """Return the e-way bill of ``ewbNo``.

    :raises Refusal: ``unknown`` for a number of another form, or without a bill
    """
    number = bill_number(act.fields)
    found = find(portal, number, act.now) if number else None
    if found is None:
        raise reject(unknown)
    return found


def find(portal: Portal, number: int, now: datetime) -> Waybill | None:
    """Return an e-way bill, None if there is none, or if only the other portal has it.

    A bill in the file of an earlier version has no movement yet: its registered
    document gives it one.
    """
    found = portal.movements.of_number(number)
    bill = portal.eway_bills.of_number(number) if found is None else None
    registration = portal.store.by_irn(bill.irn) if bill else None
    if bill is not None and registration is not None:
        portal.movements.add(*movement_of(bill, {}, signed_document(registration), 0))
        found = portal.movements.of_number(number)
    return found if found and is_told(portal, found, now) else None


def entry_of(act: Act, number: int, **more: Any) -> PartB:
    """Return a Part B as the request describes it.

    :param more: members besides the transport: ``tripshtNo``, ``groupNo``
    """
    details = transport_details(act, whole(act.fields, "fromstate"))
    return PartB(number, act.at, act.gstin, {**details, **more})


def place_codes(fields: Members) -> list[str]:
    """Return the codes for ``fromPlace`` and ``fromState``: 305, 306."""
    place = text(fields, "fromplace")
    codes = [] if 0 < len(place) <= LONGEST_PLACE else ["305"]
    return codes if is_state(whole(fields, "fromstate")) else [*codes, "306"]


def reason_codes(portal: Portal, fields: Members) -> list[str]:
    """Return the codes for reason and remark: 307, 308, 659."""
    reason, remark = text(fields, "reasoncode"), text(fields, "reasonrem")
    codes = [] if reason in masters.PART_B_REASONS else ["307"]
    if len(remark) > _LONGEST_REMARK:
        codes.append("308")
    if not remark and reason in portal.settings.ewb_remark_reasons:
        codes.append("659")
    return codes


def _document_day(waybill: Waybill) -> Any:
    return day(waybill.movement.part_a, "docDate")


def _part_b_bill_codes(portal: Portal, waybill: Waybill, act: Act) -> list[str]:
    if waybill.bill.status != "ACT":
        return ["312"]
    is_generator = act.gstin == waybill.bill.gstin
    codes = []
    if portal.settings.ewb_transporter_only or not is_generator:
        names = ("312", "635", "636")
        codes.append(rights.acting_code(portal, waybill, act.gstin, names))
    if is_over(waybill, act.now):
        codes.append("311")
    if portal.groups.of_number(waybill.number):
        codes.append("412")
    if rights.is_gold_bill(waybill):
        codes.append("811")
    codes.append(elsewhere_code(portal, waybill.number, "VEHEWB", ("448", "449")))
    return [one for one in codes if one]


def _transporter_bill_codes(portal: Portal, waybill: Waybill, act: Act) -> list[str]:
    if waybill.bill.status != "ACT":
        return ["280"]
    codes = []
    if act.gstin != rights.acting_party(waybill):
        codes.append("339")
    elif rights.transporter_entered(portal, waybill):
        codes.append("338")
    if is_over(waybill, act.now):
        codes.append("281")
    if portal.registry.is_blocked(act.gstin):
        codes.append("718")
    if portal.registry.is_blocked(code(act.fields, "transporterid")):
        codes.append("719")
    if rights.is_gold_bill(waybill):
        codes.append("810")
    where = elsewhere_code(portal, waybill.number, "UPDATETRANSPORTER", ("446", "447"))
    return [*codes, where] if where else codes
