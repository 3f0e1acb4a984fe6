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
from .violation import Violation, _lt

_REVERSE_CHARGE_TYPES = frozenset({"B2B", "SEZWP", "SEZWOP"})


def version(doc: Document) -> Iterator[Violation]:
    """Rule 2: the schema version is 1.1."""
    found = doc.invoice.get("Version")
    if found != "1.1":
        yield Violation(
            "2279",
            "Version",
            found,
            "schema_version",
            _lt("The schema version is “%(found)s”; the portal accepts 1.1 only."),
            {"found": found},
        )


# --- dates ---------------------------------------------------------------------------


def date_exists(doc: Document) -> Iterator[Violation]:
    """Rule 9b: the document date is a valid date."""
    part = doc.part("DocDtls")
    if doc.date is None:
        yield part.breaks(
            "2292",
            "Dt",
            "document_date_unreal",
            _lt("The document date %(date)s does not exist in the calendar."),
            date=part.text("Dt"),
        )


def date_not_future(doc: Document) -> Iterator[Violation]:
    """Rule 9a: the document date is not in the future (Indian time)."""
    if doc.date and doc.date > doc.today:
        yield doc.part("DocDtls").breaks(
            "2163",
            "Dt",
            "document_date_in_future",
            _lt(
                "The document date %(date)s is after today, %(today)s. Register the "
                "document on that date or later."
            ),
            date=written(doc.date),
            today=written(doc.today),
        )


def date_not_before_start(doc: Document) -> Iterator[Violation]:
    """Rule 9: the document date is not before the portal's first one, which moves."""
    first = codes.earliest_document(doc.today)
    if doc.date and first and doc.date < first:
        yield doc.part("DocDtls").breaks(
            "2284",
            "Dt",
            "document_date_before_portal",
            _lt(
                "The document date %(date)s is too old: the portal accepts documents "
                "dated %(first)s or later."
            ),
            date=written(doc.date),
            first=written(first),
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
            "reporting_time_over",
            _lt(
                "The document date %(date)s is %(days)s days ago. At your turnover, a "
                "document must be registered within %(limit)s days, counting the "
                "document date."
            ),
            date=written(doc.date),
            days=(doc.today - doc.date).days,
            limit=limit,
        )


def other_dates_exist(doc: Document) -> Iterator[Violation]:
    """Rule 9b: the other dates are valid, except the e-way bill's (see its rule 10)."""
    for part, name in _other_dates(doc):
        text = part.text(name)
        if text and read_date(text) is None:
            yield part.breaks(
                "2293",
                name,
                "date_unreal",
                _lt("The date %(date)s does not exist in the calendar."),
                date=text,
            )


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
        data = line.data.get("BchDtls") or {}
        batch = Part(f"{line.prefix}.BchDtls", data, line.owner)
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
            "seller_is_not_requester",
            _lt(
                "GSTIN %(gstin)s is not the one in the IRP credential, %(requester)s. "
                "Use the IRP credential of the seller."
            ),
            gstin=doc.seller.text("Gstin"),
            requester=requester,
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
            "operator_not_wanted",
            _lt(
                "Leave the e-commerce operator %(operator)s out: the supplier "
                "registers this invoice, not the operator."
            ),
            operator=operator,
        )


def operator_named(doc: Document) -> Iterator[Violation]:
    """E-commerce rule: an operator's request names the operator."""
    if _is_unnamed(doc):
        yield doc.transaction.breaks(
            "2301",
            "EcmGstin",
            "operator_missing",
            _lt(
                "The e-commerce operator %(operator)s registers this invoice, so give "
                "its GSTIN."
            ),
            operator=doc.profile.requester,
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
            "operator_is_seller",
            _lt(
                "The e-commerce operator %(operator)s is the seller. Give the "
                "operator's GSTIN for TCS, or leave it out."
            ),
            operator=operator,
        )


# --- kind of supply ------------------------------------------------------------------


def reverse_charge_type(doc: Document) -> Iterator[Violation]:
    """Rule 16: reverse charge is for B2B and SEZ supplies only."""
    if doc.reverse_charge and doc.supply_type not in _REVERSE_CHARGE_TYPES:
        yield doc.transaction.breaks(
            "2162",
            "RegRev",
            "reverse_charge_supply_type",
            _lt(
                "Reverse charge is not allowed for supply type %(supply_type)s, only "
                "for B2B, SEZWP and SEZWOP."
            ),
            supply_type=doc.supply_type,
        )


def igst_on_intra_type(doc: Document) -> Iterator[Violation]:
    """Rule 32: IGST on intra-state supply is not for exports and SEZ supplies."""
    if doc.igst_on_intra and (doc.is_export or doc.is_sez):
        yield doc.transaction.breaks(
            "2268",
            "IgstOnIntra",
            "igst_on_intra_supply_type",
            _lt(
                "IGST on intra-state supply is not allowed for supply type "
                "%(supply_type)s, which is always inter-state."
            ),
            supply_type=doc.supply_type,
        )


def igst_on_intra_state(doc: Document) -> Iterator[Violation]:
    """Rule 29: IGST on intra-state supply requires Pos to be the supplier's state."""
    if doc.igst_on_intra and not (doc.is_export or doc.is_sez or doc.same_state):
        yield doc.transaction.breaks(
            "2262",
            "IgstOnIntra",
            "igst_on_intra_state",
            _lt(
                "The invoice is marked as IGST on intra-state supply, but the Place "
                "of Supply is %(place)s and the seller's state is %(state)s."
            ),
            place=codes.state_name(doc.place_of_supply),
            state=codes.state_name(doc.seller_state),
        )


def igst_on_intra_reverse(doc: Document) -> Iterator[Violation]:
    """Rule 30: IGST on intra-state supply requires reverse charge."""
    domestic = not (doc.is_export or doc.is_sez)
    if doc.igst_on_intra and domestic and not doc.reverse_charge:
        yield doc.transaction.breaks(
            "2294",
            "IgstOnIntra",
            "igst_on_intra_reverse_charge",
            _lt(
                "IGST on an intra-state supply is allowed under reverse charge only. "
                "Charge CGST and SGST, or use taxes with reverse charge."
            ),
        )


# --- export details ------------------------------------------------------------------


def port(doc: Document) -> Iterator[Violation]:
    """Rule 46: the port of an export has the format of an Indian port code.

    NIC signed a B2B document with port "12" (IRN d812d43c…, 14-09-2023).
    """
    export = doc.part("ExpDtls")
    code = export.code("Port")
    if doc.is_export and code and not codes.is_port(code):
        yield export.breaks(
            "2201",
            "Port",
            "port_unknown",
            _lt("“%(port)s” is not an Indian port code such as INNSA1."),
            port=code,
        )


def country(doc: Document) -> Iterator[Violation]:
    """Rule 46: the country of destination is in the master."""
    export = doc.part("ExpDtls")
    code = export.code("CntCode")
    if code and not codes.is_country(code):
        yield export.breaks(
            "2202",
            "CntCode",
            "country_unknown",
            _lt("“%(country)s” is not a two-letter country code of the portal."),
            country=code,
        )


def currency(doc: Document) -> Iterator[Violation]:
    """Rule 46: the foreign currency is in the master."""
    export = doc.part("ExpDtls")
    code = export.code("ForCur")
    if code and not codes.is_currency(code):
        yield export.breaks(
            "2203",
            "ForCur",
            "currency_unknown",
            _lt("“%(currency)s” is not a three-letter currency code of the portal."),
            currency=code,
        )


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
