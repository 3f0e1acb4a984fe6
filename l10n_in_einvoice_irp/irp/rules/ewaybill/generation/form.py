"""Check lengths and decimals of an e-way bill without an IRN (GENEWAYBILL v1.03).

By NIC's JSON Schema of the request. No code is published for what it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ...invoice.violation import Violation, _lt
from ..common import NOT_PUBLISHED, OWNER, breach
from ..requests import Generate, Item, member_of

_LONGEST_NAME = 100
_NAMES = ("transporter_name", "dispatch_name", "ship_to_name")
_AMOUNTS = (
    *("other_value", "total_value", "cgst", "sgst", "igst", "cess"),
    *("cess_non_advol", "invoice_value"),
)
_LINE_TEXTS = ("product_name", "description")
_LINE_NUMBERS = (
    *(("taxable_amount", 2), ("cess_non_advol", 2), ("cgst_rate", 3)),
    *(("sgst_rate", 3), ("igst_rate", 3), ("cess_rate", 3)),
)
_AMOUNT_DECIMALS = 2


def form_violations(request: Generate) -> Iterator[Violation]:
    """Yield every text that is too long and every number with too many decimals."""
    for name in _NAMES:
        length = len(getattr(request, name))
        if length > _LONGEST_NAME:
            yield breach(
                request,
                NOT_PUBLISHED,
                name,
                "ewb_text_long",
                _lt("This has %(length)s characters; %(most)s are allowed."),
                length=length,
                most=_LONGEST_NAME,
            )
    for name in _AMOUNTS:
        if _is_finer(getattr(request, name), _AMOUNT_DECIMALS):
            template = _lt("The amount has more than two decimals.")
            kind = "ewb_amount_decimals"
            yield breach(request, NOT_PUBLISHED, name, kind, template)
    for number, item in enumerate(request.items):
        yield from _line(number, item)


def _line(number: int, item: Item) -> Iterator[Violation]:
    for name in _LINE_TEXTS:
        if len(getattr(item, name)) > _LONGEST_NAME:
            template = _lt("Line %(line)s: the text has more than 100 characters.")
            yield _of_line(number, item, name, "ewb_line_long", template)
    for name, decimals in _LINE_NUMBERS:
        if _is_finer(getattr(item, name), decimals):
            template = _lt("Line %(line)s: a number has too many decimals.")
            yield _of_line(number, item, name, "ewb_line_decimals", template)


def _of_line(number: int, item: Item, name: str, kind: str, template: str) -> Violation:
    path = f"itemList[{number}].{member_of(item, name)}"
    params = {"line": number + 1}
    held = getattr(item, name)
    return Violation(NOT_PUBLISHED, path, held, kind, template, params, OWNER)


def _is_finer(value: Decimal | None, decimals: int) -> bool:
    """Return whether a number has more decimals than the portal takes."""
    if value is None:
        return False
    exponent = value.normalize().as_tuple().exponent
    return not isinstance(exponent, int) or -exponent > decimals
