"""Consolidated e-way bills, groups of vehicles, and the calls that count."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .rows import record
from .store import Store

_FIRST_TRIP = 1_810_000_000


@dataclass(frozen=True)
class Trip:
    """A consolidated e-way bill (trip sheet).

    :param number: 10 digits
    :param details: the request's members, with the numbers in ``bills``
    """

    number: int
    gstin: str
    entered_at: str
    status: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """A transshipment of one e-way bill onto several vehicles."""

    number: int
    group_no: int
    created_at: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class GroupVehicle:
    """A vehicle, or a transport document, of a group."""

    id: int
    number: int
    group_no: int
    vehicle_no: str
    document_no: str
    quantity: Decimal


class TripRepository:
    """The consolidated e-way bills in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, gstin: str, at: str, details: Mapping[str, Any]) -> Trip:
        """Store a new consolidated e-way bill under the next number."""
        with self._store.transaction() as db:
            last = self._store.rows("SELECT max(number) AS last FROM ewb_trip")[0]
            number = (last["last"] or _FIRST_TRIP) + 1
            trip = Trip(number, gstin, at, "ACT", details)
            db.execute(
                "INSERT INTO ewb_trip VALUES (?, ?, ?, ?, ?)",
                (number, gstin, at, trip.status, json.dumps(dict(details))),
            )
            return trip

    def of_number(self, number: int) -> Trip | None:
        """Return a consolidated e-way bill, None if there is none."""
        rows = self._store.rows("SELECT * FROM ewb_trip WHERE number = ?", number)
        return record(Trip, rows[0], details=json.loads) if rows else None

    def cancel(self, number: int) -> None:
        """Cancel a consolidated e-way bill, which a new one replaces."""
        with self._store.transaction() as db:
            sql = "UPDATE ewb_trip SET status = 'CNL' WHERE number = ?"
            db.execute(sql, (number,))


class GroupRepository:
    """The groups of vehicles in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_number(self, number: int) -> list[Group]:
        """Return the groups of an e-way bill, oldest first."""
        sql = "SELECT * FROM ewb_group WHERE number = ? ORDER BY group_no"
        rows = self._store.rows(sql, number)
        return [record(Group, row, details=json.loads) for row in rows]

    def add(self, number: int, at: str, details: Mapping[str, Any]) -> Group:
        """Store the next group of an e-way bill."""
        with self._store.transaction() as db:
            group = Group(number, len(self.of_number(number)) + 1, at, details)
            db.execute(
                "INSERT INTO ewb_group VALUES (?, ?, ?, ?)",
                (number, group.group_no, at, json.dumps(dict(details))),
            )
            return group

    def vehicles(self, number: int, group_no: int) -> list[GroupVehicle]:
        """Return the vehicles of a group, oldest first."""
        sql = (
            "SELECT * FROM ewb_group_vehicle WHERE number = ? AND group_no = ?"
            " ORDER BY id"
        )
        rows = self._store.rows(sql, number, group_no)
        return [record(GroupVehicle, row, quantity=Decimal) for row in rows]

    def add_vehicle(
        self, group: Group, vehicle_no: str, document_no: str, quantity: Decimal
    ) -> None:
        """Add a vehicle to a group."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO ewb_group_vehicle"
                " (number, group_no, vehicle_no, document_no, quantity)"
                " VALUES (?, ?, ?, ?, ?)",
                (group.number, group.group_no, vehicle_no, document_no, str(quantity)),
            )

    def replace_vehicle(self, id: int, vehicle_no: str, document_no: str) -> None:
        """Write another vehicle, or document, over one of a group."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE ewb_group_vehicle SET vehicle_no = ?, document_no = ?"
                " WHERE id = ?",
                (vehicle_no, document_no, id),
            )


class QuotaRepository:
    """The calls of each caller in a period that begins with its first call."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(
        self, kind: str, caller: str, now: float, period: float, limit: int
    ) -> bool:
        """Count a call unless ``caller`` has made ``limit`` in the running period.

        :param now: seconds since the epoch
        :param period: seconds, from the first call
        :return: whether it was counted
        """
        with self._store.transaction() as db:
            sql = "SELECT * FROM ewb_quota WHERE kind = ? AND caller = ?"
            rows = self._store.rows(sql, kind, caller)
            if not rows or now - rows[0]["first_at"] >= period:
                sql = "INSERT OR REPLACE INTO ewb_quota VALUES (?, ?, ?, 1)"
                db.execute(sql, (kind, caller, now))
                return True
            if rows[0]["count"] >= limit:
                return False
            sql = "UPDATE ewb_quota SET count = count + 1 WHERE kind = ? AND caller = ?"
            db.execute(sql, (kind, caller))
            return True
