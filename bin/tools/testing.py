"""Run pytest, each run with the database it needs."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from . import odoo
from .base import ADDON, BESIDE, BRIDGES, LOCAL, ROOT, die, say
from .databases import template

FOLDERS = {
    "unit": ["tests/unit"],
    "processes": ["tests/integration", "tests/e2e"],
    "odoo": [f"{ADDON}/tests"],
    "beside": [f"{bridge}/tests" for bridge in BRIDGES],
}
# pytest-odoo opens a database for every test, so it is off outside Odoo
OWN_OPTIONS = {
    "unit": ["-p", "no:odoo"],
    "processes": ["-p", "no:odoo"],
    "odoo": ["--odoo-http"],
    "beside": [],
}
# the value of these options is not a path, even if such a file exists
TAKE_VALUE = {"-k", "-m", "-p", "-c", "-o", "-W", "-n", "-r", "--maxfail", "--tb"}
NO_TEST_SELECTED = 5


def run_tests(*arguments: str) -> int:
    """Run the tests that the arguments of ``bin/test`` select; return the exit code."""
    options = [one for one in arguments if one not in ("--odoo", "--long")]
    paths = _take_paths(options)
    os.chdir(ROOT)
    os.environ["IRP_LONG"] = "1" if "--long" in arguments else ""
    os.environ.setdefault("IRP_SEED", str(random.SystemRandom().randrange(10**6)))
    say(f"To repeat this run's random choices: IRP_SEED={os.environ['IRP_SEED']}")
    options.append(f"--hypothesis-seed={os.environ['IRP_SEED']}")
    if "--odoo" in arguments or set(paths) != {"unit"}:
        odoo.setup()
        os.environ["IRP_TEMPLATE_DATABASE"] = template("addon").name
    if "beside" in paths:
        template("beside")
    statuses = _run_all(paths, options)
    if "--odoo" in arguments:
        statuses["Odoo's own runner"] = _run_odoos_runner()
    return _total(statuses)


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
    statuses = {}
    if "unit" in paths:
        statuses["unit"] = _follow("unit", _begin("unit", paths["unit"], options))
    # these mostly wait for processes, so they run in parallel with the others
    if "processes" in paths:
        beside = _begin("processes", paths["processes"], options)
    for run, kind in (("odoo", "addon"), ("beside", "beside")):
        if run in paths:
            with template(kind).scratch(run) as place:
                at = [f"--odoo-database={place.name}", f"--odoo-config={odoo.CONFIG}"]
                statuses[run] = _follow(run, _begin(run, paths[run], [*at, *options]))
    if "processes" in paths:
        statuses["processes"] = _follow("processes", beside)
    return statuses


def _begin(run: str, paths: list[str], options: list[str]) -> subprocess.Popen:
    command = [sys.executable, "-m", "pytest", *OWN_OPTIONS[run], *options, *paths]
    if _is_interactive(run):
        return subprocess.Popen(command)
    with _log(run).open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def _is_interactive(run: str) -> bool:
    """Return whether a run is interactive, so that a debugger can be used."""
    return sys.stdout.isatty() and run != "processes"


def _log(run: str) -> Path:
    return LOCAL / f"pytest-{run}.log"


def _follow(run: str, process: subprocess.Popen) -> int:
    """Show a run's output until it ends; return its exit code."""
    if _is_interactive(run):
        return process.wait()
    status = None
    with _log(run).open(errors="replace") as log:
        while status is None:
            time.sleep(0.2)
            status = process.poll()
            sys.stdout.write(log.read())
            sys.stdout.flush()
    return status


def _run_odoos_runner() -> int:
    options = ("--stop-after-init", "--max-cron-threads=0", "--http-port=8169")
    for tested in (ADDON, *BRIDGES):
        modules = ADDON if tested == ADDON else ",".join([ADDON, *BESIDE])
        with template("base").scratch("runner") as place:
            command = (sys.executable, "-m", "odoo", "server", "-d", place.name)
            tests = ("--init", modules, "--test-tags", f"/{tested}")
            if status := subprocess.call([*command, *tests, *options]):
                return status
    return 0


def _total(statuses: dict[str, int]) -> int:
    """Return the exit code of all runs; print the last line of each failed one."""
    failed = {run: status for run, status in statuses.items() if status not in (0, 5)}
    for run in failed:
        watched = run not in FOLDERS or _is_interactive(run)
        lines = [] if watched else _log(run).read_text(errors="replace").splitlines()
        say(f"{run} failed: {lines[-1] if lines else 'see above'}")
    # "no test selected" is an error only if it applies to all runs
    default = 0 if 0 in statuses.values() else NO_TEST_SELECTED
    return max(failed.values(), default=default)
