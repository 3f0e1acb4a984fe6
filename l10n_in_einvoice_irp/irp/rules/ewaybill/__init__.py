"""The e-way bill system's actions: their requests, and the checks before each call."""

from .consolidation import consolidation_violations, regeneration_violations
from .ending import cancellation_violations, rejection_violations
from .extension import extension_violations
from .generation import (
    Caller,
    generation_violations,
    in_paise,
    is_gold,
    tax_values,
)
from .multi_vehicle import add_violations, change_violations, start_violations
from .need import Movement, Need, need_of
from .part_b import part_b_violations
from .requests import (
    ACTIONS,
    ActionRequest,
    AddMultiVehicle,
    Cancel,
    ChangeMultiVehicle,
    Consolidate,
    ExtendValidity,
    Generate,
    Item,
    RegenerateTripSheet,
    Reject,
    StartMultiVehicle,
    UpdateTransporter,
    UpdateVehicle,
)
from .standing import Standing
from .transporter import transporter_violations
from .validity import (
    cancel_begins,
    cancel_until,
    extended_until,
    extension_window,
    last_extension,
    reject_until,
    valid_until,
    validity_days,
)

__all__ = [
    "ACTIONS",
    "ActionRequest",
    "AddMultiVehicle",
    "Caller",
    "Cancel",
    "ChangeMultiVehicle",
    "Consolidate",
    "ExtendValidity",
    "Generate",
    "Item",
    "Movement",
    "Need",
    "RegenerateTripSheet",
    "Reject",
    "Standing",
    "StartMultiVehicle",
    "UpdateTransporter",
    "UpdateVehicle",
    "add_violations",
    "cancel_begins",
    "cancel_until",
    "cancellation_violations",
    "change_violations",
    "consolidation_violations",
    "extended_until",
    "extension_violations",
    "extension_window",
    "generation_violations",
    "in_paise",
    "is_gold",
    "last_extension",
    "need_of",
    "part_b_violations",
    "regeneration_violations",
    "reject_until",
    "rejection_violations",
    "start_violations",
    "tax_values",
    "transporter_violations",
    "valid_until",
    "validity_days",
]
