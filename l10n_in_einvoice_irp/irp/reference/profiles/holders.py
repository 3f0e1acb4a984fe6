"""Name the IRP that holds a document, by what an answer says of it."""

from __future__ import annotations

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


def irp_title(code: str) -> str:
    """Return the title of an IRP for texts; the code itself if it is not known."""
    found = (one for one in PROFILES.values() if one.irp and one.irp.code == code)
    return next((one.title for one in found), code)
