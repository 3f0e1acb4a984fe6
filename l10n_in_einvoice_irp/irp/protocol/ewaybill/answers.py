"""The answers to the actions that change something (NIC E-way bill API v1.03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..errors import Info, IrpProtocolError
from .members import Members, portal_distance, same_number


@dataclass(frozen=True)
class Generated:
    """A generated e-way bill (GENEWAYBILL); moments are aware, in IST.

    ``valid_until`` is None while only Part A exists; ``distance_km`` is what the portal
    computed, None if it did not.
    """

    number: str
    generated_at: datetime | None
    valid_until: datetime | None
    alert: str = ""
    distance_km: int | None = None


@dataclass(frozen=True)
class PartBUpdated:
    """A Part B that was entered (VEHEWB)."""

    number: str
    updated_at: datetime
    valid_until: datetime | None


@dataclass(frozen=True)
class TransporterUpdated:
    """Another transporter (UPDATETRANSPORTER)."""

    number: str
    transporter_id: str
    updated_at: datetime


@dataclass(frozen=True)
class Extended:
    """An extended validity (EXTENDVALIDITY)."""

    number: str
    updated_at: datetime | None
    valid_until: datetime


@dataclass(frozen=True)
class Rejected:
    """A rejection by the other party (REJEWB)."""

    number: str
    rejected_at: datetime


@dataclass(frozen=True)
class Consolidated:
    """A consolidated e-way bill (GENCEWB); its number has 10 digits."""

    number: str
    generated_at: datetime | None


@dataclass(frozen=True)
class Regenerated:
    """A new consolidated e-way bill for an old one (REGENTRIPSHEET).

    ``bills`` are those still active and valid, which it holds.
    """

    number: str
    bills: tuple[str, ...]


@dataclass(frozen=True)
class GroupChange:
    """A step of a multi-vehicle movement (MULTIVEHMOVINT, MULTIVEHADD, MULTIVEHUPD)."""

    number: str
    group: str
    at: datetime | None


def parse_generated(data: object, infos: tuple[Info, ...] = ()) -> Generated:
    """Read the answer of GENEWAYBILL; IrpProtocolError without a number."""
    members = Members(data)
    alert = members.text("alert")
    return Generated(
        number=members.bill_number(),
        generated_at=members.moment("ewayBillDate", "ewbDate"),
        valid_until=members.moment("validUpto"),
        alert=alert,
        distance_km=portal_distance(infos, alert),
    )


def parse_part_b(data: object, number: str) -> PartBUpdated:
    """Read the answer of VEHEWB; IrpProtocolError without the moment of the entry."""
    members = Members(data)
    return PartBUpdated(
        number=same_number(members, number),
        updated_at=_moment(members, "vehUpdDate"),
        valid_until=members.moment("validUpto"),
    )


def parse_transporter_updated(
    data: object, number: str, transporter_id: str
) -> TransporterUpdated:
    """Read the answer of UPDATETRANSPORTER.

    Raises IrpProtocolError without its moment, or if it names another transporter.
    """
    members = Members(data)
    named = members.code("transporterId") or transporter_id
    if named != transporter_id:
        raise IrpProtocolError("the answer names another transporter")
    moment = _moment(members, "transUpdateDate")
    return TransporterUpdated(same_number(members, number), named, moment)


def parse_extended(data: object, number: str) -> Extended:
    """Read the answer of EXTENDVALIDITY; IrpProtocolError without the new end."""
    members = Members(data)
    return Extended(
        number=same_number(members, number),
        updated_at=members.moment("updatedDate"),
        valid_until=_moment(members, "validUpto"),
    )


def parse_rejected(data: object, number: str) -> Rejected:
    """Read the answer of REJEWB; IrpProtocolError without its moment."""
    members = Members(data)
    moment = _moment(members, "ewbRejectedDate", "rejectedDate")
    return Rejected(same_number(members, number), moment)


def parse_consolidated(data: object) -> Consolidated:
    """Read the answer of GENCEWB; IrpProtocolError without a number of 10 digits."""
    members = Members(data)
    number = members.sheet_number("cEwbNo", "tripSheetNo")
    return Consolidated(number, members.moment("cEWBDate"))


def parse_regenerated(data: object) -> Regenerated:
    """Read the answer of REGENTRIPSHEET, as :func:`parse_consolidated`."""
    members = Members(data)
    rows = members.records("tripSheetEwayBills", "tripSheetEwbBills")
    return Regenerated(
        number=members.sheet_number("tripSheetNo", "cEwbNo"),
        bills=tuple(row.bill_number() for row in rows),
    )


def parse_group_change(data: object, number: str, group: str = "") -> GroupChange:
    """Read the answer of a multi-vehicle action.

    :param group: the group asked for; "" for MULTIVEHMOVINT, which makes one.
    :raises IrpProtocolError: it has no group, or another.
    """
    members = Members(data)
    found = members.code("groupNo") or group
    if not found.strip("0") or (group and found != group):
        raise IrpProtocolError("the answer names no group, or another")
    moment = members.moment("createdDate", "vehAddedDate", "vehUpdDate")
    return GroupChange(same_number(members, number), found, moment)


def _moment(members: Members, *names: str) -> datetime:
    found = members.moment(*names)
    if found is None:
        raise IrpProtocolError(f"the answer has no {names[0]}")
    return found
