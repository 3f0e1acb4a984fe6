"""The states of a registration or an e-way bill.

Both share them, except ``DRAFT`` (e-way bills only) and ``CONFLICT`` (registrations
only). The groups are tuples, as search domains need.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DRAFT: Final = "draft"
"""Prepared, not requested yet."""
TO_REGISTER: Final = "to_register"
"""Waiting for its call."""
SENDING: Final = "sending"
"""Claimed by a worker; its call may have been sent."""
UNKNOWN: Final = "unknown"
"""The response is missing: only a look-up leaves this state."""
UNCLEAR: Final = "unclear"
"""The response is missing and no look-up can find it any more: a user settles it."""
REJECTED: Final = "rejected"
"""Refused by the checks or by the portal: a user has to correct it."""
CONFLICT: Final = "conflict"
"""A portal has different content under this document number: a user decides."""
REGISTERED: Final = "registered"
"""Registered at the portal."""
CANCELLING: Final = "cancelling"
"""Registered; the cancellation is requested or its response is missing."""
CANCEL_UNCLEAR: Final = "cancel_unclear"
"""No look-up can find out any more whether it was cancelled: a user settles it."""
CANCELLED: Final = "cancelled"
"""Cancelled at the portal."""

UNSENT: Final = (DRAFT, TO_REGISTER, REJECTED)
"""The portal has not seen these: they may still be changed or deleted."""
PREPARED: Final = (DRAFT, REJECTED)
"""Nobody has requested these, or they were refused: a person may change them."""
DISCARDABLE: Final = (*UNSENT, CONFLICT)
"""Not registered by us: deleted when the invoice is reset to draft."""
QUEUED: Final = (TO_REGISTER, UNKNOWN, CANCELLING)
"""Processed by the scheduled action."""
UNANSWERED: Final = (SENDING, UNKNOWN, UNCLEAR)
"""A call may have reached the portal, but its response is missing."""
AT_PORTAL: Final = (REGISTERED, CANCELLING, CANCEL_UNCLEAR, CANCELLED)
"""Known to be registered at the portal, even if cancelled since."""
CANCELLATION_OPEN: Final = (CANCELLING, CANCEL_UNCLEAR)
"""The result of a cancellation is unknown."""
NEEDS_SETTLEMENT: Final = (UNCLEAR, CANCEL_UNCLEAR)
"""No look-up can settle these any more: a user has to."""
OPEN_AT_PORTAL: Final = (*UNANSWERED, *CANCELLATION_OPEN)
"""The portal may have registered or cancelled something that Odoo does not know of."""
FOLLOWED_UP: Final = (REGISTERED, CANCELLED, *NEEDS_SETTLEMENT)
"""Reported on the invoice when reached."""
RESUMED: Final[Mapping[str, str]] = MappingProxyType(
    {REJECTED: TO_REGISTER, UNCLEAR: UNKNOWN, CANCEL_UNCLEAR: CANCELLING}
)
"""States that a user may resume, mapped to the state to resume in."""


def is_unsent(state: str) -> bool:
    """Return whether a record in this state is unknown to the portal."""
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
    """Return whether a record in this state is known to be registered."""
    return state in AT_PORTAL


def is_cancellation_open(state: str) -> bool:
    """Return whether the result of a cancellation is unknown in this state."""
    return state in CANCELLATION_OPEN


def needs_settlement(state: str) -> bool:
    """Return whether a user has to settle a record in this state."""
    return state in NEEDS_SETTLEMENT


def is_open_at_portal(state: str) -> bool:
    """Return whether the portal may have done something that Odoo does not know of."""
    return state in OPEN_AT_PORTAL


def is_followed_up(state: str) -> bool:
    """Return whether reaching this state is reported on the invoice."""
    return state in FOLLOWED_UP
