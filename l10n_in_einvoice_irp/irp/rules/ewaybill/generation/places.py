"""Check the places of an e-way bill without an IRN (GENEWAYBILL v1.03).

Bill-from and bill-to have a state, dispatch and ship-to an address, a PIN Code and
an actual state.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....reference import codes
from ....reference.ewaybill import CODES
from ....reference.gstin import gstin_fault
from ...invoice.violation import Violation, _lt
from ..common import breach, is_state
from ..requests import Generate
from .caller import Caller

_IMPORT, _EXPORT = "2", "3"
ABROAD = frozenset({"96", "99"})
"""Other country: 99 in the lists of the e-way bill system, 96 by a client in
production; both are accepted."""
_LONGEST = (
    ("from_name", 100, "229"),
    ("from_address1", 120, "209"),
    ("from_address2", 120, "209"),
    ("from_place", 50, "230"),
    ("to_name", 100, "231"),
    ("to_address1", 120, "213"),
    ("to_address2", 120, "213"),
    ("to_place", 50, "232"),
)
_STATES = (
    ("from_state", "211"),
    ("dispatch_state", "371"),
    ("to_state", "215"),
    ("ship_to_state", "372"),
)
# state, PIN, code of the state, code of the PIN, by the side that may be abroad
_SIDES = (
    ("from_pin", "dispatch_state", "210", _IMPORT, "I", ("375", "376")),
    ("to_pin", "ship_to_state", "214", _EXPORT, "O", ("373", "374")),
)


def place_violations(request: Generate, caller: Caller) -> Iterator[Violation]:
    """Yield every breach by a place, with the portal's code."""
    yield from _lengths(request)
    yield from _states(request, caller)
    for pin, state, code, sub_supply, supply, abroad in _SIDES:
        kind = (request.supply_type, request.sub_supply_type)
        gstin = request.from_gstin if supply == "I" else request.to_gstin
        if kind == (supply, sub_supply) and gstin == codes.UNREGISTERED:
            yield from _abroad(request, state, pin, abroad)
        else:
            yield from _pin(request, pin, state, code, caller)
    yield from _transaction(request, caller)


def _lengths(request: Generate) -> Iterator[Violation]:
    for name, most, code in _LONGEST:
        length = len(getattr(request, name))
        if length > most:
            yield breach(
                request,
                code,
                name,
                "ewb_text_long",
                _lt("This has %(length)s characters; %(most)s are allowed."),
                length=length,
                most=most,
            )


def _states(request: Generate, caller: Caller) -> Iterator[Violation]:
    for name, code in _STATES:
        state = getattr(request, name)
        if not is_state(state) and state not in ABROAD:
            if state and name == "ship_to_state" and _has_ship_to(request, caller):
                code = "857"
            template = _lt("Choose the state: “%(state)s” is none.")
            yield breach(request, code, name, "ewb_state", template, state=state)


def _has_ship_to(request: Generate, caller: Caller) -> bool:
    """Return whether the rules on the ship-to of types 2 and 4 apply, which NIC
    announced and shelved in 2026."""
    return caller.ship_to_gstin_required and request.transaction_type in ("2", "4")


def _pin(
    request: Generate, name: str, state: str, code: str, caller: Caller
) -> Iterator[Violation]:
    pin, of = getattr(request, name), getattr(request, state)
    if of in ABROAD and pin == str(codes.PIN_ABROAD):
        return
    has_form = len(pin) == 6 and pin.isascii() and pin.isdecimal() and pin[0] != "0"
    if not has_form or pin == str(codes.PIN_ABROAD):
        template = _lt("“%(pin)s” is no PIN Code; it has six digits, as in 560001.")
        yield breach(request, code, name, "ewb_pin", template, pin=pin)
    elif is_state(of) and not codes.pin_in_state(int(pin), of.zfill(2)):
        by_ship_to = name == "to_pin" and _has_ship_to(request, caller)
        yield breach(
            request,
            "858" if by_ship_to else "710",
            name,
            "ewb_pin_of_state",
            _lt("PIN Code %(pin)s is not in %(state)s."),
            pin=pin,
            state=codes.state_name(of.zfill(2)),
        )


def _abroad(
    request: Generate, state: str, pin: str, abroad: tuple[str, str]
) -> Iterator[Violation]:
    """The side abroad has the state Other Country and PIN 999999 (373-376)."""
    if getattr(request, state) not in ABROAD:
        template = _lt("For goods from or to abroad, the state is Other Country.")
        yield breach(request, abroad[0], state, "ewb_state_abroad", template)
    if getattr(request, pin) != str(codes.PIN_ABROAD):
        template = _lt("For goods from or to abroad, the PIN Code is 999999.")
        yield breach(request, abroad[1], pin, "ewb_pin_abroad", template)


# --- transaction type ----------------------------------------------------------------


def _transaction(request: Generate, caller: Caller) -> Iterator[Violation]:
    kind = request.transaction_type
    if kind not in CODES["transaction_types"]:
        code = "612" if kind else "614"
        template = _lt("Choose the transaction type: 1 to 4.")
        yield breach(request, code, "transaction_type", "ewb_transaction", template)
        return
    if kind in ("1", "2"):
        yield from _same_dispatch(request)
    if kind in ("1", "3"):
        yield from _same_ship_to(request)
    if kind in ("3", "4"):
        yield from _gstin(request, "dispatch_gstin", "610", caller)
        yield from _other(request, "dispatch_gstin", "from_gstin", "617")
    if kind in ("2", "4"):
        yield from _gstin(request, "ship_to_gstin", "609", caller)
        yield from _other(request, "ship_to_gstin", "to_gstin", "618")
        yield from _ship_to_required(request, caller)
        yield from _state_of_buyer(request)


def _same_dispatch(request: Generate) -> Iterator[Violation]:
    """No other place of dispatch without transaction type 3 or 4 (615, 643)."""
    if request.dispatch_gstin:
        template = _lt("A GSTIN of dispatch needs transaction type 3 or 4.")
        yield breach(request, "615", "dispatch_gstin", "ewb_no_dispatch", template)
    if request.transaction_type == "1" and _differ(
        request.from_state, request.dispatch_state
    ):
        template = _lt("Goods dispatched from another state need type 3 or 4.")
        kind = "ewb_dispatch_state"
        yield breach(request, "643", "dispatch_state", kind, template)


def _same_ship_to(request: Generate) -> Iterator[Violation]:
    """No other place of delivery without transaction type 2 or 4 (616, 644, 864)."""
    if request.ship_to_gstin:
        code = "616" if request.transaction_type == "1" else "864"
        template = _lt("A ship-to GSTIN needs transaction type 2 or 4.")
        yield breach(request, code, "ship_to_gstin", "ewb_no_ship_to", template)
    if request.transaction_type == "1" and _differ(
        request.to_state, request.ship_to_state
    ):
        template = _lt("Goods delivered in another state need type 2 or 4.")
        yield breach(request, "644", "ship_to_state", "ewb_ship_to_state", template)


def _differ(one: str, other: str) -> bool:
    # 96 as bill-to of a buyer in an SEZ, with the real state as ship-to
    abroad = one in ABROAD or other in ABROAD
    return not abroad and one.zfill(2) != other.zfill(2)


def _gstin(
    request: Generate, name: str, code: str, caller: Caller
) -> Iterator[Violation]:
    """A third party has a GSTIN, URP, or nothing (609, 610)."""
    gstin = getattr(request, name)
    fault = "" if gstin in ("", codes.UNREGISTERED) else gstin_fault(gstin)
    if fault and (caller.check_digits or fault != "check_digit"):
        template = _lt("“%(gstin)s” is no GSTIN. For an unregistered party: URP.")
        yield breach(request, code, name, "ewb_gstin", template, gstin=gstin)


def _other(request: Generate, name: str, of: str, code: str) -> Iterator[Violation]:
    gstin = getattr(request, name)
    if gstin not in ("", codes.UNREGISTERED) and gstin == getattr(request, of):
        template = _lt("For this transaction type the two GSTINs must differ.")
        yield breach(request, code, name, "ewb_same_gstin", template)


def _ship_to_required(request: Generate, caller: Caller) -> Iterator[Violation]:
    if not caller.ship_to_gstin_required:
        return
    if not request.ship_to_gstin:
        template = _lt("Enter the ship-to GSTIN, or URP.")
        kind = "ewb_ship_to_missing"
        yield breach(request, "608", "ship_to_gstin", kind, template)
    if not request.ship_to_name.strip():
        template = _lt("Enter the ship-to trade name.")
        kind = "ewb_ship_to_name_missing"
        yield breach(request, "863", "ship_to_name", kind, template)


def _state_of_buyer(request: Generate) -> Iterator[Violation]:
    """Bill-to is in the state of its GSTIN (865)."""
    gstin, state = request.to_gstin, request.to_state
    if gstin == codes.UNREGISTERED or state in ABROAD:
        return
    if gstin[:2] != state.zfill(2):
        template = _lt("The bill-to state is not that of the recipient's GSTIN.")
        yield breach(request, "865", "to_state", "ewb_state_of_buyer", template)
