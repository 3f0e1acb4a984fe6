"""Register the portal's published business rules and apply them to a document.

Each rule is a function in document, parties, items, totals or ewaybill.
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
    """Check a valid document of the schema against NIC's business rules.

    NIC "Generate IRN - API and validations" (v1.03, text of 2026). Amounts are added as
    Decimal. Only the portal can apply the rules that need the GSTIN registry or earlier
    registrations.

    :param invoice: an INV-01 document without schema violations.
    :param today: the date in India.
    :param profile: facts about the supplier that the document lacks.
    :return: every violation, in the order of NIC's text.
    """
    document = Document(invoice, today, profile)
    return [fault for rule in RULES for fault in rule(document)]
