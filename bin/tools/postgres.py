"""A private PostgreSQL cluster, or the server that PGHOST names."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .base import LOCAL, ROOT, digest, run, step
from .machine import is_root, need_packages

USER = "odoo"
# Only this machine's own user comes in (the folder is closed to others), and what is
# lost in a power cut can be made again: no waiting for the disk.
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
}
# PostgreSQL refuses to run as root
OWNER = {"user": "postgres", "group": "postgres", "extra_groups": []}
AS_OWNER = {"cwd": "/", **(OWNER if is_root() else {})}


def is_private() -> bool:
    return not os.environ.get("PGHOST")


def setup() -> dict[str, object]:
    """Have a server that runs; what Odoo's configuration says of it."""
    if not is_private():
        return {}
    # settings of libpq that are meant for another server must not divert us
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    if not _programs():
        need_packages("postgresql")
    folder, sockets = _places()
    if not (folder / "data").is_dir():
        with step("Making a PostgreSQL cluster"):
            _make(folder)
    if not _is_running(folder):
        with step("Starting PostgreSQL"):
            _start(folder, sockets)
    return {"db_host": sockets, "db_user": USER}


def stop(*, remove: bool = False) -> None:
    folder, sockets = _places()
    if _programs() and _is_running(folder):
        _pg_ctl(folder, "stop", "--mode=fast")
    if remove:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(sockets, ignore_errors=True)


def _programs() -> Path | None:
    """The folder with initdb, the newest; Debian leaves it out of PATH."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found and (program := shutil.which("initdb")):
        found = [Path(program).resolve()]
    return (
        max(found, key=lambda path: path.parts[-3].zfill(9)).parent if found else None
    )


def _places() -> tuple[Path, Path]:
    """The folders of the cluster and of its socket."""
    folder = LOCAL / "pg"
    # ``postgres`` may not reach the project (below /root)
    if is_root() and not _succeeds("test", "-x", LOCAL):
        folder = Path("/var/lib", f"irp-postgresql-{digest(ROOT)}")
    sockets = folder / "socket"
    # the path of a socket has at most 107 characters
    if len(str(sockets)) > 80:
        sockets = Path(tempfile.gettempdir(), f"irp-postgresql-{digest(ROOT)}")
    return folder, sockets


def _make(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _own(folder)
    part = folder / "data.part"
    options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    names = (f"--pgdata={part}", f"--username={USER}")
    run(_programs() / "initdb", *names, *options, **AS_OWNER)
    with (part / "postgresql.conf").open("a") as settings:
        settings.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
    part.rename(folder / "data")


def _start(folder: Path, sockets: Path) -> None:
    _own(sockets)
    log = folder / "server.log"
    try:
        _pg_ctl(folder, "start", "--wait", f"--log={log}", f"--options=-k {sockets}")
    except subprocess.CalledProcessError:
        run("tail", log)
        raise


def _own(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if is_root():
        shutil.chown(folder, OWNER["user"], OWNER["group"])


def _pg_ctl(folder: Path, action: str, *options: str) -> None:
    data = f"--pgdata={folder / 'data'}"
    run(_programs() / "pg_ctl", action, "--silent", data, *options, **AS_OWNER)


def _is_running(folder: Path) -> bool:
    return _succeeds(_programs() / "pg_ctl", "status", f"--pgdata={folder / 'data'}")


def _succeeds(*command: object) -> bool:
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return not subprocess.call(command, **silent, **AS_OWNER)
