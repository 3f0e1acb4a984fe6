"""Places, messages, the lock, and programs that write into a log."""

import fcntl
import hashlib
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
# all that the commands make; bin/setup --clean removes it
LOCAL = ROOT / ".local"
LOG = LOCAL / "log" / f"{sys.argv[1]}.log"
ADDON = "l10n_in_einvoice_irp"
# installs itself where Odoo's own E-Invoicing is installed, too
BRIDGE = "l10n_in_einvoice_irp_edi"


def say(text: str, end: str = "\n") -> None:
    sys.stderr.write(f"{text}{end}")
    sys.stderr.flush()


def die(text: str) -> NoReturn:
    say(f"\n{text}")
    raise SystemExit(1)


def digest(*parts: object) -> str:
    """A short name for what is made from ``parts``."""
    return hashlib.sha256(repr([str(part) for part in parts]).encode()).hexdigest()[:12]


@contextmanager
def setting_up() -> Iterator[None]:
    """Two commands at once must not set up twice: hold the lock.

    Python hands its descriptors to no program that it starts: what outlives a command
    (PostgreSQL, Odoo, a service that apt starts) does not hold it.
    """
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another bin/ command that is setting up ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is done, and for how long; if it fails, show the end of the log."""
    began = time.monotonic()
    say(f"{text} ...", end="")
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a") as log:
        log.write(f"\n===== {time.strftime('%F %T')}  {text}\n")
    ended = threading.Event()
    threading.Thread(target=_heartbeat, args=(began, ended), daemon=True).start()
    try:
        yield
    except (subprocess.CalledProcessError, OSError) as error:
        with LOG.open(errors="replace") as log:
            say(f" failed\n\n{''.join(deque(log, 25))}")
        die(f"{text}: {error}\nThe whole output is in {LOG}")
    finally:
        ended.set()
    say(f" {time.monotonic() - began:.0f}s")


def _heartbeat(began: float, ended: threading.Event) -> None:
    """A long step must not look like a dead one."""
    while not ended.wait(10):
        say(f" {time.monotonic() - began:.0f}s", end="")


def run(*command: object, **options) -> None:
    """Run a program, its output into the log; an exception if it fails."""
    with LOG.open("ab") as log:
        options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **options}
        subprocess.run([*map(str, command)], check=True, **options)
