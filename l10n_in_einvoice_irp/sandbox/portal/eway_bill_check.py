"""The portal's own check of an e-way bill request (NIC validations, EWB part).

The default of ``Portal(ewb_check=…)``. It looks at the request and the document only;
the rules that need the portal's data are in ``eway_bill_rules.py``.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from ..wire.dates import IST, document_date
from ..wire.errors import PortalError, error
from .goods_movement import (
    Members,
    dispatch_from,
    has_goods,
    is_export,
    section,
    ship_to,
)
from .places import FOREIGN_PIN

ROAD, RAIL, AIR, SHIP = MODES = ("1", "2", "3", "4")
# the formats of the IRP general master, 28-03-2023; GSTZen's samples have DL8CAF1234
_VEHICLE = re.compile(
    r"[A-Z]{2}[0-9]{1,2}[A-Z]{0,3}[0-9]{4}|[A-Z]{3}[0-9]{4}"
    r"|[A-Z]{2}[0-9]{3}[A-Z][0-9]{4}"
    r"|DF[A-Z0-9]{2,11}|(TM|TR|BP|NP)[A-Z0-9]{6}",
    re.IGNORECASE,
)
# the request's schema, NIC E-way bill by IRN v1.03
_DOCUMENT_NUMBER = re.compile(r"[A-Za-z0-9/-]{1,15}")
_NOT_FOR_GOLD = {
    "TransName": "4045",
    "TransDocNo": "4046",
    "TransDocDt": "4047",
    "VehNo": "4048",
    "VehType": "4049",
    "TransId": "4052",
}


def request_errors(
    request: Members, invoice: Members, now: datetime
) -> list[PortalError]:
    """Return the errors in a request for an e-way bill.

    4009 and 4010 for documents that cannot have one; 4011, 4012, 4014, 4016, 4017,
    4019 to 4024, 4028, 4039, 4040 for the transport, 4031 to 4033, 4035, 4036 for the
    addresses; 4044 to 4052 for gold (HSN 71); 5002 for an unknown mode or an invalid
    transport document number.
    """
    document = section(invoice, "DocDtls")
    if str(document.get("Typ")).upper() != "INV":
        return [error("4010")]
    if not has_goods(invoice):
        return [error("4009")]
    if any(str(item.get("HsnCd")).startswith("71") for item in invoice["ItemList"]):
        return [*_gold(request, invoice)]
    return [
        *_transport(request),
        *_details(request),
        *_transport_date(request, document, now),
        *_addresses(request, invoice),
    ]


def _gold(request: Members, invoice: Members) -> Iterator[PortalError]:
    for name, code in _NOT_FOR_GOLD.items():
        if request.get(name):
            yield error(code)
    mode = request.get("TransMode")
    if not mode:
        yield error("4050")
    elif mode != ROAD:
        yield error("4044")
    origin = section(invoice, "SellerDtls").get("Stcd")
    if origin != section(invoice, "BuyerDtls").get("Pos"):
        yield error("4051")


def _transport(request: Members) -> Iterator[PortalError]:
    """Check what each mode requires; a transporter alone makes a Part A slip."""
    vehicle, number = request.get("VehNo"), request.get("TransDocNo")
    mode = request.get("TransMode")
    if not mode and (vehicle or number):
        yield error("4028")
    elif not mode and not request.get("TransId"):
        yield error("4019")
    elif mode and mode not in MODES:
        yield PortalError("5002", "The TransMode field is invalid.")
    elif mode == ROAD:
        yield from _missing(request, VehNo="4011", VehType="4022")
    elif mode in (RAIL, AIR):
        yield from _missing(request, TransDocNo="4012", TransDocDt="4023")
    elif mode == SHIP and not vehicle and not number:
        yield error("4040")


def _missing(request: Members, **codes: str) -> Iterator[PortalError]:
    for name, code in codes.items():
        if not request.get(name):
            yield error(code)


def _details(request: Members) -> Iterator[PortalError]:
    vehicle, mode = request.get("VehNo"), request.get("TransMode")
    number = request.get("TransDocNo")
    kind = str(request.get("VehType") or "").upper()
    if number and not _DOCUMENT_NUMBER.fullmatch(str(number)):
        yield PortalError("5002", "The TransDocNo field is invalid.")
    if vehicle and not _VEHICLE.fullmatch(str(vehicle)):
        yield error("4014")
    if kind not in ("", "R", "O"):
        yield error("4020")
    if kind == "O" and mode in (RAIL, AIR):
        yield error("4024")
    if kind == "R" and mode == SHIP:
        yield error("4039")


def _transport_date(
    request: Members, document: Members, now: datetime
) -> Iterator[PortalError]:
    if not request.get("TransDocDt"):
        return
    try:
        day = document_date(request["TransDocDt"])
    except ValueError:
        yield error("4017")
        return
    if day > now.astimezone(IST).date():
        yield error("4016")
    if day < document_date(document["Dt"]):
        yield error("4021")


def _addresses(request: Members, invoice: Members) -> Iterator[PortalError]:
    """Check that both places are in India; an export goes to its port of exit."""
    target, start = ship_to(request, invoice), dispatch_from(request, invoice)
    if not target and is_export(invoice):
        yield error("4031")
    ends = ((target, "4032", "4033"), (start, "4035", "4036"))
    for address, state_code, pin_code in ends:
        if address.get("Stcd") == "96":
            yield error(state_code)
        if address.get("Pin") == FOREIGN_PIN:
            yield error(pin_code)
