"""The processes that the benchmarks use."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from invoicing import GSTIN
from processes.database import Database
from processes.odoo_client import CREDENTIAL, PORTAL, new_credential, portal_domain
from processes.odoo_process import Worker, running_worker
from processes.portal import Portal, served_portal

HERE = Path(__file__).parent
SCRIPT = HERE / "queue_worker.py"
IAP_STUB = HERE / "iap_stub.py"
LATENCY = 0.25
USER = ("bench", "Bench-Passw0rd")
MEGABYTE = 1024 * 1024


def say(text: str = "") -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@contextmanager
def worker_on(database: Database, script: Path = SCRIPT) -> Iterator[Worker]:
    with running_worker(database, script) as worker:
        yield worker


@contextmanager
def iap_stub() -> Iterator[str]:
    """Run the stub for Odoo's own module and yield its address."""
    process = subprocess.Popen(
        [sys.executable, str(IAP_STUB), str(LATENCY)], stdout=subprocess.PIPE, text=True
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextmanager
def slow_portal(dialect: str = "nic") -> Iterator[Portal]:
    """Run a portal that delays every answer.

    :param dialect: a name of ``sandbox.DIALECTS``.
    """
    with served_portal(GSTIN, *USER, "--portal", dialect) as portal:
        portal.fault("delay", "*", times=0, seconds=LATENCY)
        yield portal


def connect(worker: Worker, portal: Portal) -> None:
    """Create the company's credential for the portal."""
    [chosen] = worker.call(PORTAL, "search", args=[portal_domain(portal)])
    values = new_credential(portal, worker.ask("use_addon"), chosen)
    worker.call(CREDENTIAL, "create", args=[values])


def cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def tree_cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and its children, also of ended ones."""
    top = psutil.Process(pid)
    return sum(map(_cpu_with_ended, [top, *top.children(recursive=True)]))


def postgres_pid(database: Database) -> int:
    """Return the id of the database server's process; 0 if it cannot be seen here."""
    [(folder,)] = database.rows("SHOW data_directory")
    try:
        lines = Path(folder, "postmaster.pid").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return int(lines[0])


def _cpu_with_ended(process: psutil.Process) -> float:
    try:
        return sum(process.cpu_times()[:4])
    except psutil.NoSuchProcess:
        return 0


def megabytes(pid: int) -> float:
    return psutil.Process(pid).memory_info().rss / MEGABYTE
