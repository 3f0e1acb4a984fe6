"""Check values and goods of an e-way bill without an IRN (GENEWAYBILL v1.03)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from ....reference import codes
from ....reference.dates import indian_date
from ....reference.ewaybill import LIMITS
from ...invoice.violation import Violation, _lt
from ..common import OWNER, ROAD, breach
from ..requests import Generate, Item, member_of
from .caller import Caller
from .sin_goods import is_sin

_NOT_NEGATIVE = (
    ("total_value", "627"),
    ("igst", "629"),
    ("cgst", "630"),
    ("sgst", "631"),
    ("cess", "632"),
    ("cess_non_advol", "633"),
)
_NOT_FOR_GOLD = (
    ("transporter_id", "801"),
    ("transporter_name", "802"),
    ("document", "803"),
    ("document_date", "804"),
    ("vehicle", "805"),
    ("vehicle_type", "806"),
)
_CRORE_OF_SIX_DIGITS = 5


def goods_violations(
    request: Generate, caller: Caller, now: datetime
) -> Iterator[Violation]:
    """Yield every breach by values or goods, with the portal's code."""
    yield from _values(request)
    yield from _taxes(request, caller)
    if caller.is_composition:
        yield from _composition(request)
    yield from _items(request)
    for number, item in enumerate(request.items):
        yield from _item(request, number, item, caller, now)


def is_gold(request: Generate) -> bool:
    """Return whether all goods fall under "EWB for Gold" (chapter 71)."""
    return codes.is_gold_alone(one.hsn for one in request.items)


def gold_violations(request: Generate) -> Iterator[Violation]:
    """Yield breaches of the rules on gold: by road, within a state, without transport
    details (801-808, 815)."""
    for name, code in _NOT_FOR_GOLD:
        if getattr(request, name):
            template = _lt("For gold, leave transporter, vehicle and document empty.")
            yield breach(request, code, name, "ewb_gold_secrecy", template)
    if not request.mode:
        template = _lt("Choose Road as the mode of transport: gold needs it.")
        yield breach(request, "807", "mode", "ewb_gold_mode_missing", template)
    elif request.mode != ROAD:
        template = _lt("Gold must go by road.")
        yield breach(request, "815", "mode", "ewb_gold_mode", template)
    if not _same_state(request):
        template = _lt("No e-Way Bill is made for gold that goes between states.")
        yield breach(request, "808", "to_state", "ewb_gold_states", template)


def _values(request: Generate) -> Iterator[Violation]:
    for name, code in _NOT_NEGATIVE:
        if getattr(request, name) < 0:
            template = _lt("This amount cannot be negative.")
            yield breach(request, code, name, "ewb_negative", template)
    total = request.invoice_value
    if total is None:
        template = _lt("Enter the value of the document.")
        yield breach(request, "640", "invoice_value", "ewb_no_value", template)
    elif total < 0:
        template = _lt("The value of the document cannot be negative.")
        yield breach(request, "628", "invoice_value", "ewb_negative_value", template)
    elif _parts(request) > total + LIMITS.value_grace:
        yield breach(
            request,
            "620",
            "invoice_value",
            "ewb_value_sum",
            _lt("The value %(value)s is below the sum of its parts, %(parts)s."),
            value=f"{total:.2f}",
            parts=f"{_parts(request):.2f}",
        )


def _parts(request: Generate) -> Decimal:
    taxes = request.cgst + request.sgst + request.igst
    cess = request.cess + request.cess_non_advol
    return request.total_value + taxes + cess + request.other_value


def _same_state(request: Generate) -> bool:
    """Return whether CGST and SGST apply, judged by bill-from and bill-to state."""
    return request.from_state.zfill(2) == request.to_state.zfill(2)


def _taxes(request: Generate, caller: Caller) -> Iterator[Violation]:
    """CGST and SGST within a state, IGST between states and for an SEZ."""
    local = _same_state(request) and not caller.is_sez
    if local and request.igst:
        template = _lt("Within a state there is no IGST.")
        yield breach(request, "623", "igst", "ewb_igst_local", template)
    if not local and (request.cgst or request.sgst):
        code = "378" if caller.is_sez else "624"
        template = _lt("Between states, and for an SEZ, there is only IGST.")
        yield breach(request, code, "cgst", "ewb_cgst_interstate", template)


def _composition(request: Generate) -> Iterator[Violation]:
    if request.doc_type == "INV":
        template = _lt("A composition taxpayer issues a bill of supply, no invoice.")
        yield breach(request, "714", "doc_type", "ewb_composition_invoice", template)
    if request.supply_type == "O" and not _same_state(request):
        template = _lt("A composition taxpayer does not supply between states.")
        yield breach(request, "703", "to_state", "ewb_composition_states", template)
    if any(_rates(one) for one in request.items):
        template = _lt("A composition taxpayer charges no tax: rates must be 0.")
        yield breach(request, "704", "items", "ewb_composition_rates", template)


def _rates(item: Item) -> bool:
    return any((item.cgst_rate, item.sgst_rate, item.igst_rate, item.cess_rate))


# --- lines ---------------------------------------------------------------------------


def _items(request: Generate) -> Iterator[Violation]:
    if not request.items:
        template = _lt("Enter at least one line of goods.")
        yield breach(request, "233", "items", "ewb_no_items", template)
    elif all(codes.is_service_code(one.hsn) for one in request.items):
        template = _lt("All lines are services; an e-Way Bill is for goods.")
        yield breach(request, "724", "items", "ewb_only_services", template)
    if len(request.items) > LIMITS.most_items:
        template = _lt("There are %(count)s lines; %(most)s are allowed.")
        count, most = len(request.items), LIMITS.most_items
        kind = "ewb_too_many_items"
        yield breach(request, "233", "items", kind, template, count=count, most=most)
    gold = [codes.is_gold(one.hsn) for one in request.items]
    goods = [not codes.is_service_code(one.hsn) for one in request.items]
    if any(gold) and gold != goods:
        template = _lt("Gold cannot be on one bill with other goods.")
        yield breach(request, "809", "items", "ewb_gold_mixed", template)


def _item(
    request: Generate, number: int, item: Item, caller: Caller, now: datetime
) -> Iterator[Violation]:
    faults = (
        *_published_rates(request, item, now),
        *_hsn(item, caller, now),
        *_amounts(item),
        *_tax_rates(request, item, caller),
    )
    for code, name, kind, template in faults:
        member = member_of(item, name)
        path = f"itemList[{number}].{member}"
        params = {"line": number + 1}
        value = getattr(item, name)
        yield Violation(code, path, value, kind, template, params, OWNER)


_Fault = tuple[str, str, str, str]


def _hsn(item: Item, caller: Caller, now: datetime) -> Iterator[_Fault]:
    hsn = item.hsn
    digits = codes.hsn_digits(indian_date(now), caller.above_crore)
    if not (hsn.isascii() and hsn.isdecimal()) or not codes.hsn_exists(hsn):
        template = _lt("Line %(line)s: the HSN code is not in the GST tariff.")
        yield "216", "hsn", "ewb_hsn", template
    elif len(hsn) < digits:
        is_large = caller.above_crore >= _CRORE_OF_SIX_DIGITS
        template = _lt("Line %(line)s: the HSN code has too few digits.")
        yield "283" if is_large else "282", "hsn", "ewb_hsn_digits", template
    if item.unit and not codes.is_unit(item.unit):
        template = _lt("Line %(line)s: the unit (UQC) is not one of the portal's.")
        code = "837" if is_sin(item.hsn, indian_date(now)) else "217"
        yield code, "unit", "ewb_unit", template


def _amounts(item: Item) -> Iterator[_Fault]:
    if item.taxable_amount < 0:
        template = _lt("Line %(line)s: the taxable amount cannot be negative.")
        yield "234", "taxable_amount", "ewb_line_amount", template
    if item.quantity is not None and item.quantity < 0:
        template = _lt("Line %(line)s: the quantity cannot be negative.")
        # no list has a code for it
        yield "", "quantity", "ewb_line_quantity", template
    if item.cess_rate < 0:
        template = _lt("Line %(line)s: the cess rate cannot be negative.")
        yield "255", "cess_rate", "ewb_line_cess", template
    if item.cess_non_advol < 0:
        template = _lt("Line %(line)s: the cess amount cannot be negative.")
        yield "256", "cess_non_advol", "ewb_line_cess_amount", template


def _tax_rates(request: Generate, item: Item, caller: Caller) -> Iterator[_Fault]:
    local = _same_state(request) and not caller.is_sez
    if item.cgst_rate != item.sgst_rate:
        template = _lt("Line %(line)s: the rates of CGST and SGST must be equal.")
        yield "251", "sgst_rate", "ewb_line_halves", template
    if local and item.igst_rate:
        template = _lt("Line %(line)s: within a state there is no IGST.")
        yield "218", "igst_rate", "ewb_line_igst", template
    if not local and (item.cgst_rate or item.sgst_rate):
        template = _lt("Line %(line)s: between states, and for an SEZ, only IGST.")
        code = "378" if caller.is_sez else "219"
        yield code, "cgst_rate", "ewb_line_cgst", template


def _published_rates(request: Generate, item: Item, now: datetime) -> Iterator[_Fault]:
    """The rates are of the rate master on the document's day (252-254)."""
    rates = codes.gst_rates_on(request.doc_date or indian_date(now))
    if not rates:
        return
    if item.igst_rate and item.igst_rate not in rates:
        template = _lt("Line %(line)s: the IGST rate is not a GST rate of that day.")
        yield "254", "igst_rate", "ewb_rate_igst", template
    if item.cgst_rate and item.cgst_rate * 2 not in rates:
        template = _lt("Line %(line)s: the CGST rate is not half of a GST rate.")
        yield "252", "cgst_rate", "ewb_rate_cgst", template
    if item.sgst_rate and item.sgst_rate * 2 not in rates:
        template = _lt("Line %(line)s: the SGST rate is not half of a GST rate.")
        yield "253", "sgst_rate", "ewb_rate_sgst", template
