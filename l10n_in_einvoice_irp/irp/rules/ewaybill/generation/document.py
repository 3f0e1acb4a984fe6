"""Check an e-way bill without an IRN before it is sent (GENEWAYBILL v1.03).

The rules on the document, its parties and its transport; those on values and goods are
in `.goods`. NIC "Generate e-way bill", "sub-docType mapping" and the code list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from ....reference import codes
from ....reference.dates import indian_date, written
from ....reference.ewaybill import (
    CODES,
    LIMITS,
    document_types_of,
    is_enabled_within,
    longest_distance,
    movements_of,
    sub_supply_types_of,
)
from ....reference.gstin import gstin_fault, transporter_fault
from ...invoice.violation import Violation, _lt
from ..common import breach, transport, vehicle_type
from ..requests import Generate
from .caller import Caller
from .form import form_violations
from .goods import gold_violations, goods_violations, is_gold
from .places import ABROAD, place_violations
from .sin_goods import has_sin_goods, sin_goods_violations

_DOCUMENT = re.compile(r"[A-Za-z0-9/-]{1,16}")
_LONGEST_DESCRIPTION = 20
_OTHERS, _EXPORT, _SUPPLY, _KNOCKED_DOWN = "8", "3", "1", "9"
_WITH_ABROAD = {("O", "3"): "450", ("I", "2"): "451"}


def generation_violations(
    request: Generate, caller: Caller, now: datetime
) -> list[Violation]:
    """Return every breach of a request, with the portal's code.

    :param now: aware.
    """
    gold = is_gold(request)
    return [
        *_movement(request),
        *_document(request, now),
        *_parties(request, caller),
        *_who(request, caller),
        *place_violations(request, caller),
        *form_violations(request),
        *goods_violations(request, caller, now),
        *sin_goods_violations(request, now),
        *_within_state(request, now),
        *(gold_violations(request) if gold else _transport(request, caller, now)),
        *_distance(request, caller, now),
        *_through_the_irn(request, caller, now),
    ]


def _movement(request: Generate) -> Iterator[Violation]:
    """Supply, sub-supply and document type go together: one of 28 (201-205, 377)."""
    supply, sub, doc = request.supply_type, request.sub_supply_type, request.doc_type
    known = document_types_of(supply, sub)
    if supply not in CODES["supply_types"]:
        template = _lt("Choose the supply type: outward (O) or inward (I).")
        yield breach(request, "201", "supply_type", "ewb_supply_type", template)
    elif sub not in sub_supply_types_of(supply):
        code = "203" if sub in CODES["sub_supply_types"] else "202"
        template = _lt("Sub-supply type “%(sub)s” does not go with supply type %(of)s.")
        kind = "ewb_sub_supply"
        label = CODES["sub_supply_types"].get(sub, sub)
        shown = CODES["supply_types"][supply]
        yield breach(
            request, code, "sub_supply_type", kind, template, sub=label, of=shown
        )
    elif doc not in known:
        code = "205" if doc in CODES["document_types"] else "204"
        yield breach(
            request,
            code,
            "doc_type",
            "ewb_doc_type",
            _lt("Document type “%(doc)s” does not go with %(sub)s. Choose: %(known)s."),
            doc=CODES["document_types"].get(doc, doc),
            sub=CODES["sub_supply_types"][sub],
            known=", ".join(CODES["document_types"][one] for one in known),
        )
    yield from _description(request)


def _description(request: Generate) -> Iterator[Violation]:
    text = request.sub_supply_description.strip()
    if request.sub_supply_type == _OTHERS and not text:
        template = _lt("Describe the sub-supply type Others, such as Purchase Return.")
        kind = "ewb_description_missing"
        yield breach(request, "377", "sub_supply_description", kind, template)
    if len(text) > _LONGEST_DESCRIPTION:
        yield breach(
            request,
            "377",
            "sub_supply_description",
            "ewb_description_long",
            _lt("The description has %(length)s characters; %(most)s are allowed."),
            length=len(text),
            most=_LONGEST_DESCRIPTION,
        )


def _document(request: Generate, now: datetime) -> Iterator[Violation]:
    if not _DOCUMENT.fullmatch(request.doc_number):
        yield breach(
            request,
            "206",
            "doc_number",
            "ewb_doc_number",
            _lt(
                "Document number “%(number)s” must have 1 to 16 letters, digits, / "
                "and -."
            ),
            number=request.doc_number,
        )
    day, today = request.doc_date, indian_date(now)
    if day is None or day > today:
        template = _lt("Enter the document date; it cannot be after today.")
        yield breach(request, "207", "doc_date", "ewb_doc_date", template)
        return
    limit = codes.ewaybill_document_days(today)
    if day < LIMITS.earliest_document:
        template = _lt("The document date %(date)s is before GST began.")
        kind = "ewb_doc_before_gst"
        yield breach(request, "819", "doc_date", kind, template, date=written(day))
    elif limit and today - day > timedelta(days=limit):
        yield breach(
            request,
            "820",
            "doc_date",
            "ewb_doc_too_old",
            _lt("The document date %(date)s is more than %(limit)s days ago."),
            date=written(day),
            limit=limit,
        )


# --- parties -------------------------------------------------------------------------


def _parties(request: Generate, caller: Caller) -> Iterator[Violation]:
    for name, code in (("from_gstin", "208"), ("to_gstin", "212")):
        gstin = getattr(request, name)
        fault = "" if gstin == codes.UNREGISTERED else gstin_fault(gstin)
        if fault and (caller.check_digits or fault != "check_digit"):
            template = _lt("“%(gstin)s” is no GSTIN. For an unregistered party: URP.")
            yield breach(request, code, name, "ewb_gstin", template, gstin=gstin)
    yield from _sez_parties(request, caller)
    if request.from_gstin == request.to_gstin == codes.UNREGISTERED:
        template = _lt("Supplier and recipient cannot both be unregistered.")
        yield breach(request, "822", "to_gstin", "ewb_both_unregistered", template)
    else:
        yield from _parties_of_movement(request)


def _sez_parties(request: Generate, caller: Caller) -> Iterator[Violation]:
    """Import and export are with someone abroad or in an SEZ (450, 451); knocked-down
    goods of an SEZ have Other Country as its state (641, 642)."""
    outward = request.supply_type == "O"
    name, state = ("to_gstin", "to_state") if outward else ("from_gstin", "from_state")
    registered = getattr(request, name) != codes.UNREGISTERED
    kind = (request.supply_type, request.sub_supply_type)
    if kind in _WITH_ABROAD and registered and not caller.is_sez:
        template = _lt("The party abroad has no GSTIN: enter URP, unless it is an SEZ.")
        yield breach(request, _WITH_ABROAD[kind], name, "ewb_party_abroad", template)
    knocked_down = request.sub_supply_type == _KNOCKED_DOWN and caller.is_sez
    if knocked_down and getattr(request, state) not in ABROAD:
        template = _lt("For SKD/CKD with an SEZ, its state is Other Country.")
        code = "641" if outward else "642"
        yield breach(request, code, state, "ewb_knocked_down", template)


def _parties_of_movement(request: Generate) -> Iterator[Violation]:
    """The other party of a movement is one that its row of the 28 admits.

    No code is published for it; the portal's closest is that of the GSTIN.
    """
    rows = [
        one
        for one in movements_of(request.supply_type, request.sub_supply_type)
        if one.doc_type == request.doc_type
    ]
    outward = request.supply_type == "O"
    name, code = ("to_gstin", "212") if outward else ("from_gstin", "208")
    allowed = {
        party
        for one in rows
        for party in (one.to_parties if outward else one.from_parties)
    }
    if rows and _kind_of_party(request, getattr(request, name)) not in allowed:
        sub = CODES["sub_supply_types"][request.sub_supply_type]
        template = (
            _lt("%(sub)s goes from and to the same GSTIN: enter it on both sides.")
            if allowed == {"self"}
            else _lt("%(sub)s needs another party: check its GSTIN, or enter URP.")
        )
        kind = "ewb_own_party" if allowed == {"self"} else "ewb_other_party"
        yield breach(request, code, name, kind, template, sub=sub)


def _kind_of_party(request: Generate, gstin: str) -> str:
    if gstin == codes.UNREGISTERED:
        return "URP"
    return "self" if request.from_gstin == request.to_gstin else "other"


def _who(request: Generate, caller: Caller) -> Iterator[Violation]:
    """Supplier, recipient or transporter generates (278, 359, 360, 370)."""
    own, code = (
        (request.from_gstin, "359")
        if request.supply_type == "O"
        else (request.to_gstin, "360")
    )
    if caller.user == own:
        return
    if caller.user == request.transporter_id:
        if caller.user in (request.from_gstin, request.to_gstin):
            template = _lt("A transporter who generates it is neither of the parties.")
            yield breach(request, "370", "", "ewb_transporter_is_party", template)
        return
    if request.transporter_id and caller.user not in (
        request.from_gstin,
        request.to_gstin,
    ):
        code = "278"
    template = _lt(
        "%(user)s cannot generate it: that is for the supplier if it is outward, for "
        "the recipient if it is inward, or for its transporter."
    )
    name = "from_gstin" if request.supply_type == "O" else "to_gstin"
    yield breach(request, code, name, "ewb_not_yours", template, user=caller.user)


def _through_the_irn(
    request: Generate, caller: Caller, now: datetime
) -> Iterator[Violation]:
    """A tax invoice to a registered buyer or abroad goes through the IRN (720; 856 for
    tobacco and pan masala)."""
    outward_invoice = (request.supply_type, request.doc_type) == ("O", "INV")
    to_business = (
        request.sub_supply_type == _SUPPLY and request.to_gstin != codes.UNREGISTERED
    )
    covered = to_business or request.sub_supply_type == _EXPORT
    if caller.reports_einvoices and outward_invoice and covered:
        template = _lt("Register the invoice first: its e-Way Bill is made by the IRN.")
        code = "856" if has_sin_goods(request, now) else "720"
        yield breach(request, code, "doc_type", "ewb_through_irn", template)


# --- transport -----------------------------------------------------------------------


def _transport(request: Generate, caller: Caller, now: datetime) -> Iterator[Violation]:
    yield from _transporter(request, caller)
    yield from vehicle_type(request)
    yield from _to_transporter(request)
    if request.is_part_a_only:
        if request.mode:
            template = _lt("Enter the vehicle or transport document of this mode.")
            yield breach(request, "226", "vehicle", "ewb_mode_alone", template)
        elif not request.transporter_id:
            template = _lt(
                "Enter the transporter's ID (Part A only), or the mode of transport "
                "with the vehicle or transport document."
            )
            yield breach(request, "619", "transporter_id", "ewb_part_a", template)
        return
    if not request.mode:
        code = "621" if request.vehicle else "622"
        template = _lt("Choose the mode of transport of the vehicle or document.")
        yield breach(request, code, "mode", "ewb_mode_missing", template)
        return
    today = indian_date(now)
    yield from transport(
        request,
        today,
        doc_date=request.doc_date,
        mode_code="220",
        vehicle_code="225",
        missing_code="226",
    )


def _to_transporter(request: Generate) -> Iterator[Violation]:
    """Goods that go to the transporter first: the flag is Y (605), and the vehicle has
    a type (606)."""
    if request.to_transporter not in ("", "Y"):
        template = _lt("Movement to the transporter is marked with Y.")
        yield breach(request, "605", "to_transporter", "ewb_to_transporter", template)
    if request.to_transporter and not request.vehicle_type:
        template = _lt("Choose the vehicle type for the movement to the transporter.")
        kind = "ewb_to_transporter_type"
        yield breach(request, "606", "vehicle_type", kind, template)


def _within_state(request: Generate, now: datetime) -> Iterator[Violation]:
    """Within a state there are e-way bills from its own day on (363)."""
    states = {request.from_state.zfill(2), request.to_state.zfill(2)}
    if len(states) == 1 and not is_enabled_within(states.pop(), indian_date(now)):
        template = _lt("There are no e-Way Bills for goods that stay in this state.")
        yield breach(request, "363", "to_state", "ewb_within_state", template)


def _transporter(request: Generate, caller: Caller) -> Iterator[Violation]:
    number = request.transporter_id
    fault = transporter_fault(number) if number else ""
    if fault and (caller.check_digits or fault != "check_digit"):
        template = _lt("“%(id)s” is not a transporter ID. Check for a typo.")
        kind = "ewb_transporter_id"
        yield breach(request, "222", "transporter_id", kind, template, id=number)


def _distance(request: Generate, caller: Caller, now: datetime) -> Iterator[Violation]:
    km, most = request.distance_km, longest_distance(indian_date(now))
    if not 0 <= km <= most:
        template = _lt(
            "The distance must be 0 (the portal computes it) to %(most)s km."
        )
        yield breach(request, "221", "distance_km", "ewb_distance", template, most=most)
        return
    least, near = LIMITS.same_pin_km
    if request.from_pin == request.to_pin and not least <= km <= near:
        yield breach(
            request,
            "721" if not km else "702",
            "distance_km",
            "ewb_same_pin",
            _lt("Within one PIN Code the distance must be %(least)s to %(most)s km."),
            least=least,
            most=near,
        )
    elif caller.portal_km and km > caller.portal_km * (1 + LIMITS.distance_tolerance):
        yield breach(
            request,
            "702",
            "distance_km",
            "ewb_distance_of_portal",
            _lt("By the portal it is %(portal)s km; %(km)s km is over 10%% more."),
            portal=caller.portal_km,
            km=km,
        )
