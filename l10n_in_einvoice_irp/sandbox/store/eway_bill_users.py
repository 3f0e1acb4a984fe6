"""The users of the e-way bill system and their tokens."""

from collections.abc import Callable
from dataclasses import astuple

from .records import Session, User
from .store import Store


class EwbUserRepository:
    """The users of the e-way bill system in a store.

    They are distinct from the users of the e-invoice portal, even under the same name.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, user: User) -> None:
        """Add or update a user and its client."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO client VALUES (?, ?)",
                (user.client_id, user.client_secret),
            )
            db.execute(
                "INSERT OR REPLACE INTO ewb_user VALUES (?, ?, ?, ?)",
                (user.gstin, user.username, user.password, user.client_id),
            )

    def all(self) -> list[User]:
        """Return all users, in the order they were added."""
        rows = self._store.rows(
            "SELECT gstin, username, password, client_id, client_secret"
            " FROM ewb_user JOIN client USING (client_id) ORDER BY ewb_user.rowid"
        )
        return [User(**row) for row in rows]

    def open_session(
        self,
        user: User,
        is_reusable: Callable[[Session], bool],
        new: Callable[[], Session],
    ) -> Session:
        """Return the user's session if it ``is_reusable``, else store a ``new`` one."""
        with self._store.transaction() as db:
            sql = "SELECT * FROM ewb_session WHERE gstin = ? AND username = ?"
            rows = self._store.rows(sql, user.gstin, user.username)
            if rows and is_reusable(Session(**rows[0])):
                return Session(**rows[0])
            session = new()
            db.execute(
                "INSERT OR REPLACE INTO ewb_session VALUES (?, ?, ?, ?, ?)",
                astuple(session),
            )
            return session

    def session_of(self, token: str) -> Session | None:
        """Return the session that ``token`` belongs to, None if there is none."""
        rows = self._store.rows("SELECT * FROM ewb_session WHERE token = ?", token)
        return Session(**rows[0]) if rows else None
