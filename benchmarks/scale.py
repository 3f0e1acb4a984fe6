"""Registers the invoices of a group with one lane, with several, and on several hosts.

Run by ``bin/bench scale``. Odoo's servers run with their own configurations, worker
processes and schedulers; nothing calls the queue. Each configuration has a copy of the
database and a portal in a separate process; the configurations take turns in every
round, because machines are noisy.
"""

import argparse
import json
import signal
import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from environment import say, worker_on
from fleets import Fleet
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
QUICK = {"rounds": 1, "fast": 320, "slow": 160, "waiting": 64, "backlog": 2_000}


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
    "fast": Part("portal of 250 ms", 0.25),
    "slow": Part("portal of 1 s", 1.0, suffix="_1s"),
    "waiting": Part(f"portal of 1 s, {FEW} calls in flight", 1.0, base="single"),
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
    Case("hosts", "2 hosts with 2 lanes", Fleet(hosts=2, lanes=2)),
    Case("single", "1 lane", Fleet(), ("waiting",), FEW),
    Case("waiting", "4 lanes", Fleet(lanes=4), ("waiting",), FEW),
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True, help="with the addon")
    parser.add_argument("--json", help="file for the figures")
    parser.add_argument("--quick", action="store_true", help="one round of small runs")
    for name, default, text in (
        ("rounds", 3, "of all configurations; the median counts"),
        ("gstins", 4, "with as many invoices each"),
        ("fast", 800, "invoices of a run at a portal of 250 ms"),
        ("slow", 400, "invoices of a run at a portal of 1 s"),
        ("waiting", 128, "invoices of a run with few calls in flight"),
        ("backlog", 20_000, "invoices of one GSTIN, while 29 others have one"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=text)
    for part in ("runs", "fairness"):
        parser.add_argument(f"--skip-{part}", action="store_true")
    if "--quick" in sys.argv:
        parser.set_defaults(**QUICK)
    return parser.parse_args()


# --- the runs ------------------------------------------------------------------------


def prepare(place: Database, options: argparse.Namespace) -> list[int]:
    """Create the group and its invoices; return the ids of its companies."""
    runs = options.fast + options.slow + options.waiting
    total = options.rounds * (runs + options.gstins * WARM_UP) + ORIGINALS
    say(f"creating a group with {GSTINS} GSTINs and {total} invoices")
    with worker_on(place, SCRIPT) as worker:
        companies = worker.ask("set_up_group", gstins=group_gstins(GSTINS))
        worker.ask("posted", count=ORIGINALS)
        registering = companies[: options.gstins]
        worker.ask("multiply", total=total, companies=registering)
        worker.ask("analyze")
    return companies


class Runs:
    """The runs of all configurations.

    :ivar spent: names of part and case -> the result of each round.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.spent: dict[tuple[str, str], list[Spent]] = defaultdict(list)
        self.double_calls = 0

    def measure(self, template: Database, companies: list[int]) -> None:
        """Run all configurations in turns."""
        with ExitStack() as stack:
            say(f"copying the database for {len(CASES)} configurations")
            sites = [
                (case, stack.enter_context(_opened(template, case, companies)))
                for case in CASES
            ]
            for number in range(self._options.rounds):
                for case, site in sites:
                    say(f"round {number + 1}: {case.title}, {', '.join(case.parts)}")
                    self._take_turn(case, site)
            self.double_calls = sum(site.double_calls() for _case, site in sites)

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

    def report(self, table: Table) -> None:
        """Compare each configuration with that of one lane."""
        for case in CASES:
            for part in case.parts:
                if case.name != PARTS[part].base:
                    self._compare(table, case, part)
        for (part, name), spent in self.spent.items():
            suffix = PARTS[part].suffix
            rate = median(one.per_second for one in spent)
            table.ratios[f"per_second_{name}{suffix}"] = round(rate, 1)

    def _compare(self, table: Table, case: Case, part: str) -> None:
        of = PARTS[part]
        base, ours = self.spent[part, of.base], self.spent[part, case.name]
        ratio = median(
            one.per_second / two.per_second for one, two in zip(ours, base, strict=True)
        )
        title, suffix = f"{case.title}, {of.title}", of.suffix
        figures = [median(one.per_second for one in spent) for spent in (base, ours)]
        table.compare(f"ratio_{case.name}{suffix}", title, *figures, ratio)
        for name, kind in (
            ("odoo", "Odoo"),
            ("postgres", "PostgreSQL"),
            ("portal", "local portal"),
        ):
            figures = [
                median(getattr(one, name) for one in spent) * 1000
                for spent in (base, ours)
            ]
            if all(figures):
                key = f"ratio_cpu_{name}_{case.name}{suffix}"
                table.compare(key, f"  {kind}'s CPU per invoice, ms", *figures)
                table.ratios[f"cpu_{name}_{case.name}{suffix}"] = round(figures[1], 2)


def _opened(template: Database, case: Case, companies: list[int]):
    return opened(template, case.name, case.fleet, companies, case.calls)


# --- the fairness --------------------------------------------------------------------


def measure_fairness(
    template: Database, companies: list[int], fleet: Fleet, backlog: int
) -> tuple[float, int]:
    """Register one invoice for each company but the first, which has a backlog.

    :return: the seconds until the last of these has its IRN, and the double calls.
    """
    first, *others = companies
    with opened(template, "fairness", fleet, companies, CALLS) as site:
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
    companies = prepare(place, options)
    table = Table("1 lane", "this")
    double_calls = 0
    if not options.skip_runs:
        runs = Runs(options)
        runs.measure(place, companies[: options.gstins])
        runs.report(table)
        double_calls += runs.double_calls
    if not options.skip_fairness:
        seconds, more = measure_fairness(place, companies, Fleet(), options.backlog)
        title = f"{options.backlog} before 29 others: seconds"
        table.report(title, seconds, "fairness_seconds")
        double_calls += more
    table.report("double calls of Generate IRN", double_calls, "double_calls")
    return table


def main() -> None:
    # stop the processes and drop the databases, as on Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = arguments()
    table = measure(Database(options.config, options.database), options)
    if options.json:
        text = json.dumps(table.ratios, indent=2)
        Path(options.json).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
