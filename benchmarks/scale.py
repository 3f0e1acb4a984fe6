"""Registers the invoices of a group with one lane, with several, and on several hosts.

Run by ``bin/bench scale``. Odoo's servers run with their own configurations, worker
processes, schedulers and job runners; nothing calls the queue. Each configuration has a
copy of the database and a portal in a separate process. In every round all of them take
turns, because machines are noisy; the medians count.
"""

import argparse
import json
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import storage
from environment import say, worker_on
from fleets import Fleet, Jobs
from processes.database import Database
from sites import SCRIPT, Site, Spent, group_gstins, opened
from table import Table

# of the group, for the fairness
GSTINS = 30
# in flight of each GSTIN: Odoo's default, and few
CALLS, FEW = 24, 4
# posted by Odoo; the others are copies
ORIGINALS = 40
# invoices of each GSTIN, whenever hosts have started
WARM_UP = 5
QUICK = {
    "rounds": 1,
    "fast": 240,
    "slow": 120,
    "waiting": 64,
    "backlog": 1_000,
    "stored": 20,
}
# end of the fairness's figures -> the engine, as Odoo and Job Queue come
FAIRNESS = {"": Fleet(), "_queue_job": Jobs()}


@dataclass(frozen=True)
class Part:
    """Runs to compare.

    :ivar latency: seconds until the portal answers.
    :ivar base: name of the configuration whose figures are 1.
    :ivar suffix: of the names of the figures.
    """

    title: str
    latency: float
    base: str = "one"
    suffix: str = ""


PARTS = {
    "fast": Part("250 ms", 0.25),
    "slow": Part("1 s", 1.0, suffix="_1s"),
    "waiting": Part(f"1 s, {FEW} calls", 1.0, base="single"),
}


@dataclass(frozen=True)
class Case:
    """A configuration.

    :ivar name: in the names of its figures and of its database.
    :ivar parts: names of the parts that it runs in.
    :ivar calls: in flight of each GSTIN.
    """

    name: str
    title: str
    fleet: Fleet
    parts: tuple[str, ...] = ("fast", "slow")
    calls: int = CALLS


CASES = (
    Case("one", "1 lane", Fleet()),
    Case("lanes", "2 lanes", Fleet(lanes=2)),
    Case("queue_job", "2 jobs", Jobs(lanes=2)),
    Case("hosts", "2 hosts, 2 lanes", Fleet(hosts=2, lanes=2)),
    Case("queue_job_hosts", "2 hosts, 2 jobs", Jobs(hosts=2, lanes=2)),
    Case("single", "1 lane", Fleet(), ("waiting",), FEW),
    Case("waiting", "4 lanes", Fleet(lanes=4), ("waiting",), FEW),
    Case("waiting_queue_job", "4 jobs", Jobs(lanes=4), ("waiting",), FEW),
)
OTHERS = ("fairness", "storage")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True, help="with the addon")
    parser.add_argument("--json", help="file for the figures")
    parser.add_argument("--quick", action="store_true", help="one round of small runs")
    for name, default, text in (
        ("rounds", 3, "of all configurations"),
        ("gstins", 4, "with as many invoices each"),
        ("fast", 600, "invoices of a run at a portal of 250 ms"),
        ("slow", 300, "invoices of a run at a portal of 1 s"),
        ("waiting", 96, "invoices of a run with few calls in flight"),
        ("backlog", 20_000, "invoices of one GSTIN, while 29 others have one"),
        ("stored", 100, "invoices whose bytes and files are measured"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=text)
    names = [case.name for case in CASES]
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[*names, *OTHERS],
        default=[*names, *OTHERS],
        help="to compare, with what it is compared with",
    )
    if "--quick" in sys.argv:
        parser.set_defaults(**QUICK)
    return parser.parse_args()


def chosen_cases(only: list[str]) -> list[Case]:
    """Return the cases with these names, and those that they are compared with."""
    bases = {
        PARTS[part].base for case in CASES if case.name in only for part in case.parts
    }
    return [case for case in CASES if case.name in bases | set(only)]


# --- the group -----------------------------------------------------------------------


class Group:
    """The database of a group, whose copies register.

    :param with_jobs: the same with Job Queue.
    :param companies: ids, one for each GSTIN.
    """

    def __init__(
        self, database: Database, with_jobs: Database | None, companies: list[int]
    ) -> None:
        self._database = database
        self._with_jobs = with_jobs
        self._companies = companies

    def opened(self, name: str, fleet: Fleet, gstins: int):
        """Return a context manager that yields a site for a fleet."""
        database = self._with_jobs if isinstance(fleet, Jobs) else self._database
        return opened(database, name, fleet, self._companies[:gstins])


@contextmanager
def prepared(place: Database, options: argparse.Namespace) -> Iterator[Group]:
    """Create the group and its invoices in a database."""
    companies = create_group(place, options)
    fleets = [case.fleet for case in chosen_cases(options.only)]
    if "fairness" in options.only:
        fleets += FAIRNESS.values()
    with ExitStack() as stack:
        with_jobs = None
        if any(isinstance(fleet, Jobs) for fleet in fleets):
            say("installing queue_job in a copy")
            with_jobs = stack.enter_context(place.derived("jobs"))
            Jobs().prepare(with_jobs)
        yield Group(place, with_jobs, companies)


def create_group(place: Database, options: argparse.Namespace) -> list[int]:
    """Create the group, and invoices for all rounds of a case; return the companies."""
    gstins = GSTINS if "fairness" in options.only else options.gstins
    runs = max(options.fast + options.slow, options.waiting)
    total = options.rounds * (runs + options.gstins * WARM_UP)
    originals = min(ORIGINALS, total)
    say(f"creating a group with {gstins} GSTINs and {total + originals} invoices")
    with worker_on(place, SCRIPT) as worker:
        companies = worker.ask("set_up_group", gstins=group_gstins(gstins))
        worker.ask("posted", count=originals)
        registering = companies[: options.gstins]
        worker.ask("multiply", total=total + originals, companies=registering)
        worker.ask("analyze")
    return companies


# --- the runs ------------------------------------------------------------------------


class Runs:
    """The runs of all cases.

    :ivar spent: names of part and case -> the result of each round.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._cases = chosen_cases(options.only)
        self.spent: dict[tuple[str, str], list[Spent]] = defaultdict(list)

    def measure(self, group: Group) -> int:
        """Run all cases in turns; return the double calls."""
        gstins = self._options.gstins
        with ExitStack() as stack:
            say(f"copying the database for {len(self._cases)} configurations")
            opened = [
                group.opened(case.name, case.fleet, gstins) for case in self._cases
            ]
            sites = list(
                zip(self._cases, map(stack.enter_context, opened), strict=True)
            )
            for case, site in sites:
                site.connect(case.calls)
            for number in range(self._options.rounds):
                for case, site in sites:
                    say(f"round {number + 1}: {case.title}, {', '.join(case.parts)}")
                    self._take_turn(case, site)
            for _case, site in sites:
                site.check_irns()
            return sum(site.double_calls() for _case, site in sites)

    def _take_turn(self, case: Case, site: Site) -> None:
        with case.fleet.running(site.database, site.portal) as hosts:
            site.answer_after(0)
            site.run(hosts, WARM_UP)
            for part in case.parts:
                site.answer_after(PARTS[part].latency)
                each = getattr(self._options, part) // len(site.companies)
                spent = site.run(hosts, each)
                say(f"  {PARTS[part].title}: {spent.per_second:.1f} per second")
                self.spent[part, case.name].append(spent)


def report_runs(table: Table, spent: dict[tuple[str, str], list[Spent]]) -> None:
    """Compare each case with that of one lane, in each of its parts."""
    for name, part in PARTS.items():
        for case in CASES:
            if runs := spent.get((name, case.name)):
                key = f"{case.name}{part.suffix}"
                rate = median(one.per_second for one in runs)
                table.ratios[f"per_second_{key}"] = round(rate, 2)
                if case.name != part.base:
                    title = f"{case.title}, {part.title}"
                    _compare(table, key, title, spent[name, part.base], runs)


def _compare(
    table: Table, key: str, title: str, base: list[Spent], ours: list[Spent]
) -> None:
    pairs = zip(ours, base, strict=True)
    ratio = median(one.per_second / other.per_second for one, other in pairs)
    rates = [median(one.per_second for one in spent) for spent in (base, ours)]
    table.compare(f"ratio_{key}", f"{title}: invoices per second", *rates, ratio)
    for name in ("odoo", "postgres", "portal"):
        cpu = [
            median(getattr(one, name) for one in spent) * 1000 for spent in (base, ours)
        ]
        if all(cpu):
            table.ratios[f"cpu_ms_{name}_{key}"] = round(cpu[1], 2)
            table.compare(f"ratio_cpu_{name}_{key}", f"  CPU ms each, {name}", *cpu)


# --- the fairness --------------------------------------------------------------------


def measure_fairness(group: Group, fleet: Fleet, backlog: int) -> tuple[float, int]:
    """Register one invoice for each company but the first, which has a backlog.

    :return: the seconds until the last of these has its IRN, and the double calls.
    """
    with group.opened("fairness", fleet, GSTINS) as site:
        site.connect(CALLS)
        first, *others = site.companies
        say(f"copying invoices: {backlog} of one GSTIN, one of each other")
        site.multiply([first], backlog)
        site.multiply(others, len(others))
        site.answer_after(PARTS["fast"].latency)
        with fleet.running(site.database, site.portal) as hosts:
            site.make_due(backlog, [first])
            site.wait_until_registered(hosts, 1, [first])
            started = time.perf_counter()
            site.make_due(1, others)
            site.wait_until_registered(hosts, len(others), others)
            seconds = time.perf_counter() - started
        return seconds, site.double_calls()


# --- the whole -----------------------------------------------------------------------


def measure(place: Database, options: argparse.Namespace) -> Table:
    table = Table("1 lane", "this")
    if "storage" in options.only:
        # before there is a group
        report_storage(table, place, options.stored)
    with prepared(place, options) as group:
        double_calls = 0
        if chosen_cases(options.only):
            runs = Runs(options)
            double_calls += runs.measure(group)
            report_runs(table, runs.spent)
        for end, fleet in FAIRNESS.items() if "fairness" in options.only else ():
            seconds, more = measure_fairness(group, fleet, options.backlog)
            key = f"fairness_seconds{end}"
            table.report(f"{key}, beside {options.backlog}", seconds, key)
            double_calls += more
    table.report("double calls of Generate IRN", double_calls, "double_calls")
    return table


def report_storage(table: Table, place: Database, count: int) -> None:
    with place.derived("storage") as database:
        figures = storage.measure(database, count)
    for suffix, of in (("", figures), ("_bundled", figures["bundled"])):
        for name in ("bytes_per_invoice", "files_per_invoice"):
            table.report(f"{name}{suffix}", of[name], f"{name}{suffix}")


def main() -> None:
    # stop the processes and drop the databases, as on Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = arguments()
    table = measure(Database(options.config, options.database), options)
    say("figures at 1 000 000 registrations: bin/bench volume")
    if options.json:
        text = json.dumps(table.ratios, indent=2)
        Path(options.json).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
