"""Check the transport of a request: mode, vehicle and transport document."""

import re
from datetime import date

from ...wire.settings import Settings
from .fields import Codes, Members, code, day, text

ROAD, RAIL, AIR, SHIP = MODES = ("1", "2", "3", "4")
IN_TRANSIT = "5"
_VEHICLE = re.compile(
    r"[A-Z]{2}[0-9]{1,2}[A-Z]{0,3}[0-9]{4}|[A-Z]{3}[0-9]{4}"
    r"|[A-Z]{2}[0-9]{3}[A-Z][0-9]{4}"
    r"|DF[A-Z0-9]{2,11}|(TM|TR|BP|NP)[A-Z0-9]{6}"
)
_DOCUMENT = re.compile(r"[A-Za-z0-9/-]{1,15}")


def is_vehicle(number: str) -> bool:
    """Return whether a vehicle number has one of the published forms."""
    return _VEHICLE.fullmatch(number.upper()) is not None


def is_oversize(request: Members) -> bool:
    """Return whether the goods have 20 km for a day: oversize, or by ship."""
    is_by_ship = text(request, "transmode") == SHIP
    return is_by_ship or code(request, "vehicletype") == "O"


def is_document(number: str) -> bool:
    """Return whether a transport document number has the form of the schema."""
    return _DOCUMENT.fullmatch(number) is not None


def generation_codes(
    request: Members, document_day: date | None, settings: Settings
) -> Codes:
    """Yield the codes for the transport of GENEWAYBILL.

    Without mode, vehicle and document it is a Part A slip, which needs a transporter.
    """
    to_transporter = code(request, "totransporterloc")
    if to_transporter not in ("", "Y"):
        yield "605"
    if to_transporter and not text(request, "vehicletype"):
        yield "606"
    mode, vehicle = text(request, "transmode"), code(request, "vehicleno")
    number = text(request, "transdocno")
    if not mode:
        if vehicle:
            yield "621"
        if number:
            yield "622"
        if not vehicle and not number and not text(request, "transporterid"):
            yield "619"
        return
    if mode not in MODES:
        yield "220"
        return
    if mode == ROAD and not vehicle:
        yield "226"
    if vehicle and not is_vehicle(vehicle):
        yield "225"
    yield from _details(request, mode, document_day, settings)


def part_b_codes(
    request: Members, document_day: date | None, settings: Settings
) -> Codes:
    """Yield the codes for the transport of Part B, extension and consolidation."""
    mode, vehicle = text(request, "transmode"), code(request, "vehicleno")
    if not mode and (vehicle or text(request, "transdocno")):
        yield "638"
        return
    if mode not in MODES:
        yield "302"
        return
    if mode == ROAD and not vehicle:
        yield "303"
    if vehicle and not is_vehicle(vehicle):
        yield "304"
    yield from _details(request, mode, document_day, settings)


def _details(
    request: Members, mode: str, document_day: date | None, settings: Settings
) -> Codes:
    kind = code(request, "vehicletype")
    if kind not in ("", "R", "O"):
        yield "361"
    if kind == "O" and mode in (RAIL, AIR):
        yield "634"
    if kind == "R" and mode == SHIP:
        yield "726"
    number = text(request, "transdocno")
    if number:
        yield from _number_codes(number, mode, settings)
    yield from _document(request, mode, document_day)


def _number_codes(number: str, mode: str, settings: Settings) -> Codes:
    if mode != RAIL:
        yield from () if is_document(number) else ("223",)
    elif not re.fullmatch(settings.ewb_rail_receipt, number):
        yield "823"


def _document(request: Members, mode: str, document_day: date | None) -> Codes:
    number, dated = text(request, "transdocno"), text(request, "transdocdate")
    if mode in (RAIL, AIR) and not number:
        yield "394"
    if mode in (RAIL, AIR) and not dated:
        yield "385"
    if mode == SHIP and not number and not text(request, "vehicleno"):
        yield "727"
    if mode == SHIP and number and not dated:
        yield "729"
    if not dated:
        return
    found = day(request, "transdocdate")
    if found is None:
        yield "224"
    elif document_day is not None and found < document_day:
        yield "362"
