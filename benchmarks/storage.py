"""Measures what a registered invoice costs in the database and in the file store.

Run by ``bin/bench storage``: posts invoices, registers them through the queue at a
served portal, and reports bytes and files per invoice, as they are registered, with
and without a note in the chatter, and once their evidence is bundled. What Odoo's own
accounting stores for an invoice is not counted. Other benchmarks call `measure`.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import NamedTuple

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
    database.compact()
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


def per_invoice(posted: Footprint, now: Footprint, count: int) -> dict[str, float]:
    """Return what each of some invoices costs since they were posted.

    Posting makes the registrations, which nobody has without the addon; they count
    from the first byte.

    :return: ``bytes_per_invoice`` (database, and blocks of files), its parts, and
        ``files_per_invoice``.
    """
    grown = {
        name: size - (0 if name.startswith(OWN) else posted.tables.get(name, 0))
        for name, size in now.tables.items()
        if size != posted.tables.get(name)
    }
    in_database = sum(grown.values())
    on_disk = now.disk_bytes - posted.disk_bytes
    return {
        "bytes_per_invoice": round((in_database + on_disk) / count),
        "database_bytes_per_invoice": round(in_database / count),
        "filestore_bytes_per_invoice": round(on_disk / count),
        "file_content_bytes_per_invoice": round(
            (now.file_bytes - posted.file_bytes) / count
        ),
        "files_per_invoice": round((now.files - posted.files) / count, 3),
        "tables": {name: round(size / count) for name, size in grown.items()},
    }


def post(worker: Worker, count: int) -> None:
    for start in range(0, count, AT_ONCE):
        worker.ask("posted", count=min(AT_ONCE, count - start))


def register(worker: Worker, database: Database, count: int) -> dict[str, float]:
    """Post and register some invoices, and return what each of them costs."""
    say(f"posting and registering {count} invoices")
    post(worker, count)
    posted = footprint(database)
    worker.ask("drain")
    left = "SELECT count(*) FROM l10n_in_irp_document WHERE state != 'registered'"
    if database.rows(left) != [(0,)]:
        sys.exit("not everything was registered")
    return per_invoice(posted, footprint(database), count)


def measure(database: Database, count: int) -> dict[str, float]:
    """Return what each of some invoices costs in a database with the addon.

    The members are those of `per_invoice`.
    """
    with worker_on(database) as worker, served_portal(GSTIN, *USER) as portal:
        worker.ask("set_up")
        worker.ask("use_addon")
        connect(worker, portal)
        return register(worker, database, count)


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
