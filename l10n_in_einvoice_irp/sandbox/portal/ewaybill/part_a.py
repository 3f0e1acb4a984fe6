"""Check Part A of GENEWAYBILL: document, parties and places."""

import re
from datetime import date, timedelta

from ...wire.dates import financial_year
from ..places import FOREIGN_PIN
from . import masters
from .fields import (
    ABROAD,
    UNREGISTERED,
    Codes,
    Members,
    code,
    day,
    is_given,
    is_party,
    is_pin,
    is_state,
    text,
    whole,
)
from .ground import Ground
from .items import items_of
from .sin_goods import is_sin

_DOCUMENT_NUMBER = re.compile(r"[A-Za-z0-9/-]{1,16}")
# the start of GST
_FIRST_DAY = date(2017, 7, 1)
_LONGEST_DESCRIPTION = 20
_EXPORT, _IMPORT, _SUPPLY, _KITS, _OTHERS = "3", "2", "1", "9", "8"


def document_key(request: Members, document_day: date) -> str:
    """Return the text that is the same for every e-way bill of a document.

    The supplier numbers it; for an unregistered one the recipient is added.
    """
    sender = code(request, "fromgstin")
    if sender == UNREGISTERED:
        sender += code(request, "togstin")
    number = text(request, "docno").upper()
    year = financial_year(document_day)
    return "|".join((sender, code(request, "doctype"), year, number))


def document_codes(request: Members, ground: Ground) -> Codes:
    """Yield the codes for types, number and date of the document."""
    kind, supply = code(request, "doctype"), code(request, "supplytype")
    sub = text(request, "subsupplytype")
    known = True
    for value, choices, wrong in (
        (supply, masters.SUPPLIES, "201"),
        (sub, masters.SUB_SUPPLIES, "202"),
        (kind, masters.DOCUMENTS, "204"),
    ):
        if value not in choices:
            known = False
            yield wrong
    if known and not any(pair[:2] == (supply, sub) for pair in masters.COMBINATIONS):
        yield "203"
    elif known and (supply, sub, kind) not in masters.COMBINATIONS:
        yield ground.settings.ewb_pair_code
    if sub == _OTHERS and not text(request, "subsupplydesc"):
        yield "377"
    if len(text(request, "subsupplydesc")) > _LONGEST_DESCRIPTION:
        yield "377"
    if not _DOCUMENT_NUMBER.fullmatch(text(request, "docno")):
        yield "206"
    yield from _date_codes(day(request, "docdate"), ground)


def _date_codes(found: date | None, ground: Ground) -> Codes:
    if found is None or found > ground.today:
        yield "207"
    elif found < _FIRST_DAY:
        yield "819"
    elif ground.today - found > timedelta(days=ground.settings.eway_bill_days):
        yield "820"


def party_codes(request: Members, ground: Ground) -> Codes:
    """Yield the codes for supplier and recipient, and for who generates."""
    sender, recipient = code(request, "fromgstin"), code(request, "togstin")
    if not is_party(sender):
        yield "208"
    if not is_party(recipient):
        yield "212"
    if not is_party(sender) or not is_party(recipient):
        return
    if sender == recipient == UNREGISTERED:
        yield "822"
        return
    user = code(request, "usergstin")
    if user and user != ground.caller:
        yield "358"
    yield from _caller_codes(request, ground, sender, recipient)
    yield from _relation_codes(request, sender, recipient)
    yield from _registry_codes(request, ground, sender, recipient)
    yield from _abroad_codes(request, ground, sender, recipient)


def _caller_codes(
    request: Members, ground: Ground, sender: str, recipient: str
) -> Codes:
    """The supplier generates outward, the recipient inward, or the transporter."""
    is_outward = code(request, "supplytype") == "O"
    transporter = code(request, "transporterid")
    if ground.caller == (sender if is_outward else recipient):
        return
    if ground.caller in (sender, recipient):
        yield "359" if is_outward else "360"
        if ground.caller == transporter:
            yield "370"
    elif transporter and ground.caller != transporter:
        yield "278"
    elif not transporter:
        yield "359" if is_outward else "360"


def _relation_codes(request: Members, sender: str, recipient: str) -> Codes:
    """Compare the parties with those of the 28 combinations."""
    key = (
        code(request, "supplytype"),
        text(request, "subsupplytype"),
        code(request, "doctype"),
    )
    if key not in masters.COMBINATIONS:
        return
    is_outward = key[0] == "O"
    other, allowed = (
        (recipient, masters.COMBINATIONS[key][1])
        if is_outward
        else (sender, masters.COMBINATIONS[key][0])
    )
    relation = "self" if sender == recipient else "other"
    if other == UNREGISTERED:
        relation = UNREGISTERED
    if relation not in allowed:
        yield "212" if is_outward else "208"


def _registry_codes(
    request: Members, ground: Ground, sender: str, recipient: str
) -> Codes:
    if sender != UNREGISTERED:
        if not ground.may_supply(sender):
            yield "208"
        if ground.registry.is_blocked(sender):
            yield "715"
        if ground.type_of(sender) in ("TDS", "TCS"):
            yield "855"
    if recipient not in (UNREGISTERED, sender) and not ground.may_receive(recipient):
        document_day = day(request, "docdate")
        yield "722" if ground.ended_before(recipient, document_day) else "212"
    if ground.registry.has_common_enrolment(ground.caller):
        yield "654"
    if _is_for_irn(request, ground, sender, recipient):
        sins = (is_sin(one, ground.today) for one in items_of(request))
        yield "856" if any(sins) else "720"
    yield from _composition_codes(request, ground, sender)


def _is_for_irn(request: Members, ground: Ground, sender: str, recipient: str) -> bool:
    """Return whether the invoice must go through the IRN instead: B2B or export."""
    is_invoice = (code(request, "supplytype"), code(request, "doctype")) == ("O", "INV")
    is_export = text(request, "subsupplytype") == _EXPORT
    return (
        ground.settings.ewb_irn_required
        and is_invoice
        and (is_export or recipient != UNREGISTERED)
        and ground.has_irp_user(sender)
    )


def _composition_codes(request: Members, ground: Ground, sender: str) -> Codes:
    if ground.type_of(sender) != "COM" or code(request, "supplytype") != "O":
        return
    if code(request, "doctype") == "INV":
        yield "714"
    if whole(request, "fromstatecode") != whole(request, "tostatecode"):
        yield "703"


def _abroad_codes(
    request: Members, ground: Ground, sender: str, recipient: str
) -> Codes:
    """Check exports and imports; an SEZ lies in India."""
    supply, sub = code(request, "supplytype"), text(request, "subsupplytype")
    if (supply, sub) == ("O", _EXPORT):
        if recipient != UNREGISTERED and not ground.is_sez(recipient):
            yield "450"
        if recipient == UNREGISTERED:
            yield from _foreign_codes(request, "to", "373", "374")
    if (supply, sub) == ("I", _IMPORT):
        if sender != UNREGISTERED and not ground.is_sez(sender):
            yield "451"
        if sender == UNREGISTERED:
            yield from _foreign_codes(request, "from", "375", "376")
    if sub == _KITS:
        yield from _kit_codes(request, ground, supply)


def _kit_codes(request: Members, ground: Ground, supply: str) -> Codes:
    """SKD and CKD lots to or from an SEZ: its state is another country."""
    end, wrong = ("to", "641") if supply == "O" else ("from", "642")
    is_abroad = whole(request, f"{end}statecode") in ABROAD
    if ground.is_sez(code(request, f"{end}gstin")) and not is_abroad:
        yield wrong


def _foreign_codes(request: Members, end: str, state: str, pin: str) -> Codes:
    """A port as ship-to or dispatch place may lie in India (types 2 to 4)."""
    if whole(request, f"{end}statecode") not in ABROAD:
        yield state
    is_regular = text(request, "transactiontype") == "1"
    if is_regular and whole(request, f"{end}pincode") != FOREIGN_PIN:
        yield pin


def place_codes(request: Members, ground: Ground) -> Codes:
    """Yield the codes for states, PIN codes and the type of transaction."""
    for name, wrong in (
        ("fromstatecode", "211"),
        ("tostatecode", "215"),
        ("actfromstatecode", "371"),
        ("acttostatecode", "372"),
    ):
        if not is_state(whole(request, name)):
            is_sent = name == "acttostatecode" and is_given(request, name)
            yield "857" if is_sent and _has_ship_to(request, ground) else wrong
    for end, wrong in (("from", "210"), ("to", "214")):
        pin = whole(request, f"{end}pincode")
        if pin is None or not is_pin(pin):
            yield wrong
        elif pin != FOREIGN_PIN:
            state = whole(request, f"act{end}statecode")
            if state is not None and not masters.is_in_state(pin, state):
                is_ship_to = end == "to" and _has_ship_to(request, ground)
                yield "858" if is_ship_to else "710"
    states = {whole(request, "actfromstatecode"), whole(request, "acttostatecode")}
    if len(states) == 1 and states <= {*ground.settings.ewb_states_without}:
        yield "363"
    yield from _transaction_codes(request, ground)


def _has_ship_to(request: Members, ground: Ground) -> bool:
    """Return whether the shelved rules on a ship-to party apply: types 2 and 4."""
    kind = text(request, "transactiontype")
    return ground.settings.ewb_ship_to_gstin and kind in ("2", "4")


def _transaction_codes(request: Members, ground: Ground) -> Codes:
    kind = text(request, "transactiontype")
    if not kind:
        yield "614"
    elif kind not in ("1", "2", "3", "4"):
        yield "612"
    elif kind == "1":
        yield from _regular_codes(request)
    else:
        needs = ground.settings.ewb_dispatch_gstin, ground.settings.ewb_ship_to_gstin
        for parts, end, party, codes, is_needed in (
            ("34", "dispatchfromgstin", "fromgstin", ("607", "610", "617"), needs[0]),
            ("24", "shiptogstin", "togstin", ("608", "609", "618"), needs[1]),
        ):
            if kind in parts:
                yield from _third_party_codes(request, end, party, codes, is_needed)
        if kind == "3" and text(request, "shiptogstin"):
            yield "864"
    if kind in ("2", "4"):
        yield from _ship_to_codes(request, ground)


def _ship_to_codes(request: Members, ground: Ground) -> Codes:
    if ground.settings.ewb_ship_to_gstin and not text(request, "shiptotradename"):
        yield "863"
    recipient, state = code(request, "togstin"), whole(request, "tostatecode")
    is_named = recipient != UNREGISTERED and is_party(recipient)
    if is_named and state not in ABROAD and int(recipient[:2]) != state:
        yield "865"


def _regular_codes(request: Members) -> Codes:
    for end, wrong in (("from", "643"), ("to", "644")):
        bill = whole(request, f"{end}statecode")
        # a client in production sends 96 for a buyer in an SEZ, and the real state of
        # the place
        if bill not in (whole(request, f"act{end}statecode"), *ABROAD):
            yield wrong
    if text(request, "dispatchfromgstin"):
        yield "615"
    if text(request, "shiptogstin"):
        yield "616"


def _third_party_codes(
    request: Members, end: str, party: str, codes: tuple[str, str, str], is_needed: bool
) -> Codes:
    missing, wrong, same = codes
    gstin = code(request, end)
    if not gstin:
        if is_needed:
            yield missing
    elif not is_party(gstin):
        yield wrong
    elif gstin == code(request, party) != UNREGISTERED:
        yield same
