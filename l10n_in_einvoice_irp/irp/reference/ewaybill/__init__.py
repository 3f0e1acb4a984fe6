"""Published facts of the e-way bill system: its code lists, limits and movements."""

from .annexure import is_in_annexure, may_be_in_annexure
from .codes import (
    CODES,
    MOVEMENTS,
    Movement,
    document_types_of,
    movements_of,
    sub_supply_types_of,
)
from .errors import ERRORS, EwaybillError, message_of
from .limits import (
    LIMITS,
    Limits,
    cross_portal_code,
    extension_days,
    is_offered_at,
    km_per_day,
    longest_distance,
    periods,
    portal_of,
)
from .look_ups import LOOK_UPS, LookUp
from .thresholds import (
    THRESHOLDS,
    StateThreshold,
    is_enabled_within,
    threshold_of,
)

__all__ = [
    "CODES",
    "ERRORS",
    "LIMITS",
    "LOOK_UPS",
    "MOVEMENTS",
    "THRESHOLDS",
    "EwaybillError",
    "Limits",
    "LookUp",
    "Movement",
    "StateThreshold",
    "cross_portal_code",
    "document_types_of",
    "extension_days",
    "is_enabled_within",
    "is_in_annexure",
    "is_offered_at",
    "km_per_day",
    "longest_distance",
    "may_be_in_annexure",
    "message_of",
    "movements_of",
    "periods",
    "portal_of",
    "sub_supply_types_of",
    "threshold_of",
]
