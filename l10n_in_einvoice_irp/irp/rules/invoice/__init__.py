"""Check an INV-01 document against NIC's published schema and rules."""

from .registry import Profile, rule_violations
from .schema import SCHEMA_CODE, longest_text, schema_violations, text_fault
from .violation import Violation, _lt, shown

__all__ = [
    "SCHEMA_CODE",
    "Profile",
    "Violation",
    "_lt",
    "longest_text",
    "rule_violations",
    "schema_violations",
    "shown",
    "text_fault",
]
