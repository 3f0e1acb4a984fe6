"""Secrets of records: encrypted in the database, with a key outside it.

They are in a column that is no field, so nothing of the ORM gives them back: no read,
export, domain, group, copy or onchange, for no user at all. Code takes one out at the
last moment, with `Vault.take`.

Each carries the identity of its database (see `installation`) and its place, so that
it opens neither in a copy nor in another field. Without a key, which only trials may
lack, it is stored as it is and marked `UNENCRYPTED`.
"""

import json
import os
from typing import NamedTuple

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo import tools
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools import sql as schema

from . import installation

OPTION = "irp_secret_keys"
VARIABLE = OPTION.upper()
COLUMN = "secrets"
UNENCRYPTED = "unencrypted"


class SecretError(UserError):
    """A secret cannot be used now; the text says what to do."""


class ForeignSecret(SecretError):
    """A secret was entered for another database: this one is a copy, or was moved."""


class LostKey(SecretError):
    """No key of this server opens a secret."""


# ----------------------------------------------------------------------
# Keys
# ----------------------------------------------------------------------


def key_texts() -> list[str]:
    """Return the keys of this server: the first one encrypts, all decrypt."""
    text = tools.config.get(OPTION) or os.environ.get(VARIABLE) or ""
    return text.replace(",", " ").split()


def open_cipher() -> MultiFernet | None:
    """Return the cipher with this server's keys; None without any.

    :raises ValueError: one of them is no key.
    """
    keys = [Fernet(text) for text in key_texts()]
    return MultiFernet(keys) if keys else None


def key_fault(env) -> str:
    """Return why this server cannot encrypt, and what to do; "" if it can."""
    try:
        if open_cipher():
            return ""
    except ValueError:
        return env._(
            "%(option)s of the Odoo server holds a text that is not a key. Ask the "
            "administrator of the server to correct it in odoo.conf or in the "
            "environment variable %(variable)s, and to restart Odoo.",
            option=OPTION,
            variable=VARIABLE,
        )
    return env._(
        "The Odoo server has no key to encrypt passwords and secrets. Ask the "
        "administrator of the server to run 'odoo irp_secrets new_key', to enter the "
        "key as %(option)s in odoo.conf, and to restart Odoo.",
        option=OPTION,
    )


# ----------------------------------------------------------------------
# Secrets
# ----------------------------------------------------------------------


class _Content(NamedTuple):
    value: str
    identity: str
    place: str


def add_column(model):
    """Create the column of a model's secrets; for its `init`."""
    if not schema.column_exists(model.env.cr, model._table, COLUMN):
        schema.create_column(model.env.cr, model._table, COLUMN, "jsonb")


def take_over(model, names):
    """Move secrets that an earlier state of the addon stored in fields."""
    table = SQL.identifier(model._table)
    for name in names:
        if not schema.column_exists(model.env.cr, model._table, name):
            continue
        column = SQL.identifier(name)
        rows = model.env.execute_query(SQL("SELECT id, %s FROM %s", column, table))
        for record_id, value in rows:
            Vault(model.browse(record_id)).put(**{name: value})
        model.env.cr.execute(SQL("ALTER TABLE %s DROP COLUMN %s", table, column))


class Vault:
    """The secrets of one record, by name."""

    def __init__(self, record):
        record.ensure_one()
        self.env = record.env
        self._id = record.id
        self._model = record._name
        self._table = SQL.identifier(record._table)

    def put(self, **secrets):
        """Store secrets, encrypted if the server has a key; empty ones are removed.

        :raises LostKey: a key of the server is none.
        """
        identity = installation.identity(self.env, make=True)
        stored = self._stored()
        for name, value in secrets.items():
            stored.pop(name, None)
            if value:
                content = _Content(value, identity, self._place(name))
                stored[name] = self._seal(content)
        self._store(stored)

    def take(self, name) -> str:
        """Return a secret in clear; "" if there is none.

        :raises LostKey: no key opens it.
        :raises ForeignSecret: it was entered for another database.
        """
        stored = self._stored().get(name)
        if not stored:
            return ""
        content = self._open(name, stored)
        if not content:
            raise LostKey(self.env._("The server has no key that opens it."))
        if content.identity != installation.identity(self.env):
            raise ForeignSecret(copy_text(self.env))
        return content.value

    def names(self) -> set[str]:
        """Return the names of the secrets that are stored, readable or not."""
        return set(self._stored())

    def lost(self) -> set[str]:
        """Return the names of the secrets that no key opens."""
        return {name for name, content in self._opened().items() if not content}

    def is_foreign(self) -> bool:
        """Return whether a secret was entered for another database."""
        here = installation.identity(self.env)
        contents = self._opened().values()
        return any(content and content.identity != here for content in contents)

    def is_encrypted(self) -> bool:
        """Return whether all of the secrets are encrypted."""
        return all(isinstance(stored, str) for stored in self._stored().values())

    def encrypt(self):
        """Encrypt with the first key what can be opened; its database stays the same.

        :raises LostKey: a key of the server is none.
        """
        self._reseal(lambda content: content)

    def adopt(self):
        """Make the secrets that can be opened those of this database."""
        here = installation.identity(self.env, make=True)
        self._reseal(lambda content: content._replace(identity=here))

    # ------------------------------------------------------------------
    # The column
    # ------------------------------------------------------------------

    def _stored(self):
        query = SQL("SELECT secrets FROM %s WHERE id = %s", self._table, self._id)
        rows = self.env.execute_query(query)
        return (rows and rows[0][0]) or {}

    def _store(self, stored):
        text = json.dumps(stored) if stored else None
        query = SQL("UPDATE %s SET secrets = %s", self._table, text)
        self.env.cr.execute(SQL("%s WHERE id = %s", query, self._id))

    # ------------------------------------------------------------------
    # Sealing: an encrypted secret is a text, any other a mapping
    # ------------------------------------------------------------------

    def _place(self, name):
        return f"{self._model}.{name}"

    def _opened(self):
        """Return name -> content, None if no key opens it."""
        return {name: self._open(name, one) for name, one in self._stored().items()}

    def _reseal(self, change):
        stored = self._stored()
        for name, content in self._opened().items():
            if content:
                stored[name] = self._seal(change(content))
        self._store(stored)

    def _seal(self, content):
        try:
            cipher = open_cipher()
        except ValueError as error:
            raise LostKey(key_fault(self.env)) from error
        if not cipher:
            return {UNENCRYPTED: list(content)}
        return cipher.encrypt(json.dumps(content).encode()).decode()

    def _open(self, name, stored):
        """Return the `_Content` of a stored secret; None if no key opens it."""
        if not isinstance(stored, str):
            return _Content(*stored[UNENCRYPTED])
        try:
            cipher = open_cipher()
            text = cipher.decrypt(stored) if cipher else "null"
        except (InvalidToken, ValueError):
            return None
        content = json.loads(text)
        is_ours = content and content[2] == self._place(name)
        return _Content(*content) if is_ours else None


def copy_text(env) -> str:
    """Return why a copy of a database calls no portal, and what to do."""
    return env._(
        "Nothing is sent: this database is a copy of the one for which the IRP "
        "credentials were entered, or it was moved. If it replaces that database, ask "
        "an administrator to open Invoicing or Accounting, e-Invoicing (India) / "
        "Configuration / IRP Credentials and to choose 'This Is the Original'. "
        "e-Invoices wait until then."
    )
