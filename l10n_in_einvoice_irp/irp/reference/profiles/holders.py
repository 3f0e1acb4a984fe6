"""Name the IRP that holds a document, by what an answer says of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .published import PROFILES


def irp_holding(name: str = "", ack_number: str = "") -> str:
    """Return the code of the IRP that registered a document, "" if that is not known.

    :param name: ``RegIrp`` of an answer; several IRPs may go by one name ("NIC").
    :param ack_number: its first digit names the IRP (1 and 2: NIC; 3 to 6: inferred).
    """
    irps = [profile.irp for profile in PROFILES.values() if profile.irp]
    by_digit = [one for one in irps if ack_number[:1] == one.ack_digit]
    by_name = [one for one in irps if name.strip().upper() in one.names]
    both = [one for one in by_name if one in by_digit]
    found = both or by_name or by_digit
    return found[0].code if found else ""


IRP_TITLES: Mapping[str, str] = MappingProxyType(
    {one.irp.code: one.title for one in PROFILES.values() if one.irp}
)
"""The IRPs by code, with their titles for texts."""
