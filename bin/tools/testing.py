"""The runs of pytest, each with the database that it needs."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from . import odoo
from .base import ADDON, BRIDGE, LOCAL, ROOT, die, say
from .databases import template

# run -> its folders, and the template of its database; where none is named, the tests
# open databases themselves, and pytest-odoo must not
RUNS = {
    "unit": (["tests/unit"], None),
    # most of their time these wait for a process: they run beside the following
    "processes": (["tests/integration", "tests/e2e"], None),
    "odoo": ([f"{ADDON}/tests"], "addon"),
    "beside": ([f"{BRIDGE}/tests"], "beside"),
}
# an option's value is no path, even if a file happens to have that name
TAKE_VALUE = {"-k", "-m", "-p", "-c", "-o", "-W", "-n", "-r", "--maxfail", "--tb"}
NO_TEST_SELECTED = 5


def run_tests(arguments: list[str]) -> int:
    asked = {"--odoo", "--long"}.intersection(arguments)
    os.environ["IRP_LONG"] = "1" if "--long" in asked else ""
    seed = os.environ.setdefault(
        "IRP_SEED", str(random.SystemRandom().randrange(10**6))
    )
    say(f"IRP_SEED={seed} repeats what chance decides in this run")
    options = [f"--hypothesis-seed={seed}"]
    options += [argument for argument in arguments if argument not in asked]
    paths = _take_paths(options)
    os.chdir(ROOT)
    if "--odoo" in asked or set(paths) != {"unit"}:
        odoo.setup()
        os.environ["IRP_TEMPLATE_DATABASE"] = template("addon").name
    statuses = {}
    if "unit" in paths:
        statuses["unit"] = _follow("unit", _begin("unit", paths, options))
    if "processes" in paths:
        beside = _begin("processes", paths, options)
    for run in ("odoo", "beside"):
        if run in paths:
            with template(RUNS[run][1]).scratch(run) as place:
                where = (
                    f"--odoo-database={place.name}",
                    f"--odoo-config={odoo.CONFIG}",
                )
                statuses[run] = _follow(run, _begin(run, paths, [*where, *options]))
    if "processes" in paths:
        statuses["processes"] = _follow("processes", beside)
    if "--odoo" in asked:
        statuses["Odoo's own runner"] = _run_odoos_runner()
    return _total(statuses)


def _take_paths(options: list[str]) -> dict[str, list[str]]:
    """Take the paths out of the options; run -> those that belong to it."""
    taken: dict[str, list[str]] = {run: [] for run in RUNS}
    for before, option in list(zip(["", *options], options, strict=False)):
        place, colons, test = option.partition("::")
        if option.startswith("-") or before in TAKE_VALUE or not Path(place).exists():
            continue
        options.remove(option)
        for run, (folders, _template) in RUNS.items():
            for path in _within(Path(place).absolute().relative_to(ROOT), folders):
                taken[run].append(f"{path}{colons}{test}")
        if not any(taken.values()):
            die(f"bin/test: {place} holds no tests")
    found = {run: paths for run, paths in taken.items() if paths}
    return found or {run: folders for run, (folders, _template) in RUNS.items()}


def _within(path: Path, folders: list[str]) -> Iterator[Path]:
    """The part of a path that is in one of the folders, or those that it holds."""
    for folder in map(Path, folders):
        if path.is_relative_to(folder) or folder.is_relative_to(path):
            yield max(path, folder, key=lambda one: len(one.parts))


def _begin(
    run: str, paths: dict[str, list[str]], options: list[str]
) -> subprocess.Popen:
    own = ["--odoo-http"] if run == "odoo" else []
    if not RUNS[run][1]:
        own = ["-p", "no:odoo"]
    color = f"--color={'yes' if sys.stdout.isatty() else 'no'}"
    command = [sys.executable, "-m", "pytest", color, *own, *options, *paths[run]]
    with _log(run).open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def _log(run: str) -> Path:
    return LOCAL / "log" / f"pytest-{run}.log"


def _follow(run: str, process: subprocess.Popen) -> int:
    """Show what a run prints until it ends; its status."""
    status = None
    with _log(run).open(errors="replace") as log:
        while status is None:
            time.sleep(0.2)
            status = process.poll()
            sys.stdout.write(log.read())
            sys.stdout.flush()
    return status


def _run_odoos_runner() -> int:
    for modules, tested in ((ADDON, ADDON), (f"{ADDON},l10n_in_edi", BRIDGE)):
        with template("base").scratch("runner") as place:
            command = (sys.executable, "-m", "odoo", "server", "-d", place.name)
            options = ("--stop-after-init", "--max-cron-threads=0", "--http-port=8169")
            tests = ("--init", modules, "--test-tags", f"/{tested}")
            if status := subprocess.call([*command, *tests, *options]):
                return status
    return 0


def _total(statuses: dict[str, int]) -> int:
    """Whoever reads only the end must see the failures."""
    failed = {run: status for run, status in statuses.items() if status not in (0, 5)}
    for run in failed:
        lines = (
            _log(run).read_text(errors="replace").splitlines() if run in RUNS else []
        )
        say(f"{run} failed: {lines[-1] if lines else 'see above'}")
    # an error only if all runs say so
    return max(
        failed.values(), default=0 if 0 in statuses.values() else NO_TEST_SELECTED
    )
