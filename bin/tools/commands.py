"""The commands; the docstring of each function is its help."""

import os
import shutil
import subprocess
import sys

from . import debian, odoo, postgres
from .base import ADDON, BRIDGES, LOCAL, ROOT, say, setting_up
from .databases import template
from .machine import FOR_LINT, missing, need_packages

# benchmark -> its script and the template it clones
BENCHMARKS = {
    "payload": ("payload.py", "beside"),
    "queue": ("throughput.py", "base"),
    "gstin": ("gstin.py", "addon"),
}


def setup(option: str = "") -> None:
    """
    bin/setup            set up Odoo 19, a Python environment and a PostgreSQL cluster
    bin/setup --stop     stop the private PostgreSQL cluster
    bin/setup --clean    stop it and remove everything the commands created

    ODOO_PATH   use this Odoo 19.0 (a checkout, or the folder that contains the package)
    PGHOST      use this PostgreSQL server (with PGPORT, PGUSER, PGPASSWORD)
    PYTHON      use this Python (3.10 to 3.13)
    IRP_VENV    use this virtual environment; it is created or updated if needed
    """
    if option in ("--stop", "--clean"):
        postgres.stop(remove=option == "--clean")
    if option == "--clean":
        shutil.rmtree(LOCAL, ignore_errors=True)
    elif not option:
        odoo.setup()
        template("base")
        say(f"Ready, with the Odoo in {odoo.home()}")


def odoo_from_debian() -> None:
    """
    bin/odoo-from-debian    download Odoo 19 from Debian's archive into .local/odoo

    The other commands do this when ODOO_PATH is not set.
    """
    with setting_up():
        debian.odoo()
    say(f"ODOO_PATH={debian.HOME}")


def demo(*options: str) -> int:
    """
    bin/demo           post the demo invoices, wait until the scheduled action has
                       registered them, list them, and run Odoo until Ctrl-C
    bin/demo --once    exit instead of running on; exit code 0 only if every applicable
                       invoice is registered
    bin/demo --reset   start with a new demo database
    """
    odoo.setup()
    from . import demo

    return demo.show(once="--once" in options, reset="--reset" in options)


def test(*arguments: str) -> int:
    """
    bin/test [--odoo] [--long] [ARGUMENT OF PYTEST]...

    Without a path, runs pytest four times: tests/unit without a database; the addon's
    tests in a new database; the tests of the bridges in a database with Odoo's own
    E-Invoicing and E-waybill; and, in parallel with these two, tests/integration and
    tests/e2e with their own processes and databases. With paths, runs only those that
    the paths belong to.

    bin/test -k irn
    bin/test tests/unit/irp/client --maxfail=1
    bin/test --long        all long tests, not just the slice chosen by IRP_SEED
    bin/test --odoo        Odoo's own test runner as well (odoo -i … --test-tags …)
    """
    from .testing import run_tests

    return run_tests(*arguments)


def lint(*arguments: str) -> int:
    """
    bin/lint           run all checks on every file; FORMATS in place
    bin/lint ruff      run one of them: arguments go to pre-commit
    """
    need_packages(*missing(FOR_LINT))
    # pre-commit checks the files in git's index: a separate index lists all files that
    # git does not ignore, committed or not, and leaves the developer's index untouched
    index = LOCAL / "lint.index"
    index.unlink(missing_ok=True)
    os.environ["GIT_INDEX_FILE"] = str(index)
    os.environ["PRE_COMMIT_HOME"] = str(LOCAL / "pre-commit")
    # in a container, the working tree may belong to another user
    trust = {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": str(ROOT)}
    os.environ.update((f"GIT_CONFIG_{name}", value) for name, value in trust.items())
    subprocess.run(
        ["git", "add", "--all", "--intent-to-add", "."], cwd=ROOT, check=True
    )
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", *arguments]
    return subprocess.call(command, cwd=ROOT)


def bench(what: str = "", *options: str) -> int:
    """
    bin/bench payload|queue|gstin [OPTION...]; bin/bench queue --help shows its options

    Measures side by side with Odoo's own l10n_in_edi, because machines are noisy.

    payload   builds INV-01 documents; ours with schema and rules, theirs unchecked
    queue     registers at a portal that responds in 250 ms; posts; works off a backlog
    gstin     refreshes the GSTINs of 1 000 partners within a rate limit, and after a
              killed process; ours only, because Odoo looks up one at a time
    """
    if what not in BENCHMARKS:
        say("usage: bin/bench payload|queue|gstin [OPTION...]; see bin/bench --help")
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


def i18n() -> None:
    """
    bin/i18n    export the translation templates, i18n/*.pot, of all addons
    """
    odoo.setup()
    name = template("beside").name
    odoo.odoo("i18n", "export", "--database", name, ADDON, *BRIDGES)
