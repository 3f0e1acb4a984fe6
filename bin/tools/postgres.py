"""Run a private PostgreSQL cluster, or use the server that PGHOST names."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .base import LOCAL, ROOT, die, digest, run, say
from .machine import is_root, need_packages

USER = "odoo"
# No passwords, because other users cannot access the folder; no waiting for the disk,
# because everything can be recreated after a power failure.
SETTINGS = """
listen_addresses = ''
max_connections = 200
shared_buffers = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 2GB
"""
OWNER = "postgres"
# PostgreSQL refuses to run as root
AS_OWNER = {"user": OWNER, "group": OWNER, "extra_groups": []} if is_root() else {}


def is_private() -> bool:
    """Return whether the commands use a separate cluster."""
    return not os.environ.get("PGHOST")


def setup() -> dict[str, object]:
    """Start the server if needed; return its options in Odoo's configuration."""
    if not is_private():
        _check_access()
        return {}
    # libpq settings for another server must not apply here
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    if not _programs():
        need_packages("postgresql")
    folder, sockets = _places()
    if not (folder / "data").is_dir():
        say("Creating a PostgreSQL cluster ...")
        _make(folder)
    if not _pg_ctl(folder, "status"):
        say("Starting PostgreSQL ...")
        _start(folder, sockets)
    return {"db_host": sockets, "db_user": USER}


def _check_access() -> None:
    import psycopg2  # only the virtual environment has it

    try:
        psycopg2.connect(dbname="postgres").close()
    except psycopg2.OperationalError as error:
        die(f"Cannot connect to the server in PGHOST; check PGPORT, PGUSER, …\n{error}")


def stop(*, remove: bool) -> None:
    """Stop the private cluster, and delete it if ``remove``."""
    folder, sockets = _places()
    if _programs() and _pg_ctl(folder, "status"):
        _pg_ctl(folder, "stop", "--mode=fast")
    if remove:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(sockets, ignore_errors=True)


def _programs() -> Path | None:
    """Return the newest folder with initdb, which Debian leaves out of PATH."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found and (program := shutil.which("initdb")):
        found = [Path(program).resolve()]
    return (
        max(found, key=lambda path: path.parts[-3].zfill(9)).parent if found else None
    )


def _places() -> tuple[Path, Path]:
    """Return the folders of the cluster and of its socket."""
    folder, name = LOCAL / "pg", f"irp-postgresql-{digest(ROOT)}"
    # the user postgres may lack access to the project (below /root)
    if is_root() and not _succeeds("test", "-x", LOCAL):
        folder = Path("/var/lib", name)
    # the path of a socket may have 107 characters
    sockets = folder / "socket"
    return folder, Path(tempfile.gettempdir(), name) if len(
        str(sockets)
    ) > 80 else sockets


def _make(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _own(folder)
    part = folder / "data.part"
    options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    names = (f"--pgdata={part}", f"--username={USER}")
    run(_programs() / "initdb", *names, *options, cwd="/", **AS_OWNER)
    with (part / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)
    part.rename(folder / "data")


def _start(folder: Path, sockets: Path) -> None:
    _own(sockets)
    log = folder / "server.log"
    options = ("--wait", f"--log={log}", f"--options=-k {sockets}")
    if not _pg_ctl(folder, "start", *options):
        die(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")


def _own(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if is_root():
        shutil.chown(folder, OWNER, OWNER)


def _pg_ctl(folder: Path, action: str, *options: str) -> bool:
    data = folder / "data"
    return _succeeds(_programs() / "pg_ctl", action, f"--pgdata={data}", *options)


def _succeeds(*command: object) -> bool:
    nowhere = {name: subprocess.DEVNULL for name in ("stdin", "stdout", "stderr")}
    return not subprocess.call(command, cwd="/", **nowhere, **AS_OWNER)
