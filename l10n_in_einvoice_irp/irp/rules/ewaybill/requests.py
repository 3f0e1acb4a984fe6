"""The requests of the e-way bill system's actions (NIC E-way bill API v1.03).

Each is a dataclass whose :meth:`ActionRequest.body` is the JSON to send. Texts that may
be empty are sent empty, as in the portal's samples, except in GENEWAYBILL. Whether a
member is written as number or text is data (``data/ewaybill/forms.json``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from ...reference.datafiles import load_json
from ...reference.dates import written

_FORMS: Mapping[str, Mapping[str, str]] = load_json("ewaybill/forms.json")
ZERO = Decimal(0)


class ActionRequest:
    """A request of one action; ``service`` is its name in the client."""

    action: ClassVar[str] = ""
    service: ClassVar[str] = ""
    omits_empty: ClassVar[bool] = False

    def body(self) -> dict[str, Any]:
        """Return the JSON object to send.

        :raises ValueError: a member that is sent as a number is none.
        """
        return _body(self, self.action, omits_empty=self.omits_empty)


@dataclass(frozen=True)
class Item:
    """A line of goods; amounts in rupees, rates in percent.

    Under LUT and reverse charge a document states rates that it does not charge:
    ``charges_gst`` and ``charges_cess`` say so, and are not sent.
    """

    product_name: str = field(default="", metadata={"member": "productName"})
    description: str = field(default="", metadata={"member": "productDesc"})
    hsn: str = field(default="", metadata={"member": "hsnCode"})
    quantity: Decimal | None = field(default=None, metadata={"member": "quantity"})
    unit: str = field(default="", metadata={"member": "qtyUnit"})
    cgst_rate: Decimal = field(default=ZERO, metadata={"member": "cgstRate"})
    sgst_rate: Decimal = field(default=ZERO, metadata={"member": "sgstRate"})
    igst_rate: Decimal = field(default=ZERO, metadata={"member": "igstRate"})
    cess_rate: Decimal = field(default=ZERO, metadata={"member": "cessRate"})
    cess_non_advol: Decimal = field(default=ZERO, metadata={"member": "cessNonadvol"})
    taxable_amount: Decimal = field(default=ZERO, metadata={"member": "taxableAmount"})
    charges_gst: bool = True
    charges_cess: bool = True


@dataclass(frozen=True)
class Generate(ActionRequest):
    """An e-way bill without an IRN (GENEWAYBILL).

    Bill-from and bill-to are GSTIN, name and state code; dispatch and ship-to are
    address, place, PIN and actual state code. ``distance_km`` 0 lets the portal compute
    it. With ``transporter_id`` and neither vehicle nor document it is Part A alone.
    ``to_transporter`` is "Y" for goods that go to the transporter's place first.
    """

    action = "GENEWAYBILL"
    service = "generate_ewaybill"
    omits_empty = True

    supply_type: str = field(default="", metadata={"member": "supplyType"})
    sub_supply_type: str = field(default="", metadata={"member": "subSupplyType"})
    sub_supply_description: str = field(
        default="", metadata={"member": "subSupplyDesc"}
    )
    doc_type: str = field(default="", metadata={"member": "docType"})
    doc_number: str = field(default="", metadata={"member": "docNo"})
    doc_date: date | None = field(default=None, metadata={"member": "docDate"})
    from_gstin: str = field(default="", metadata={"member": "fromGstin"})
    from_name: str = field(default="", metadata={"member": "fromTrdName"})
    from_address1: str = field(default="", metadata={"member": "fromAddr1"})
    from_address2: str = field(default="", metadata={"member": "fromAddr2"})
    from_place: str = field(default="", metadata={"member": "fromPlace"})
    from_pin: str = field(default="", metadata={"member": "fromPincode"})
    from_state: str = field(default="", metadata={"member": "fromStateCode"})
    dispatch_state: str = field(default="", metadata={"member": "actFromStateCode"})
    to_gstin: str = field(default="", metadata={"member": "toGstin"})
    to_name: str = field(default="", metadata={"member": "toTrdName"})
    to_address1: str = field(default="", metadata={"member": "toAddr1"})
    to_address2: str = field(default="", metadata={"member": "toAddr2"})
    to_place: str = field(default="", metadata={"member": "toPlace"})
    to_pin: str = field(default="", metadata={"member": "toPincode"})
    to_state: str = field(default="", metadata={"member": "toStateCode"})
    ship_to_state: str = field(default="", metadata={"member": "actToStateCode"})
    transaction_type: str = field(default="1", metadata={"member": "transactionType"})
    dispatch_gstin: str = field(default="", metadata={"member": "dispatchFromGSTIN"})
    dispatch_name: str = field(default="", metadata={"member": "dispatchFromTradeName"})
    ship_to_gstin: str = field(default="", metadata={"member": "shipToGSTIN"})
    ship_to_name: str = field(default="", metadata={"member": "shipToTradeName"})
    other_value: Decimal = field(default=ZERO, metadata={"member": "otherValue"})
    total_value: Decimal = field(default=ZERO, metadata={"member": "totalValue"})
    cgst: Decimal = field(default=ZERO, metadata={"member": "cgstValue"})
    sgst: Decimal = field(default=ZERO, metadata={"member": "sgstValue"})
    igst: Decimal = field(default=ZERO, metadata={"member": "igstValue"})
    cess: Decimal = field(default=ZERO, metadata={"member": "cessValue"})
    cess_non_advol: Decimal = field(
        default=ZERO, metadata={"member": "cessNonAdvolValue"}
    )
    invoice_value: Decimal | None = field(
        default=None, metadata={"member": "totInvValue"}
    )
    transporter_id: str = field(default="", metadata={"member": "transporterId"})
    transporter_name: str = field(default="", metadata={"member": "transporterName"})
    distance_km: int = field(default=0, metadata={"member": "transDistance"})
    mode: str = field(default="", metadata={"member": "transMode"})
    document: str = field(default="", metadata={"member": "transDocNo"})
    document_date: date | None = field(
        default=None, metadata={"member": "transDocDate"}
    )
    vehicle: str = field(default="", metadata={"member": "vehicleNo"})
    vehicle_type: str = field(default="", metadata={"member": "vehicleType"})
    to_transporter: str = field(default="", metadata={"member": "toTransporterLoc"})
    items: tuple[Item, ...] = field(default=(), metadata={"member": "itemList"})

    @property
    def is_part_a_only(self) -> bool:
        """Return whether neither vehicle nor transport document is named."""
        return not self.vehicle and not self.document


@dataclass(frozen=True)
class UpdateVehicle(ActionRequest):
    """A Part B: the vehicle or transport document from a place on (VEHEWB)."""

    action = "VEHEWB"
    service = "update_vehicle"

    number: str = field(default="", metadata={"member": "ewbNo"})
    vehicle: str = field(default="", metadata={"member": "vehicleNo"})
    from_place: str = field(default="", metadata={"member": "fromPlace"})
    from_state: str = field(default="", metadata={"member": "fromState"})
    reason: str = field(default="", metadata={"member": "reasonCode"})
    remark: str = field(default="", metadata={"member": "reasonRem"})
    document: str = field(default="", metadata={"member": "transDocNo"})
    document_date: date | None = field(
        default=None, metadata={"member": "transDocDate"}
    )
    mode: str = field(default="", metadata={"member": "transMode"})
    vehicle_type: str = field(default="", metadata={"member": "vehicleType"})


@dataclass(frozen=True)
class UpdateTransporter(ActionRequest):
    """Another transporter (UPDATETRANSPORTER)."""

    action = "UPDATETRANSPORTER"
    service = "update_transporter"

    number: str = field(default="", metadata={"member": "ewbNo"})
    transporter_id: str = field(default="", metadata={"member": "transporterId"})


@dataclass(frozen=True)
class ExtendValidity(ActionRequest):
    """A longer validity (EXTENDVALIDITY), from where the goods are now.

    ``status`` is "M" (in movement) or "T" (in transit, mode "5", with a transit type
    and three address lines); ``remaining_km`` the distance left.
    """

    action = "EXTENDVALIDITY"
    service = "extend_validity"

    number: str = field(default="", metadata={"member": "ewbNo"})
    vehicle: str = field(default="", metadata={"member": "vehicleNo"})
    from_place: str = field(default="", metadata={"member": "fromPlace"})
    from_state: str = field(default="", metadata={"member": "fromState"})
    remaining_km: int | None = field(
        default=None, metadata={"member": "remainingDistance"}
    )
    document: str = field(default="", metadata={"member": "transDocNo"})
    document_date: date | None = field(
        default=None, metadata={"member": "transDocDate"}
    )
    mode: str = field(default="", metadata={"member": "transMode"})
    reason: str = field(default="", metadata={"member": "extnRsnCode"})
    remark: str = field(default="", metadata={"member": "extnRemarks"})
    from_pin: str = field(default="", metadata={"member": "fromPincode"})
    status: str = field(default="M", metadata={"member": "consignmentStatus"})
    transit_type: str = field(default="", metadata={"member": "transitType"})
    address1: str = field(default="", metadata={"member": "addressLine1"})
    address2: str = field(default="", metadata={"member": "addressLine2"})
    address3: str = field(default="", metadata={"member": "addressLine3"})


@dataclass(frozen=True)
class Cancel(ActionRequest):
    """A cancellation by the generator (CANEWB)."""

    action = "CANEWB"
    service = "cancel_ewb"

    number: str = field(default="", metadata={"member": "ewbNo"})
    reason: str = field(default="", metadata={"member": "cancelRsnCode"})
    remark: str = field(default="", metadata={"member": "cancelRmrk"})


@dataclass(frozen=True)
class Reject(ActionRequest):
    """A rejection by the party that did not generate (REJEWB)."""

    action = "REJEWB"
    service = "reject_ewaybill"

    number: str = field(default="", metadata={"member": "ewbNo"})


@dataclass(frozen=True)
class Consolidate(ActionRequest):
    """One consolidated bill for several bills on one vehicle (GENCEWB)."""

    action = "GENCEWB"
    service = "consolidate"

    from_place: str = field(default="", metadata={"member": "fromPlace"})
    from_state: str = field(default="", metadata={"member": "fromState"})
    vehicle: str = field(default="", metadata={"member": "vehicleNo"})
    mode: str = field(default="", metadata={"member": "transMode"})
    document: str = field(default="", metadata={"member": "transDocNo"})
    document_date: date | None = field(
        default=None, metadata={"member": "transDocDate"}
    )
    bills: tuple[str, ...] = field(default=(), metadata={"member": "tripSheetEwbBills"})


@dataclass(frozen=True)
class RegenerateTripSheet(ActionRequest):
    """Another vehicle for a consolidated bill, which gets a new number
    (REGENTRIPSHEET)."""

    action = "REGENTRIPSHEET"
    service = "regenerate_trip_sheet"

    sheet: str = field(default="", metadata={"member": "tripSheetNo"})
    vehicle: str = field(default="", metadata={"member": "vehicleNo"})
    from_place: str = field(default="", metadata={"member": "fromPlace"})
    from_state: str = field(default="", metadata={"member": "fromState"})
    document: str = field(default="", metadata={"member": "transDocNo"})
    document_date: date | None = field(
        default=None, metadata={"member": "transDocDate"}
    )
    mode: str = field(default="", metadata={"member": "transMode"})
    reason: str = field(default="", metadata={"member": "reasonCode"})
    remark: str = field(default="", metadata={"member": "reasonRem"})


@dataclass(frozen=True)
class StartMultiVehicle(ActionRequest):
    """The start of a movement by several vehicles (MULTIVEHMOVINT)."""

    action = "MULTIVEHMOVINT"
    service = "start_multi_vehicle"

    number: str = field(default="", metadata={"member": "ewbNo"})
    reason: str = field(default="", metadata={"member": "reasonCode"})
    remark: str = field(default="", metadata={"member": "reasonRem"})
    from_place: str = field(default="", metadata={"member": "fromPlace"})
    from_state: str = field(default="", metadata={"member": "fromState"})
    to_place: str = field(default="", metadata={"member": "toPlace"})
    to_state: str = field(default="", metadata={"member": "toState"})
    mode: str = field(default="", metadata={"member": "transMode"})
    quantity: Decimal | None = field(default=None, metadata={"member": "totalQuantity"})
    unit: str = field(default="", metadata={"member": "unitCode"})


@dataclass(frozen=True)
class AddMultiVehicle(ActionRequest):
    """A vehicle of a multi-vehicle movement (MULTIVEHADD)."""

    action = "MULTIVEHADD"
    service = "add_multi_vehicle"

    number: str = field(default="", metadata={"member": "ewbNo"})
    group: str = field(default="", metadata={"member": "groupNo"})
    vehicle: str = field(default="", metadata={"member": "vehicleNo"})
    document: str = field(default="", metadata={"member": "transDocNo"})
    document_date: date | None = field(
        default=None, metadata={"member": "transDocDate"}
    )
    quantity: Decimal | None = field(default=None, metadata={"member": "quantity"})


@dataclass(frozen=True)
class ChangeMultiVehicle(ActionRequest):
    """Another vehicle or document within a multi-vehicle movement (MULTIVEHUPD)."""

    action = "MULTIVEHUPD"
    service = "change_multi_vehicle"

    number: str = field(default="", metadata={"member": "ewbNo"})
    group: str = field(default="", metadata={"member": "groupNo"})
    old_vehicle: str = field(default="", metadata={"member": "oldvehicleNo"})
    new_vehicle: str = field(default="", metadata={"member": "newVehicleNo"})
    old_document: str = field(default="", metadata={"member": "oldTranNo"})
    new_document: str = field(default="", metadata={"member": "newTranNo"})
    from_place: str = field(default="", metadata={"member": "fromPlace"})
    from_state: str = field(default="", metadata={"member": "fromState"})
    reason: str = field(default="", metadata={"member": "reasonCode"})
    remark: str = field(default="", metadata={"member": "reasonRem"})


ACTIONS: tuple[type[ActionRequest], ...] = (
    Generate,
    UpdateVehicle,
    UpdateTransporter,
    ExtendValidity,
    Cancel,
    Reject,
    Consolidate,
    RegenerateTripSheet,
    StartMultiVehicle,
    AddMultiVehicle,
    ChangeMultiVehicle,
)
"""The eleven requests, in the order of a bill's life."""


def member_of(request: ActionRequest | type[ActionRequest] | Item, name: str) -> str:
    """Return the portal's name of a field: "ewbNo" for ``number``."""
    kind = request if isinstance(request, type) else type(request)
    member: str = kind.__dataclass_fields__[name].metadata["member"]  # type: ignore[union-attr]
    return member


def _body(record: Any, action: str, *, omits_empty: bool) -> dict[str, Any]:
    pairs = (
        (one.metadata["member"], getattr(record, one.name))
        for one in fields(record)
        if "member" in one.metadata
    )
    return {
        member: _json(member, value, action)
        for member, value in pairs
        if not (omits_empty and value in ("", None))
        and not (value is None and member in _NO_EMPTY_NUMBER)
    }


# A number that is not given is left out; a date that is not given is "".
_NO_EMPTY_NUMBER = frozenset({"remainingDistance", "totalQuantity", "quantity"})


def _json(member: str, value: Any, action: str) -> Any:
    if isinstance(value, tuple):
        return [_entry(one, action) for one in value]
    if value is None:
        return ""
    if isinstance(value, date):
        return written(value)
    form = _FORMS.get(action, {}).get(member) or _FORMS["*"].get(member)
    if form == "text":
        return str(value)
    if form == "number" and value != "":
        return int(value)
    return _number(value) if isinstance(value, Decimal) else value


def _entry(value: Any, action: str) -> Any:
    if isinstance(value, Item):
        return _body(value, action, omits_empty=True)
    return {"ewbNo": _json("ewbNo", value, action)}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
