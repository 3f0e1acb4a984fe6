"""The portal's store: one SQLite file, shared by threads and processes."""

import errno
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from .records import DocumentKey, Registration, Session, User
from .tables import SCHEMA

MEMORY = ":memory:"
_BUSY_SECONDS = 30
_OWNER_ONLY = 0o600
_COLUMNS = tuple(field.name for field in fields(Registration))
_INSERT = (
    f"INSERT INTO registration ({', '.join(_COLUMNS)})"  # noqa: S608 - own names
    f" VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_LAST = "SELECT rowid AS number FROM registration ORDER BY rowid DESC LIMIT 1"
_FIND = (
    "SELECT * FROM registration WHERE seller_gstin = ? AND financial_year = ?"
    " AND document_type = ? AND number_key = ?"
)


class Store:
    """Users, tokens, registrations and keys of a portal.

    Each process has one connection, used by one thread at a time. SQLite separates the
    processes: WAL, a busy timeout, and ``BEGIN IMMEDIATE`` around every change, so that
    a row read in a transaction cannot change before it is written.

    Passwords are stored in plain text: they are fictitious, and the next start prints
    them. Nobody but the owner reads the file; SQLite gives the files beside it the same
    rights.

    :param path: a file, created if missing, or ``":memory:"``
    :raises sqlite3.Error: the file is no database
    :raises OSError: the file cannot be opened, or is a symbolic link
    """

    def __init__(self, path: str | Path = MEMORY) -> None:
        self.path = str(path)
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._parents: sqlite3.Connection | None = None
        self._owner = 0
        with self._connection():
            pass

    def close(self) -> None:
        """Close the connection; it is reopened on use (``:memory:`` loses its data)."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection inside ``BEGIN IMMEDIATE``; roll back on error.

        A nested call joins the transaction of its thread.
        """
        with self._connection() as db:
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def get_or_create(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return the value stored under ``name``, created by ``make`` if missing."""
        with self.transaction() as db:
            row = _one(db, "SELECT value FROM stored_value WHERE name = ?", name)
            value: bytes = row["value"] if row else make()
            if row is None:
                db.execute("INSERT INTO stored_value VALUES (?, ?)", (name, value))
            return value

    # --- users -----------------------------------------------------------------

    def put_user(self, user: User) -> None:
        """Add or update a user and its client."""
        with self.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO client VALUES (?, ?)",
                (user.client_id, user.client_secret),
            )
            db.execute(
                "INSERT INTO user VALUES (?, ?, ?, ?) ON CONFLICT (gstin, username) DO"
                " UPDATE SET password = excluded.password,"
                " client_id = excluded.client_id",
                (user.gstin, user.username, user.password, user.client_id),
            )

    def users(self) -> list[User]:
        """Return all users, in the order they were added."""
        rows = self.rows(
            "SELECT gstin, username, password, client_id, client_secret"
            " FROM user JOIN client USING (client_id) ORDER BY user.rowid"
        )
        return [User(**row) for row in rows]

    def client_secret(self, client_id: str) -> str | None:
        """Return the secret of a client, None if the client is unknown."""
        sql = "SELECT client_secret FROM client WHERE client_id = ?"
        rows = self.rows(sql, client_id)
        return rows[0]["client_secret"] if rows else None

    # --- tokens ----------------------------------------------------------------

    def open_session(
        self,
        user: User,
        is_reusable: Callable[[Session], bool],
        new: Callable[[], Session],
    ) -> Session:
        """Return the user's session if it ``is_reusable``, else store a ``new`` one."""
        with self.transaction() as db:
            sql = "SELECT * FROM session WHERE gstin = ? AND username = ?"
            row = _one(db, sql, user.gstin, user.username)
            if row and is_reusable(Session(**row)):
                return Session(**row)
            session = new()
            db.execute(
                "INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?)",
                astuple(session),
            )
            return session

    def session_of(self, token: str) -> Session | None:
        """Return the session that ``token`` belongs to, None if there is none."""
        rows = self.rows("SELECT * FROM session WHERE token = ?", token)
        return Session(**rows[0]) if rows else None

    # --- the registry of taxpayers (their details: repositories.py) --------------

    def put_taxpayer(self, gstin: str, status: str) -> None:
        """Enter a GSTIN with its status, or update it."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO taxpayer VALUES (?, ?)", (gstin, status))

    def taxpayer_status(self, gstin: str) -> str | None:
        """Return the status of a GSTIN, None if it was never entered."""
        rows = self.rows("SELECT status FROM taxpayer WHERE gstin = ?", gstin)
        return rows[0]["status"] if rows else None

    # --- failed calls ------------------------------------------------------------

    def count_failure(self, kind: str, name: str, now: float, forget: float) -> None:
        """Count a failed call; after ``forget`` seconds without one, start over.

        :param now: seconds since the epoch
        """
        with self.transaction() as db:
            db.execute(
                "INSERT INTO failure VALUES (?, ?, 1, ?) ON CONFLICT (kind, name) DO"
                " UPDATE SET count = CASE WHEN excluded.last_at - last_at >= ? THEN 1"
                " ELSE count + 1 END, last_at = excluded.last_at",
                (kind, name, now, forget),
            )

    def failures(self, kind: str, name: str, since: float) -> int:
        """Return the number of failed calls, 0 if the last was before ``since``."""
        sql = "SELECT count FROM failure WHERE kind = ? AND name = ? AND last_at > ?"
        rows = self.rows(sql, kind, name, since)
        return rows[0]["count"] if rows else 0

    # --- documents ---------------------------------------------------------------

    def register(
        self, key: DocumentKey, make: Callable[[int], Registration]
    ) -> tuple[Registration, bool]:
        """Register a document unless its key is taken, in one transaction.

        :param make: builds the registration from its running number (1, 2, …)
        :return: the registration, and whether it is new
        """
        with self.transaction() as db:
            row = _one(db, _FIND, *astuple(key))
            if row:
                return Registration(**row), False
            last = _one(db, _LAST)
            registration = make(last["number"] + 1 if last else 1)
            db.execute(_INSERT, astuple(registration))
            return registration, True

    def by_irn(self, irn: str) -> Registration | None:
        """Return the registration of an IRN, None if there is none."""
        rows = self.rows("SELECT * FROM registration WHERE irn = ?", irn)
        return Registration(**rows[0]) if rows else None

    def by_document(self, key: DocumentKey) -> Registration | None:
        """Return the registration of a document, None if there is none."""
        rows = self.rows(_FIND, *astuple(key))
        return Registration(**rows[0]) if rows else None

    def registrations(self) -> list[Registration]:
        """Return all registrations, oldest first."""
        rows = self.rows("SELECT * FROM registration ORDER BY rowid")
        return [Registration(**row) for row in rows]

    def update(
        self, irn: str, change: Callable[[Registration | None], dict[str, Any]]
    ) -> None:
        """Change a registration in one transaction.

        :param change: takes the current registration and returns the columns to write;
            an exception it raises rolls back and reaches the caller
        """
        with self.transaction() as db:
            row = _one(db, "SELECT * FROM registration WHERE irn = ?", irn)
            values = change(Registration(**row) if row else None)
            names = ", ".join(f"{name} = ?" for name in values)
            db.execute(
                f"UPDATE registration SET {names} WHERE irn = ?",  # noqa: S608
                (*values.values(), irn),
            )

    def rejected(self, gstin: str, day: str) -> list[str]:
        """Return the IRNs of a seller that the GST system rejected on ``day``."""
        sql = (
            "SELECT irn FROM registration WHERE seller_gstin = ? AND rejected_on = ?"
            " ORDER BY rowid"
        )
        return [row["irn"] for row in self.rows(sql, gstin, day)]

    # --- the connection ----------------------------------------------------------

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._connection() as db:
            return db.execute(sql, values).fetchall()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._db is None or self._is_inherited():
                # closing the parent's connection here would affect the parent's file
                self._parents = self._db
                self._db = _open(self.path)
                self._owner = os.getpid()
            yield self._db

    def _is_inherited(self) -> bool:
        """Return whether another process, the parent, opened the connection."""
        return self._owner != os.getpid() and self.path != MEMORY


def _open(path: str) -> sqlite3.Connection:
    if path != MEMORY:
        _make_private(path)
    db = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    db.row_factory = sqlite3.Row
    _use_wal(db)
    db.execute("PRAGMA synchronous = NORMAL")
    db.executescript(f"BEGIN IMMEDIATE;{SCHEMA}COMMIT;")
    return db


def _make_private(path: str) -> None:
    """Create the file if it is missing, and leave it to its owner alone.

    It is never opened here: closing a file drops all locks of this process on it,
    those of SQLite's other connections as well.
    """
    try:
        os.mknod(path, stat.S_IFREG | _OWNER_ONLY)
    except FileExistsError:
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path) from None
        if stat.S_IMODE(mode) != _OWNER_ONLY:
            os.chmod(path, _OWNER_ONLY)


def _use_wal(db: sqlite3.Connection) -> None:
    """Switch to WAL, with retries: the busy timeout does not cover the switch."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _one(db: sqlite3.Connection, sql: str, *values: object) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(sql, values).fetchone()
    return row
