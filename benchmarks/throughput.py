"""Registers the same invoices with Odoo's own ``l10n_in_edi`` and with this addon.

With ``--portal``, registers them with this addon at NIC and at another portal instead.

Run by ``bin/bench queue``. All portals answer each call after 250 ms. Portals and
workers are separate processes, so that CPU time can be measured per worker. Each
measurement uses a new clone of the same database.
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

from environment import (
    connect,
    cpu_seconds,
    iap_stub,
    megabytes,
    say,
    slow_portal,
    worker_on,
)
from processes.database import Database
from processes.odoo_process import Worker, install
from processes.portal import Portal
from sandbox import DIALECTS
from table import Table

POSTING_PAIRS = 3
PORTAL_PAIRS = 3
ROUNDS = 40
POSTED_PER_ROUND = 5
CREATED_AT_ONCE = 50
WARM_UP = 20
# registered invoices after which a worker's memory counts as settled
SETTLED = 500
POLL_SECONDS = 0.25
REPORT_SECONDS = 10


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True, help="with l10n_in alone")
    parser.add_argument("--json", help="file for the ratios")
    for name, default, text in (
        ("invoices", 500, "created, and registered by the addon"),
        ("theirs", 100, "of these, also registered by l10n_in_edi"),
        ("backlog", 20_000, "registered by one worker"),
        ("pair", 2_000, "registered by two workers"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=text)
    parser.add_argument("--skip-posting", action="store_true")
    parser.add_argument("--skip-theirs", action="store_true")
    parser.add_argument(
        "--skip-backlog", action="store_true", help="skips two workers as well"
    )
    parser.add_argument("--profile", help="file for the profile of our worker")
    parser.add_argument(
        "--portal",
        choices=sorted(DIALECTS.keys() - {"nic", "nic1"}),
        help="compare this portal with NIC, log-in included; nothing else is measured",
    )
    return parser.parse_args()


# --- the invoices --------------------------------------------------------------------


def post_stock(addon: Database, count: int) -> list[int]:
    """Post the invoices to be registered and return their ids."""
    say(f"creating {count} invoices")
    moves: list[int] = []
    with worker_on(addon) as worker:
        worker.ask("use_addon")
        while len(moves) < count:
            some = min(CREATED_AT_ONCE, count - len(moves))
            moves += worker.ask("posted", count=some)
    return moves


def queued(database: Database) -> int:
    rows = database.rows(
        "SELECT count(*) FROM l10n_in_irp_document WHERE state = 'to_register'"
    )
    return rows[0][0]


def states(database: Database) -> dict[str, int]:
    return dict(
        database.rows("SELECT state, count(*) FROM l10n_in_irp_document GROUP BY state")
    )


# --- measurements --------------------------------------------------------------------


def measure_posting(plain: Database, addon: Database) -> list[list[float]]:
    """Return the CPU seconds of each posting, without and with the addon.

    Several pairs of processes are measured, because the memory layout of a process
    makes it slightly slower or faster for its whole life.
    """
    times: list[list[float]] = [[], []]
    for number in range(POSTING_PAIRS):
        say(f"posting without and with the addon, {number + 1} of {POSTING_PAIRS}")
        pair = posting_pair(plain, addon)
        for total, found in zip(times, pair, strict=True):
            total += found
    return times


def posting_pair(plain: Database, addon: Database) -> list[list[float]]:
    with (
        plain.derived("post") as without,
        addon.derived("post") as with_addon,
        worker_on(without) as plain_worker,
        worker_on(with_addon) as addon_worker,
    ):
        addon_worker.ask("use_addon")
        workers = (plain_worker, addon_worker)
        # alternating, so that noise on the machine affects both
        rounds = [[post_some(one) for one in workers] for _number in range(ROUNDS + 1)]
        # the first round fills caches
        columns = zip(*rounds[1:], strict=True)
        return [list(chain.from_iterable(column)) for column in columns]


def post_some(worker: Worker) -> list[float]:
    """Return the CPU seconds of some postings, one transaction each."""
    moves = worker.ask("drafts", count=POSTED_PER_ROUND)
    return worker.ask("post", moves=moves)


def measure_theirs(addon: Database, moves: list[int]) -> dict[str, float]:
    """Return wall and CPU seconds per invoice of Odoo's own module."""
    say(f"registering {len(moves)} invoices with l10n_in_edi")
    warm, rest = moves[:3], moves[3:]
    with (
        iap_stub() as endpoint,
        addon.derived("theirs") as database,
        worker_on(database) as worker,
    ):
        worker.ask("use_edi", endpoint=endpoint)
        worker.ask("send", moves=warm)
        spent = worker.ask("send", moves=rest)
    return {name: seconds / len(rest) for name, seconds in spent.items()}


class Run:
    """A backlog that is drained by one or more workers and monitored meanwhile.

    :ivar memory: megabytes of each worker at the start, once settled, and at the end.
    """

    def __init__(
        self, database: Database, portal: Portal, workers: list[Worker]
    ) -> None:
        self.portal = portal
        self.memory: list[list[float]] = []
        self._database = database
        self._workers = workers
        self._pids = [worker.ask("pid") for worker in workers]
        self._total = queued(database)

    def log_out(self) -> None:
        """Forget the portal's token, so that the next run logs in."""
        self._database.rows("DELETE FROM l10n_in_irp_session")

    def drain(self, **options: Any) -> dict[str, float]:
        """Return seconds per invoice: wall time, CPU of workers and portal."""
        say(f"registering {self._total} invoices with {len(self._workers)} worker(s)")
        self._weigh()
        portal_cpu = -cpu_seconds(self.portal.pid)
        wall = -time.perf_counter()
        for worker in self._workers:
            worker.send("drain", **options)
        self._watch()
        wall += time.perf_counter()
        portal_cpu += cpu_seconds(self.portal.pid)
        self._weigh()
        cpu = sum(worker.receive()["cpu"] for worker in self._workers)
        self._check()
        spent = {"wall": wall, "cpu": cpu, "portal": portal_cpu}
        return {name: seconds / self._total for name, seconds in spent.items()}

    def _watch(self) -> None:
        """Report progress until all workers have answered."""
        reported = time.monotonic()
        while not all(worker.has_answered() for worker in self._workers):
            time.sleep(POLL_SECONDS)
            done = self._total - queued(self._database)
            if len(self.memory) == 1 and done >= SETTLED:
                self._weigh()
            if time.monotonic() - reported > REPORT_SECONDS:
                reported = time.monotonic()
                weights = ", ".join(f"{megabytes(pid):.0f}" for pid in self._pids)
                say(f"  {done} of {self._total}, {weights} MB")

    def _weigh(self) -> None:
        self.memory.append([megabytes(pid) for pid in self._pids])

    def _check(self) -> None:
        found = states(self._database)
        if set(found) != {"registered"}:
            sys.exit(f"not everything was registered: {found}")

    @property
    def memory_growth(self) -> float:
        """Megabytes by which the fastest-growing worker grew once settled."""
        settled, end = self.memory[-2], self.memory[-1]
        return max(last - first for first, last in zip(settled, end, strict=True))

    @property
    def double_calls(self) -> int:
        """Calls of Generate IRN beyond one per registered document."""
        return self.portal.calls("generate_irn") - len(set(self.portal.irns))


@contextmanager
def prepared(
    addon: Database,
    purpose: str,
    backlog: int = 0,
    workers: int = 1,
    dialect: str = "nic",
) -> Iterator[Run]:
    """Yield a backlog with workers that are connected and warmed up."""
    with ExitStack() as stack:
        portal = stack.enter_context(slow_portal(dialect))
        database = stack.enter_context(addon.derived(purpose))
        pool = [stack.enter_context(worker_on(database)) for _number in range(workers)]
        connect(pool[0], portal)
        if backlog:
            say(f"copying invoices until {backlog} are queued")
            pool[0].ask("multiply", total=backlog + WARM_UP * workers)
            pool[0].ask("analyze")
        for worker in pool:
            warm_up(worker, database)
        yield Run(database, portal, pool)


def warm_up(worker: Worker, database: Database) -> None:
    """Register a few invoices to fill caches and get a token."""
    postpone = (
        "UPDATE l10n_in_irp_document SET next_attempt_at = next_attempt_at + %s"
        " WHERE id IN (SELECT id FROM l10n_in_irp_document"
        " WHERE state = 'to_register' ORDER BY id OFFSET %s)"
    )
    database.rows(postpone, "1 day", WARM_UP)
    worker.ask("drain")
    database.rows(postpone, "-1 day", 0)


# --- the whole -----------------------------------------------------------------------


def compare_posting(table: Table, plain: Database, addon: Database) -> None:
    without, with_addon = (
        median(times) * 1000 for times in measure_posting(plain, addon)
    )
    title = "posting, CPU ms (without, with the addon)"
    table.compare("ratio_posting", title, without, with_addon)


def compare_registering(
    table: Table, addon: Database, moves: list[int], options: argparse.Namespace
) -> float:
    """Compare both modules and return our invoices per second."""
    with prepared(addon, "ours") as run:
        ours = run.drain(profile=options.profile or "")
    if not options.skip_theirs:
        theirs = measure_theirs(addon, moves[: options.theirs])
        table.compare(
            "ratio_invoices_per_second",
            "invoices per second",
            1 / theirs["wall"],
            1 / ours["wall"],
        )
        table.compare(
            "ratio_cpu",
            "process CPU per invoice, ms",
            theirs["cpu"] * 1000,
            ours["cpu"] * 1000,
        )
    report_run(table, f"{options.invoices} invoices", ours)
    return 1 / ours["wall"]


def compare_portals(table: Table, addon: Database, dialect: str) -> None:
    """Compare registering at NIC and at another portal, in alternating runs."""
    runs: dict[str, list[dict[str, float]]] = {"nic": [], dialect: []}
    for number in range(PORTAL_PAIRS):
        for name, spent in runs.items():
            say(f"registering at {name}, {number + 1} of {PORTAL_PAIRS}")
            spent.append(measure_portal(addon, name))
    nic, other = (
        {name: median(one[name] for one in spent) for name in spent[0]}
        for spent in runs.values()
    )
    table.compare(
        "ratio_portal_invoices_per_second",
        "invoices per second",
        1 / nic["wall"],
        1 / other["wall"],
    )
    for key, title, name in (
        ("ratio_portal_cpu", "worker's CPU per invoice, ms", "cpu"),
        ("ratio_portal_own_cpu", "local portal's CPU per invoice, ms", "portal"),
    ):
        table.compare(key, title, nic[name] * 1000, other[name] * 1000)


def measure_portal(addon: Database, dialect: str) -> dict[str, float]:
    """Return seconds per invoice at a portal, with the log-in to it."""
    with prepared(addon, "portal", dialect=dialect) as run:
        run.log_out()
        return run.drain()


def report_run(table: Table, title: str, spent: dict[str, float]) -> None:
    table.report(f"{title}: per second", 1 / spent["wall"])
    table.report(f"{title}: worker's CPU ms each", spent["cpu"] * 1000)
    table.report(f"{title}: local portal's CPU ms each", spent["portal"] * 1000)


def measure_backlog(
    table: Table, addon: Database, rate: float, options: argparse.Namespace
) -> None:
    title = f"{options.backlog} invoices"
    with prepared(addon, "backlog", options.backlog) as run:
        spent = run.drain()
        report_run(table, title, spent)
        table.ratios["ratio_backlog_rate"] = round(1 / spent["wall"] / rate, 3)
        table.report(
            f"{title}: memory growth, MB", run.memory_growth, "memory_growth_mb"
        )
    with prepared(addon, "pair", options.pair, workers=2) as run:
        report_run(table, f"{options.pair}, two workers", run.drain())
        table.report("double calls of Generate IRN", run.double_calls, "double_calls")


def main() -> None:
    # stop the processes and drop the databases, as on Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = arguments()
    plain = Database(options.config, options.database)
    say("installing l10n_in_edi, then the addon in a clone")
    install(plain, "l10n_in_edi")
    # created before the addon is installed, so both databases have the same company
    with worker_on(plain) as worker:
        worker.ask("set_up")
    with plain.derived("addon") as addon:
        install(addon, "l10n_in_einvoice_irp")
        measure(plain, addon, options)


def measure(plain: Database, addon: Database, options: argparse.Namespace) -> None:
    if options.portal:
        table = Table("nic", options.portal)
        post_stock(addon, options.invoices)
        compare_portals(table, addon, options.portal)
    else:
        table = Table("l10n_in_edi", "this addon")
        measure_with_theirs(table, plain, addon, options)
    if options.json:
        text = json.dumps(table.ratios, indent=2)
        Path(options.json).write_text(f"{text}\n", encoding="utf-8")


def measure_with_theirs(
    table: Table, plain: Database, addon: Database, options: argparse.Namespace
) -> None:
    if not options.skip_posting:
        compare_posting(table, plain, addon)
    moves = post_stock(addon, options.invoices)
    rate = compare_registering(table, addon, moves, options)
    if not options.skip_backlog:
        measure_backlog(table, addon, rate, options)


if __name__ == "__main__":
    main()
