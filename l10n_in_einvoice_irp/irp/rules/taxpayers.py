"""Check the taxpayer types of seller and buyer.

Clause numbers are those of NIC's "Generate IRN - API and validations" (text of 2026).
The portal uses its registry, these rules its latest records, so a violation is likely,
not certain. An unpublished type causes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..reference.datafiles import load_json
from .invoice.document_view import SEZ_TYPES, Part
from .invoice.violation import Violation
from .taxpayer_status import kind_of

_TYPES = load_json("taxpayers.json")
_TOLD = "by the GST portal's last record"


def type_violations(
    invoice: Mapping[str, Any], types: Mapping[str, str]
) -> list[Violation]:
    """Check a document by the types of taxpayer of its seller and buyer.

    :param invoice: an INV-01 document; may break the schema.
    :param types: GSTIN -> ``TxpType`` of its record; other GSTINs are not checked.
    :return: violations with the codes 2231, 2300, 2174, 2246, 2247, 2298 and 2297.
    """
    seller, buyer, terms = (
        Part(name, invoice.get(name) or {})
        for name in ("SellerDtls", "BuyerDtls", "TranDtls")
    )
    of_seller, of_buyer = (
        _published(types.get(part.code("Gstin"))) for part in (seller, buyer)
    )
    return [
        *_of_seller(seller, of_seller),
        *_of_developer(of_seller, invoice),
        *_of_sez(buyer, of_buyer, terms.code("SupTyp")),
        *_of_buyer(buyer, of_buyer, terms),
    ]


def _published(kind: str | None) -> str:
    return kind if kind and kind in _TYPES["types"] else ""


def _of_seller(seller: Part, kind: str) -> Iterator[Violation]:
    """Rules 15 and 38: only regular and casual taxpayers and SEZ developers register.

    SEZ units are exempt.
    """
    gstin = seller.text("Gstin")
    if kind == _TYPES["sez_unit"]:
        yield seller.breaks(
            "2231",
            "Gstin",
            f"Seller: {_TOLD} {gstin} is an SEZ unit, which issues no e-invoices.",
        )
    elif kind and kind not in _TYPES["suppliers"]:
        yield seller.breaks(
            "2300",
            "Gstin",
            f"Seller: {_TOLD} {gstin} is registered as {kind}; only regular and casual "
            "taxpayers and SEZ developers issue e-invoices.",
        )


def _of_developer(kind: str, invoice: Mapping[str, Any]) -> Iterator[Violation]:
    """Rule 20: an SEZ developer charges only IGST."""
    if kind != _TYPES["sez_developer"]:
        return
    for index, data in enumerate(invoice.get("ItemList") or ()):
        item = Part(f"ItemList[{index}]", data)
        if item.amount("CgstAmt") or item.amount("SgstAmt"):
            yield item.breaks(
                "2174",
                "CgstAmt",
                f"Line {index + 1}: {_TOLD} the seller is an SEZ developer, who "
                "charges IGST only, not CGST and SGST.",
            )


def _of_sez(buyer: Part, kind: str, supply: str) -> Iterator[Violation]:
    """Rule 17: SEZ supply types are for SEZ units and developers, and only for them."""
    if not kind:
        return
    gstin = buyer.text("Gstin")
    in_sez, to_sez = kind_of(kind) == "sez", supply in SEZ_TYPES
    if in_sez and not to_sez:
        yield buyer.breaks(
            "2246",
            "Gstin",
            f"Buyer: {_TOLD} {gstin} is in an SEZ; supply type {supply} does not go "
            "with that.",
        )
    if to_sez and not in_sez:
        yield buyer.breaks(
            "2247",
            "Gstin",
            f"Buyer: {_TOLD} {gstin} is not in an SEZ, but registered as {kind}; "
            f"supply type {supply} does not go with that.",
        )


def _of_buyer(buyer: Part, kind: str, terms: Part) -> Iterator[Violation]:
    """Rules 35 and 34: no deemed export to composition taxpayers and UIN holders.

    No reverse charge to input service distributors.
    """
    gstin = buyer.text("Gstin")
    is_special = kind_of(kind) in ("composition", "uin")
    if is_special and terms.code("SupTyp") == "DEXP":
        yield buyer.breaks(
            "2298",
            "Gstin",
            f"Buyer: {_TOLD} {gstin} is registered as {kind}; a deemed export goes to "
            "a regular or casual taxpayer.",
        )
    if kind == _TYPES["service_distributor"] and terms.code("RegRev") == "Y":
        yield buyer.breaks(
            "2297",
            "Gstin",
            f"Buyer: {_TOLD} {gstin} is an input service distributor, to whom there "
            "is no supply under reverse charge.",
        )
