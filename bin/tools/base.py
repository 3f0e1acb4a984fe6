"""Paths, messages, the set-up lock, and running programs."""

import fcntl
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
# everything the commands create; bin/setup --clean removes it
LOCAL = ROOT / ".local"
ADDON = "l10n_in_einvoice_irp"
# the bridge to OCA's Job Queue
JOBS = "l10n_in_einvoice_irp_queue_job"
# Odoo's own E-Invoicing, E-waybill and Inventory, and OCA's Job Queue, and the bridges
# that auto-install with them
BESIDE = ["l10n_in_edi", "l10n_in_ewaybill", "stock", "queue_job"]
# the apps whose orders make transfers, for bin/test --long
ORDERS = [
    *("sale_stock", "purchase_stock", "mrp", "mrp_subcontracting"),
    "stock_dropshipping",
]
BRIDGES = [
    "l10n_in_einvoice_irp_edi",
    "l10n_in_einvoice_irp_ewaybill",
    JOBS,
    "l10n_in_einvoice_irp_stock",
    "l10n_in_einvoice_irp_ewaybill_stock",
]
LINES_ON_FAILURE = 40


def say(text: str) -> None:
    """Print a line to stderr."""
    print(text, file=sys.stderr, flush=True)


def die(text: str) -> NoReturn:
    """Print a message to stderr and exit with 1."""
    sys.exit(f"\n{text}")


def run(*command: object, **options) -> None:
    """Run a program without showing its output; if it fails, print the end and exit."""
    # a file, not a pipe: a service started by apt would keep the pipe open
    with tempfile.TemporaryFile("w+", errors="replace") as printed:
        words = [str(part) for part in command]
        options |= {"stdin": subprocess.DEVNULL, "stdout": printed}
        if status := subprocess.call(words, stderr=subprocess.STDOUT, **options):
            printed.seek(0)
            say("".join(printed.readlines()[-LINES_ON_FAILURE:]))
            die(f"Failed (exit code {status}): {' '.join(words)}")


def digest(*parts: object) -> str:
    """Return a short hash of ``parts``."""
    return hashlib.sha256(repr([str(part) for part in parts]).encode()).hexdigest()[:12]


@contextmanager
def setting_up() -> Iterator[None]:
    """Hold the set-up lock, so that two commands do not set up at the same time.

    Child processes do not inherit Python's file descriptors, so nothing that outlives a
    command (PostgreSQL, Odoo, a service started by apt) holds the lock.
    """
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another bin/ command that is setting up ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
