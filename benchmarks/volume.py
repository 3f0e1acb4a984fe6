"""Fills a database with a million registrations and measures what is done in it.

Run by ``bin/bench volume``. The invoices are there before the addon is installed, so
that its installation is measured as well as its update. All times but those are the
database's, of the second run.
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from environment import say, worker_on
from invoicing import BUYERS, PRODUCTS
from processes.database import Database
from processes.odoo_process import Worker, install, run_odoo, running_worker

ADDON = "l10n_in_einvoice_irp"
SCRIPT = Path(__file__).parents[1] / "tests" / "processes" / "volume_worker.py"
# milliseconds of database time
LIST_LIMIT, CLAIM_LIMIT = 300, 10


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True, help="with l10n_in alone")
    parser.add_argument("--json", help="file for the figures")
    parser.add_argument("--invoices", type=int, default=1_000_000)
    return parser.parse_args()


class Figures:
    """Prints figures as they are measured, and collects them."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}

    def add(self, name: str, value: float, unit: str) -> None:
        self.values[f"{name} ({unit})"] = round(value, 1)
        sys.stdout.write(f"{name:56}{value:12.1f} {unit}\n")
        sys.stdout.flush()

    def time(self, name: str, work: Callable[[], Any]) -> Any:
        """Run some work and add its seconds."""
        start = time.perf_counter()
        result = work()
        self.add(name, time.perf_counter() - start, "s")
        return result


def source_invoice(database: Database) -> int:
    """Return the id of the posted invoice that is copied: one line with IGST."""
    with worker_on(database) as worker:
        worker.ask("set_up")
    with running_worker(database, SCRIPT) as worker:

        def find(model: str, name: str, value: str) -> int:
            return worker.call(model, "search", args=[[(name, "=", value)]])[0]

        buyer = find("res.partner", "vat", BUYERS[1][1])
        company = worker.read("res.partner", buyer, "company_id")["company_id"]
        product = find("product.product", "name", PRODUCTS[0][0])
        return worker.ask("sell", company=company, buyer=buyer, product=product)


def measure(database: Database, figures: Figures, count: int) -> None:
    invoice = source_invoice(database)
    say(f"copying {count} invoices, before the addon is there")
    with running_worker(database, SCRIPT) as worker:
        figures.time("making the invoices", lambda: copy(worker, invoice, count))
    files = database.rows("SELECT pg_relation_filenode('account_move')")
    say("installing the addon")
    figures.time("installing the addon", lambda: install(database, ADDON))
    # a table that is rewritten gets another file
    is_same = files == database.rows("SELECT pg_relation_filenode('account_move')")
    figures.add("account_move rewritten by the installation", not is_same, "times")
    with running_worker(database, SCRIPT) as worker:
        worker.ask("register", invoice=invoice)
        say("registering the copies")
        figures.time("making the registrations", lambda: register(worker, invoice))
        sample = worker.ask("sample", invoice=invoice)
        for kind in ("paths", "groups"):
            for name, value in worker.ask("times", sample=sample, kind=kind).items():
                figures.add(name, value, "ms")
    update = ("server", "--stop-after-init", "--no-http", "--update", ADDON)
    say("updating the addon")
    figures.time(
        "updating the addon",
        lambda: run_odoo(*update, "--database", database.name),
    )


def copy(worker: Worker, invoice: int, count: int) -> None:
    worker.ask("copy_invoices", invoice=invoice, count=count)
    worker.ask("vacuum")


def register(worker: Worker, invoice: int) -> None:
    worker.ask("copy_registration", invoice=invoice)
    worker.ask("vacuum", whole=True)


def report_limits(figures: Figures) -> None:
    """Print which lists and claims take longer than they may."""
    for name, value in figures.values.items():
        limit = CLAIM_LIMIT if name.startswith("claim") else LIST_LIMIT
        if name.endswith("(ms)") and value > limit and "grouped" not in name:
            say(f"over {limit} ms: {name}: {value}")


def main() -> None:
    # stop the processes and drop the databases, as on Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = arguments()
    figures = Figures()
    measure(Database(options.config, options.database), figures, options.invoices)
    report_limits(figures)
    if options.json:
        text = json.dumps(figures.values, indent=2)
        Path(options.json).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
