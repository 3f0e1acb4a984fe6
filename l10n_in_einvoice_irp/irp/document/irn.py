"""Compute the Invoice Reference Number (IRN) locally.

The portal computes it too. Knowing it in advance proves that a response belongs to the
request, and finds a registration whose response was lost.
"""

from __future__ import annotations

import hashlib
from datetime import date


def financial_year(day: date) -> str:
    """Return the Indian financial year (April to March) of ``day``, as "2025-26"."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def document_key(
    gstin: str, doc_date: date, doc_type: str, number: str, *, fold_case: bool = True
) -> tuple[str, str, str, str]:
    """Return the key of a document: GSTIN, financial year, type, number.

    Date, buyer and amounts are not part of it.

    :param fold_case: upper-case the number (GSTN advisory of 04-04-2025: document
        numbers are case-insensitive since 01-06-2025); False for registrations made
        before that day.
    """
    folded = number.upper() if fold_case else number
    return (gstin.upper(), financial_year(doc_date), doc_type.upper(), folded)


def compute_irn(
    gstin: str, doc_date: date, doc_type: str, number: str, *, fold_case: bool = True
) -> str:
    """Return the IRN: 64 lower-case hexadecimal digits (NIC "Generate IRN" v1.03).

    SHA-256 of the seller's GSTIN, the financial year, the document type ("INV", "CRN",
    "DBN") and the number, without separators.

    :param fold_case: see :func:`document_key`.
    """
    key = document_key(gstin, doc_date, doc_type, number, fold_case=fold_case)
    return hashlib.sha256("".join(key).encode()).hexdigest()
