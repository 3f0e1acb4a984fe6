"""Run pytest, each run with the database it needs."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from . import odoo
from .base import ADDON, BRIDGES, LOCAL, ROOT, die, say
from .databases import template

FOLDERS = {
    "unit": ["tests/unit"],
    "odoo": [f"{ADDON}/tests"],
    "beside": [f"{bridge}/tests" for bridge in BRIDGES],
    "processes": ["tests/integration", "tests/e2e"],
}
# the longest run
MAIN = ("odoo",)
# run in Odoo -> the template that it clones, its options
IN_ODOO = {"odoo": ("addon", "--odoo-http"), "beside": ("beside",)}
# the value of these options is not a path, even if such a file exists
TAKE_VALUE = {"-k", "-m", "-p", "-c", "-o", "-W", "-n", "-r", "--maxfail", "--tb"}
LOG = LOCAL / "pytest-beside.log"
NO_TEST_SELECTED = 5


def run_tests(*arguments: str) -> int:
    """Run the tests that the arguments of ``bin/test`` select; return the exit code."""
    options = [one for one in arguments if one != "--long"]
    paths = _take_paths(options)
    os.chdir(ROOT)
    os.environ["IRP_LONG"] = "1" if "--long" in arguments else ""
    os.environ.setdefault("IRP_SEED", str(random.SystemRandom().randrange(10**6)))
    say(f"To repeat this run's random choices: IRP_SEED={os.environ['IRP_SEED']}")
    options.append(f"--hypothesis-seed={os.environ['IRP_SEED']}")
    if set(paths) != {"unit"}:
        odoo.setup()
        os.environ["IRP_TEMPLATE_DATABASE"] = template("addon").name
    if "beside" in paths:
        template(_kind("beside"))
    statuses = _run_all(paths, options)
    failed = [run for run in statuses if statuses[run] not in (0, NO_TEST_SELECTED)]
    if failed:
        say(f"Failed: {', '.join(failed)}")
    # "no test selected" is an error only if it applies to all runs
    return max(map(statuses.get, failed), default=min(statuses.values()))


def _take_paths(options: list[str]) -> dict[str, list[str]]:
    """Remove the paths from ``options``; return them by the run they belong to."""
    taken: dict[str, list[str]] = {}
    for before, option in list(zip(["", *options], options, strict=False)):
        place, colons, test = option.partition("::")
        if option.startswith("-") or before in TAKE_VALUE or not Path(place).exists():
            continue
        options.remove(option)
        path = Path(os.path.relpath(place, ROOT))
        parts = [(run, part) for run in FOLDERS for part in _within(path, FOLDERS[run])]
        for run, part in parts:
            taken.setdefault(run, []).append(f"{part}{colons}{test}")
        if not parts:
            die(f"bin/test: no tests in {place}")
    return taken or FOLDERS


def _within(path: Path, folders: list[str]) -> Iterator[Path]:
    """Yield the part of ``path`` inside each folder, or the folders inside ``path``."""
    for folder in map(Path, folders):
        if path.is_relative_to(folder) or folder.is_relative_to(path):
            yield max(path, folder, key=lambda one: len(one.parts))


def _run_all(paths: dict[str, list[str]], options: list[str]) -> dict[str, int]:
    """Return run -> its exit code.

    The tests in Odoo take as long as all others together, so both run in parallel.
    """
    main = [run for run in MAIN if run in paths]
    main = [run for run in paths if run in MAIN]
    others = [run for run in FOLDERS if run in paths and run not in MAIN]
    with ThreadPoolExecutor() as pool, LOG.open("wb") as log:
        beside = pool.submit(_run_in_turn, others, paths, options, log)
        statuses = _run_in_turn(main, paths, options, None)
        _follow(beside)
        return statuses | beside.result()


def _run_in_turn(
    runs: list[str], paths: dict[str, list[str]], options: list[str], log: IO | None
) -> dict[str, int]:
    """Return run -> its exit code; the output goes to the log, if there is one."""
    with ExitStack() as stack:
        commands = {run: _command(run, options, stack) for run in runs}
        return {
            run: subprocess.call([*command, *paths[run]], stdout=log, stderr=log)
            for run, command in commands.items()
        }


def _command(run: str, options: list[str], stack: ExitStack) -> list[str]:
    """Return the command of a run, without paths; make its database, if it has one."""
    inside = [sys.executable, "-m", "pytest", *options]
    if run not in IN_ODOO:
        # pytest-odoo opens a database for every test, so it is off outside Odoo
        return [*inside, "-p", "no:odoo"]
    more = IN_ODOO[run][1:]
    name = stack.enter_context(template(_kind(run)).scratch(run)).name
    return [*inside, f"--odoo-database={name}", f"--odoo-config={odoo.CONFIG}", *more]


def _kind(run: str) -> str:
    """Return the template that a run clones."""
    is_long = bool(os.environ["IRP_LONG"])
    return "orders" if run == "beside" and is_long else IN_ODOO[run][0]


def _follow(runs: Future) -> None:
    """Show the output in the log until the runs end."""
    with LOG.open(errors="replace") as log:
        while not runs.done():
            time.sleep(0.2)
            sys.stdout.write(log.read())
            sys.stdout.flush()
        sys.stdout.write(log.read())
