"""Rules on the document as a whole: type, dates, kind of supply, export details.

Clause numbers are those of the general rules in NIC's "Generate IRN - API and
validations" (text of 2026).

Only the portal can apply the rules on GSTIN registrations and their types (5, 15, 17 to
20, 34, 35, 38, 45), on earlier registrations (10 to 12) and on the HSN master.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...reference import codes
from ...reference.dates import read_date, written
from .document_view import Document, Part, Rule
from .violation import Violation, make_violation

_REVERSE_CHARGE_TYPES = frozenset({"B2B", "SEZWP", "SEZWOP"})


def version(doc: Document) -> Iterator[Violation]:
    """Rule 2: the schema version is 1.1."""
    found = doc.invoice.get("Version")
    if found != "1.1":
        message = f"Schema version is “{found}”; the portal takes 1.1."
        yield make_violation("2279", "Version", found, message)


# --- dates ---------------------------------------------------------------------------


def date_exists(doc: Document) -> Iterator[Violation]:
    """Rule 9b: the document date is a valid date."""
    part = doc.part("DocDtls")
    if doc.date is None:
        message = f"Document date {part.text('Dt')} does not exist in the calendar."
        yield part.breaks("2292", "Dt", message)


def date_not_future(doc: Document) -> Iterator[Violation]:
    """Rule 9a: the document date is not in the future (Indian time)."""
    if doc.date and doc.date > doc.today:
        yield doc.part("DocDtls").breaks(
            "2163",
            "Dt",
            f"Document date {written(doc.date)} lies after today, "
            f"{written(doc.today)}; register the document on its date or later.",
        )


def date_not_before_start(doc: Document) -> Iterator[Violation]:
    """Rule 9: the document date is not before the portal's first one, which moves."""
    first = codes.earliest_document(doc.today)
    if doc.date and first and doc.date < first:
        yield doc.part("DocDtls").breaks(
            "2284",
            "Dt",
            f"Document date {written(doc.date)} is too old: the portal takes documents "
            f"from {written(first)}.",
        )


def date_within_limit(doc: Document) -> Iterator[Violation]:
    """Rule 9c: suppliers above a turnover register documents within 30 days.

    The document date is day one: a document of 1 April can be registered until 30 April
    (GSTN advisory 05-11-2024).
    """
    limit = codes.reporting_days(doc.today, doc.profile.aato_class)
    if doc.date and limit and (doc.today - doc.date).days >= limit:
        yield doc.part("DocDtls").breaks(
            "2305",
            "Dt",
            f"Document date {written(doc.date)} is {(doc.today - doc.date).days} days "
            f"ago; at your turnover a document must be registered within {limit} days, "
            "its own date included.",
        )


def other_dates_exist(doc: Document) -> Iterator[Violation]:
    """Rule 9b: the other dates are valid, except the e-way bill's (see its rule 10)."""
    for part, name in _other_dates(doc):
        text = part.text(name)
        if text and read_date(text) is None:
            message = f"The date {text} does not exist in the calendar."
            yield part.breaks("2293", name, message)


def _other_dates(doc: Document) -> Iterator[tuple[Part, str]]:
    yield doc.part("ExpDtls"), "ShipBDt"
    references = doc.part("RefDtls")
    period = Part("RefDtls.DocPerdDtls", references.data.get("DocPerdDtls") or {})
    yield period, "InvStDt"
    yield period, "InvEndDt"
    for part in _each(references, "PrecDocDtls"):
        yield part, "InvDt"
    for part in _each(references, "ContrDtls"):
        yield part, "RecAdvDt"
        yield part, "PORefDt"
    for line in doc.lines:
        batch = Part(f"{line.prefix}.BchDtls", line.data.get("BchDtls") or {})
        yield batch, "ExpDt"
        yield batch, "WrDt"


def _each(part: Part, name: str) -> Iterator[Part]:
    for index, data in enumerate(part.data.get(name) or ()):
        yield Part(f"{part.prefix}.{name}[{index}]", data)


# --- requester -----------------------------------------------------------------------


def requester_is_party(doc: Document) -> Iterator[Violation]:
    """Rules 13 and 14: the requester is the supplier or the e-commerce operator."""
    requester = doc.profile.requester
    allowed = {doc.seller.text("Gstin"), doc.transaction.text("EcmGstin")}
    if requester and requester not in allowed and not _is_unnamed(doc):
        yield doc.seller.breaks(
            "2169",
            "Gstin",
            f"Seller: GSTIN {doc.seller.text('Gstin')} is not the GSTIN {requester} of "
            "the credential; use the credential of the seller.",
        )


def operator_left_out(doc: Document) -> Iterator[Violation]:
    """E-commerce rule: a supplier's own request names no operator."""
    operator = doc.transaction.text("EcmGstin")
    own = doc.profile.requester == doc.seller.text("Gstin")
    # a seller named as operator is reported as 2195 instead
    if operator and own and operator != doc.profile.requester:
        yield doc.transaction.breaks(
            "2299",
            "EcmGstin",
            f"E-commerce operator {operator} must be left out when the supplier "
            "himself registers the invoice.",
        )


def operator_named(doc: Document) -> Iterator[Violation]:
    """E-commerce rule: an operator's request names the operator."""
    if _is_unnamed(doc):
        yield doc.transaction.breaks(
            "2301",
            "EcmGstin",
            f"E-commerce operator {doc.profile.requester} registers the invoice, so "
            "its GSTIN must be given.",
        )


def _is_unnamed(doc: Document) -> bool:
    named = doc.transaction.text("EcmGstin")
    return bool(doc.profile.requester) and doc.profile.is_operator and not named


def operator_is_another(doc: Document) -> Iterator[Violation]:
    """E-commerce rule: the operator's GSTIN is a TCS registration, not the seller's.

    Only the portal can check other GSTINs.
    """
    operator = doc.transaction.text("EcmGstin")
    if operator and operator == doc.seller.text("Gstin"):
        yield doc.transaction.breaks(
            "2195",
            "EcmGstin",
            f"E-commerce operator {operator} is the seller; give the operator's TCS "
            "registration or leave it out.",
        )


# --- kind of supply ------------------------------------------------------------------


def reverse_charge_type(doc: Document) -> Iterator[Violation]:
    """Rule 16: reverse charge is for B2B and SEZ supplies only."""
    if doc.reverse_charge and doc.supply_type not in _REVERSE_CHARGE_TYPES:
        yield doc.transaction.breaks(
            "2162",
            "RegRev",
            f"Reverse charge does not go with supply type {doc.supply_type}; only with "
            "B2B, SEZWP and SEZWOP.",
        )


def igst_on_intra_type(doc: Document) -> Iterator[Violation]:
    """Rule 32: IGST on intra-state supply is not for exports and SEZ supplies."""
    if doc.igst_on_intra and (doc.is_export or doc.is_sez):
        yield doc.transaction.breaks(
            "2268",
            "IgstOnIntra",
            f"IGST on intra-state supply does not go with supply type "
            f"{doc.supply_type}, which is always inter-state; set it to N.",
        )


def igst_on_intra_state(doc: Document) -> Iterator[Violation]:
    """Rule 29: IGST on intra-state supply requires Pos to be the supplier's state."""
    if doc.igst_on_intra and not (doc.is_export or doc.is_sez or doc.same_state):
        yield doc.transaction.breaks(
            "2262",
            "IgstOnIntra",
            "IGST on intra-state supply is marked, but the place of supply is "
            f"{codes.state_name(doc.place_of_supply)} and the seller's state is "
            f"{codes.state_name(doc.seller_state)}; set it to N.",
        )


def igst_on_intra_reverse(doc: Document) -> Iterator[Violation]:
    """Rule 30: IGST on intra-state supply requires reverse charge."""
    domestic = not (doc.is_export or doc.is_sez)
    if doc.igst_on_intra and domestic and not doc.reverse_charge:
        yield doc.transaction.breaks(
            "2294",
            "IgstOnIntra",
            "IGST on intra-state supply needs reverse charge; set reverse charge to Y "
            "or IGST on intra-state supply to N.",
        )


# --- export details ------------------------------------------------------------------


def port(doc: Document) -> Iterator[Violation]:
    """Rule 46: the port of an export has the format of an Indian port code.

    NIC signed a B2B document with port "12" (IRN d812d43c…, 14-09-2023).
    """
    export = doc.part("ExpDtls")
    code = export.code("Port")
    if doc.is_export and code and not codes.is_port(code):
        message = f"Port “{code}” is not an Indian port code such as INNSA1."
        yield export.breaks("2201", "Port", message)


def country(doc: Document) -> Iterator[Violation]:
    """Rule 46: the country of destination is in the master."""
    export = doc.part("ExpDtls")
    code = export.code("CntCode")
    if code and not codes.is_country(code):
        message = f"Country “{code}” is not a known two-letter country code."
        yield export.breaks("2202", "CntCode", message)


def currency(doc: Document) -> Iterator[Violation]:
    """Rule 46: the foreign currency is in the master."""
    export = doc.part("ExpDtls")
    code = export.code("ForCur")
    if code and not codes.is_currency(code):
        message = f"Currency “{code}” is not a known three-letter currency code."
        yield export.breaks("2203", "ForCur", message)


DOCUMENT_RULES: tuple[Rule, ...] = (
    version,
    date_exists,
    date_not_future,
    date_not_before_start,
    date_within_limit,
    other_dates_exist,
    requester_is_party,
    operator_left_out,
    operator_named,
    operator_is_another,
    reverse_charge_type,
    igst_on_intra_type,
    igst_on_intra_state,
    igst_on_intra_reverse,
    port,
    country,
    currency,
)
