"""Databases for tests: clones of the template that bin/test prepares."""

import configparser
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from .waiting import wait_for

# option of odoo.conf -> parameter of libpq; what is not set comes from PG… variables
CONNECTION = {
    "db_host": "host",
    "db_port": "port",
    "db_user": "user",
    "db_password": "password",
}


class Database:
    """One PostgreSQL database with its filestore.

    :param config: path of odoo.conf with the server and the data directory.
    """

    def __init__(self, config: str, name: str) -> None:
        self.config = config
        self.name = name
        options = configparser.ConfigParser()
        options.read(config)
        self._options = options["options"]

    @property
    def filestore(self) -> Path:
        return Path(self._options["data_dir"]) / "filestore" / self.name

    def rows(self, statement: str, *values: Any) -> list[tuple]:
        """Run a statement in its own transaction and return its rows, if any."""
        with closing(self._connect(self.name)) as connection, connection:
            cursor = connection.cursor()
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def compact(self, tables: Iterable[str]) -> None:
        """Give the space of deleted rows back; nobody may hold a lock.

        Rows that another transaction may still see would stay: it is awaited.
        """
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        wait_for("the other transactions to end", self._is_still)
        with closing(self._connect(self.name)) as connection:
            connection.autocommit = True
            connection.cursor().execute(sql.SQL("VACUUM (FULL) {}").format(names))

    def _is_still(self) -> bool:
        others = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_xmin IS NOT NULL AND pid != pg_backend_pid()"
        )
        return not self.rows(others)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Yield a cursor with Odoo's isolation level; it is rolled back at the end."""
        with closing(self._connect(self.name)) as connection:
            connection.set_session(isolation_level="REPEATABLE READ")
            yield connection.cursor()
            connection.rollback()

    def clone(self, name: str) -> "Database":
        """Copy this database; nobody may be connected to it."""
        copy = Database(self.config, name)
        copy.drop()
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, self.name)
        if self.filestore.is_dir():
            # a stored file never changes (its name is its hash): links are enough
            shutil.copytree(self.filestore, copy.filestore, copy_function=os.link)
        return copy

    def drop(self) -> None:
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
        shutil.rmtree(self.filestore, ignore_errors=True)
        self.mark.unlink(missing_ok=True)

    @property
    def mark(self) -> Path:
        """The file by which the addon distinguishes a database from its copies."""
        folder = Path(self._options["data_dir"]) / "l10n_in_irp"
        return folder / f"{self.name}.mark"

    def exists(self) -> bool:
        return bool(self.names(f"^{re.escape(self.name)}$"))

    def names(self, pattern: str) -> list[str]:
        """Return the server's databases with a matching name, newest first."""
        find = "SELECT datname FROM pg_database WHERE datname ~ %s ORDER BY oid DESC"
        return [name for (name,) in self._server.rows(find, pattern)]

    @contextmanager
    def scratch(self, purpose: str) -> Iterator["Database"]:
        """Yield a clone that belongs to this process and is dropped at the end."""
        prefix = f"{self.name.rsplit('_', 2)[0]}_run"
        self._drop_orphans(prefix)
        with self._temporary(f"{prefix}_{purpose}_{os.getpid()}") as copy:
            yield copy

    def derived(self, purpose: str) -> AbstractContextManager["Database"]:
        """Yield a clone of a scratch database that is dropped at the end."""
        return self._temporary(f"{self.name}_{purpose}")

    @contextmanager
    def _temporary(self, name: str) -> Iterator["Database"]:
        copy = self.clone(name)
        try:
            yield copy
        finally:
            copy.drop()

    def _drop_orphans(self, prefix: str) -> None:
        """Drop the databases of killed runs, whose process is gone."""
        if not self._options.get("db_host"):
            return  # on a shared server, the processes may run on another machine
        for name in self.names(f"^{prefix}_"):
            owner = re.match(rf"{prefix}_[a-z]+_(\d+)", name)
            if owner and not Path("/proc", owner[1]).exists():
                Database(self.config, name).drop()

    @property
    def _server(self) -> "Database":
        return Database(self.config, "postgres")

    def _administer(self, statement: str, *names: str) -> None:
        with closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connect(self, name: str):
        options = {
            parameter: self._options[option]
            for option, parameter in CONNECTION.items()
            if self._options.get(option) not in (None, "", "False")
        }
        return psycopg2.connect(dbname=name, **options)


@contextmanager
def cloned_database(purpose: str) -> Iterator[Database]:
    """Yield a clone of the template with the addon that is dropped at the end.

    :raises AssertionError: the tests were not started with bin/test.
    """
    template = os.environ.get("IRP_TEMPLATE_DATABASE")
    config = os.environ.get("ODOO_RC")
    if not (template and config):
        raise AssertionError(
            "ODOO_RC and IRP_TEMPLATE_DATABASE must name Odoo's configuration and a "
            "database with the addon installed; bin/test sets them"
        )
    with Database(config, template).scratch(purpose) as copy:
        yield copy
