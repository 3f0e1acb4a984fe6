"""Rules on seller, buyer, ship-to and dispatch: GSTIN, state, PIN, place of supply.

Clause numbers are those of the general rules in NIC's "Generate IRN - API and
validations" (text of 2026).

The check digit of a GSTIN is deliberately not checked: NIC's own sandbox uses GSTINs
with a wrong check digit (29AWGPV7107B1Z1, 01AMBPG7773M002), and on the real portal the
registry decides (3028, 3029).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...reference import codes
from .document_view import Document, Part, Rule
from .violation import Violation

# --- GSTIN ---------------------------------------------------------------------------


def buyer_registered(doc: Document) -> Iterator[Violation]:
    """Rule 7: the recipient in India is a registered person."""
    if not doc.is_export and doc.buyer.text("Gstin") == codes.UNREGISTERED:
        yield doc.buyer.breaks(
            "2212",
            "Gstin",
            f"Buyer: supply type {doc.supply_type} needs the buyer's GSTIN; invoices "
            "to unregistered customers in India are not registered.",
        )


def buyer_unregistered_abroad(doc: Document) -> Iterator[Violation]:
    """Rule 21: the recipient of an export is URP."""
    gstin = doc.buyer.text("Gstin")
    if doc.is_export and gstin != codes.UNREGISTERED:
        yield doc.buyer.breaks(
            "2248",
            "Gstin",
            f"Buyer: GSTIN is {gstin}; for an export it must be URP.",
        )


def parties_differ(doc: Document) -> Iterator[Violation]:
    """Rule 41: supplier and recipient have different GSTINs."""
    if doc.buyer.text("Gstin") == doc.seller.text("Gstin"):
        yield doc.buyer.breaks(
            "2211",
            "Gstin",
            f"Buyer: GSTIN {doc.buyer.text('Gstin')} is the seller's own; an invoice "
            "to oneself is not registered.",
        )


def seller_gstin_state(doc: Document) -> Iterator[Violation]:
    """Rule 23: the supplier's GSTIN begins with its state code."""
    gstin = doc.seller.text("Gstin")
    if _is_address(doc.seller_state) and gstin[:2] != doc.seller_state:
        yield doc.seller.breaks("2258", "Stcd", _state_words("Seller", doc.seller))


def buyer_gstin_state(doc: Document) -> Iterator[Violation]:
    """Rule 23: the recipient's GSTIN begins with its state code; not for exports."""
    gstin = doc.buyer.text("Gstin")
    state = _state(doc.buyer)
    judged = not doc.is_export and gstin != codes.UNREGISTERED
    if judged and _is_address(state) and gstin[:2] != state:
        yield doc.buyer.breaks("2265", "Stcd", _state_words("Buyer", doc.buyer))


def _state_words(who: str, part: Part) -> str:
    gstin = part.text("Gstin")
    return (
        f"{who}: state {codes.state_name(_state(part))} does not agree with GSTIN "
        f"{gstin}, which belongs to state {codes.state_name(gstin[:2])}."
    )


# --- state codes ---------------------------------------------------------------------


def seller_state(doc: Document) -> Iterator[Violation]:
    """Rule 44: the supplier's state is in the master and in India."""
    if not _is_address(doc.seller_state):
        yield doc.seller.breaks("2259", "Stcd", _unknown_state("Seller", doc.seller))


def buyer_state(doc: Document) -> Iterator[Violation]:
    """Rule 44: the recipient's state is in the master."""
    state = _state(doc.buyer)
    if not doc.is_export and state != codes.ABROAD and not _is_address(state):
        yield doc.buyer.breaks("2260", "Stcd", _unknown_state("Buyer", doc.buyer))


def buyer_state_domestic(doc: Document) -> Iterator[Violation]:
    """Rule 44: the state of a domestic recipient is not 96."""
    if not doc.is_export and _state(doc.buyer) == codes.ABROAD:
        yield doc.buyer.breaks(
            "2269",
            "Stcd",
            f"Buyer: state 96 (abroad) does not go with supply type {doc.supply_type}; "
            "give the state of the buyer's GSTIN.",
        )


def buyer_state_export(doc: Document) -> Iterator[Violation]:
    """Rule 21: the state of an export's recipient is 96."""
    if doc.is_export and _state(doc.buyer) != codes.ABROAD:
        yield doc.buyer.breaks(
            "2261",
            "Stcd",
            f"Buyer: state is {codes.state_name(_state(doc.buyer))}; for an export it "
            "must be 96 (abroad).",
        )


def other_states(doc: Document) -> Iterator[Violation]:
    """Rules 25 and 26: ship-to and dispatch states are in the master.

    Dispatch from abroad is invalid too; with an e-way bill, 4035 reports it instead.
    """
    for who, part in _other_addresses(doc):
        state = _state(part)
        abroad = state == codes.ABROAD and (part is doc.ship_to or doc.ewaybill)
        if part and not abroad and not _is_address(state):
            yield part.breaks("2200", "Stcd", _unknown_state(who, part))


def ship_to_state_domestic(doc: Document) -> Iterator[Violation]:
    """Rule 27: goods of a domestic supply are not shipped abroad."""
    if not doc.is_export and _state(doc.ship_to) == codes.ABROAD:
        yield doc.ship_to.breaks(
            "2271",
            "Stcd",
            "Delivery address: state 96 (abroad) does not go with supply type "
            f"{doc.supply_type}; give an Indian state.",
        )


# --- place of supply -----------------------------------------------------------------


def place_known(doc: Document) -> Iterator[Violation]:
    """Rule 39: the place of supply is in the master; 25 was merged into 26."""
    state = codes.states().get(doc.place_of_supply)
    if not doc.is_export and not (state and state.place_of_supply):
        yield doc.buyer.breaks(
            "2243",
            "Pos",
            f"Buyer: place of supply {doc.place_of_supply} is not in the portal's list "
            "of states.",
        )


def place_export(doc: Document) -> Iterator[Violation]:
    """Rule 21: the place of supply of an export is 96."""
    if doc.is_export and doc.place_of_supply != codes.ABROAD:
        yield doc.buyer.breaks(
            "2232",
            "Pos",
            f"Buyer: place of supply is {codes.state_name(doc.place_of_supply)}; for "
            "an export it must be 96 (abroad).",
        )


def place_abroad_domestic(doc: Document) -> Iterator[Violation]:
    """Rule 40: the place of supply of SEZ supplies and deemed exports is in India."""
    judged = doc.supply_type != "B2B" and not doc.is_export
    if judged and doc.place_of_supply == codes.ABROAD:
        yield doc.buyer.breaks(
            "2242",
            "Pos",
            "Buyer: place of supply 96 (abroad) does not go with supply type "
            f"{doc.supply_type}; give an Indian state.",
        )


def place_abroad_transport(doc: Document) -> Iterator[Violation]:
    """Rule 40: B2B with a place of supply abroad is for transport of goods only."""
    carriage = all(codes.is_goods_transport(line.text("HsnCd")) for line in doc.lines)
    judged = doc.supply_type == "B2B" and doc.place_of_supply == codes.ABROAD
    if judged and not carriage:
        yield doc.buyer.breaks(
            "2303",
            "Pos",
            "Buyer: place of supply 96 (abroad) is allowed for B2B only if every line "
            "is transport of goods (HSN 9965 or 9968).",
        )


# --- PIN codes -----------------------------------------------------------------------


def buyer_pin_given(doc: Document) -> Iterator[Violation]:
    """Rule 43: a domestic recipient has a PIN code."""
    if not doc.is_export and not doc.buyer.given("Pin"):
        message = f"Buyer: the PIN code is missing; {doc.supply_type} needs it."
        yield doc.buyer.breaks("2244", "Pin", message)


def buyer_pin_export(doc: Document) -> Iterator[Violation]:
    """Rule 21: the PIN code of a recipient abroad is 999999."""
    given = doc.buyer.given("Pin")
    if doc.is_export and given and _pin(doc.buyer) != codes.PIN_ABROAD:
        yield doc.buyer.breaks(
            "2275",
            "Pin",
            f"Buyer: PIN code is {_pin(doc.buyer)}; for an export it must be 999999.",
        )


def pins_in_india(doc: Document) -> Iterator[Violation]:
    """Rule 22: PIN code 999999 is for recipients abroad and for state 97 only."""
    judged = [
        ("2276", "Seller", doc.seller),
        ("2273", "Dispatch address", doc.dispatch),
    ]
    if not doc.is_export:
        judged += [("2274", "Buyer", doc.buyer)]
        judged += [("2272", "Delivery address", doc.ship_to)]
    for code, who, part in judged:
        if _pin(part) == codes.PIN_ABROAD and _state(part) != codes.OTHER_TERRITORY:
            message = f"{who}: PIN 999999 stands for abroad; give the real PIN code."
            yield part.breaks(code, "Pin", message)


def pins_exist(doc: Document) -> Iterator[Violation]:
    """Rule 24: the PIN code exists (judged by its first three digits)."""
    for who, part, code, _ in _located(doc):
        if not codes.pin_exists(_pin(part)):
            message = f"{who}: PIN code {_pin(part)} does not exist in India."
            yield part.breaks(code, "Pin", message)


def pins_in_state(doc: Document) -> Iterator[Violation]:
    """Rule 24: the PIN code lies in the state (judged by its first three digits)."""
    for who, part, _, code in _located(doc):
        pin, state = _pin(part), _state(part)
        if codes.pin_exists(pin) and not codes.pin_in_state(pin, state):
            yield part.breaks(
                code,
                "Pin",
                f"{who}: PIN code {pin} does not lie in state "
                f"{codes.state_name(state)}; correct the PIN code or the state.",
            )


def _located(doc: Document) -> Iterator[tuple[str, Part, str, str]]:
    """Yield addresses whose PIN can be checked, with the codes of both faults."""
    addresses = (
        ("Seller", doc.seller, "3038", "3039"),
        ("Buyer", doc.buyer, "3038", "3039"),
        ("Dispatch address", doc.dispatch, "3038", "3039"),
        ("Delivery address", doc.ship_to, "3040", "3041"),
    )
    for who, part, unknown, elsewhere in addresses:
        real = part.given("Pin") and _pin(part) != codes.PIN_ABROAD
        if real and _is_address(_state(part)):
            yield who, part, unknown, elsewhere


# --- helpers -------------------------------------------------------------------------


def _other_addresses(doc: Document) -> tuple[tuple[str, Part], ...]:
    return ("Delivery address", doc.ship_to), ("Dispatch address", doc.dispatch)


def _state(part: Part) -> str:
    return codes.state_code(part.text("Stcd"))


def _pin(part: Part) -> int:
    return int(part.data.get("Pin") or 0)


def _is_address(state: str) -> bool:
    known = codes.states().get(state)
    return bool(known and known.address and state != codes.ABROAD)


def _unknown_state(who: str, part: Part) -> str:
    return (
        f"{who}: state code {_state(part)} is not an Indian state of the portal's list."
    )


PARTY_RULES: tuple[Rule, ...] = (
    buyer_registered,
    buyer_unregistered_abroad,
    parties_differ,
    seller_gstin_state,
    buyer_gstin_state,
    seller_state,
    buyer_state,
    buyer_state_domestic,
    buyer_state_export,
    other_states,
    ship_to_state_domestic,
    place_known,
    place_export,
    place_abroad_domestic,
    place_abroad_transport,
    buyer_pin_given,
    buyer_pin_export,
    pins_in_india,
    pins_exist,
    pins_in_state,
)
