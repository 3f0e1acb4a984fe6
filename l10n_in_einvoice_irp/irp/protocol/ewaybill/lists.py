"""The lists of the e-way bill system: by date, of others, for the transporter (v1.03).

A list is read whole or not at all: a row without its number is IrpProtocolError.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from ..errors import IrpProtocolError
from .answers import Generated, parse_generated
from .members import Members, records_of


@dataclass(frozen=True)
class AssignedBill:
    """A row of the lists by date and for the transporter (list A of v1.03).

    ``state`` and ``pin`` are those of delivery; moments are aware, in IST.
    """

    number: str
    generated_at: datetime | None
    status: str
    generator: str
    doc_number: str
    doc_date: date | None
    place: str
    pin: str
    state: str
    valid_until: datetime | None
    extended_times: int
    is_rejected: bool


@dataclass(frozen=True)
class OtherPartyBill:
    """A bill that another party made with our GSTIN (GetEwayBillsofOtherParty)."""

    number: str
    generated_at: datetime | None
    generation_mode: str
    generator: str
    doc_number: str
    doc_date: date | None
    from_gstin: str
    from_name: str = field(repr=False)
    to_gstin: str
    to_name: str = field(repr=False)
    invoice_value: Decimal
    hsn: str
    hsn_description: str
    status: str
    is_rejected: bool

    @property
    def is_cancelled(self) -> bool:
        """Return whether it is cancelled."""
        return self.status == "CNL"


@dataclass(frozen=True)
class RejectedBill:
    """A bill of ours that the other party rejected (GetEwayBillsRejectedByOthers)."""

    number: str
    generated_at: datetime | None
    status: str
    generator: str
    doc_number: str
    doc_date: date | None
    valid_until: datetime | None
    rejected_at: datetime | None


@dataclass(frozen=True)
class TripSheetBill:
    """A bill within a consolidated one."""

    number: str
    generated_at: datetime | None
    generator: str
    doc_number: str
    doc_date: date | None
    from_gstin: str
    from_name: str = field(repr=False)
    to_gstin: str
    to_name: str = field(repr=False)
    invoice_value: Decimal
    status: str
    valid_until: datetime | None
    to_place: str
    to_pin: str
    to_state: str


@dataclass(frozen=True)
class TripSheet:
    """A consolidated e-way bill (GetTripSheet): the facts of form EWB-02."""

    number: str
    from_place: str
    from_state: str
    vehicle: str
    mode: str
    document: str
    document_date: date | None
    generator: str
    entered_at: datetime | None
    status: str
    bills: tuple[TripSheetBill, ...]

    @property
    def is_cancelled(self) -> bool:
        """Return whether it is cancelled, as one is that was regenerated."""
        return self.status == "CNL"


def parse_assigned_bills(data: object) -> tuple[AssignedBill, ...]:
    """Read a list by date or for the transporter."""
    return tuple(map(_assigned, records_of(data)))


def parse_by_document(data: object) -> Generated:
    """Read the answer of GetEwayBillGeneratedByConsigner: the members of a generation.

    Raises IrpProtocolError without a number.
    """
    return parse_generated(_first(data))


def parse_other_party_bills(data: object) -> tuple[OtherPartyBill, ...]:
    """Read the list of bills of other parties; the letter case of flags varies."""
    return tuple(map(_of_other, records_of(data)))


def parse_rejected_bills(data: object) -> tuple[RejectedBill, ...]:
    """Read the list of bills that others rejected."""
    return tuple(map(_rejected, records_of(data)))


def parse_trip_sheet(data: object, number: str) -> TripSheet:
    """Read the answer of GetTripSheet; IrpProtocolError if it has another number."""
    members = Members(data)
    if members.sheet_number("tripSheetNo", "cEwbNo") != number:
        raise IrpProtocolError("the answer is about another consolidated bill")
    rows = members.records("tripSheetEwbBills", "tripSheetEwayBills")
    return TripSheet(
        number=number,
        from_place=members.text("fromPlace"),
        # a code, or a name: the one recording has text
        from_state=members.text("fromState"),
        vehicle=members.code("vehicleNo"),
        mode=members.code("transMode"),
        document=members.text("transDocNo"),
        document_date=members.day("transDocDate"),
        generator=members.code("userGstin"),
        entered_at=members.moment("enteredDate"),
        status=members.code("status"),
        bills=tuple(map(_of_sheet, rows)),
    )


def _first(data: object) -> object:
    """Return the one record of an answer, also where it is a list of one."""
    if not isinstance(data, list):
        return data
    if len(data) != 1:
        raise IrpProtocolError("the answer's data are not one e-way bill")
    return data[0]


def _assigned(row: Members) -> AssignedBill:
    return AssignedBill(
        number=row.bill_number("ewbNo", "ewayBillNo"),
        generated_at=row.moment("ewbDate", "ewayBillDate"),
        status=row.code("status"),
        generator=row.code("genGstin"),
        doc_number=row.text("docNo"),
        doc_date=row.day("docDate"),
        place=row.text("delPlace"),
        pin=row.code("delPinCode"),
        state=row.state("delStateCode"),
        valid_until=row.moment("validUpto"),
        extended_times=row.whole("extendedTimes"),
        is_rejected=row.flag("rejectStatus"),
    )


def _of_other(row: Members) -> OtherPartyBill:
    return OtherPartyBill(
        number=row.bill_number("ewbNo", "ewayBillNo"),
        generated_at=row.moment("ewayBillDate", "ewbDate"),
        generation_mode=row.code("genMode"),
        generator=row.code("genGstin"),
        doc_number=row.text("docNo"),
        doc_date=row.day("docDate"),
        from_gstin=row.code("fromGstin"),
        from_name=row.text("fromTradeName", "fromTrdName"),
        to_gstin=row.code("toGstin"),
        to_name=row.text("toTradeName", "toTrdName"),
        invoice_value=row.amount("totInvValue"),
        hsn=row.hsn("hsnCode"),
        hsn_description=row.text("hsnDesc"),
        status=row.code("status"),
        is_rejected=row.flag("rejectStatus"),
    )


def _rejected(row: Members) -> RejectedBill:
    return RejectedBill(
        number=row.bill_number("ewbNo", "ewayBillNo"),
        generated_at=row.moment("ewbDate", "ewayBillDate"),
        status=row.code("status"),
        generator=row.code("genGstin"),
        doc_number=row.text("docNo"),
        doc_date=row.day("docDate"),
        valid_until=row.moment("validUpto"),
        rejected_at=row.moment("rejectedDate"),
    )


def _of_sheet(row: Members) -> TripSheetBill:
    return TripSheetBill(
        number=row.bill_number("ewbNo", "ewayBillNo"),
        generated_at=row.moment("ewbDate", "ewayBillDate"),
        generator=row.code("userGstin"),
        doc_number=row.text("docNo"),
        doc_date=row.day("docDate"),
        from_gstin=row.code("fromGstin"),
        from_name=row.text("fromTradeName", "fromTrdName"),
        to_gstin=row.code("toGstin"),
        to_name=row.text("toTradeName", "toTrdName"),
        invoice_value=row.amount("totInvValue"),
        status=row.code("status"),
        valid_until=row.moment("validUpto"),
        to_place=row.text("toPlace"),
        to_pin=row.code("toPincode"),
        to_state=row.state("actToStateCode", "toStateCode"),
    )
