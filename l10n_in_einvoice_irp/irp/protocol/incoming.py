"""Everything that a portal sends is read, cleaned and cut here, before it is used.

A portal's answer ends in a database, in a log and on a screen. PostgreSQL refuses NUL
and half of a surrogate pair, XML refuses the other control characters, JSON has no NaN;
and one answer with any of them must not lose the answers that are written with it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

MAX_TEXT = 1000
"""Characters stored of one text: a message, a name, a remark (INV-01: 1000 at most)."""
MAX_MESSAGE = 4000
"""Characters stored of all messages of one answer, put together."""
MAX_CODE = 32
"""Characters stored of a code, a number or a status."""
MAX_ENTRIES = 100
"""Entries stored of a list of errors or of additional information."""
MAX_DEPTH = 32
"""Levels of JSON that are read; INV-01 has four."""
_INFO_DEPTH = 4

# The characters that XML 1.0 accepts; PostgreSQL accepts all of them as well.
_UNSTORABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def read_json(source: bytes | str) -> Any:
    """Return the parsed JSON (RFC 8259), with every text in it cleaned.

    Raises ValueError for anything else: other encodings than UTF-8, NaN, infinity,
    numbers that overflow, more levels than :data:`MAX_DEPTH`.
    """
    text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
    try:
        parsed = json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse)
    except RecursionError:
        raise ValueError("the JSON has too many levels") from None
    return _cleaned(parsed, MAX_DEPTH)


def clean_text(text: str) -> str:
    """Return ``text`` with U+FFFD for what cannot be stored or shown."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def cut_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return the first ``limit`` characters of ``text``, the last of them "…"."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def as_text(value: object, limit: int = MAX_TEXT) -> str:
    """Return a JSON value as cleaned text of at most ``limit`` characters.

    Null, arrays and objects are "". Numbers are written as the portal means them:
    2150.0 is 2150.
    """
    if value is None or isinstance(value, (Mapping, list, tuple)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) else str(value)
    return cut_text(clean_text(text.strip()), limit)


def as_code(value: object) -> str:
    """Return a code, a number or a status as text, as :func:`as_text`."""
    return as_text(value, MAX_CODE)


def bounded(value: Any, depth: int = _INFO_DEPTH) -> Any:
    """Return a JSON value of a size that can be stored: texts cut, lists shortened.

    What lies deeper than ``depth`` is left out.
    """
    if isinstance(value, str):
        return cut_text(clean_text(value))
    if isinstance(value, Mapping):
        members = list(value.items())[:MAX_ENTRIES] if depth else []
        return {
            cut_text(clean_text(str(name))): bounded(item, depth - 1)
            for name, item in members
        }
    if isinstance(value, (list, tuple)):
        return [bounded(item, depth - 1) for item in value[:MAX_ENTRIES] if depth]
    return _short_number(value)


def lower_names(value: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the members of ``value`` under their names in lower case."""
    return {str(name).lower(): item for name, item in value.items()}


def _short_number(value: Any) -> Any:
    is_long = isinstance(value, int) and value.bit_length() > 64
    return as_text(value) if is_long else value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _cleaned(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number of the JSON is too large")
    if not isinstance(value, (dict, list)):
        return value
    if not depth:
        raise ValueError("the JSON has too many levels")
    if isinstance(value, list):
        return [_cleaned(item, depth - 1) for item in value]
    return {clean_text(name): _cleaned(item, depth - 1) for name, item in value.items()}
