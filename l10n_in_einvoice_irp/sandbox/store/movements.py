"""The movement of goods behind each e-way bill: Part A, Part B and its life."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .records import EwayBill
from .rows import record
from .store import Store


@dataclass(frozen=True)
class Movement:
    """The facts beside the record of an e-way bill.

    Moments are IST text (``yyyy-MM-dd HH:mm:ss``).

    :param document_key: the same for every e-way bill of one document
    :param transporter_id: the current transporter, "" while none is assigned
    :param assigned_at: when that transporter was assigned
    :param distance: kilometres
    :param started_at: the first Part B; None for a Part A slip
    :param rejected_at: when the other party rejected it
    :param part_a: the request's members under their published names
    """

    number: int
    document_key: str
    doc_type: str
    doc_no: str
    from_gstin: str
    to_gstin: str
    transporter_id: str
    assigned_at: str | None
    distance: int
    started_at: str | None
    extended_times: int
    rejected_at: str | None
    part_a: Mapping[str, Any]


@dataclass(frozen=True)
class PartB:
    """One entry of Part B; ``details`` are the members that Get e-way bill shows."""

    number: int
    entered_at: str
    entered_by: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Waybill:
    """An e-way bill with its movement."""

    bill: EwayBill
    movement: Movement

    @property
    def number(self) -> int:
        """Return the 12 digits."""
        return self.bill.number


_BILL = tuple(one.name for one in fields(EwayBill))
_MOVEMENT = tuple(one.name for one in fields(Movement))
_JOINED = (
    f"SELECT {', '.join(f'b.{one} AS b_{one}' for one in _BILL)}, m.*"  # noqa: S608
    " FROM eway_bill b JOIN ewb_movement m ON m.number = b.number WHERE "
)


class MovementRepository:
    """The movements in a store, and the queries over e-way bills."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, movement: Movement, entry: PartB | None = None) -> None:
        """Store a new movement, with its first Part B if it has one."""
        values = [getattr(movement, name) for name in _MOVEMENT]
        values[-1] = json.dumps(dict(movement.part_a))
        marks = ", ".join("?" * len(values))
        with self._store.transaction() as db:
            sql = f"INSERT INTO ewb_movement VALUES ({marks})"  # noqa: S608
            db.execute(sql, values)
            if entry is not None:
                self.enter(entry)

    def change(self, number: int, **columns: Any) -> None:
        """Write some columns of a movement."""
        names = ", ".join(f"{name} = ?" for name in columns)
        with self._store.transaction() as db:
            sql = f"UPDATE ewb_movement SET {names} WHERE number = ?"  # noqa: S608
            db.execute(sql, (*columns.values(), number))

    def enter(self, entry: PartB) -> None:
        """Add an entry of Part B."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO ewb_part_b (number, entered_at, entered_by, details)"
                " VALUES (?, ?, ?, ?)",
                (
                    entry.number,
                    entry.entered_at,
                    entry.entered_by,
                    json.dumps(dict(entry.details)),
                ),
            )

    def entries(self, number: int) -> list[PartB]:
        """Return the Part B of an e-way bill, newest first."""
        sql = "SELECT * FROM ewb_part_b WHERE number = ? ORDER BY id DESC"
        rows = self._store.rows(sql, number)
        return [record(PartB, row, details=json.loads) for row in rows]

    def of_number(self, number: int) -> Waybill | None:
        """Return an e-way bill, None if there is none."""
        found = self._where("b.number = ?", number)
        return found[0] if found else None

    def live(self, document_key: str) -> Waybill | None:
        """Return the active e-way bill of a document, None if there is none."""
        condition = "m.document_key = ? AND b.status = 'ACT'"
        found = self._where(condition, document_key)
        return found[0] if found else None

    def of_document(self, gstin: str, doc_type: str, doc_no: str) -> Waybill | None:
        """Return the last e-way bill that ``gstin`` generated for a document."""
        condition = "b.gstin = ? AND m.doc_type = ? AND upper(m.doc_no) = ?"
        found = self._where(condition, gstin, doc_type, doc_no.upper())
        return found[-1] if found else None

    def generated(self, gstin: str, day: str) -> list[Waybill]:
        """Return the active e-way bills that ``gstin`` generated on a day.

        :param day: ``yyyy-MM-dd``, as in the other queries
        """
        condition = "b.status = 'ACT' AND b.gstin = ? AND b.generated_at LIKE ?"
        return self._where(condition, gstin, f"{day}%")

    def of_other_party(self, gstin: str, day: str) -> list[Waybill]:
        """Return those of a day that name ``gstin`` and that another generated."""
        condition = (
            "b.gstin <> ? AND ? IN (m.from_gstin, m.to_gstin) AND b.generated_at LIKE ?"
        )
        return self._where(condition, gstin, gstin, f"{day}%")

    def for_transporter(self, transporter_id: str, day: str) -> list[Waybill]:
        """Return those generated on a day that are assigned to a transporter."""
        condition = "m.transporter_id = ? AND b.generated_at LIKE ?"
        return self._where(condition, transporter_id, f"{day}%")

    def assigned(self, transporter_id: str, day: str) -> list[Waybill]:
        """Return those that were assigned to a transporter on a day."""
        condition = "m.transporter_id = ? AND m.assigned_at LIKE ?"
        return self._where(condition, transporter_id, f"{day}%")

    def rejected(self, gstin: str, day: str) -> list[Waybill]:
        """Return those that ``gstin`` generated and another rejected on a day."""
        condition = "b.gstin = ? AND m.rejected_at LIKE ?"
        return self._where(condition, gstin, f"{day}%")

    def all(self) -> list[Waybill]:
        """Return every e-way bill, oldest first."""
        return self._where("1")

    def _where(self, condition: str, *values: object) -> list[Waybill]:
        sql = f"{_JOINED}{condition} ORDER BY b.rowid"
        return [
            Waybill(
                record(EwayBill, row, prefix="b_"),
                record(Movement, row, part_a=json.loads),
            )
            for row in self._store.rows(sql, *values)
        ]
