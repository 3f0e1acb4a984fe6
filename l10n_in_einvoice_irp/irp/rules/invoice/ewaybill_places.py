"""Rules on where the goods of an e-way bill start and end, and how far that is.

Rules 14, 15 and 17 of the e-way bill rules in NIC's "Generate IRN - API and
validations" (text of 2026).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...reference import codes
from .document_view import Document, Part
from .violation import Violation, _lt

_MAX_KM_SAME_PIN = 100


def distance_same_pin(doc: Document) -> Iterator[Violation]:
    """Rule 14: within one PIN code the distance is 1 to 100 km, given by the sender."""
    start, end = _journey(doc)
    distance = int(doc.ewaybill.amount("Distance"))
    if start == end != codes.PIN_ABROAD and not 1 <= distance <= _MAX_KM_SAME_PIN:
        yield doc.ewaybill.breaks(
            "4029",
            "Distance",
            "distance_same_pin",
            _lt(
                "Both places have PIN Code %(pin)s. Enter the actual distance, 1 to "
                "%(most)s km, not %(distance)s."
            ),
            pin=start,
            most=_MAX_KM_SAME_PIN,
            distance=distance,
        )


def distance_unknown_pin(doc: Document) -> Iterator[Violation]:
    """Rule 15: the portal cannot compute a distance to PIN 999999."""
    distance = int(doc.ewaybill.amount("Distance"))
    # An export without a ship-to has the greater fault of having none (4031).
    judged = doc.ship_to or not doc.is_export
    if judged and codes.PIN_ABROAD in _journey(doc) and not distance:
        message = _lt(
            "With PIN Code 999999 the portal cannot compute the distance. Enter the km."
        )
        yield doc.ewaybill.breaks("4034", "Distance", "distance_missing", message)


def export_ship_to(doc: Document) -> Iterator[Violation]:
    """Rule 17: exports need the Indian port as ship-to."""
    if doc.is_export and not doc.ship_to:
        message = _lt("An export needs the port in India as its delivery address.")
        yield doc.ship_to.breaks("4031", "", "port_missing", message)


def ship_to_state(doc: Document) -> Iterator[Violation]:
    """Rule 17: the ship-to of an export is in India (domestic supplies: 2271)."""
    if doc.is_export and _state(doc.ship_to) == codes.ABROAD:
        message = _lt(
            "The delivery address must be the port in India, not state 96 (abroad)."
        )
        yield doc.ship_to.breaks("4032", "Stcd", "port_state_abroad", message)


def ship_to_pin(doc: Document) -> Iterator[Violation]:
    """Rule 17: the ship-to has an Indian PIN code (elsewhere: 2272)."""
    refused = not doc.is_export and _state(doc.ship_to) != codes.OTHER_TERRITORY
    if not refused and doc.ship_to.data.get("Pin") == codes.PIN_ABROAD:
        message = _lt("The delivery address needs an Indian PIN Code, not 999999.")
        yield doc.ship_to.breaks("4033", "Pin", "delivery_pin_abroad", message)


def dispatch_state(doc: Document) -> Iterator[Violation]:
    """Rule 17: goods are dispatched from India."""
    if _state(doc.dispatch) == codes.ABROAD:
        message = _lt(
            "The dispatch address must be in India, not in state 96 (abroad)."
        )
        yield doc.dispatch.breaks("4035", "Stcd", "dispatch_state_abroad", message)


def dispatch_pin(doc: Document) -> Iterator[Violation]:
    """Rule 17: the dispatch address of state 97 has a PIN code (elsewhere: 2273)."""
    territory = _state(doc.dispatch) == codes.OTHER_TERRITORY
    if territory and doc.dispatch.data.get("Pin") == codes.PIN_ABROAD:
        message = _lt("The dispatch address needs an Indian PIN Code, not 999999.")
        yield doc.dispatch.breaks("4036", "Pin", "dispatch_pin_abroad", message)


def _state(part: Part) -> str:
    return codes.state_code(part.text("Stcd"))


def _journey(doc: Document) -> tuple[int, int]:
    """Return the PIN codes where the goods start and end."""
    start = doc.dispatch or doc.seller
    end = doc.ship_to or doc.buyer
    return int(start.data.get("Pin") or 0), int(end.data.get("Pin") or 0)
