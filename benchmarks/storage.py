"""Measures what a registered invoice costs in the database and in the file store.

Run by ``bin/bench storage``: posts invoices, registers them through the queue at a
served portal, and reports bytes and files per invoice: as they are registered, without
a note of each IRN, and once their evidence is bundled. What Odoo's own accounting
stores for an invoice is not counted. Other benchmarks call `measure`.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from environment import USER, connect, say, worker_on
from invoicing import GSTIN
from processes.database import Database
from processes.odoo_process import Worker
from processes.portal import served_portal

AT_ONCE = 50
WARM_UP = 20
OWN = "l10n_in_irp_"
# tables that grow in every Odoo as invoices are made and posted
NOT_COUNTED = "^(account_|sequence_|ir_sequence|res_|ir_model|bus_)"
# all of it was sent and signed some months ago
LONG_AGO = "UPDATE {} SET create_date = create_date - interval '100 days'"
TABLES = """
    SELECT relname, pg_total_relation_size(oid) FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
       AND relname !~ %s
"""


class Footprint(NamedTuple):
    """How much a database takes: bytes of each table with its indexes, and files.

    ``file_bytes`` is the length of the files; ``disk_bytes`` the blocks they take.
    """

    tables: dict[str, int]
    files: int
    file_bytes: int
    disk_bytes: int


def footprint(database: Database) -> Footprint:
    """Return what a database takes, without the space that PostgreSQL will reuse."""
    database.compact(dict(database.rows(TABLES, NOT_COUNTED)))
    found = [
        path.stat()
        for path in database.filestore.rglob("*")
        if path.is_file() and "checklist" not in path.parts
    ]
    return Footprint(
        dict(database.rows(TABLES, NOT_COUNTED)),
        len(found),
        sum(one.st_size for one in found),
        sum(one.st_blocks * 512 for one in found),
    )


def per_invoice(
    start: Footprint, posted: Footprint, now: Footprint, count: int
) -> dict[str, Any]:
    """Return what each of some invoices costs.

    Posting makes the registrations, which nobody has without the addon; all else that
    posting stores is Odoo's.

    :param start: before they were made.
    :param posted: once they were posted.
    :return: ``bytes_per_invoice`` (database, and blocks of files), its parts, and
        ``files_per_invoice``.
    """
    grown = {
        name: size - (start if name.startswith(OWN) else posted).tables.get(name, 0)
        for name, size in now.tables.items()
    }
    in_database = sum(grown.values())
    on_disk = now.disk_bytes - posted.disk_bytes
    in_files = now.file_bytes - posted.file_bytes
    return {
        "bytes_per_invoice": round((in_database + on_disk) / count),
        "database_bytes_per_invoice": round(in_database / count),
        "filestore_bytes_per_invoice": round(on_disk / count),
        "file_content_bytes_per_invoice": round(in_files / count),
        "files_per_invoice": round((now.files - posted.files) / count, 3),
        "tables": {name: round(n / count) for name, n in grown.items() if n},
    }


class Cost:
    """Registers invoices in a database with the addon, and measures what they cost."""

    def __init__(self, database: Database, worker: Worker, count: int) -> None:
        self._database = database
        self._worker = worker
        self._count = count

    def registered(self, *, note: bool = True) -> dict[str, float]:
        """Register some invoices and return what each costs, see `per_invoice`."""
        say(f"registering {self._count} invoices, note of the IRN: {note}")
        self._worker.ask("log_irn", note=note)
        start = footprint(self._database)
        self._post(self._count)
        posted = footprint(self._database)
        self._drain()
        return per_invoice(start, posted, footprint(self._database), self._count)

    def bundled(self) -> dict[str, float]:
        """Seal and bundle what was registered; return what each invoice costs then.

        What sealing and bundling changes is added to what registering costs.
        """
        say("sealing, then bundling")
        start = footprint(self._database)
        for table in ("ir_attachment", "l10n_in_irp_log"):
            self._database.rows(LONG_AGO.format(table))
        self._worker.ask("bundle")
        now = footprint(self._database)
        rest = "SELECT count(*) FROM ir_attachment WHERE l10n_in_irp_sha256 IS NOT NULL"
        rest += " AND l10n_in_irp_archive_id IS NULL AND mimetype != 'application/zip'"
        if self._database.rows(rest) != [(0,)]:
            sys.exit("not everything was bundled")
        [(count,)] = self._database.rows("SELECT count(*) FROM l10n_in_irp_document")
        return per_invoice(start, start, now, count)

    def warm_up(self) -> None:
        self._post(WARM_UP)
        self._drain()

    def _post(self, count: int) -> None:
        for start in range(0, count, AT_ONCE):
            self._worker.ask("posted", count=min(AT_ONCE, count - start))

    def _drain(self) -> None:
        self._worker.ask("drain")
        left = "SELECT count(*) FROM l10n_in_irp_document WHERE state != 'registered'"
        if self._database.rows(left) != [(0,)]:
            sys.exit("not everything was registered")


def measure(database: Database, count: int) -> dict[str, Any]:
    """Return what each of some invoices costs in a database with the addon.

    :return: the members of `per_invoice`; ``without_note`` and ``bundled``: the same
        without a note of each IRN, and once all is bundled.
    """
    with worker_on(database) as worker, served_portal(GSTIN, *USER) as portal:
        worker.ask("set_up")
        worker.ask("use_addon")
        connect(worker, portal)
        cost = Cost(database, worker, count)
        cost.warm_up()
        figures = cost.registered()
        without_note = cost.registered(note=False)
        return {
            **figures,
            "without_note": without_note,
            "bundled": together(without_note, cost.bundled()),
        }


def together(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the sums of two costs."""
    tables = {
        name: one["tables"].get(name, 0) + other["tables"].get(name, 0)
        for name in one["tables"] | other["tables"]
    }
    sums = {name: one[name] + other[name] for name in one if name != "tables"}
    return {**sums, "tables": tables}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True, help="with the addon")
    parser.add_argument("--invoices", type=int, default=500)
    parser.add_argument("--json", help="file for the figures")
    options = parser.parse_args()
    database = Database(options.config, options.database)
    figures = {"invoices": options.invoices, **measure(database, options.invoices)}
    text = json.dumps(figures, indent=2)
    sys.stdout.write(f"{text}\n")
    if options.json:
        Path(options.json).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
