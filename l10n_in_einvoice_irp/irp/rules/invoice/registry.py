"""The registry of the portal's published business rules for one document.

Each rule is one function in document, parties, items, totals or ewaybill.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from .document import DOCUMENT_RULES
from .document_view import AatoClass, Document, Profile, Rule
from .ewaybill import EWAYBILL_RULES
from .items import ITEM_RULES
from .parties import PARTY_RULES
from .totals import TOTAL_RULES
from .violation import Violation

__all__ = ["RULES", "AatoClass", "Profile", "rule_violations"]

RULES: tuple[Rule, ...] = (
    *DOCUMENT_RULES,
    *PARTY_RULES,
    *ITEM_RULES,
    *TOTAL_RULES,
    *EWAYBILL_RULES,
)
_UNKNOWN_SUPPLIER = Profile()


def rule_violations(
    invoice: Mapping[str, Any], *, today: date, profile: Profile = _UNKNOWN_SUPPLIER
) -> list[Violation]:
    """Check a document that fits the schema by NIC's business rules.

    NIC "Generate IRN - API and validations" (v1.03, text of 2026). Amounts are summed
    in Decimal. Rules that need the GSTIN registry or earlier registrations are the
    portal's own.

    :param invoice: an INV-01 document without schema violations.
    :param today: the date in India.
    :param profile: what is known of the supplier beyond the document.
    :return: every violation, in the order of NIC's text; empty when there is none.
    """
    document = Document(invoice, today, profile)
    return [fault for rule in RULES for fault in rule(document)]
