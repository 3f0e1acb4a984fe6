"""Check the goods and the amounts of GENEWAYBILL."""

from collections.abc import Sequence
from decimal import Decimal

from ...wire.jsontext import lower_keys
from .fields import (
    ABROAD,
    UNREGISTERED,
    Codes,
    Members,
    amount,
    code,
    hsn_of,
    is_given,
    text,
    whole,
)
from .ground import Ground
from .masters import IGST_RATES, UNITS, hsn_description
from .sin_goods import is_sin, sin_codes

_GRACE = Decimal(2)
_MOST_ITEMS = 250
_GOLD, _SERVICE = "71", "99"
# imitation jewellery (GSTN advisory of 06-02-2025)
_NO_GOLD = "7117"
_LONGEST_TEXT = 100
_RATES = ("cgstrate", "sgstrate", "igstrate", "cessrate")
_FINEST_RATE, _FINEST_AMOUNT = -3, -2
_BIG_TURNOVER_CRORE = 5
_SIGNED = {
    "totalvalue": "627",
    "totinvvalue": "628",
    "igstvalue": "629",
    "cgstvalue": "630",
    "sgstvalue": "631",
    "cessvalue": "632",
    "cessnonadvolvalue": "633",
}
_AMOUNTS = (*_SIGNED, "othervalue")
_NOT_FOR_GOLD = {
    "transporterid": "801",
    "transportername": "802",
    "transdocno": "803",
    "transdocdate": "804",
    "vehicleno": "805",
    "vehicletype": "806",
}


def items_of(request: Members) -> list[Members]:
    """Return the lines by lower-case name; members of another type are left out."""
    found = request.get("itemlist")
    rows = found if isinstance(found, list) else []
    return [lower_keys(row) for row in rows if isinstance(row, dict)]


def is_gold(items: Sequence[Members]) -> bool:
    """Return whether goods of chapter 71 are among the lines."""
    return any(_is_gold_line(item) for item in items)


def _is_gold_line(item: Members) -> bool:
    hsn = hsn_of(item)
    return hsn.startswith(_GOLD) and not hsn.startswith(_NO_GOLD)


def amount_codes(request: Members, schema_code: str) -> Codes:
    """Yield the codes for the values of the document.

    :param schema_code: the code for an amount with fractions of a paisa
    """
    for name, wrong in _SIGNED.items():
        value = amount(request, name)
        if value is not None and value < 0:
            yield wrong
    if not all(is_multiple(request, one, _FINEST_AMOUNT) for one in _AMOUNTS):
        yield schema_code
    total = amount(request, "totinvvalue")
    if total is None:
        yield "640"
        return
    parts = [name for name in _SIGNED if name != "totinvvalue"]
    summed = sum((amount(request, one) or Decimal() for one in parts), Decimal())
    if summed + (amount(request, "othervalue") or 0) > total + _GRACE:
        yield "620"


def item_codes(request: Members, ground: Ground) -> Codes:
    """Yield the codes for the lines, each once for all of them."""
    items = items_of(request)
    if not items or len(items) > _MOST_ITEMS:
        yield "233"
        return
    if all(hsn_of(item).startswith(_SERVICE) for item in items):
        yield "724"
    for item in items:
        yield from _line_codes(item, ground)
        yield from _rate_codes(item)
        if not _is_with_sez(request, ground):
            yield from _missing_codes(request, item)
        if not _is_in_schema(item):
            yield ground.settings.ewb_schema_code
    yield from sin_codes(request, items, ground.today)
    yield from _tax_codes(request, items, ground)
    if is_gold(items):
        yield from _gold_codes(request, items)


def _line_codes(item: Members, ground: Ground) -> Codes:
    hsn, turnover = hsn_of(item), ground.settings.turnover_crore
    if len(hsn) < 4 or not hsn_description(hsn):
        yield "282" if hsn_description(hsn) else "216"
    elif (turnover or 0) >= _BIG_TURNOVER_CRORE and len(hsn) < 6:
        yield "283"
    unit = code(item, "qtyunit")
    if unit and unit not in UNITS:
        yield "837" if is_sin(item, ground.today) else "217"
    taxable = amount(item, "taxableamount")
    if taxable is None or taxable < 0:
        yield "234"


def _is_in_schema(item: Members) -> bool:
    """Return whether texts and numbers of a line are within NIC's JSON schema."""
    texts = (text(item, one) for one in ("productname", "productdesc"))
    return (
        all(len(one) <= _LONGEST_TEXT for one in texts)
        and all(is_multiple(item, one, _FINEST_RATE) for one in _RATES)
        and is_multiple(item, "taxableamount", _FINEST_AMOUNT)
    )


def is_multiple(members: Members, name: str, exponent: int) -> bool:
    """Return whether a number is a multiple of ten to the power of ``exponent``."""
    value = amount(members, name)
    finest = value.normalize().as_tuple().exponent if value else 0
    return isinstance(finest, int) and finest >= exponent


def _missing_codes(request: Members, item: Members) -> Codes:
    """Yield the code for rates that are not there; 0 is a rate."""
    if _is_within_a_state(request):
        if not is_given(item, "cgstrate") and not is_given(item, "sgstrate"):
            yield "235"
    elif not is_given(item, "igstrate"):
        yield "236"


def _rate_codes(item: Members) -> Codes:
    half = {Decimal(rate) / 2 for rate in IGST_RATES}
    whole_rates = {Decimal(rate) for rate in IGST_RATES}
    for name, allowed, wrong in (
        ("cgstrate", half, "252"),
        ("sgstrate", half, "253"),
        ("igstrate", whole_rates, "254"),
    ):
        rate = amount(item, name)
        if rate is not None and rate not in allowed:
            yield wrong
    for name, wrong in (("cessrate", "255"), ("cessnonadvol", "256")):
        value = amount(item, name)
        if value is not None and value < 0:
            yield wrong
    if (amount(item, "cgstrate") or 0) != (amount(item, "sgstrate") or 0):
        yield "251"


def _tax_codes(request: Members, items: Sequence[Members], ground: Ground) -> Codes:
    """CGST with SGST within a state, IGST between states and with an SEZ."""
    has_igst = _has(items, "igstrate")
    has_local = _has(items, "cgstrate") or _has(items, "sgstrate")
    has_igst_value = bool(amount(request, "igstvalue"))
    has_local_value = any(amount(request, one) for one in ("cgstvalue", "sgstvalue"))
    if ground.type_of(code(request, "fromgstin")) == "COM" and (has_igst or has_local):
        yield "704"
    if _is_with_sez(request, ground):
        if has_local:
            yield "378"
    elif _is_within_a_state(request):
        yield from (
            one for one, is_so in (("218", has_igst), ("623", has_igst_value)) if is_so
        )
    else:
        yield from (
            one
            for one, is_so in (("219", has_local), ("624", has_local_value))
            if is_so
        )


def _has(items: Sequence[Members], name: str) -> bool:
    return any(amount(item, name) for item in items)


def _is_with_sez(request: Members, ground: Ground) -> bool:
    parties = (code(request, "fromgstin"), code(request, "togstin"))
    return any(ground.is_sez(one) for one in parties if one != UNREGISTERED)


def _is_within_a_state(request: Members) -> bool:
    start, stop = whole(request, "fromstatecode"), whole(request, "tostatecode")
    return start == stop and start not in ABROAD


def _gold_codes(request: Members, items: Sequence[Members]) -> Codes:
    """Gold goes by road within a state, without vehicle and transporter (138F)."""
    for name, wrong in _NOT_FOR_GOLD.items():
        if text(request, name):
            yield wrong
    mode = text(request, "transmode")
    if not mode:
        yield "807"
    elif mode != "1":
        yield "815"
    if not _is_within_a_state(request):
        yield "808"
    goods = [item for item in items if not hsn_of(item).startswith(_SERVICE)]
    if not all(map(_is_gold_line, goods)):
        yield "809"
