"""What a portal would refuse, found before it is asked."""

from .applicability import is_liable, reporting_class, threshold_on
from .cancellation import (
    CANCEL_RULES,
    EWB_CANCEL_REASONS,
    IRN_CANCEL_REASONS,
    cancel_violations,
    time_left,
)
from .checks import ewaybill_check, portal_check, preflight, violations
from .ewaybill_request import ewaybill_violations
from .invoice import Profile, Violation, shown
from .taxpayer_status import Standing, kind_of, standing_on
from .taxpayers import type_violations

__all__ = [
    "CANCEL_RULES",
    "EWB_CANCEL_REASONS",
    "IRN_CANCEL_REASONS",
    "Profile",
    "Standing",
    "Violation",
    "cancel_violations",
    "ewaybill_check",
    "ewaybill_violations",
    "is_liable",
    "kind_of",
    "portal_check",
    "preflight",
    "reporting_class",
    "shown",
    "standing_on",
    "threshold_on",
    "time_left",
    "type_violations",
    "violations",
]
