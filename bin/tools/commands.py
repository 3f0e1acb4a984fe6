"""The commands; the docstring of each function is its help."""

import argparse
import os
import shutil
import subprocess
import sys

from . import odoo, postgres
from .base import ADDON, BRIDGES, LOCAL, ROOT, say
from .databases import template
from .machine import FOR_LINT, missing, need_packages

# benchmark -> its script and the template it clones
BENCHMARKS = {
    "payload": ("payload.py", "beside"),
    "queue": ("throughput.py", "base"),
    "gstin": ("gstin.py", "addon"),
    "scale": ("scale.py", "addon"),
    "storage": ("storage.py", "addon"),
    "volume": ("volume.py", "base"),
}


def setup(option: str = "") -> None:
    """
    bin/setup            set up Odoo 19, a Python environment and a PostgreSQL cluster
    bin/setup --stop     stop the private PostgreSQL cluster
    bin/setup --clean    stop it and remove everything the commands created

    To use your own: ODOO_PATH (Odoo 19.0: a checkout, or the folder that contains the
    package), PGHOST (with PGPORT, PGUSER, …), PYTHON, IRP_VENV (virtual environment).
    """
    if option in ("--stop", "--clean"):
        postgres.stop(remove=option == "--clean")
    if option == "--clean":
        shutil.rmtree(LOCAL, ignore_errors=True)
    elif not option:
        odoo.setup()
        template("base")
        say(f"Ready, with the Odoo in {odoo.HOME}")


def demo(*options: str) -> int:
    """
    bin/demo           post the demo invoices, wait until the scheduled action has
                       registered them, list them, and run Odoo until Ctrl-C
    bin/demo --once    exit instead of running on; exit code 0 only if every applicable
                       invoice is registered
    bin/demo --reset   start with a new demo database
    bin/demo --portal iris, ey, clear-gsp, alankit, taxpro, whitebooks, nic or nic2
                       serve a portal beside Odoo that speaks as this one does, and
                       register there over HTTP; each portal has its own demo database
    bin/demo --engine queue_job
                       register by jobs of OCA's Job Queue, in a demo database of theirs
    """
    from sandbox import DIALECTS

    parser = argparse.ArgumentParser(prog="bin/demo", add_help=False)
    parser.add_argument("--portal", choices=DIALECTS)
    parser.add_argument("--engine", choices=["queue_job"])
    for name in ("--once", "--reset"):
        parser.add_argument(name, action="store_true")
    chosen = parser.parse_args(options)
    odoo.setup()
    from . import demo  # only now is there an Odoo to import

    return demo.show(**vars(chosen))


def test(*arguments: str) -> int:
    """
    bin/test [--long] [ARGUMENT OF PYTEST]...

    Runs pytest for tests/unit, without a database; for the addon's tests; for those of
    the bridges, beside Odoo's own modules; and, in parallel with these two, for
    tests/integration and tests/e2e. Paths select the runs they belong to.

    bin/test -k irn
    bin/test tests/unit/irp/client --maxfail=1
    bin/test --long        all long tests, not just the slice chosen by IRP_SEED
    """
    from .testing import run_tests

    return run_tests(*arguments)


def lint(*arguments: str) -> int:
    """
    bin/lint           run all checks on every file; FORMATS in place
    bin/lint ruff      run one of them: arguments go to pre-commit
    """
    need_packages(*missing(FOR_LINT))
    os.chdir(ROOT)
    os.environ["PRE_COMMIT_HOME"] = str(LOCAL / "pre-commit")
    # in a container, the working tree may belong to another user
    trust = {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": str(ROOT)}
    os.environ.update((f"GIT_CONFIG_{name}", value) for name, value in trust.items())
    # committed or not; --all-files would leave out those that git does not know yet
    find = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.check_output(find, text=True).splitlines()
    command = [sys.executable, "-m", "pre_commit", "run", *arguments, "--files", *files]
    return subprocess.call(command)


def bench(what: str = "", *options: str) -> int:
    """
    bin/bench payload|queue|gstin|scale|storage|volume [OPTION...]
    bin/bench queue --help    shows the options of one

    Measures side by side with Odoo's own l10n_in_edi, because machines are noisy.

    payload   builds INV-01 documents; ours with schema and rules, theirs unchecked
    queue     registers at a portal that responds in 250 ms; posts; works off a backlog;
              with --portal iris, registers at NIC and at that portal, and compares
    gstin     refreshes the GSTINs of 1 000 partners within a rate limit, and after a
              killed process; ours only, because Odoo looks up one at a time
    scale     registers with several lanes, hosts and engines side by side with one
              lane, through Odoo's own schedulers; --quick is one round of small runs
    storage   what a registered invoice costs: bytes and files, also once bundled
    volume    lists, searches, overviews and scheduled actions in a database with
              1 000 000 registrations, installing and updating the addon there
    """
    if what not in BENCHMARKS:
        names = "|".join(BENCHMARKS)
        say(f"usage: bin/bench {names} [OPTION...]; see bin/bench --help")
        return 2
    odoo.setup()
    # the helpers of the integration tests, and the client that they import
    places = (ROOT / "tests", ROOT / "tests" / "processes", ROOT / ADDON)
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, places))
    script, kind = BENCHMARKS[what]
    command = (sys.executable, ROOT / "benchmarks" / script)
    with template(kind).scratch("bench") as place:
        database = ("--config", odoo.CONFIG, "--database", place.name)
        return subprocess.call([*command, *database, *options])


def pictures(url: str = "") -> None:
    """
    bin/pictures        start the demo and take the pictures of README and app list
    bin/pictures URL    take them from the demo that runs there

    Writes l10n_in_einvoice_irp/static/description/*.png and one animation. Look at them
    before you commit them.
    """
    odoo.setup()
    from . import pictures as pictures_of_demo  # only now is there a Pillow to import

    pictures_of_demo.take(url)


def i18n() -> None:
    """
    bin/i18n    export the translation templates, i18n/*.pot, of all addons
    """
    odoo.setup()
    name = template("beside").name
    odoo.odoo("i18n", "export", "--database", name, ADDON, *BRIDGES)
    from .translations import add_listed_texts  # only now is there a polib to import

    add_listed_texts()
