"""Parse and write JSON without changing the digits of its numbers.

The signed invoice shows ``100.00`` where ``100.00`` was sent and ``100.0`` where
``100.0`` was sent (seen in NIC's signed tokens); a float would lose the difference.
"""

import json
from typing import Any


class PostedNumber(float):
    """A JSON number with a fraction or an exponent, with its digits as posted."""

    def __init__(self, text: str) -> None:
        self.text = text


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def loads(text: str | bytes, *, preserve_digits: bool = False) -> Any:
    """Parse JSON text.

    :param preserve_digits: return numbers with a fraction as :class:`PostedNumber`
    :raises ValueError: not JSON, NaN or Infinity, not UTF-8, or nested too deeply
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig")
    number = PostedNumber if preserve_digits else float
    try:
        return json.loads(text, parse_float=number, parse_constant=_refuse_constant)
    except RecursionError as err:
        raise ValueError("nested too deeply") from err


def json_object(text: str | bytes, *, preserve_digits: bool = False) -> dict[str, Any]:
    """Parse JSON text that must hold an object.

    :raises ValueError: as :func:`loads`, or not an object
    """
    match loads(text, preserve_digits=preserve_digits):
        case dict() as members:
            return members
    raise ValueError("not a JSON object")


def dumps(value: Any) -> str:
    """Return compact JSON; write a :class:`PostedNumber` with its posted digits."""
    if isinstance(value, PostedNumber):
        return value.text
    if isinstance(value, dict):
        members = (f"{_text(str(key))}:{dumps(one)}" for key, one in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dumps, value)) + "]"
    return _text(value)


def lower_keys(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a JSON object by lower-case name.

    The portal reads property names case-insensitively (``Cnlrsn`` is accepted for
    ``CnlRsn``).
    """
    return {name.lower(): value for name, value in members.items()}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
