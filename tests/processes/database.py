"""A database of a test: a clone of the template that bin/test prepares."""

import configparser
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

PREFIX = "irp_processes"
# option of odoo.conf -> parameter of libpq; what is not set comes from PG… variables
CONNECTION = {
    "db_host": "host",
    "db_port": "port",
    "db_user": "user",
    "db_password": "password",
}


class Database:
    """One PostgreSQL database with its filestore.

    :param config: path of odoo.conf, which tells where the server and the files are.
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
        """Run a statement in a transaction of its own; its rows, if it has any."""
        with closing(self._connect(self.name)) as connection, connection:
            cursor = connection.cursor()
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """The cursor of a transaction as Odoo's are, given up at the end."""
        with closing(self._connect(self.name)) as connection:
            connection.set_session(isolation_level="REPEATABLE READ")
            yield connection.cursor()
            connection.rollback()

    def clone(self, name: str) -> "Database":
        """Copy this database, to which nobody may be connected."""
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

    def drop_orphans(self) -> None:
        """Drop what test runs left behind that were killed: their process is gone."""
        for (name,) in self._administer("SELECT datname FROM pg_database"):
            owner = re.fullmatch(rf"{PREFIX}_[a-z0-9]+_(\d+)", name)
            if owner and not Path("/proc", owner[1]).exists():
                Database(self.config, name).drop()

    def _administer(self, statement: str, *names: str) -> list[tuple]:
        with closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
            return cursor.fetchall() if cursor.description else []

    def _connect(self, name: str):
        options = {
            parameter: self._options[option]
            for option, parameter in CONNECTION.items()
            if self._options.get(option) not in (None, "", "False")
        }
        return psycopg2.connect(dbname=name, **options)


@contextmanager
def cloned_database(purpose: str) -> Iterator[Database]:
    """A clone of the template with the addon, dropped at the end.

    :raises AssertionError: the tests were not started by bin/test.
    """
    template = os.environ.get("IRP_TEMPLATE_DATABASE")
    config = os.environ.get("ODOO_RC")
    if not (template and config):
        raise AssertionError(
            "ODOO_RC and IRP_TEMPLATE_DATABASE must name Odoo's configuration and a "
            "database with the addon installed; bin/test sets them"
        )
    original = Database(config, template)
    original.drop_orphans()
    copy = original.clone(f"{PREFIX}_{purpose}_{os.getpid()}")
    try:
        yield copy
    finally:
        copy.drop()
