"""Check tobacco and pan masala, the "sin goods" of the portal (GENEWAYBILL, 831-840).

They are the goods that are taxed on their retail sale price: rule 31D of the CGST Rules
(notification 20/2025-Central Tax), from 01-02-2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ....reference import codes
from ....reference.dates import indian_date
from ....reference.retail_price import is_taxed_on_retail_price
from ...invoice.violation import Violation, _lt
from ..common import OWNER, breach
from ..requests import Generate, Item, member_of

_NEEDED = (
    ("from_address1", "832", _lt("Enter the address from which these goods go.")),
    ("from_place", "833", _lt("Enter the place from which these goods go.")),
    ("to_address1", "834", _lt("Enter the address to which these goods go.")),
    ("to_place", "835", _lt("Enter the place to which these goods go.")),
)
_TAXED_DOCUMENT = "INV"


def is_sin(hsn: str, day: date) -> bool:
    """Return whether the portal counts goods among tobacco and pan masala on a day."""
    return is_taxed_on_retail_price(hsn, day)


def has_sin_goods(request: Generate, now: datetime) -> bool:
    """Return whether a line is of tobacco or pan masala; ``now`` is aware."""
    day = indian_date(now)
    return any(is_sin(one.hsn, day) for one in request.items)


def sin_goods_violations(request: Generate, now: datetime) -> Iterator[Violation]:
    """Yield every breach of the rules on these goods, with the portal's code.

    :param now: aware.
    """
    if not has_sin_goods(request, now):
        return
    day = indian_date(now)
    goods = [one for one in request.items if not codes.is_service_code(one.hsn)]
    if not all(is_sin(one.hsn, day) for one in goods):
        template = _lt("Tobacco and pan masala cannot be with other goods on one bill.")
        yield breach(request, "831", "items", "ewb_sin_mixed", template)
    for name, code, template in _NEEDED:
        if not getattr(request, name).strip():
            yield breach(request, code, name, "ewb_sin_place", template)
    for number, item in enumerate(request.items):
        if is_sin(item.hsn, day):
            yield from _line(request, number, item)


def _line(request: Generate, number: int, item: Item) -> Iterator[Violation]:
    for code, name, kind, template in (*_quantity(item), *_rates(request, item)):
        path = f"itemList[{number}].{member_of(item, name)}"
        held, params = getattr(item, name), {"line": number + 1}
        yield Violation(code, path, held, kind, template, params, OWNER)


def _quantity(item: Item) -> Iterator[tuple[str, str, str, str]]:
    if not item.unit:
        template = _lt("Line %(line)s: tobacco and pan masala need a unit (UQC).")
        yield "836", "unit", "ewb_sin_unit", template
    if not item.quantity:
        template = _lt("Line %(line)s: tobacco and pan masala need a quantity.")
        yield "838", "quantity", "ewb_sin_quantity", template


def _rates(request: Generate, item: Item) -> Iterator[tuple[str, str, str, str]]:
    """An invoice has the rates of tax; a challan may have none (839, 840)."""
    if request.doc_type != _TAXED_DOCUMENT:
        return
    within = request.from_state.zfill(2) == request.to_state.zfill(2)
    template = _lt("Line %(line)s: enter the tax rate of tobacco or pan masala.")
    if within and not item.igst_rate and not (item.cgst_rate and item.sgst_rate):
        yield "839", "cgst_rate", "ewb_sin_rate", template
    if not within and not item.igst_rate:
        yield "840", "igst_rate", "ewb_sin_rate", template
