"""Rules on the e-way bill part (EwbDtls) of a registration.

Clause numbers are those of the e-way bill rules in NIC's "Generate IRN - API and
validations" (text of 2026). A violation prevents the e-way bill, not the IRN. Only the
portal can apply the rules on distances, transporters and blocked users (9, 11, 12, 18).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...reference import codes
from ...reference.dates import read_date, written
from .document_view import Document, Rule, money
from .ewaybill_places import (
    dispatch_pin,
    dispatch_state,
    distance_same_pin,
    distance_unknown_pin,
    export_ship_to,
    ship_to_pin,
    ship_to_state,
)
from .violation import Violation, _lt

_ROAD, _RAIL, _AIR, _SHIP = "1", "2", "3", "4"
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
            "ewaybill_of_note",
            _lt(
                "No e-Way Bill is made for document type %(type)s. Leave the transport "
                "details out."
            ),
            type=doc.document_type,
        )


def some_goods(doc: Document) -> Iterator[Violation]:
    """Rule 2: at least one line is goods."""
    goods = any(not codes.is_service_code(line.text("HsnCd")) for line in doc.lines)
    if doc.document_type == "INV" and doc.lines and not goods:
        yield _no_goods(doc)


def _no_goods(doc: Document) -> Violation:
    charges = doc.totals.amount("OthChrg")
    if not charges:
        message = _lt("All lines are services. Leave the transport details out.")
        return doc.ewaybill.breaks("4009", "", "services_only", message)
    return doc.ewaybill.breaks(
        "4009",
        "",
        "services_and_charges",
        _lt(
            "All items of the e-Invoice are services, and its other charges "
            "(%(charges)s) cannot be on an e-Way Bill."
        ),
        charges=money(charges),
    )


def not_too_old(doc: Document) -> Iterator[Violation]:
    """Rule 16: the document is at most 180 days old."""
    limit = codes.ewaybill_document_days(doc.today)
    if doc.date and limit and (doc.today - doc.date).days > limit:
        yield doc.ewaybill.breaks(
            "4043",
            "",
            "ewaybill_too_late",
            _lt("The document date %(date)s is more than %(limit)s days ago."),
            date=written(doc.date),
            limit=limit,
        )


# --- transport -----------------------------------------------------------------------


def transporter_given(doc: Document) -> Iterator[Violation]:
    """Rule 3: without mode, vehicle and document, the transporter must be named."""
    names = ("TransMode", "VehNo", "TransDocNo", "TransId")
    if not _is_gold(doc) and not any(doc.ewaybill.given(name) for name in names):
        yield doc.ewaybill.breaks(
            "4019",
            "TransId",
            "transport_missing",
            _lt(
                "Enter the transporter's GSTIN (Part A only), or the mode of transport "
                "with the vehicle or transport document."
            ),
        )


def mode_given(doc: Document) -> Iterator[Violation]:
    """Rule 4: a vehicle or transport document needs a mode of transport."""
    way = doc.ewaybill
    moved = way.given("VehNo") or way.given("TransDocNo")
    if moved and not way.given("TransMode") and not _is_gold(doc):
        message = _lt(
            "Choose the mode of transport: a vehicle or transport document is given."
        )
        yield way.breaks("4028", "TransMode", "mode_missing", message)


def road_vehicle(doc: Document) -> Iterator[Violation]:
    """Rule 5: road transport needs the vehicle's number."""
    if _mode(doc) == _ROAD and not doc.ewaybill.given("VehNo"):
        message = _lt("Road transport needs the vehicle number.")
        yield doc.ewaybill.breaks("4011", "VehNo", "vehicle_missing", message)


def road_vehicle_type(doc: Document) -> Iterator[Violation]:
    """Rule 5: road transport needs the vehicle's type."""
    if _mode(doc) == _ROAD and not doc.ewaybill.given("VehType"):
        message = _lt("Road transport needs the vehicle type.")
        yield doc.ewaybill.breaks("4022", "VehType", "vehicle_type_missing", message)


def rail_air_document(doc: Document) -> Iterator[Violation]:
    """Rule 6: rail and air transport need the number of the RR or airway bill."""
    if _mode(doc) in {_RAIL, _AIR} and not doc.ewaybill.given("TransDocNo"):
        yield doc.ewaybill.breaks(
            "4012",
            "TransDocNo",
            "transport_document_missing",
            _lt("Transport by %(mode)s needs the transport document number."),
            mode=_mode_name(doc),
        )


def rail_air_date(doc: Document) -> Iterator[Violation]:
    """Rule 6: rail and air transport need the date of the RR or airway bill."""
    if _mode(doc) in {_RAIL, _AIR} and not doc.ewaybill.given("TransDocDt"):
        yield doc.ewaybill.breaks(
            "4023",
            "TransDocDt",
            "transport_date_missing",
            _lt("Transport by %(mode)s needs the transport document date."),
            mode=_mode_name(doc),
        )


def ship_papers(doc: Document) -> Iterator[Violation]:
    """Rule 7: transport by ship needs a vehicle or a document."""
    way = doc.ewaybill
    papers = way.given("VehNo") or way.given("TransDocNo")
    if _mode(doc) == _SHIP and not papers:
        message = _lt(
            "Transport by ship needs a vehicle or a transport document number."
        )
        yield way.breaks("4040", "TransDocNo", "ship_papers_missing", message)


def ship_not_regular(doc: Document) -> Iterator[Violation]:
    """Rule 7: the vehicle type for transport by ship is not regular."""
    if _mode(doc) == _SHIP and doc.ewaybill.code("VehType") == "R":
        message = _lt("A regular vehicle is not allowed for transport by ship.")
        yield doc.ewaybill.breaks("4039", "VehType", "ship_vehicle_regular", message)


def oversize_mode(doc: Document) -> Iterator[Violation]:
    """Rule 7: over-dimensional cargo goes by road or ship."""
    if _mode(doc) in {_RAIL, _AIR} and doc.ewaybill.code("VehType") == "O":
        yield doc.ewaybill.breaks(
            "4024",
            "VehType",
            "oversize_mode",
            _lt("Over-dimensional cargo is not allowed for transport by %(mode)s."),
            mode=_mode_name(doc),
        )


def vehicle_number(doc: Document) -> Iterator[Violation]:
    """Rule 8: the vehicle number has a format of Vahan."""
    number = doc.ewaybill.code("VehNo")
    if number and not _is_gold(doc) and not codes.is_vehicle_number(number):
        yield doc.ewaybill.breaks(
            "4014",
            "VehNo",
            "vehicle_number",
            _lt(
                "%(number)s is not a vehicle number such as MH12AB1234. Enter it "
                "without spaces."
            ),
            number=number,
        )


def transport_date_exists(doc: Document) -> Iterator[Violation]:
    """Rule 10: the date of the transport document is a valid date."""
    text = doc.ewaybill.text("TransDocDt")
    if text and read_date(text) is None:
        yield doc.ewaybill.breaks(
            "4017",
            "TransDocDt",
            "transport_date_unreal",
            _lt("The date %(date)s does not exist in the calendar."),
            date=text,
        )


def transport_date_not_future(doc: Document) -> Iterator[Violation]:
    """Rule 10: the transport document is not dated in the future."""
    day = read_date(doc.ewaybill.text("TransDocDt"))
    if day and day > doc.today:
        yield doc.ewaybill.breaks(
            "4016",
            "TransDocDt",
            "transport_date_in_future",
            _lt("The transport document date %(date)s is after today."),
            date=written(day),
        )


def transport_date_not_before(doc: Document) -> Iterator[Violation]:
    """Rule 10: the transport document is not older than the invoice."""
    day = read_date(doc.ewaybill.text("TransDocDt"))
    if day and doc.date and day < doc.date:
        yield doc.ewaybill.breaks(
            "4021",
            "TransDocDt",
            "transport_date_before_invoice",
            _lt(
                "The transport document date %(date)s is before the invoice date "
                "%(invoice_date)s."
            ),
            date=written(day),
            invoice_date=written(doc.date),
        )


# --- gold ----------------------------------------------------------------------------


def gold_mode_given(doc: Document) -> Iterator[Violation]:
    """Rule 19: the mode of transport is given for gold."""
    if _is_gold(doc) and not doc.ewaybill.given("TransMode"):
        message = _lt("Choose Road as the mode of transport: it is required for gold.")
        yield doc.ewaybill.breaks("4050", "TransMode", "gold_mode_missing", message)


def gold_by_road(doc: Document) -> Iterator[Violation]:
    """Rule 19: the mode of transport for gold is road."""
    mode = doc.ewaybill.text("TransMode")
    if _is_gold(doc) and mode and mode != _ROAD:
        name = codes.transport_mode(mode) or mode
        yield doc.ewaybill.breaks(
            "4044",
            "TransMode",
            "gold_mode",
            _lt("Gold must go by road; the mode of transport is %(mode)s."),
            mode=name,
        )


def gold_no_details(doc: Document) -> Iterator[Violation]:
    """Rule 19: transporter, vehicle and document stay secret for gold."""
    if not _is_gold(doc):
        return
    for name, code, title in _NOT_FOR_GOLD:
        if doc.ewaybill.given(name):
            yield doc.ewaybill.breaks(
                code,
                name,
                "gold_secrecy",
                _lt("For gold, leave the %(title)s empty."),
                title=title,
            )


def gold_within_state(doc: Document) -> Iterator[Violation]:
    """Rule 19: the supply of gold is intra-state."""
    if _is_gold(doc) and not doc.same_state:
        message = _lt("No e-Way Bill is made for gold supplied between states.")
        yield doc.ewaybill.breaks("4051", "", "gold_between_states", message)


# --- helpers -------------------------------------------------------------------------


def _is_gold(doc: Document) -> bool:
    """Return whether all goods of the document fall under "EWB for Gold"."""
    return codes.is_gold_alone(line.text("HsnCd") for line in doc.lines)


def _mode(doc: Document) -> str:
    """Return the mode of transport; "" for gold, which has separate rules."""
    return "" if _is_gold(doc) else doc.ewaybill.text("TransMode")


def _mode_name(doc: Document) -> str:
    return codes.transport_mode(_mode(doc))


WITH_EWAYBILL: tuple[Rule, ...] = (
    invoices_only,
    some_goods,
    not_too_old,
    transporter_given,
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
    gold_no_details,
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
