"""The queries that return the e-way bills of a day, and the master data."""

from collections.abc import Callable, Sequence
from typing import Any

from ...portal.ewaybill import masters
from ...portal.ewaybill.fields import code, day, hsn_of, is_state, text, whole
from ...portal.portal import Portal
from ...store.movements import Waybill
from ...wire.dates import IST
from ...wire.jsontext import lower_keys
from .calls import Act, is_told, moment, reject, valid_upto

_Rows = list[dict[str, Any]]


def by_date(portal: Portal, act: Act) -> _Rows:
    """Return the active bills that the caller generated on a day.

    :raises Refusal: 601, 366 for the date; 418 or 325 without one, as every list
    """
    return _listed(portal, _told(portal, act, portal.movements.generated))


def for_transporter(portal: Portal, act: Act) -> _Rows:
    """Return those of a day that are assigned to the caller, clients of his state.

    :raises Refusal: as :func:`by_date`
    """
    found = _told(portal, act, portal.movements.for_transporter)
    # a common enrolment number (88…) belongs to no state
    is_placed = is_state(int(act.gstin[:2])) if act.gstin[:2].isdigit() else False
    if portal.settings.ewb_own_state_only and is_placed:
        found = [one for one in found if _state_of(one) == int(act.gstin[:2])]
    return _listed(portal, found)


def for_transporter_by_state(portal: Portal, act: Act) -> _Rows:
    """Return those of a day, assigned to the caller, of generators in a state.

    :raises Refusal: 242 for the state, else as :func:`by_date`
    """
    state = _state(act)
    found = _told(portal, act, portal.movements.for_transporter)
    return _listed(portal, [one for one in found if _state_of(one) == state])


def for_transporter_by_gstin(portal: Portal, act: Act) -> _Rows:
    """Return those of a day, assigned to the caller, of one generator.

    :raises Refusal: 393 for the GSTIN, else as :func:`by_date`
    """
    generator = code(act.fields, "gen_gstin")
    if not generator:
        raise reject("393")
    found = _told(portal, act, portal.movements.for_transporter)
    return _listed(portal, [one for one in found if one.bill.gstin == generator])


def by_assignment(portal: Portal, act: Act) -> _Rows:
    """Return those that were assigned to the caller on a day, of a state.

    :raises Refusal: as :func:`for_transporter_by_state`
    """
    state = _state(act)
    found = _told(portal, act, portal.movements.assigned)
    return _listed(portal, [one for one in found if _state_of(one) == state])


def of_other_party(portal: Portal, act: Act) -> _Rows:
    """Return those of a day that name the caller and that another generated.

    :raises Refusal: as :func:`by_date`
    """
    found = _told(portal, act, portal.movements.of_other_party)
    return _some(portal, [_other_party_row(one) for one in found])


def rejected_by_others(portal: Portal, act: Act) -> _Rows:
    """Return the caller's own bills that the other party rejected on a day.

    :raises Refusal: as :func:`by_date`
    """
    found = _told(portal, act, portal.movements.rejected)
    return _some(portal, [_rejected_row(portal, one) for one in found])


# --- master data ----------------------------------------------------------------


def error_list(portal: Portal, act: Act) -> _Rows:
    """Return the codes with their texts (NIC Get error list v1.03)."""
    return [dict(row) for row in masters.errors()]


def taxpayer(portal: Portal, act: Act) -> dict[str, Any]:
    """Return a taxpayer (NIC Get GSTIN details v1.03).

    :raises Refusal: 326 for an unknown GSTIN
    """
    gstin = code(act.fields, "gstin")
    record = portal.registry.record(gstin) if gstin else None
    if record is None:
        raise reject("326")
    kind, blocked = str(record["TxpType"] or ""), str(record["BlkStatus"] or "")
    ends = {"txpType": kind, "status": record["Status"], "blkStatus": blocked}
    return {"gstin": gstin, **_address(gstin, record), **ends}


def transporter(portal: Portal, act: Act) -> dict[str, Any]:
    """Return a transporter (NIC Get transporter details v1.03).

    :raises Refusal: 328 for an unknown ID
    """
    number = code(act.fields, "trn_no")
    if not portal.registry.is_transporter(number):
        raise reject("328")
    record = portal.registry.record(number) or {}
    return {"transin": number, **_address(number, record)}


def hsn(portal: Portal, act: Act) -> dict[str, Any]:
    """Return an HSN code with the section of the tariff as its text.

    :raises Refusal: 337 for something else than digits, 327 for an unknown code
    """
    number = text(act.fields, "hsncode")
    if not number.isdigit():
        raise reject("337")
    description = masters.hsn_description(number)
    if not description:
        raise reject("327")
    return {"hsnCode": number, "hsnDesc": description}


def _address(gstin: str, record: dict[str, Any]) -> dict[str, Any]:
    names = ("AddrBno", "AddrBnm", "AddrFlno")
    first = " ".join(str(record[one]) for one in names if record.get(one))
    second = ", ".join(
        str(record[one]) for one in ("AddrSt", "AddrLoc") if record.get(one)
    )
    state = record.get("StateCode") or gstin[:2].lstrip("0")
    return {
        "tradeName": record.get("TradeName") or "",
        "legalName": record.get("LegalName") or "",
        "address1": first,
        "address2": second,
        "stateCode": str(state),
        "pinCode": str(record.get("AddrPncd") or ""),
    }


def _day(portal: Portal, act: Act) -> str:
    found = day(act.fields, "date")
    if found is None:
        raise reject("601")
    is_today = found == act.now.astimezone(IST).date()
    if is_today and not portal.settings.ewb_lists_today:
        raise reject("366")
    return found.isoformat()


def _told(
    portal: Portal, act: Act, of_day: Callable[[str, str], list[Waybill]]
) -> list[Waybill]:
    """Return those of the caller and the day asked for that this portal knows."""
    found = of_day(act.gstin, _day(portal, act))
    return [one for one in found if is_told(portal, one, act.now)]


def _state(act: Act) -> int:
    state = whole(act.fields, "statecode")
    if state is None or not is_state(state):
        raise reject("242")
    return state


def _state_of(waybill: Waybill) -> int | None:
    """Return the state of the generator."""
    return whole({"state": waybill.bill.gstin[:2]}, "state")


def _listed(portal: Portal, waybills: Sequence[Waybill]) -> _Rows:
    return _some(portal, [_row(portal, one) for one in waybills])


def _some(portal: Portal, rows: _Rows) -> _Rows:
    if not rows:
        raise reject(portal.settings.ewb_nothing_found_code)
    return rows


def _row(portal: Portal, waybill: Waybill) -> dict[str, Any]:
    bill, movement, part_a = waybill.bill, waybill.movement, waybill.movement.part_a
    return {
        "ewbNo": bill.number,
        "ewbDate": moment(bill.generated_at),
        "status": bill.status,
        "genGstin": bill.gstin,
        "docNo": part_a["docNo"],
        "docDate": part_a["docDate"],
        "delPinCode": part_a["toPincode"],
        "delStateCode": part_a["actToStateCode"],
        "delPlace": part_a["toPlace"],
        "validUpto": valid_upto(portal, bill.valid_till),
        "extendedTimes": movement.extended_times,
        "rejectStatus": "Y" if movement.rejected_at else "N",
    }


def _other_party_row(waybill: Waybill) -> dict[str, Any]:
    bill, part_a = waybill.bill, waybill.movement.part_a
    number = hsn_of(lower_keys(part_a["itemList"][0]))
    return {
        "ewbNo": bill.number,
        "ewayBillDate": moment(bill.generated_at),
        "genMode": part_a.get("genMode", "API"),
        "genGstin": bill.gstin,
        "docNo": part_a["docNo"],
        "docDate": part_a["docDate"],
        "fromGstin": part_a["fromGstin"],
        "fromTradeName": part_a["fromTrdName"],
        "toGstin": part_a["toGstin"],
        "toTradeName": part_a["toTrdName"],
        "totInvValue": part_a["totInvValue"],
        "hsnCode": number,
        "hsnDesc": masters.hsn_description(number),
        "status": bill.status,
        "rejectStatus": "Y" if waybill.movement.rejected_at else "N",
    }


def _rejected_row(portal: Portal, waybill: Waybill) -> dict[str, Any]:
    bill, part_a = waybill.bill, waybill.movement.part_a
    return {
        "ewbNo": bill.number,
        "ewbDate": moment(bill.generated_at),
        "status": bill.status,
        "genGstin": bill.gstin,
        "docNo": part_a["docNo"],
        "docDate": part_a["docDate"],
        "validUpto": valid_upto(portal, bill.valid_till),
        "rejectStatus": "Y",
        "rejectedDate": moment(waybill.movement.rejected_at),
    }
