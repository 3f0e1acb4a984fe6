"""Register documents, generate e-way bills and look up GSTINs: request to result."""

from . import (
    circuit_breaker,
    ewaybill,
    ewaybill_system,
    gstin_lookup,
    policy,
    registration,
    states,
)
from .bulk_upload import judge_row
from .circuit_breaker import Breaker, Refusals
from .ewaybill import EwaybillRequest
from .gstin_lookup import GstinLookup
from .registration import RegistrationRequest
from .result import Result
from .slices import PART_OF_LIMIT, Limits, Slice, waiting_since

__all__ = [
    "PART_OF_LIMIT",
    "Breaker",
    "EwaybillRequest",
    "GstinLookup",
    "Limits",
    "Refusals",
    "RegistrationRequest",
    "Result",
    "Slice",
    "circuit_breaker",
    "ewaybill",
    "ewaybill_system",
    "gstin_lookup",
    "judge_row",
    "policy",
    "registration",
    "states",
    "waiting_since",
]
