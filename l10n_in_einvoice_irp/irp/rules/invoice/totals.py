"""Rules on amounts: NIC's calculations, per line and for the document.

NIC "Generate IRN - API and validations", section on calculations. Quantity times unit
price is not compared with TotAmt, because NIC withdrew that check (2192).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial

from ...reference.retail_price import (
    is_taxed_on_retail_price,
    is_too_short_for_retail_price,
)
from .document_view import Document, Part, Rule, money, tolerated
from .violation import Violation, _lt

_NOTES = frozenset({"CRN", "DBN"})
_TAXES = (
    "IgstAmt",
    "CgstAmt",
    "SgstAmt",
    "CesAmt",
    "CesNonAdvlAmt",
    "StateCesAmt",
    "StateCesNonAdvlAmt",
)
# total of the document, error code, title, members of the lines that it adds up
_SUMS = (
    ("AssVal", "2182", "taxable value", ("AssAmt",)),
    ("SgstVal", "2183", "SGST", ("SgstAmt",)),
    ("CgstVal", "2184", "CGST", ("CgstAmt",)),
    ("IgstVal", "2185", "IGST", ("IgstAmt",)),
    ("CesVal", "2186", "cess", ("CesAmt", "CesNonAdvlAmt")),
    ("StCesVal", "2187", "state cess", ("StateCesAmt", "StateCesNonAdvlAmt")),
)
_HUNDRED = Decimal(100)
_TAX_AMOUNT = (
    "tax_amount",
    _lt(
        "%(title)s %(found)s does not agree with taxable value %(value)s and rate "
        "%(rate)s %%, which give %(expected)s."
    ),
)
_TAX_AMOUNT_SHORT_HSN = (
    "tax_amount_short_hsn",
    _lt(
        "%(title)s %(found)s does not agree with taxable value %(value)s and rate "
        "%(rate)s %%, which give %(expected)s. If the tax is computed from the retail "
        "sale price, HSN code %(hsn)s is too short: enter all 8 digits."
    ),
)


# --- lines ---------------------------------------------------------------------------


def taxable_value(doc: Document) -> Iterator[Violation]:
    """2193: AssAmt = TotAmt - Discount."""
    for line in doc.lines:
        expected = line.amount("TotAmt") - line.amount("Discount")
        if not tolerated(line.amount("AssAmt"), expected):
            yield line.breaks(
                "2193",
                "AssAmt",
                "taxable_value",
                _lt(
                    "The taxable value %(found)s is not the gross amount less the "
                    "discount, %(expected)s."
                ),
                found=money(line.amount("AssAmt")),
                expected=money(expected),
            )


def halves_match_rate(doc: Document) -> Iterator[Violation]:
    """2234: CgstAmt = SgstAmt = AssAmt x GstRt / 200; not for notes."""
    if doc.takes_igst or doc.document_type in _NOTES:
        return
    for line in _valued_as_sold(doc):
        expected = _part_of(line, "GstRt") / 2
        for name, title in (("CgstAmt", "CGST"), ("SgstAmt", "SGST")):
            if not tolerated(line.amount(name), expected):
                yield _gst_breach(doc, "2234", line, name, title, expected)
                break


def igst_matches_rate(doc: Document) -> Iterator[Violation]:
    """2235: IgstAmt = AssAmt x GstRt / 100; not for notes.

    IgstAmt may be 0 if the supply is without payment of tax.
    """
    if not doc.takes_igst or doc.document_type in _NOTES:
        return
    for line in _valued_as_sold(doc):
        expected = _part_of(line, "GstRt")
        untaxed = doc.is_untaxed and not line.amount("IgstAmt")
        if not untaxed and not tolerated(line.amount("IgstAmt"), expected):
            yield _gst_breach(doc, "2235", line, "IgstAmt", "IGST", expected)


def cess_matches_rate(
    doc: Document, *, code: str, amount: str, rate: str, title: str
) -> Iterator[Violation]:
    """2266, 2267: CesAmt = AssAmt x CesRt / 100, StateCesAmt likewise; not for notes.

    As with IGST, the amount may be 0 if the supply is without payment of tax: NIC says
    so only of IGST, but under bond or LUT no cess is paid either.
    """
    if doc.document_type in _NOTES:
        return
    for line in doc.lines:
        expected = _part_of(line, rate)
        untaxed = doc.is_untaxed and not line.amount(amount)
        if not untaxed and not tolerated(line.amount(amount), expected):
            params = _tax_params(line, amount, title, expected, rate)
            yield line.breaks(code, amount, *_TAX_AMOUNT, **params)


def line_total(doc: Document) -> Iterator[Violation]:
    """2194: TotItemVal = AssAmt + all taxes + OthChrg.

    Item rule 9: under reverse charge and for EXPWP, the taxes may be omitted.
    """
    for line in _valued_as_sold(doc):
        allowed = [_with_tax(line)]
        if _may_leave_tax_out(doc):
            allowed.append(_without_tax(line))
        found = line.amount("TotItemVal")
        if not any(tolerated(found, one) for one in allowed):
            yield line.breaks(
                "2194",
                "TotItemVal",
                "line_total",
                _lt(
                    "The line total %(found)s is not taxable value, taxes and other "
                    "charges, %(expected)s."
                ),
                found=money(found),
                expected=_either(allowed),
            )


# --- document ------------------------------------------------------------------------


def sums(doc: Document) -> Iterator[Violation]:
    """2182 to 2187: AssVal, SgstVal, CgstVal, IgstVal, CesVal, StCesVal sum lines."""
    for name, code, title, members in _SUMS:
        expected = _total(line.amount(one) for line in doc.lines for one in members)
        found = doc.totals.amount(name)
        if not tolerated(found, expected):
            yield doc.totals.breaks(
                code,
                name,
                "document_total",
                _lt(
                    "The document's %(title)s is %(found)s; the lines add up to "
                    "%(expected)s."
                ),
                title=title,
                found=money(found),
                expected=money(expected),
            )


def invoice_value(doc: Document) -> Iterator[Violation]:
    """2189: TotInvVal = sum of TotItemVal - Discount + OthChrg + RndOffAmt.

    If the lines may omit the taxes, so may the total.
    """
    totals = doc.totals
    extra = totals.amount("OthChrg") + totals.amount("RndOffAmt")
    extra -= totals.amount("Discount")
    allowed = [_total(line.amount("TotItemVal") for line in doc.lines) + extra]
    if _may_leave_tax_out(doc):
        allowed.append(_total(map(_with_tax, doc.lines)) + extra)
        allowed.append(_total(map(_without_tax, doc.lines)) + extra)
    found = totals.amount("TotInvVal")
    if not any(tolerated(found, one) for one in allowed):
        yield totals.breaks(
            "2189",
            "TotInvVal",
            "invoice_value",
            _lt(
                "The invoice value %(found)s is not the sum of the line totals less "
                "discount, plus other charges and round-off, %(expected)s. Line "
                "discounts are already part of the line totals."
            ),
            found=money(found),
            expected=_either(allowed),
        )


# --- helpers -------------------------------------------------------------------------


def _valued_as_sold(doc: Document) -> Iterator[Part]:
    """Yield the lines whose tax and total are computed from the taxable value.

    NIC release notes of 01-02-2026: the IRPs do not apply 2194, 2234 and 2235 to goods
    taxed on their retail sale price.
    """
    day = doc.date or doc.today
    for line in doc.lines:
        if not is_taxed_on_retail_price(line.text("HsnCd"), day):
            yield line


def _part_of(line: Part, rate: str) -> Decimal:
    return line.amount("AssAmt") * line.amount(rate) / _HUNDRED


def _gst_breach(
    doc: Document, code: str, line: Part, name: str, title: str, expected: Decimal
) -> Violation:
    hsn = line.text("HsnCd")
    is_short = is_too_short_for_retail_price(hsn, doc.date or doc.today)
    kind, template = _TAX_AMOUNT_SHORT_HSN if is_short else _TAX_AMOUNT
    params = _tax_params(line, name, title, expected, "GstRt")
    return line.breaks(code, name, kind, template, hsn=hsn, **params)


def _tax_params(
    line: Part, name: str, title: str, expected: Decimal, rate: str
) -> dict[str, str]:
    return {
        "title": title,
        "found": money(line.amount(name)),
        "value": money(line.amount("AssAmt")),
        "rate": str(line.amount(rate)),
        "expected": money(expected),
    }


def _may_leave_tax_out(doc: Document) -> bool:
    return doc.reverse_charge or doc.supply_type == "EXPWP"


def _with_tax(line: Part) -> Decimal:
    return _without_tax(line) + _total(line.amount(name) for name in _TAXES)


def _without_tax(line: Part) -> Decimal:
    return line.amount("AssAmt") + line.amount("OthChrg")


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _either(allowed: Iterable[Decimal]) -> str:
    return " or ".join(dict.fromkeys(money(one) for one in allowed))


TOTAL_RULES: tuple[Rule, ...] = (
    taxable_value,
    halves_match_rate,
    igst_matches_rate,
    partial(
        cess_matches_rate, code="2266", amount="CesAmt", rate="CesRt", title="Cess"
    ),
    partial(
        cess_matches_rate,
        code="2267",
        amount="StateCesAmt",
        rate="StateCesRt",
        title="State cess",
    ),
    line_total,
    sums,
    invoice_value,
)
