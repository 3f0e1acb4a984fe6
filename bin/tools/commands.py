"""The commands; the docstring of each function is its help."""

import os
import shutil
import subprocess
import sys

from . import debian, odoo, postgres
from .base import ADDON, BRIDGES, LOCAL, ROOT, say, setting_up
from .databases import template
from .machine import FOR_LINT, missing, need_packages

# benchmark -> its script, and the template that it clones
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
                       registered them, show them, and run Odoo until Ctrl-C
    bin/demo --once    stop at the end; exit code 0 only if every invoice that must be
                       registered is
    bin/demo --reset   start with a new demo database
    """
    odoo.setup()
    from . import demo

    return demo.show(once="--once" in options, reset="--reset" in options)


def test(*arguments: str) -> int:
    """
    bin/test [--odoo] [--long] [ARGUMENT OF PYTEST]...

    Without a path there are four pytest runs: tests/unit, without a database; the
    addon's tests in a new database; those of the bridges in one where Odoo's own
    E-Invoicing and E-waybill are installed too; and, in parallel with these two,
    tests/integration and tests/e2e with their own processes and databases. With paths,
    only the runs they belong to.

    bin/test -k irn
    bin/test tests/unit/client --maxfail=1
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
    # pre-commit checks what git's index lists: a separate index lists everything git
    # does not ignore, committed or not, and leaves the developer's untouched
    index = LOCAL / "lint.index"
    index.unlink(missing_ok=True)
    os.environ["GIT_INDEX_FILE"] = str(index)
    os.environ["PRE_COMMIT_HOME"] = str(LOCAL / "pre-commit")
    # in a container the working tree may belong to another user
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

    Measures beside Odoo's own l10n_in_edi in the same run, because machines are noisy.

    payload   building INV-01 documents; ours with schema and rules, theirs unchecked
    queue     registering at a portal that answers in 250 ms; posting; a long backlog
    gstin     refreshing the GSTINs of 1 000 partners within a rate, past a killed
              process; ours alone, as Odoo's asks one at a time
    """
    if what not in BENCHMARKS:
        say("usage: bin/bench payload|queue|gstin [OPTION...]; see bin/bench --help")
        return 2
    odoo.setup()
    # the helpers of the integration tests, and the addon's client for them
    places = (ROOT / "tests", ROOT / "tests" / "processes", ROOT / ADDON)
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, places))
    script, kind = BENCHMARKS[what]
    command = (sys.executable, ROOT / "benchmarks" / script)
    with template(kind).scratch("bench") as place:
        database = ("--config", odoo.CONFIG, "--database", place.name)
        return subprocess.call([*command, *database, *options])


def i18n() -> None:
    """
    bin/i18n    export the terms to translate into i18n/*.pot of all addons
    """
    odoo.setup()
    name = template("beside").name
    odoo.odoo("i18n", "export", "--database", name, ADDON, *BRIDGES)
