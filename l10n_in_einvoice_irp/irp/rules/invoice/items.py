"""Rules on the lines: numbering, tariff, units, rates and the kind of tax.

Clause numbers are those of the item rules in NIC's "Generate IRN - API and
validations" (text of 2026), unless a rule says "general".
"""

from __future__ import annotations

from collections.abc import Iterator

from ...reference import codes
from .document_view import Document, Rule, money
from .violation import Violation, _lt

_MAX_LINES = 1000


def has_lines(doc: Document) -> Iterator[Violation]:
    """Rule 2: the document has at least one line."""
    if not doc.lines:
        message = _lt("The invoice has no lines to register.")
        yield Violation("2228", "ItemList", None, "no_lines", message)


def not_too_many_lines(doc: Document) -> Iterator[Violation]:
    """Rule 2: the document has at most 1000 lines."""
    if len(doc.lines) > _MAX_LINES:
        yield Violation(
            "2173",
            "ItemList",
            len(doc.lines),
            "too_many_lines",
            _lt("The invoice has %(count)s lines; the portal accepts up to %(most)s."),
            {"count": len(doc.lines), "most": _MAX_LINES},
        )


def serial_numbers_differ(doc: Document) -> Iterator[Violation]:
    """Rule 1: serial numbers are numeric (schema) and unique."""
    seen = set()
    for line in doc.lines:
        number = int(line.text("SlNo"))
        if number in seen:
            yield line.breaks(
                "2233",
                "SlNo",
                "serial_number_twice",
                _lt("Two lines have the serial number %(number)s."),
                number=line.text("SlNo"),
            )
        seen.add(number)


def hsn_known(doc: Document) -> Iterator[Violation]:
    """Rule 3: the HSN/SAC code is in the tariff (checked by chapter or heading)."""
    for line in doc.lines:
        hsn = line.text("HsnCd")
        if not codes.hsn_exists(hsn):
            yield line.breaks(
                "2176",
                "HsnCd",
                "hsn_unknown",
                _lt("HSN/SAC code %(hsn)s is not in the GST tariff."),
                hsn=hsn,
            )


def goods_not_service_code(doc: Document) -> Iterator[Violation]:
    """Rule 4: goods have no code of chapter 99."""
    for line in doc.lines:
        hsn = line.text("HsnCd")
        if line.code("IsServc") == "N" and codes.is_service_code(hsn):
            yield line.breaks(
                "3047",
                "HsnCd",
                "goods_with_sac",
                _lt(
                    "%(hsn)s is the SAC of a service (99…), but the line is marked as "
                    "goods. Correct the product's type or its HSN/SAC code."
                ),
                hsn=hsn,
            )


def service_not_goods_code(doc: Document) -> Iterator[Violation]:
    """Rule 4: services have a code of chapter 99."""
    for line in doc.lines:
        hsn = line.text("HsnCd")
        if line.code("IsServc") == "Y" and not codes.is_service_code(hsn):
            yield line.breaks(
                "3048",
                "HsnCd",
                "service_with_hsn",
                _lt(
                    "%(hsn)s is the HSN code of goods, but the line is marked as a "
                    "service. Correct the product's type, or enter a SAC, which "
                    "begins with 99."
                ),
                hsn=hsn,
            )


def goods_have_quantity(doc: Document) -> Iterator[Violation]:
    """Rule 5: goods have a quantity; 0 is allowed (debit notes on the price)."""
    for line in doc.lines:
        if line.code("IsServc") == "N" and not line.given("Qty"):
            message = _lt("Goods need a quantity.")
            yield line.breaks("2238", "Qty", "quantity_missing", message)


def goods_have_unit(doc: Document) -> Iterator[Violation]:
    """Rule 5: goods have a unit."""
    for line in doc.lines:
        if line.code("IsServc") == "N" and not line.given("Unit"):
            message = _lt("Goods need a unit (UQC) such as NOS or KGS.")
            yield line.breaks("2239", "Unit", "uqc_missing", message)


def units_known(doc: Document) -> Iterator[Violation]:
    """Rule 6: the unit is in the UQC master."""
    for line in doc.lines:
        unit = line.text("Unit")
        if unit and not codes.is_unit(unit):
            yield line.breaks(
                "2177",
                "Unit",
                "uqc_unknown",
                _lt(
                    "Unit %(unit)s is not a UQC of the portal. Choose the UQC of the "
                    "unit of measure, or OTH."
                ),
                unit=unit,
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
                "gst_rate_unknown",
                _lt(
                    "%(rate)s %% is not a notified GST rate. The notified rates are "
                    "%(allowed)s."
                ),
                rate=str(rate),
                allowed=allowed,
            )


def halves_equal(doc: Document) -> Iterator[Violation]:
    """Rule 8: CGST and SGST are equal."""
    for line in doc.lines:
        cgst, sgst = line.amount("CgstAmt"), line.amount("SgstAmt")
        if cgst != sgst:
            yield line.breaks(
                "2227",
                "SgstAmt",
                "cgst_sgst_differ",
                _lt("CGST %(cgst)s and SGST %(sgst)s must be the same amount."),
                cgst=money(cgst),
                sgst=money(sgst),
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
                "igst_within_state",
                _lt(
                    "IGST is charged, but the seller and the Place of Supply are both "
                    "in %(state)s. Charge CGST and SGST."
                ),
                state=codes.state_name(doc.seller_state),
            )


def no_halves_between_states(doc: Document) -> Iterator[Violation]:
    """General rules 31, 32 and 20: an inter-state supply has IGST, not CGST, SGST."""
    if not doc.takes_igst:
        return
    for line in doc.lines:
        name = next((one for one in ("CgstAmt", "SgstAmt") if line.amount(one)), "")
        if name:
            yield line.breaks("2174", name, *_why_igst(doc), **_states(doc))


def _why_igst(doc: Document) -> tuple[str, str]:
    """Return the kind and template of CGST or SGST where IGST is due."""
    if doc.is_export or doc.is_sez:
        return "cgst_on_inter_state_type", _lt(
            "CGST or SGST is charged, but supply type %(supply_type)s is always "
            "inter-state. Charge IGST."
        )
    if doc.same_state:
        return "cgst_on_igst_on_intra", _lt(
            "CGST or SGST is charged, but the invoice is marked as IGST on "
            "intra-state supply. Charge IGST."
        )
    return "cgst_between_states", _lt(
        "CGST or SGST is charged, but the seller is in %(state)s and the Place of "
        "Supply is %(place)s. Charge IGST."
    )


def _states(doc: Document) -> dict[str, str]:
    return {
        "supply_type": doc.supply_type,
        "state": codes.state_name(doc.seller_state),
        "place": codes.state_name(doc.place_of_supply),
    }


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
