"""Run a private PostgreSQL cluster, or use the server that PGHOST names."""

import os
import shutil
import subprocess
import tempfile
from glob import glob
from pathlib import Path

from .base import LOCAL, ROOT, digest, run, say
from .machine import is_root, need_packages

USER = "odoo"
# No passwords, because other users cannot access the folder; no waiting for the disk,
# because everything can be recreated after a power failure.
CLUSTER = f"--username={USER} --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync"
SETTINGS = "-c listen_addresses='' -c max_connections=200 -c shared_buffers=256MB"
SETTINGS += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
SETTINGS += " -c max_wal_size=2GB"
OWNER = "postgres"
# PostgreSQL refuses to run as root
AS_OWNER = {"user": OWNER, "group": OWNER, "extra_groups": []} if is_root() else {}


def setup() -> dict[str, object]:
    """Start the private cluster if needed; return Odoo's options for it."""
    if os.environ.get("PGHOST"):
        return {}
    # libpq settings for another server must not apply here
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    if not _program():
        need_packages("postgresql")
    folder, sockets = _places()
    if not (folder / "data").is_dir():
        say("Creating a PostgreSQL cluster ...")
        shutil.rmtree(folder, ignore_errors=True)
        _own(folder)
        _pg_ctl("init", folder / "part", f"--options={CLUSTER}")
        (folder / "part").rename(folder / "data")
    if not _is_running(folder):
        say("Starting PostgreSQL ...")
        _own(sockets)
        options = f"--options=-k {sockets} {SETTINGS}"
        _pg_ctl("start", folder / "data", f"--log={folder / 'server.log'}", options)
    return {"db_host": sockets, "db_user": USER}


def stop(*, remove: bool) -> None:
    """Stop the private cluster, and delete it if ``remove``."""
    if not _program():
        return
    folder, sockets = _places()
    if _is_running(folder):
        _pg_ctl("stop", folder / "data", "--mode=fast")
    if remove:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(sockets, ignore_errors=True)


def _places() -> tuple[Path, Path]:
    """Return the folders of the cluster and of its socket."""
    folder, name = LOCAL / "pg", f"irp-postgresql-{digest(ROOT)}"
    # the user postgres may lack access to the project (below /root)
    if is_root() and not _succeeds("test", "-x", LOCAL):
        folder = Path("/var/lib", name)
    # the path of a socket may have 107 characters
    is_long = len(str(folder)) > 70
    return folder, Path(tempfile.gettempdir(), name) if is_long else folder / "socket"


def _own(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if is_root():
        shutil.chown(folder, OWNER, OWNER)


def _program() -> str | None:
    """Return the newest pg_ctl, which Debian leaves out of PATH."""
    debian = sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True)
    return shutil.which("pg_ctl", path=os.pathsep.join([*debian, os.environ["PATH"]]))


def _pg_ctl(action: str, data: Path, *options: str) -> None:
    run(_program(), action, f"--pgdata={data}", *options, cwd="/", **AS_OWNER)


def _is_running(folder: Path) -> bool:
    return _succeeds(_program(), "status", f"--pgdata={folder / 'data'}")


def _succeeds(*command: object) -> bool:
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **AS_OWNER}
    return not subprocess.call(command, cwd="/", **options)
