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
from .document_view import Document, Part, Rule, line_label, money, tolerated
from .violation import Violation

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
    ("AssVal", "2182", "Taxable value", ("AssAmt",)),
    ("SgstVal", "2183", "SGST", ("SgstAmt",)),
    ("CgstVal", "2184", "CGST", ("CgstAmt",)),
    ("IgstVal", "2185", "IGST", ("IgstAmt",)),
    ("CesVal", "2186", "Cess", ("CesAmt", "CesNonAdvlAmt")),
    ("StCesVal", "2187", "State cess", ("StateCesAmt", "StateCesNonAdvlAmt")),
)
_HUNDRED = Decimal(100)


# --- lines ---------------------------------------------------------------------------


def taxable_value(doc: Document) -> Iterator[Violation]:
    """2193: AssAmt = TotAmt - Discount."""
    for line in doc.lines:
        expected = line.amount("TotAmt") - line.amount("Discount")
        if not tolerated(line.amount("AssAmt"), expected):
            yield line.breaks(
                "2193",
                "AssAmt",
                f"{line_label(line)}: taxable value {money(line.amount('AssAmt'))} is "
                f"not gross amount less discount, {money(expected)}.",
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
            message = _tax_message(line, amount, title, expected, rate)
            yield line.breaks(code, amount, message)


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
                f"{line_label(line)}: total {money(found)} is not taxable value, taxes "
                f"and other charges, {_either(allowed)}.",
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
                f"{title} of the document is {money(found)}; the lines add up to "
                f"{money(expected)}.",
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
            f"Invoice value {money(found)} is not the line totals less discount, plus "
            f"other charges and round-off, {_either(allowed)}. Discounts of lines "
            "are already in the line totals.",
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
    message = _tax_message(line, name, title, expected, "GstRt")
    if is_too_short_for_retail_price(hsn, doc.date or doc.today):
        message += (
            f" If the tax is that of the retail sale price, HSN code {hsn} is too "
            "short: give it with 8 digits."
        )
    return line.breaks(code, name, message)


def _tax_message(
    line: Part, name: str, title: str, expected: Decimal, rate: str
) -> str:
    return (
        f"{line_label(line)}: {title} {money(line.amount(name))} does not agree with "
        f"taxable value {money(line.amount('AssAmt'))} and rate {line.amount(rate)} %, "
        f"which give {money(expected)}."
    )


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
        cess_matches_rate, code="2266", amount="CesAmt", rate="CesRt", title="cess"
    ),
    partial(
        cess_matches_rate,
        code="2267",
        amount="StateCesAmt",
        rate="StateCesRt",
        title="state cess",
    ),
    line_total,
    sums,
    invoice_value,
)
