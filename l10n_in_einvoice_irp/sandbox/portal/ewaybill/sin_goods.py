"""Tobacco and pan masala: the codes 831 to 840 of GENEWAYBILL, of 2026."""

from collections.abc import Sequence
from datetime import date

from .fields import Codes, Members, amount, code, hsn_of, text, whole

# notifications 19 and 20/2025-Central Tax
_SINCE = date(2026, 2, 1)
_LISTED = ("21069020", "2401", "2402", "2403", "240411", "240419")
_BIRIS = ("24031921", "24031929")
_SERVICE = "99"
_PLACES = {
    "fromaddr1": "832",
    "fromplace": "833",
    "toaddr1": "834",
    "toplace": "835",
}


def is_sin(item: Members, today: date) -> bool:
    """Return whether a line is of goods that are taxed on their retail sale price."""
    hsn = hsn_of(item)
    listed = hsn.startswith(_LISTED) and not hsn.startswith(_BIRIS)
    return today >= _SINCE and listed


def sin_codes(request: Members, items: Sequence[Members], today: date) -> Codes:
    """Yield the codes for a request with such goods, none for another."""
    sins = [one for one in items if is_sin(one, today)]
    if not sins:
        return
    goods = [one for one in items if not hsn_of(one).startswith(_SERVICE)]
    if len(sins) < len(goods):
        yield "831"
    yield from (wrong for name, wrong in _PLACES.items() if not text(request, name))
    for item in sins:
        if not text(item, "qtyunit"):
            yield "836"
        if not amount(item, "quantity"):
            yield "838"
        yield from _rate_codes(request, item)


def _rate_codes(request: Members, item: Members) -> Codes:
    """Yield the code for a line of an invoice without its rates of tax."""
    if code(request, "doctype") != "INV" or amount(item, "igstrate"):
        return
    if whole(request, "fromstatecode") != whole(request, "tostatecode"):
        yield "840"
    elif not amount(item, "cgstrate") or not amount(item, "sgstrate"):
        yield "839"
