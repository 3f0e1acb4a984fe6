"""Registrations, e-way bills and GSTIN look-ups, from the request to the result."""

from . import circuit_breaker, ewaybill, gstin_lookup, policy, registration, states
from .circuit_breaker import Breaker, Refusals
from .ewaybill import EwaybillRequest
from .gstin_lookup import GstinLookup
from .registration import RegistrationRequest
from .result import Result

__all__ = [
    "Breaker",
    "EwaybillRequest",
    "GstinLookup",
    "Refusals",
    "RegistrationRequest",
    "Result",
    "circuit_breaker",
    "ewaybill",
    "gstin_lookup",
    "policy",
    "registration",
    "states",
]
