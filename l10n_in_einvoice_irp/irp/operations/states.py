"""The states of a registration or an e-way bill, from the first call to the last.

One vocabulary for both; ``DRAFT`` is of e-way bills, ``CONFLICT`` of registrations
alone. The groups are tuples, so that a search domain takes them.
"""

from __future__ import annotations

from typing import Final

DRAFT: Final = "draft"
"""Prepared; nobody has asked for it yet."""
TO_REGISTER: Final = "to_register"
"""Waits for its call."""
SENDING: Final = "sending"
"""A worker has taken it up; its call may have left."""
UNKNOWN: Final = "unknown"
"""The answer is missing: only a look-up may leave this state."""
REJECTED: Final = "rejected"
"""Refused, by the checks or by the portal: waits for a person."""
CONFLICT: Final = "conflict"
"""The portal, or another one, holds something else: a person decides."""
REGISTERED: Final = "registered"
"""The portal holds it."""
CANCELLING: Final = "cancelling"
"""The portal holds it and is asked to cancel it."""
CANCELLED: Final = "cancelled"
"""The portal has cancelled it."""

UNSENT: Final = (DRAFT, TO_REGISTER, REJECTED)
"""The portal never heard of these: they may still be changed or dropped."""
DISCARDABLE: Final = (*UNSENT, CONFLICT)
"""What the portal does not hold of an invoice goes when it is reset to draft."""
QUEUED: Final = (TO_REGISTER, UNKNOWN, CANCELLING)
"""The scheduled action takes these up."""
IN_FLIGHT: Final = (SENDING, UNKNOWN)
"""A call may have reached the portal, and its answer is missing."""
OPEN_AT_PORTAL: Final = (*IN_FLIGHT, CANCELLING)
"""What the portal holds of these is not settled."""
AT_PORTAL: Final = (REGISTERED, CANCELLING, CANCELLED)
"""The portal holds these, and Odoo knows it."""
FINAL: Final = (REGISTERED, CANCELLED)
"""The portal holds these, and no call is open."""


def is_unsent(state: str) -> bool:
    """Return whether the portal never heard of a record in this state."""
    return state in UNSENT


def is_discardable(state: str) -> bool:
    """Return whether a record in this state may be deleted."""
    return state in DISCARDABLE


def is_queued(state: str) -> bool:
    """Return whether the scheduled action takes up a record in this state."""
    return state in QUEUED


def is_in_flight(state: str) -> bool:
    """Return whether a call may have registered a record in this state."""
    return state in IN_FLIGHT


def is_open_at_portal(state: str) -> bool:
    """Return whether the portal has to be asked what it holds."""
    return state in OPEN_AT_PORTAL


def is_at_portal(state: str) -> bool:
    """Return whether the portal is known to hold a record in this state."""
    return state in AT_PORTAL


def is_final(state: str) -> bool:
    """Return whether the portal holds a record in this state, with no call open."""
    return state in FINAL
