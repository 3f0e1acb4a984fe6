"""The states of a registration or an e-way bill, from the first call to the last.

One vocabulary for both; ``DRAFT`` is of e-way bills, ``CONFLICT`` of registrations
alone. The groups are tuples, so that a search domain takes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DRAFT: Final = "draft"
"""Prepared, but not requested yet."""
TO_REGISTER: Final = "to_register"
"""Waiting for its call."""
SENDING: Final = "sending"
"""Claimed by a worker; its call may have been sent."""
UNKNOWN: Final = "unknown"
"""The response is missing: only a look-up may leave this state."""
UNCLEAR: Final = "unclear"
"""The response is missing and can no longer be looked up: a person settles it."""
REJECTED: Final = "rejected"
"""Refused by the checks or by the portal: a person has to correct it."""
CONFLICT: Final = "conflict"
"""This portal, or another one, holds something else: a person decides."""
REGISTERED: Final = "registered"
"""The portal holds it."""
CANCELLING: Final = "cancelling"
"""The portal holds it and is asked to cancel it."""
CANCEL_UNCLEAR: Final = "cancel_unclear"
"""Whether it was cancelled cannot be looked up any more: a person settles it."""
CANCELLED: Final = "cancelled"
"""The portal has cancelled it."""

UNSENT: Final = (DRAFT, TO_REGISTER, REJECTED)
"""The portal has not seen these: they may still be changed or deleted."""
PREPARED: Final = (DRAFT, REJECTED)
"""Nobody has requested these, or they were refused: a person may change them."""
DISCARDABLE: Final = (*UNSENT, CONFLICT)
"""The portal holds none of these: they are deleted when the invoice is reset."""
QUEUED: Final = (TO_REGISTER, UNKNOWN, CANCELLING)
"""The scheduled action processes these."""
UNANSWERED: Final = (SENDING, UNKNOWN, UNCLEAR)
"""A call may have reached the portal, and its response is missing."""
AT_PORTAL: Final = (REGISTERED, CANCELLING, CANCEL_UNCLEAR, CANCELLED)
"""The portal holds these, and Odoo knows it."""
CANCELLATION_OPEN: Final = (CANCELLING, CANCEL_UNCLEAR)
"""The outcome of a cancellation is not known."""
NEEDS_SETTLEMENT: Final = (UNCLEAR, CANCEL_UNCLEAR)
"""No look-up can settle these any more: a person has to."""
OPEN_AT_PORTAL: Final = (*UNANSWERED, *CANCELLATION_OPEN)
"""The portal may hold something that Odoo does not know."""
FOLLOWED_UP: Final = (REGISTERED, CANCELLED, *NEEDS_SETTLEMENT)
"""Reaching one of these is reported on the invoice."""
RESUMED: Final[Mapping[str, str]] = MappingProxyType(
    {REJECTED: TO_REGISTER, UNCLEAR: UNKNOWN, CANCEL_UNCLEAR: CANCELLING}
)
"""States that a person may resume, and the state to resume in."""


def is_unsent(state: str) -> bool:
    """Return whether the portal has not seen a record in this state."""
    return state in UNSENT


def is_prepared(state: str) -> bool:
    """Return whether a record in this state waits for a person to request it."""
    return state in PREPARED


def is_discardable(state: str) -> bool:
    """Return whether a record in this state may be deleted."""
    return state in DISCARDABLE


def is_queued(state: str) -> bool:
    """Return whether the scheduled action processes a record in this state."""
    return state in QUEUED


def is_unanswered(state: str) -> bool:
    """Return whether a call may have registered a record in this state."""
    return state in UNANSWERED


def is_at_portal(state: str) -> bool:
    """Return whether the portal is known to hold a record in this state."""
    return state in AT_PORTAL


def is_cancellation_open(state: str) -> bool:
    """Return whether the outcome of a cancellation is not known."""
    return state in CANCELLATION_OPEN


def needs_settlement(state: str) -> bool:
    """Return whether a person has to settle a record in this state."""
    return state in NEEDS_SETTLEMENT


def is_open_at_portal(state: str) -> bool:
    """Return whether the portal may hold something that Odoo does not know."""
    return state in OPEN_AT_PORTAL


def is_followed_up(state: str) -> bool:
    """Return whether reaching this state is reported on the invoice."""
    return state in FOLLOWED_UP
