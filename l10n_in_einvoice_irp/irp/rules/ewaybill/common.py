"""Shared checks of several actions: numbers, places, vehicles, documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from ...reference import codes
from ...reference.dates import written
from ...reference.ewaybill import CODES, LIMITS
from ..invoice.violation import Violation, _lt
from .requests import ActionRequest, member_of

OWNER = "e-Way Bill"
ROAD, RAIL, AIR, SHIP, TRANSIT = "1", "2", "3", "4", "5"
NOT_PUBLISHED = ""
"""The code of what the portal refuses by a code that no list has."""
_NUMBER = re.compile(r"[0-9]{12}")
_SHEET = re.compile(r"[0-9]{10}")
_LONGEST_PLACE = 50
_LONGEST_REMARK = 50
_LONGEST_DOCUMENT = 15


def breach(
    request: ActionRequest,
    code: str,
    name: str,
    kind: str,
    template: str,
    **params: Any,
) -> Violation:
    """Return a breach by the field ``name`` of a request; "" for the whole of it."""
    path = member_of(request, name) if name else ""
    held = value(request, name) if name else None
    return Violation(code, path, held, kind, template, params, OWNER)


def value(request: ActionRequest, name: str) -> Any:
    """Return a field that the requests of several actions have."""
    return getattr(request, name)


def bill_number(
    request: ActionRequest, number: str, code: str = "301"
) -> Iterator[Violation]:
    """A number has 12 digits (301; 344 in a rejection)."""
    if not _NUMBER.fullmatch(number):
        yield breach(
            request,
            code,
            "number",
            "ewb_number_form",
            _lt("“%(number)s” is not an e-Way Bill number, which has 12 digits."),
            number=number,
        )


def sheet_number(request: ActionRequest, number: str) -> Iterator[Violation]:
    """The number of a consolidated bill has 10 digits (387)."""
    if not _SHEET.fullmatch(number):
        yield breach(
            request,
            "387",
            "sheet",
            "ewb_sheet_form",
            _lt(
                "“%(number)s” is not a consolidated e-Way Bill number, which has 10 "
                "digits."
            ),
            number=number,
        )


def place(
    request: ActionRequest,
    name: str = "from_place",
    state: str = "from_state",
    codes_of: tuple[str, str] = ("305", "306"),
) -> Iterator[Violation]:
    """A place has a name of at most 50 characters (305) and a state (306)."""
    text, code = value(request, name).strip(), value(request, state)
    if not text:
        template = _lt("Enter the place from which the goods go on.")
        if name != "from_place":
            template = _lt("Enter the place to which the goods go.")
        yield breach(request, codes_of[0], name, "ewb_place_missing", template)
    elif len(text) > _LONGEST_PLACE:
        yield breach(
            request,
            codes_of[0],
            name,
            "ewb_place_long",
            _lt("The place has %(length)s characters; %(most)s are allowed."),
            length=len(text),
            most=_LONGEST_PLACE,
        )
    if not is_state(code):
        template = _lt("Choose the state of the place: “%(state)s” is none.")
        yield breach(
            request, codes_of[1], state, "ewb_place_state", template, state=code
        )


def is_state(code: str) -> bool:
    """Return whether a code is of a state in India, with one digit or two."""
    known = code.isascii() and code.isdecimal() and code.zfill(2)
    return bool(known) and known in codes.states() and known != codes.ABROAD


def vehicle_reason(request: ActionRequest) -> Iterator[Violation]:
    """Another vehicle has a reason (307) and a remark (659) of 50 characters (308)."""
    return reason(request, "vehicle_reasons", "307", "308", "659")


def reason(
    request: ActionRequest,
    reasons: str,
    reason_code: str,
    long_code: str,
    missing_code: str,
) -> Iterator[Violation]:
    """A reason is one of the portal's, and its remark has 1 to 50 characters.

    :param reasons: name of the list in :data:`CODES`.
    """
    chosen, known = value(request, "reason"), CODES[reasons]
    if chosen not in known:
        yield breach(
            request,
            reason_code,
            "reason",
            "ewb_reason",
            _lt("“%(reason)s” is not a reason. Choose one of %(known)s."),
            reason=chosen,
            known=", ".join(f"{code} {label}" for code, label in known.items()),
        )
    text = value(request, "remark").strip()
    if not text:
        template = _lt("Enter a remark that explains the reason.")
        yield breach(request, missing_code, "remark", "ewb_remark_missing", template)
    elif len(text) > _LONGEST_REMARK:
        yield breach(
            request,
            long_code,
            "remark",
            "ewb_remark_long",
            _lt("The remark has %(length)s characters; %(most)s are allowed."),
            length=len(text),
            most=_LONGEST_REMARK,
        )


def transport(
    request: ActionRequest,
    today: date,
    *,
    doc_date: date | None = None,
    mode_code: str = "302",
    vehicle_code: str = "304",
    missing_code: str = "303",
) -> Iterator[Violation]:
    """The mode of transport, with the vehicle or document that it needs.

    :param missing_code: the code for road transport without a vehicle.
    """
    mode = value(request, "mode")
    yield from vehicle_form(request, code=vehicle_code)
    yield from document_form(request, mode=mode)
    yield from _document_date(request, today, doc_date)
    if mode == ROAD:
        yield from _road(request, missing_code)
    elif mode in (RAIL, AIR):
        yield from _rail_or_air(request)
    elif mode == SHIP:
        yield from _ship(request)
    elif mode != TRANSIT:
        named = value(request, "vehicle") or value(request, "document")
        code = "638" if named and not mode else mode_code
        template = _lt("Choose the mode of transport: road, rail, air or ship.")
        yield breach(request, code, "mode", "ewb_mode", template)


def vehicle_form(
    request: ActionRequest, name: str = "vehicle", code: str = "304"
) -> Iterator[Violation]:
    """A vehicle number has a form of Vahan or of the portal (304)."""
    number = value(request, name)
    if number and not codes.is_vehicle_number(number):
        yield breach(
            request,
            code,
            name,
            "ewb_vehicle_form",
            _lt(
                "%(number)s is not a vehicle number such as MH12AB1234. Enter it "
                "without spaces."
            ),
            number=number,
        )


def vehicle_type(request: ActionRequest) -> Iterator[Violation]:
    """A vehicle type is R or O (361), O by road or ship (634), R not by ship (726)."""
    mode, kind = value(request, "mode"), value(request, "vehicle_type")
    if kind and kind not in CODES["vehicle_types"]:
        template = _lt("The vehicle is regular (R) or for over-dimensional cargo (O).")
        yield breach(request, "361", "vehicle_type", "ewb_vehicle_type", template)
    if kind == "O" and mode in (RAIL, AIR):
        template = _lt("Over-dimensional cargo goes by road or ship only.")
        yield breach(request, "634", "vehicle_type", "ewb_oversize_mode", template)
    if kind == "R" and mode == SHIP:
        template = _lt("A regular vehicle is not allowed for transport by ship.")
        yield breach(request, "726", "vehicle_type", "ewb_ship_regular", template)


def _road(request: ActionRequest, code: str) -> Iterator[Violation]:
    if not value(request, "vehicle"):
        template = _lt("Road transport needs the vehicle number.")
        yield breach(request, code, "vehicle", "ewb_vehicle_missing", template)


def _rail_or_air(request: ActionRequest) -> Iterator[Violation]:
    if not value(request, "document"):
        template = _lt("Rail and air transport need the transport document number.")
        yield breach(request, "394", "document", "ewb_document_missing", template)
    if value(request, "document_date") is None:
        template = _lt("Rail and air transport need the transport document date.")
        yield breach(request, "385", "document_date", "ewb_date_missing", template)


def _ship(request: ActionRequest) -> Iterator[Violation]:
    document = value(request, "document")
    if not document and not value(request, "vehicle"):
        template = _lt("Transport by ship needs a vehicle or a transport document.")
        yield breach(request, "727", "document", "ewb_ship_papers", template)
    if document and value(request, "document_date") is None:
        template = _lt("Enter the date of the transport document as well.")
        yield breach(request, "729", "document_date", "ewb_ship_date", template)


def document_form(
    request: ActionRequest, name: str = "document", code: str = "223", mode: str = ""
) -> Iterator[Violation]:
    """A transport document number has at most 15 characters (223), a railway receipt
    the form of the railways (823)."""
    number = value(request, name)
    if len(number) > _LONGEST_DOCUMENT:
        yield breach(
            request,
            code,
            name,
            "ewb_document_long",
            _lt(
                "The transport document number has %(length)s characters; %(most)s "
                "are allowed. Enter the last ones."
            ),
            length=len(number),
            most=_LONGEST_DOCUMENT,
        )
    elif number and mode == RAIL:
        yield from _railway_receipt(request, number)


def _railway_receipt(request: ActionRequest, number: str) -> Iterator[Violation]:
    if not re.fullmatch(LIMITS.railway_receipt, number):
        yield breach(
            request,
            "823",
            "document",
            "ewb_railway_receipt",
            _lt(
                "“%(number)s” is not a railway receipt number. Enter P (parcels) or F "
                "(freight), the station code and the number, such as FSJWT123456789."
            ),
            number=number,
        )


def _document_date(
    request: ActionRequest, today: date, doc_date: date | None
) -> Iterator[Violation]:
    day = value(request, "document_date")
    if day and day > today:
        yield breach(
            request,
            "224",
            "document_date",
            "ewb_document_future",
            _lt("The transport document date %(date)s is after today."),
            date=written(day),
        )
    if day and doc_date and day < doc_date:
        yield breach(
            request,
            "362",
            "document_date",
            "ewb_document_early",
            _lt(
                "The transport document date %(date)s is before the document date "
                "%(doc_date)s."
            ),
            date=written(day),
            doc_date=written(doc_date),
        )
