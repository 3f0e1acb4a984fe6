"""One e-way bill with its goods and the history of its Part B (GetEwayBill v1.03)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..errors import IrpProtocolError
from .members import Members


@dataclass(frozen=True)
class BillItem:
    """A line of goods; amounts in rupees, rates in percent."""

    product_name: str
    description: str
    hsn: str
    quantity: Decimal
    unit: str
    cgst_rate: Decimal
    sgst_rate: Decimal
    igst_rate: Decimal
    cess_rate: Decimal
    cess_non_advol: Decimal
    taxable_amount: Decimal


@dataclass(frozen=True)
class PartB:
    """An entry of Part B: the vehicle or transport document from a place on.

    ``entered_by`` is the GSTIN or TRANSIN of who entered it; ``trip_sheet`` the
    consolidated bill that wrote it ("" if none), ``group`` that of a multi-vehicle
    movement ("" if none); ``entered_at`` is aware, in IST.
    """

    vehicle: str
    document: str
    document_date: date | None
    mode: str
    from_place: str
    from_state: str
    entered_at: datetime | None
    entered_by: str
    trip_sheet: str
    group: str
    vehicle_type: str
    update_mode: str


@dataclass(frozen=True)
class Bill:
    """An e-way bill as the portal holds it; moments are aware, in IST.

    ``status`` is "ACT" or "CNL", ``generator`` the GSTIN that generated it,
    ``vehicles`` the entries of Part B, newest first, ``extended_times`` how often it
    was extended. State codes have two digits. Its repr has no names and addresses: a
    party may be a person.
    """

    number: str
    generated_at: datetime | None
    generation_mode: str
    generator: str
    supply_type: str
    sub_supply_type: str
    doc_type: str
    doc_number: str
    doc_date: date | None
    from_gstin: str
    from_name: str = field(repr=False)
    from_address: tuple[str, str] = field(repr=False)
    from_place: str
    from_pin: str
    from_state: str
    dispatch_state: str
    to_gstin: str
    to_name: str = field(repr=False)
    to_address: tuple[str, str] = field(repr=False)
    to_place: str
    to_pin: str
    to_state: str
    ship_to_state: str
    total_value: Decimal
    invoice_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal
    cess_non_advol: Decimal
    other_value: Decimal
    transporter_id: str
    transporter_name: str = field(repr=False)
    status: str
    distance_km: int
    valid_days: int
    valid_until: datetime | None
    extended_times: int
    is_rejected: bool
    vehicle_type: str
    transaction_type: str
    items: tuple[BillItem, ...]
    vehicles: tuple[PartB, ...]

    @property
    def is_cancelled(self) -> bool:
        """Return whether it is cancelled."""
        return self.status == "CNL"

    @property
    def newest(self) -> PartB | None:
        """Return the Part B in force; None while only Part A exists."""
        return self.vehicles[0] if self.vehicles else None


def parse_bill(data: object, number: str = "") -> Bill:
    """Read the answer of GetEwayBill.

    :param number: the number asked for; "" if it was not asked for by number.
    :raises IrpProtocolError: it has no number, or another.
    """
    members = Members(data)
    found = members.bill_number("ewbNo", "ewayBillNo")
    if number and found != number:
        raise IrpProtocolError("the answer is about another e-way bill")
    return Bill(
        number=found,
        **_made(members),
        **_document(members),
        **_party(members, "from", "dispatch_state", "actFromStateCode"),
        **_party(members, "to", "ship_to_state", "actToStateCode"),
        **_values(members),
        **_transport(members),
        items=tuple(map(_item, members.records("itemList"))),
        vehicles=_newest_first(members),
    )


def _made(members: Members) -> dict[str, Any]:
    return {
        "generated_at": members.moment("ewayBillDate", "ewbDate"),
        "generation_mode": members.code("genMode"),
        "generator": members.code("userGstin", "genGstin"),
        "status": members.code("status"),
        "is_rejected": members.flag("rejectStatus"),
    }


def _document(members: Members) -> dict[str, Any]:
    return {
        "supply_type": members.code("supplyType"),
        "sub_supply_type": members.code("subSupplyType"),
        "doc_type": members.code("docType"),
        "doc_number": members.text("docNo"),
        "doc_date": members.day("docDate"),
        "transaction_type": members.code("transactionType", "transType"),
    }


def _party(members: Members, end: str, place: str, place_member: str) -> dict[str, Any]:
    """Return the party at one end, with the state of its place under ``place``."""
    lines = members.text(f"{end}Addr1"), members.text(f"{end}Addr2")
    actual = place_member.replace("act", "actual", 1)
    return {
        f"{end}_gstin": members.code(f"{end}Gstin"),
        f"{end}_name": members.text(f"{end}TrdName", f"{end}TradeName"),
        f"{end}_address": lines,
        f"{end}_place": members.text(f"{end}Place"),
        f"{end}_pin": members.code(f"{end}Pincode"),
        f"{end}_state": members.state(f"{end}StateCode"),
        place: members.state(place_member, actual),
    }


def _values(members: Members) -> dict[str, Any]:
    return {
        "total_value": members.amount("totalValue"),
        "invoice_value": members.amount("totInvValue"),
        "cgst": members.amount("cgstValue"),
        "sgst": members.amount("sgstValue"),
        "igst": members.amount("igstValue"),
        "cess": members.amount("cessValue"),
        "cess_non_advol": members.amount("cessNonAdvolValue", "TotNonAdvolVal"),
        "other_value": members.amount("otherValue", "OthValue"),
    }


def _transport(members: Members) -> dict[str, Any]:
    return {
        "transporter_id": members.code("transporterId"),
        "transporter_name": members.text("transporterName"),
        "distance_km": members.whole("actualDist", "transDistance"),
        "valid_days": members.whole("noValidDays"),
        "valid_until": members.moment("validUpto"),
        "extended_times": members.whole("extendedTimes"),
        "vehicle_type": members.code("vehicleType"),
    }


def _item(row: Members) -> BillItem:
    return BillItem(
        product_name=row.text("productName"),
        description=row.text("productDesc"),
        hsn=row.hsn("hsnCode"),
        quantity=row.amount("quantity"),
        unit=row.code("qtyUnit"),
        cgst_rate=row.amount("cgstRate"),
        sgst_rate=row.amount("sgstRate"),
        igst_rate=row.amount("igstRate"),
        cess_rate=row.amount("cessRate"),
        cess_non_advol=row.amount("cessNonAdvol"),
        taxable_amount=row.amount("taxableAmount"),
    )


def _newest_first(members: Members) -> tuple[PartB, ...]:
    """Return the entries of Part B, newest first where all are dated.

    "VehiclListDetails" is how the portal spells it.
    """
    rows = members.records("VehiclListDetails", "VehicleListDetails")
    entries = tuple(map(_part_b, rows))
    moments = [one.entered_at for one in entries if one.entered_at]
    if len(moments) < len(entries):
        return entries
    dated = zip(moments, entries, strict=True)
    # A stable sort: within one minute the portal's own order counts, newest first.
    order = sorted(dated, key=lambda pair: pair[0], reverse=True)
    return tuple(entry for _, entry in order)


def _part_b(row: Members) -> PartB:
    return PartB(
        vehicle=row.code("vehicleNo"),
        document=row.text("transDocNo"),
        document_date=row.day("transDocDate"),
        mode=row.code("transMode"),
        from_place=row.text("fromPlace"),
        from_state=row.state("fromState"),
        entered_at=row.moment("enteredDate"),
        entered_by=row.code("userGSTINTransin", "userGstin"),
        trip_sheet=_given(row.code("tripshtNo", "tripSheetNo")),
        group=_given(row.code("groupNo")),
        vehicle_type=row.code("vehicleType"),
        update_mode=row.code("updMode"),
    )


def _given(code: str) -> str:
    """Return a number that the portal writes as 0 for none."""
    return code if code.strip("0") else ""
