"""Store e-way bills, taxpayers, and the portal of each IRN."""

import json
from collections.abc import Callable
from dataclasses import astuple
from typing import Any

from .records import EwayBill, TaxpayerEntry
from .store import Store

_INSERT = "INSERT INTO eway_bill VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# the third digit names the e-way bill portal: 1 to 7 the first, 8 and 9 the second
_FIRST_NUMBERS = {1: 391_000_000_000, 2: 398_000_000_000}


class EwayBillRepository:
    """The e-way bills in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, make: Callable[[int], EwayBill], portal: int = 1) -> EwayBill:
        """Store a new e-way bill and enter it in its registration, if it has one.

        :param make: builds it from the next running number
        :param portal: the e-way bill portal that numbers it, 1 or 2
        """
        with self._store.transaction() as db:
            bill = make(self._next_number(portal))
            db.execute(_INSERT, astuple(bill))
            columns = {
                "ewb_number": bill.number,
                "ewb_at": bill.generated_at,
                "ewb_valid_till": bill.valid_till,
                "ewb_status": bill.status,
            }
            self._store.update(bill.irn, lambda _registration: columns)
        return bill

    def of_number(self, number: int) -> EwayBill | None:
        """Return the e-way bill with a number, None if there is none."""
        rows = self._store.rows("SELECT * FROM eway_bill WHERE number = ?", number)
        return EwayBill(**rows[0]) if rows else None

    def set_validity(self, bill: EwayBill, valid_till: str) -> None:
        """Start or extend the validity, in the registration too."""
        with self._store.transaction() as db:
            sql = "UPDATE eway_bill SET valid_till = ? WHERE number = ?"
            db.execute(sql, (valid_till, bill.number))
            columns = {"ewb_valid_till": valid_till}
            self._store.update(bill.irn, lambda _registration: columns)

    def verify(self, number: int, at: str) -> None:
        """Mark an e-way bill as verified in transit."""
        with self._store.transaction() as db:
            sql = "UPDATE eway_bill SET verified_at = ? WHERE number = ?"
            db.execute(sql, (at, number))

    def cancel(self, bill: EwayBill, at: str, reason: str, remark: str | None) -> None:
        """Cancel an e-way bill, and update its registration."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE eway_bill SET status = 'CNL', cancelled_at = ?,"
                " cancel_reason = ?, cancel_remark = ? WHERE number = ?",
                (at, reason, remark, bill.number),
            )
            self._store.update(bill.irn, lambda _registration: {"ewb_status": "CNL"})

    def _next_number(self, portal: int) -> int:
        """Return the next running number, skipping numbers attached by hand."""
        count = self._store.rows("SELECT count(*) AS made FROM eway_bill")[0]["made"]
        number: int = _FIRST_NUMBERS[portal] + count + 1
        while self.of_number(number):
            number += 1
        return number


class TaxpayerRepository:
    """Taxpayers with their details: the portal's copy and the common portal's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, entry: TaxpayerEntry) -> None:
        """Enter a taxpayer in the portal's copy, replacing an earlier entry."""
        with self._store.transaction() as db:
            self._store.put_taxpayer(entry.gstin, entry.status)
            db.execute("DELETE FROM taxpayer_details WHERE gstin = ?", (entry.gstin,))
            if entry.details is not None:
                db.execute(
                    "INSERT INTO taxpayer_details VALUES (?, ?)",
                    (entry.gstin, json.dumps(dict(entry.details))),
                )

    def get(self, gstin: str) -> TaxpayerEntry | None:
        """Return a taxpayer from the portal's copy, None if it was never entered."""
        rows = self._store.rows(
            "SELECT gstin, status, details FROM taxpayer"
            " LEFT JOIN taxpayer_details USING (gstin) WHERE gstin = ?",
            gstin,
        )
        return _entry(rows[0]) if rows else None

    def entries(self) -> list[TaxpayerEntry]:
        """Return all taxpayers of the portal's copy, by GSTIN."""
        rows = self._store.rows(
            "SELECT gstin, status, details FROM taxpayer"
            " LEFT JOIN taxpayer_details USING (gstin) ORDER BY gstin"
        )
        return [_entry(row) for row in rows]

    def announce(self, entry: TaxpayerEntry) -> None:
        """Enter a taxpayer at the common portal, for a sync to fetch."""
        details = json.dumps(dict(entry.details or {}))
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO common_portal VALUES (?, ?, ?)",
                (entry.gstin, entry.status, details),
            )

    def announced(self, gstin: str) -> TaxpayerEntry | None:
        """Return a taxpayer from the common portal, None if it was never entered."""
        rows = self._store.rows("SELECT * FROM common_portal WHERE gstin = ?", gstin)
        return _entry(rows[0]) if rows else None

    def count_sync(self, caller: str, now: float, since: float, limit: int) -> bool:
        """Count a sync unless ``caller`` has reached ``limit`` after ``since``.

        :return: whether it was counted
        """
        with self._store.transaction() as db:
            db.execute("DELETE FROM sync WHERE at <= ?", (since,))
            sql = "SELECT count(*) AS made FROM sync WHERE caller = ?"
            is_allowed: bool = self._store.rows(sql, caller)[0]["made"] < limit
            if is_allowed:
                db.execute("INSERT INTO sync VALUES (?, ?)", (caller, now))
            return is_allowed


class OriginRepository:
    """The portal that registered each IRN."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, irn: str, portal: str) -> None:
        """Store the portal of an IRN."""
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO origin VALUES (?, ?)", (irn, portal))

    def get(self, irn: str) -> str:
        """Return the portal of an IRN, ``NIC1`` if unknown."""
        rows = self._store.rows("SELECT portal FROM origin WHERE irn = ?", irn)
        return rows[0]["portal"] if rows else "NIC1"


def _entry(row: Any) -> TaxpayerEntry:
    details = json.loads(row["details"]) if row["details"] is not None else None
    return TaxpayerEntry(row["gstin"], row["status"], details)
