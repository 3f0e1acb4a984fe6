"""Refreshes the GSTINs of many partners against a served portal.

Runs the scheduled action: one process is killed, another continues, and the log is
moved back by a minute whenever the rate limit is reached. Run by ``bin/bench gstin``,
which reports calls per minute, memory after each run, and time.
"""

import argparse
import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for folder in ("tests", "l10n_in_einvoice_irp"):
    sys.path.insert(0, str(ROOT / folder))

from processes.database import Database
from processes.odoo_client import OdooClient
from processes.odoo_process import WorkerExited, running_worker
from processes.portal import served_portal
from processes.seller import GSTIN


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def kill_during_refresh(odoo, database):
    """Kill a process during its refresh; return the number of records it stored."""
    with running_worker(database) as victim:
        try:
            odoo.refresh_gstins(victim, transport="killed_during_refresh")
        except WorkerExited as exited:
            say(f"killed with signal {-exited.status}")
    return len(odoo.gstin_records())


def refresh_all(odoo, portal, customers):
    """Refresh until all are stored; return calls, memory and seconds of each run.

    Uses a new process, because creating invoices leaves one with free memory.
    """
    with running_worker(odoo.database) as worker:
        fresh = OdooClient(worker, odoo.database, odoo.seller)
        return list(refreshes(fresh, portal, customers))


def refreshes(odoo, portal, customers):
    number = 0
    while len(set(odoo.gstin_records())) < len(customers):
        calls, started = portal.calls("get_gstin"), time.perf_counter()
        odoo.refresh_gstins()
        seconds = time.perf_counter() - started
        made, memory = portal.calls("get_gstin") - calls, odoo.worker.ask("memory")
        number += 1
        say(f"run {number}: {made} calls, {memory:.1f} MB, {seconds:.1f} s")
        yield made, memory, seconds
        odoo.pass_a_minute()


def measure(odoo, portal, arguments):
    database = odoo.database
    odoo.connect(portal)
    odoo.register_on("manual")
    odoo.limit_look_ups(arguments.rate)
    say(f"creating {arguments.partners} partners and their invoices")
    customers = odoo.customers(arguments.partners)
    stored = kill_during_refresh(odoo, database)
    say(f"records stored by the killed process: {stored}")
    odoo.pass_a_minute()
    runs = refresh_all(odoo, portal, customers)
    records = odoo.gstin_records()
    calls, memory, seconds = map(list, zip(*runs, strict=True))
    return {
        "partners": len(customers),
        "records": len(records),
        "asked_twice": portal.calls("get_gstin") - len(records),
        "rate": arguments.rate,
        "most_calls_per_minute": max(calls),
        "log_ins": portal.calls("authenticate"),
        "memory_first_mb": round(memory[0], 1),
        "memory_last_mb": round(memory[-1], 1),
        "milliseconds_per_partner": round(1000 * sum(seconds) / sum(calls), 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--partners", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=200, help="calls per minute")
    parser.add_argument("--json", help="file for the figures")
    arguments = parser.parse_args()
    database = Database(arguments.config, arguments.database)
    with (
        running_worker(database) as worker,
        served_portal(GSTIN, "seller_api", "Right-Passw0rd") as portal,
    ):
        odoo = OdooClient(worker, database, worker.ask("set_up"))
        figures = measure(odoo, portal, arguments)
    say(json.dumps(figures, indent=2))
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
