"""Rules on the e-way bill part (EwbDtls) of a registration.

Clause numbers are those of the e-way bill rules in NIC's "Generate IRN - API and
validations" (text of 2026). A violation prevents the e-way bill, not the IRN. Only the
portal can apply the rules on distances, transporters and blocked users (9, 11, 12, 18).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...reference import codes
from ...reference.dates import read_date, written
from .document_view import Document, Part, Rule, money
from .violation import Violation

_ROAD, _RAIL, _AIR, _SHIP = "1", "2", "3", "4"
_MAX_KM_SAME_PIN = 100
# member, code when given for gold, what it is
_NOT_FOR_GOLD = (
    ("TransName", "4045", "transporter's name"),
    ("TransDocNo", "4046", "transport document number"),
    ("TransDocDt", "4047", "transport document date"),
    ("VehNo", "4048", "vehicle number"),
    ("VehType", "4049", "vehicle type"),
    ("TransId", "4052", "transporter's GSTIN"),
)


# --- document ------------------------------------------------------------------------


def invoices_only(doc: Document) -> Iterator[Violation]:
    """Rule 2: the document is an invoice, not a credit or debit note."""
    if doc.document_type != "INV":
        yield doc.ewaybill.breaks(
            "4010",
            "",
            f"E-way bill: none is made for document type {doc.document_type}; leave "
            "the transport details out.",
        )


def some_goods(doc: Document) -> Iterator[Violation]:
    """Rule 2: at least one line is goods."""
    goods = any(not codes.is_service_code(line.text("HsnCd")) for line in doc.lines)
    if doc.document_type == "INV" and not goods:
        yield doc.ewaybill.breaks("4009", "", f"E-way bill: {_why_no_goods(doc)}")


def _why_no_goods(doc: Document) -> str:
    charges = doc.totals.amount("OthChrg")
    if not charges:
        return "all lines are services; leave the transport details out."
    return (
        "the items of the e-invoice are services alone; what it has as other charges "
        f"({money(charges)}) cannot be on an e-way bill."
    )


def not_too_old(doc: Document) -> Iterator[Violation]:
    """Rule 16: the document is at most 180 days old."""
    limit = codes.ewaybill_document_days(doc.today)
    if doc.date and limit and (doc.today - doc.date).days > limit:
        yield doc.ewaybill.breaks(
            "4043",
            "",
            f"E-way bill: the document of {written(doc.date)} is older than {limit} "
            "days.",
        )


# --- transport -----------------------------------------------------------------------


def somebody_carries(doc: Document) -> Iterator[Violation]:
    """Rule 3: without mode, vehicle and document, the transporter must be named."""
    names = ("TransMode", "VehNo", "TransDocNo", "TransId")
    if not _is_gold(doc) and not any(doc.ewaybill.given(name) for name in names):
        yield doc.ewaybill.breaks(
            "4019",
            "TransId",
            "E-way bill: give the transporter's GSTIN (Part A only), or the mode of "
            "transport with vehicle or document.",
        )


def mode_given(doc: Document) -> Iterator[Violation]:
    """Rule 4: a vehicle or transport document needs a mode of transport."""
    way = doc.ewaybill
    moved = way.given("VehNo") or way.given("TransDocNo")
    if moved and not way.given("TransMode") and not _is_gold(doc):
        message = "E-way bill: vehicle or document is given, so the mode is needed."
        yield way.breaks("4028", "TransMode", message)


def road_vehicle(doc: Document) -> Iterator[Violation]:
    """Rule 5: road transport needs the vehicle's number."""
    if _mode(doc) == _ROAD and not doc.ewaybill.given("VehNo"):
        message = "E-way bill: road transport needs the vehicle number."
        yield doc.ewaybill.breaks("4011", "VehNo", message)


def road_vehicle_type(doc: Document) -> Iterator[Violation]:
    """Rule 5: road transport needs the vehicle's type."""
    if _mode(doc) == _ROAD and not doc.ewaybill.given("VehType"):
        message = "E-way bill: road transport needs the vehicle type."
        yield doc.ewaybill.breaks("4022", "VehType", message)


def rail_air_document(doc: Document) -> Iterator[Violation]:
    """Rule 6: rail and air transport need the number of the RR or airway bill."""
    if _mode(doc) in {_RAIL, _AIR} and not doc.ewaybill.given("TransDocNo"):
        message = f"E-way bill: {_mode_name(doc)} transport needs the document number."
        yield doc.ewaybill.breaks("4012", "TransDocNo", message)


def rail_air_date(doc: Document) -> Iterator[Violation]:
    """Rule 6: rail and air transport need the date of the RR or airway bill."""
    if _mode(doc) in {_RAIL, _AIR} and not doc.ewaybill.given("TransDocDt"):
        message = f"E-way bill: {_mode_name(doc)} transport needs the document date."
        yield doc.ewaybill.breaks("4023", "TransDocDt", message)


def ship_papers(doc: Document) -> Iterator[Violation]:
    """Rule 7: transport by ship needs a vehicle or a document."""
    way = doc.ewaybill
    papers = way.given("VehNo") or way.given("TransDocNo")
    if _mode(doc) == _SHIP and not papers:
        message = "E-way bill: transport by ship needs a vehicle or a document number."
        yield way.breaks("4040", "TransDocNo", message)


def ship_not_regular(doc: Document) -> Iterator[Violation]:
    """Rule 7: the vehicle type for transport by ship is not regular."""
    if _mode(doc) == _SHIP and doc.ewaybill.code("VehType") == "R":
        message = "E-way bill: a regular vehicle does not go with transport by ship."
        yield doc.ewaybill.breaks("4039", "VehType", message)


def oversize_mode(doc: Document) -> Iterator[Violation]:
    """Rule 7: over-dimensional cargo goes by road or ship."""
    if _mode(doc) in {_RAIL, _AIR} and doc.ewaybill.code("VehType") == "O":
        message = (
            f"E-way bill: over-dimensional cargo does not go with {_mode_name(doc)}."
        )
        yield doc.ewaybill.breaks("4024", "VehType", message)


def vehicle_number(doc: Document) -> Iterator[Violation]:
    """Rule 8: the vehicle number has a format of Vahan."""
    number = doc.ewaybill.code("VehNo")
    if number and not _is_gold(doc) and not codes.is_vehicle_number(number):
        yield doc.ewaybill.breaks(
            "4014",
            "VehNo",
            f"E-way bill: {number} is not a vehicle number such as MH12AB1234; write "
            "it without blanks.",
        )


def transport_date_exists(doc: Document) -> Iterator[Violation]:
    """Rule 10: the date of the transport document is a valid date."""
    text = doc.ewaybill.text("TransDocDt")
    if text and read_date(text) is None:
        message = f"E-way bill: the date {text} does not exist in the calendar."
        yield doc.ewaybill.breaks("4017", "TransDocDt", message)


def transport_date_not_future(doc: Document) -> Iterator[Violation]:
    """Rule 10: the transport document is not dated in the future."""
    day = read_date(doc.ewaybill.text("TransDocDt"))
    if day and day > doc.today:
        message = f"E-way bill: transport document date {written(day)} is after today."
        yield doc.ewaybill.breaks("4016", "TransDocDt", message)


def transport_date_not_before(doc: Document) -> Iterator[Violation]:
    """Rule 10: the transport document is not older than the invoice."""
    day = read_date(doc.ewaybill.text("TransDocDt"))
    if day and doc.date and day < doc.date:
        yield doc.ewaybill.breaks(
            "4021",
            "TransDocDt",
            f"E-way bill: transport document date {written(day)} is before the invoice "
            f"date {written(doc.date)}.",
        )


# --- places --------------------------------------------------------------------------


def distance_same_pin(doc: Document) -> Iterator[Violation]:
    """Rule 14: within one PIN code the distance is 1 to 100 km, given by the sender."""
    start, end = _journey(doc)
    distance = int(doc.ewaybill.amount("Distance"))
    if start == end != codes.PIN_ABROAD and not 1 <= distance <= _MAX_KM_SAME_PIN:
        yield doc.ewaybill.breaks(
            "4029",
            "Distance",
            f"E-way bill: both places have PIN {start}; give the real distance, 1 to "
            f"{_MAX_KM_SAME_PIN} km, not {distance}.",
        )


def distance_unknown_pin(doc: Document) -> Iterator[Violation]:
    """Rule 15: the portal cannot compute a distance to PIN 999999."""
    distance = int(doc.ewaybill.amount("Distance"))
    # An export without a ship-to has the greater fault of having none (4031).
    judged = doc.ship_to or not doc.is_export
    if judged and codes.PIN_ABROAD in _journey(doc) and not distance:
        message = "E-way bill: with PIN 999999 the distance cannot be 0; give the km."
        yield doc.ewaybill.breaks("4034", "Distance", message)


def export_ship_to(doc: Document) -> Iterator[Violation]:
    """Rule 17: exports need the Indian port as ship-to."""
    if doc.is_export and not doc.ship_to:
        message = "E-way bill: an export needs the port in India as delivery address."
        yield doc.ship_to.breaks("4031", "", message)


def ship_to_state(doc: Document) -> Iterator[Violation]:
    """Rule 17: the ship-to of an export is in India (domestic supplies: 2271)."""
    if doc.is_export and _state(doc.ship_to) == codes.ABROAD:
        message = "E-way bill: the delivery address must be the port in India, not 96."
        yield doc.ship_to.breaks("4032", "Stcd", message)


def ship_to_pin(doc: Document) -> Iterator[Violation]:
    """Rule 17: the ship-to has an Indian PIN code (elsewhere: 2272)."""
    refused = not doc.is_export and _state(doc.ship_to) != codes.OTHER_TERRITORY
    if not refused and doc.ship_to.data.get("Pin") == codes.PIN_ABROAD:
        message = "E-way bill: the delivery address needs an Indian PIN, not 999999."
        yield doc.ship_to.breaks("4033", "Pin", message)


def dispatch_state(doc: Document) -> Iterator[Violation]:
    """Rule 17: goods are dispatched from India."""
    if _state(doc.dispatch) == codes.ABROAD:
        message = "E-way bill: the dispatch address must be in India, not state 96."
        yield doc.dispatch.breaks("4035", "Stcd", message)


def dispatch_pin(doc: Document) -> Iterator[Violation]:
    """Rule 17: the dispatch address of state 97 has a PIN code (elsewhere: 2273)."""
    territory = _state(doc.dispatch) == codes.OTHER_TERRITORY
    if territory and doc.dispatch.data.get("Pin") == codes.PIN_ABROAD:
        message = "E-way bill: the dispatch address needs an Indian PIN, not 999999."
        yield doc.dispatch.breaks("4036", "Pin", message)


# --- gold ----------------------------------------------------------------------------


def gold_mode_given(doc: Document) -> Iterator[Violation]:
    """Rule 19: the mode of transport is given for gold."""
    if _is_gold(doc) and not doc.ewaybill.given("TransMode"):
        message = "E-way bill for gold: the mode of transport must be road."
        yield doc.ewaybill.breaks("4050", "TransMode", message)


def gold_by_road(doc: Document) -> Iterator[Violation]:
    """Rule 19: the mode of transport for gold is road."""
    mode = doc.ewaybill.text("TransMode")
    if _is_gold(doc) and mode and mode != _ROAD:
        name = codes.transport_mode(mode) or mode
        message = f"E-way bill for gold: the mode is {name}; it must be road."
        yield doc.ewaybill.breaks("4044", "TransMode", message)


def gold_nothing_more(doc: Document) -> Iterator[Violation]:
    """Rule 19: transporter, vehicle and document are kept secret for gold."""
    if not _is_gold(doc):
        return
    for name, code, title in _NOT_FOR_GOLD:
        if doc.ewaybill.given(name):
            message = f"E-way bill for gold: leave the {title} out."
            yield doc.ewaybill.breaks(code, name, message)


def gold_within_state(doc: Document) -> Iterator[Violation]:
    """Rule 19: the supply of gold is intra-state."""
    if _is_gold(doc) and not doc.same_state:
        message = "E-way bill for gold: none is made for supplies between states."
        yield doc.ewaybill.breaks("4051", "", message)


# --- helpers -------------------------------------------------------------------------


def _is_gold(doc: Document) -> bool:
    """Return whether all goods of the document fall under "EWB for Gold"."""
    hsns = [line.text("HsnCd") for line in doc.lines]
    goods = [hsn for hsn in hsns if not codes.is_service_code(hsn)]
    return bool(goods) and all(codes.is_gold(hsn) for hsn in goods)


def _mode(doc: Document) -> str:
    """Return the mode of transport; "" for gold, which has separate rules."""
    return "" if _is_gold(doc) else doc.ewaybill.text("TransMode")


def _mode_name(doc: Document) -> str:
    return codes.transport_mode(_mode(doc))


def _state(part: Part) -> str:
    return codes.state_code(part.text("Stcd"))


def _journey(doc: Document) -> tuple[int, int]:
    """Return the PIN codes where the goods start and end."""
    start = doc.dispatch or doc.seller
    end = doc.ship_to or doc.buyer
    return int(start.data.get("Pin") or 0), int(end.data.get("Pin") or 0)


WITH_EWAYBILL: tuple[Rule, ...] = (
    invoices_only,
    some_goods,
    not_too_old,
    somebody_carries,
    mode_given,
    road_vehicle,
    road_vehicle_type,
    rail_air_document,
    rail_air_date,
    ship_papers,
    ship_not_regular,
    oversize_mode,
    vehicle_number,
    transport_date_exists,
    transport_date_not_future,
    transport_date_not_before,
    distance_same_pin,
    distance_unknown_pin,
    export_ship_to,
    ship_to_state,
    ship_to_pin,
    dispatch_state,
    dispatch_pin,
    gold_mode_given,
    gold_by_road,
    gold_nothing_more,
    gold_within_state,
)

OF_THE_INVOICE: frozenset[Rule] = frozenset(
    {
        invoices_only,
        some_goods,
        not_too_old,
        transport_date_not_before,
        distance_same_pin,
        distance_unknown_pin,
        gold_within_state,
    }
)
"""The rules that need the invoice."""


def ewaybill_part(doc: Document) -> Iterator[Violation]:
    """Apply the rules on EwbDtls if the document requests an e-way bill."""
    if doc.ewaybill:
        for rule in WITH_EWAYBILL:
            yield from rule(doc)


EWAYBILL_RULES: tuple[Rule, ...] = (ewaybill_part,)
