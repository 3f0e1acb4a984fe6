"""Read the rows of the store into records."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeVar

    from _typeshed import DataclassInstance

    _Record = TypeVar("_Record", bound=DataclassInstance)


def record(
    kind: type[_Record],
    row: sqlite3.Row,
    prefix: str = "",
    **readers: Callable[[Any], Any],
) -> _Record:
    """Return the record of a row whose columns are named as its fields.

    :param prefix: of the columns' names
    :param readers: what reads a column that is stored as text, by field
    """
    values = {one.name: row[f"{prefix}{one.name}"] for one in fields(kind)}
    read = {name: reader(values[name]) for name, reader in readers.items()}
    return kind(**{**values, **read})
