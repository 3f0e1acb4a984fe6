"""Rules on the lines: numbering, tariff, units, rates and the kind of tax.

Clause numbers are those of the item rules in NIC's "Generate IRN - API and
validations" (text of 2026), unless a rule says "general".
"""

from __future__ import annotations

from collections.abc import Iterator

from ...reference import codes
from .document_view import Document, Rule, line_label, money
from .violation import Violation, make_violation

_MAX_LINES = 1000


def has_lines(doc: Document) -> Iterator[Violation]:
    """Rule 2: the document has at least one line."""
    if not doc.lines:
        message = "The invoice has no lines that are to be registered."
        yield make_violation("2228", "ItemList", None, message)


def not_too_many_lines(doc: Document) -> Iterator[Violation]:
    """Rule 2: the document has at most 1000 lines."""
    if len(doc.lines) > _MAX_LINES:
        message = f"The invoice has {len(doc.lines)} lines; the portal takes 1000."
        yield make_violation("2173", "ItemList", len(doc.lines), message)


def serial_numbers_differ(doc: Document) -> Iterator[Violation]:
    """Rule 1: serial numbers are numeric (schema) and unique."""
    seen = set()
    for line in doc.lines:
        number = int(line.text("SlNo"))
        if number in seen:
            message = f"Serial number {line.text('SlNo')} stands on two lines."
            yield line.breaks("2233", "SlNo", message)
        seen.add(number)


def hsn_known(doc: Document) -> Iterator[Violation]:
    """Rule 3: the HSN/SAC code is in the tariff (checked by chapter or heading)."""
    for line in doc.lines:
        hsn = line.text("HsnCd")
        if not codes.hsn_exists(hsn):
            message = (
                f"{line_label(line)}: HSN/SAC code {hsn} is not in the GST tariff."
            )
            yield line.breaks("2176", "HsnCd", message)


def goods_not_service_code(doc: Document) -> Iterator[Violation]:
    """Rule 4: goods have no code of chapter 99."""
    for line in doc.lines:
        hsn = line.text("HsnCd")
        if line.code("IsServc") == "N" and codes.is_service_code(hsn):
            yield line.breaks(
                "3047",
                "HsnCd",
                f"{line_label(line)}: code {hsn} is a service (99…), but the line is "
                "marked as goods; correct the product's type or its code.",
            )


def service_not_goods_code(doc: Document) -> Iterator[Violation]:
    """Rule 4: services have a code of chapter 99."""
    for line in doc.lines:
        hsn = line.text("HsnCd")
        if line.code("IsServc") == "Y" and not codes.is_service_code(hsn):
            yield line.breaks(
                "3048",
                "HsnCd",
                f"{line_label(line)}: code {hsn} is goods, but the line is marked as a "
                "service; correct the product's type or give a code beginning with 99.",
            )


def goods_have_quantity(doc: Document) -> Iterator[Violation]:
    """Rule 5: goods have a quantity; 0 is allowed (debit notes on the price)."""
    for line in doc.lines:
        if line.code("IsServc") == "N" and not line.given("Qty"):
            message = f"{line_label(line)}: goods need a quantity."
            yield line.breaks("2238", "Qty", message)


def goods_have_unit(doc: Document) -> Iterator[Violation]:
    """Rule 5: goods have a unit."""
    for line in doc.lines:
        if line.code("IsServc") == "N" and not line.given("Unit"):
            message = f"{line_label(line)}: goods need a unit (UQC) such as NOS or KGS."
            yield line.breaks("2239", "Unit", message)


def units_known(doc: Document) -> Iterator[Violation]:
    """Rule 6: the unit is in the UQC master."""
    for line in doc.lines:
        unit = line.text("Unit")
        if unit and not codes.is_unit(unit):
            yield line.breaks(
                "2177",
                "Unit",
                f"{line_label(line)}: unit {unit} is not a UQC of the portal; set the "
                "UQC of the unit of measure, or OTH.",
            )


def rates_known(doc: Document) -> Iterator[Violation]:
    """Rule 7 and general rule 36: the GST rate is in force on the document date."""
    rates = codes.gst_rates_on(doc.date or doc.today)
    for line in doc.lines:
        rate = line.amount("GstRt")
        if rate not in rates:
            allowed = ", ".join(str(one) for one in rates)
            yield line.breaks(
                "2240",
                "GstRt",
                f"{line_label(line)}: GST rate {rate} % is not a notified rate; "
                f"these are: {allowed}.",
            )


def halves_equal(doc: Document) -> Iterator[Violation]:
    """Rule 8: CGST and SGST are equal."""
    for line in doc.lines:
        cgst, sgst = line.amount("CgstAmt"), line.amount("SgstAmt")
        if cgst != sgst:
            yield line.breaks(
                "2227",
                "SgstAmt",
                f"{line_label(line)}: CGST {money(cgst)} and SGST {money(sgst)} must "
                "be the same amount.",
            )


def no_igst_within_state(doc: Document) -> Iterator[Violation]:
    """General rule 31: an intra-state supply has CGST and SGST, not IGST."""
    if doc.takes_igst:
        return
    for line in doc.lines:
        if line.amount("IgstAmt"):
            yield line.breaks(
                "2172",
                "IgstAmt",
                f"{line_label(line)}: IGST is charged, but seller and place of supply "
                f"are both in {codes.state_name(doc.seller_state)}; charge CGST and "
                "SGST.",
            )


def no_halves_between_states(doc: Document) -> Iterator[Violation]:
    """General rules 31, 32 and 20: an inter-state supply has IGST, not CGST, SGST."""
    if not doc.takes_igst:
        return
    for line in doc.lines:
        name = next((one for one in ("CgstAmt", "SgstAmt") if line.amount(one)), "")
        if name:
            message = f"{line_label(line)}: CGST or SGST is charged, but {_why(doc)}"
            yield line.breaks("2174", name, f"{message}; charge IGST.")


def _why(doc: Document) -> str:
    if doc.is_export or doc.is_sez:
        return f"supply type {doc.supply_type} is always inter-state"
    if doc.same_state:
        return "the invoice is marked as IGST on intra-state supply"
    return (
        f"the supply goes from {codes.state_name(doc.seller_state)} to place of supply "
        f"{codes.state_name(doc.place_of_supply)}"
    )


ITEM_RULES: tuple[Rule, ...] = (
    has_lines,
    not_too_many_lines,
    serial_numbers_differ,
    hsn_known,
    goods_not_service_code,
    service_not_goods_code,
    goods_have_quantity,
    goods_have_unit,
    units_known,
    rates_known,
    halves_equal,
    no_igst_within_state,
    no_halves_between_states,
)
