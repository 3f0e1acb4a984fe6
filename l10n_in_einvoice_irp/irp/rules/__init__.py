"""Check documents, cancellations and e-way bills as a portal would, before sending."""

from .applicability import is_liable, liable_since, reporting_class, threshold_on
from .cancellation import (
    CANCEL_RULES,
    EWB_CANCEL_REASONS,
    IRN_CANCEL_REASONS,
    cancel_violations,
    time_left,
)
from .checks import ewaybill_check, portal_check, preflight, violations
from .entries import clean_entry, entry_fault
from .ewaybill_request import NO_CODE, ewaybill_violations, place_text
from .invoice import (
    Profile,
    SCHEMA_CODE,
    Violation,
    _lt,
    longest_text,
    shown,
    text_fault,
)
from .named_members import named_member
from .taxpayer_status import Standing, kind_of, standing_on
from .taxpayers import type_violations

__all__ = [
    "CANCEL_RULES",
    "EWB_CANCEL_REASONS",
    "IRN_CANCEL_REASONS",
    "NO_CODE",
    "SCHEMA_CODE",
    "Profile",
    "Standing",
    "Violation",
    "_lt",
    "cancel_violations",
    "clean_entry",
    "entry_fault",
    "ewaybill_check",
    "ewaybill_violations",
    "is_liable",
    "kind_of",
    "liable_since",
    "longest_text",
    "named_member",
    "place_text",
    "portal_check",
    "preflight",
    "reporting_class",
    "shown",
    "standing_on",
    "text_fault",
    "threshold_on",
    "time_left",
    "type_violations",
    "violations",
]
