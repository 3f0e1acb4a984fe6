"""The identity of a database, which distinguishes the original from its copies.

A copy has the uuid of its original (`createdb -T`, a dump) or gets a new one (`odoo db
duplicate`), and it may get the name, the files and the server of the original too. So
four things are compared together:

- the uuid that Odoo gives a database;
- its name, and a mark for that name in the data directory, which all hosts of an
  installation share: a renamed database has none, nor has one on another server;
- the number that PostgreSQL gives a database, and the identifier of the cluster: they
  survive a rename, a restart and a physical replica, but no dump and no template copy.

The web address is not compared: it changes with an administrator's login.
"""

import contextlib
import hashlib
import json
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

from odoo import tools
from odoo.exceptions import UserError

FOLDER = "l10n_in_irp"
# a hosted PostgreSQL may hide the identifier of the cluster
DATABASE = """
SELECT oid::bigint, has_function_privilege('pg_control_system()', 'EXECUTE')
  FROM pg_database
 WHERE datname = current_database()
"""
CLUSTER = "SELECT system_identifier::text FROM pg_control_system()"


def identity(env, *, make=False) -> str:
    """Return what this database is known by; "" if it has no mark here.

    :param make: give it a mark if it has none.
    :raises UserError: the data directory cannot be used.
    """
    name = env.cr.dbname
    try:
        mark = _read_mark(name) or (make and _make_mark(name))
    except OSError as error:
        raise UserError(
            env._(
                "Odoo cannot use %(path)s, which belongs to the IRP credentials: "
                "%(reason)s. Ask the administrator of the server to give Odoo's "
                "system user access to it.",
                path=_mark_path(name),
                reason=error.strerror,
            )
        ) from error
    if not mark:
        return ""
    uuid = env["ir.config_parameter"].sudo().get_param("database.uuid")
    parts = [uuid, name, mark, *_numbers(env)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _numbers(env):
    """Return what PostgreSQL knows the database and its cluster by."""
    env.cr.execute(DATABASE)
    number, is_readable = env.cr.fetchone()
    if not is_readable:
        return [number]
    env.cr.execute(CLUSTER)
    return [number, *env.cr.fetchone()]


def _mark_path(name) -> Path:
    """Return the file with a database's mark, beside the file store: the copy of a
    database gets a copy of what lies in it."""
    folder = Path(tools.config["data_dir"], FOLDER)
    return folder / f"{quote(name, safe='')}.mark"


def _read_mark(name) -> str:
    try:
        return _mark_path(name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _make_mark(name) -> str:
    """Return a new mark, or that of another process that made one meanwhile."""
    path = _mark_path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, part = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(16))
        file.flush()
        os.fsync(number)
    # complete or not at all, and the first one stays
    with contextlib.suppress(FileExistsError):
        os.link(part, path)
    os.unlink(part)
    return _read_mark(name)
