"""Check an INV-01 document against NIC's JSON schema 1.1, and its size.

``data/einvoice-schema-1.1.json`` is the schema. Two members are our own:
``x-maxDecimals`` (NIC's field list allows two decimals for money, three for quantities,
prices and rates, which JSON Schema cannot express) and ``x-patterns`` (a description of
each pattern).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from operator import getitem
from typing import Any, NamedTuple

from jsonschema_rs import Draft7Validator

from ...reference.datafiles import load_json
from .schema_wording import (
    CHARACTERS,
    NAME,
    NESTED,
    NOT_A_NUMBER,
    TOO_LARGE,
    TYPE,
    Wording,
    in_words,
    length_wording,
    pattern_wording,
    title_of,
)
from .violation import Violation, _lt, shown

__all__ = ["Violation", "longest_text", "schema_violations", "text_fault"]

SCHEMA_CODE = "5002"
# "payload up to 2 MB": NIC API 'Generate IRN' v1.03, general rule 33
_MAX_BYTES = 2 * 1024 * 1024
# The schema has five levels; deeper nesting is no invoice and could exhaust the stack.
_MAX_DEPTH = 20
# Far above any amount; older validators raise on larger integers.
_MAX_NUMBER = 2**63 - 1

_PLAIN_TYPES = frozenset({str, int, bool, type(None)})

_Path = tuple[str | int, ...]


class _Fault(NamedTuple):
    path: _Path
    value: Any
    wording: Wording
    owner: str = ""


def schema_violations(invoice: Mapping[str, Any]) -> list[Violation]:
    """Return every breach of the schema, at most one per member; never raise.

    :param invoice: the INV-01 document. Optional members may be null; Decimal and
        tuples are accepted besides JSON's types.
    :return: violations with code 5002, in the order of the document.
    """
    if _is_sound(invoice):
        return []
    unfit: list[_Fault] = []
    plain = _to_json(invoice, (), unfit)
    broken = [*_shape(plain), *_decimals(_schema(), plain, ())]
    faults = [*unfit, *(_owned(fault, plain) for fault in broken), *_size(plain)]
    first: dict[_Path, _Fault] = {}
    for fault in faults:
        first.setdefault(fault.path, fault)
    return [_violation(fault) for fault in first.values()]


def _violation(fault: _Fault) -> Violation:
    """Return a fault as a violation; its kind names the member, as "missing_hsn_cd"."""
    path = path_text(fault.path)
    return _worded(path, fault.value, fault.wording, fault.owner)


def _worded(path: str, value: Any, wording: Wording, owner: str) -> Violation:
    name, template, params = wording
    kind = f"{name}_{_snake(path)}" if path else name
    return Violation(SCHEMA_CODE, path, value, kind, template, params, owner)


def _snake(path: str) -> str:
    """Return the last name of a path in small letters.

    >>> _snake("ItemList[2].HsnCd"), _snake("ItemList[2]")
    ('hsn_cd', 'item_list')
    """
    names = re.findall(r"[A-Za-z]\w*", path) or [path]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", names[-1]).lower()


def path_text(path: Iterable[str | int]) -> str:
    """Return ``("ItemList", 2, "HsnCd")`` as ``ItemList[2].HsnCd``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def text_fault(path: str, text: str) -> Violation | None:
    """Return why a member cannot hold a text; None if it can.

    :param path: as returned by `path_text`.

    >>> text_fault("BuyerDtls.TrdNm", "3M").kind
    'too_short_trd_nm'
    """
    rule = _member_rule(path)
    if not rule.get("minLength", 0) <= len(text) <= rule["maxLength"]:
        return _worded(path, text, length_wording(rule, text), "")
    if not re.search(rule.get("pattern", ""), text):
        return _worded(path, text, _pattern_wording(rule, text), "")
    return None


def longest_text(path: str) -> int:
    """Return the maximum length of a text member, in characters."""
    longest: int = _member_rule(path)["maxLength"]
    return longest


@cache
def _member_rule(path: str) -> Mapping[str, Any]:
    rule = _schema()
    for name in re.findall("[A-Za-z]\\w*", path):
        rule = rule.get("items", rule)["properties"][name]
    return rule


@cache
def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = load_json("einvoice-schema-1.1.json")
    return schema


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(dict(_schema()))


# --- valid documents -----------------------------------------------------------------


def _is_sound(invoice: Any) -> bool:
    """Return whether a document has no fault, quickly: most have none.

    Return False for invalid ones, and if only the thorough check can decide.
    """
    if not _is_plain(_schema(), invoice):
        return False
    text = json.dumps(invoice, separators=(",", ":"))
    # \ud begins a surrogate, which may be unpaired
    is_sendable = len(text) <= _MAX_BYTES and "\\ud" not in text
    return is_sendable and _validator().is_valid(invoice)


def _is_plain(rule: Mapping[str, Any], value: Any) -> bool:
    """Return whether a value has JSON types, known members, allowed decimals only."""
    kind = type(value)
    if kind is float:
        # NaN is not equal to itself, so it is not plain
        return bool(round(value, rule.get("x-maxDecimals", 0)) == value)
    if kind is dict:
        return _has_plain_members(rule.get("properties", {}), value)
    if kind is list:
        return all(_is_plain(rule.get("items", {}), one) for one in value)
    return kind in _PLAIN_TYPES


def _has_plain_members(rules: Mapping[str, Any], section: Mapping[str, Any]) -> bool:
    return section.keys() <= rules.keys() and all(
        _is_plain(rules[name], value) for name, value in section.items()
    )


# --- values that JSON or the validator cannot represent ------------------------------


def _to_json(value: Any, path: _Path, unfit: list[_Fault]) -> Any:
    """Return a copy in JSON types; replace other values by None and report a fault."""
    if len(path) > _MAX_DEPTH:
        unfit.append(_Fault(path, None, NESTED))
        return None
    if isinstance(value, Mapping):
        return _object_to_json(value, path, unfit)
    if isinstance(value, list | tuple):
        steps = enumerate(value)
        return [_to_json(one, (*path, step), unfit) for step, one in steps]
    problem = _scalar_problem(value)
    if problem:
        unfit.append(_Fault(path, shown(ascii(value)), problem))
        return None
    return _float_or_int(value) if isinstance(value, Decimal) else value


def _object_to_json(
    value: Mapping[Any, Any], path: _Path, unfit: list[_Fault]
) -> dict[str, Any]:
    plain = {}
    for name, member in value.items():
        if not isinstance(name, str) or _scalar_problem(name):
            unfit.append(_Fault((*path, ascii(name)), None, NAME))
        else:
            plain[name] = _to_json(member, (*path, name), unfit)
    return plain


def _scalar_problem(value: Any) -> Wording | None:
    if isinstance(value, str):
        return None if _encodable(value) else CHARACTERS
    if isinstance(value, int | float | Decimal):
        return _number_problem(value)
    return None if value is None else TYPE


def _number_problem(value: Any) -> Wording | None:
    # an int may be too large for isfinite, which makes a float of it
    finite = isinstance(value, int) or Decimal(value).is_finite()
    if not finite:
        return NOT_A_NUMBER
    large = not -_MAX_NUMBER < value < _MAX_NUMBER
    return TOO_LARGE if large else None


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _float_or_int(value: Decimal) -> float | int:
    return int(value) if value == value.to_integral_value() else float(value)


def _size(plain: Any) -> Iterator[_Fault]:
    size = len(json.dumps(plain, separators=(",", ":")))
    if size > _MAX_BYTES:
        template = _lt(
            "The document has %(size)s MB; the portal accepts 2 MB. Split the invoice "
            "or leave out supporting documents."
        )
        params = {"size": f"{size / 1024 / 1024:.1f}"}
        yield _Fault((), None, Wording("document_too_large", template, params))


# --- the schema ----------------------------------------------------------------------


def _shape(plain: Any) -> Iterator[_Fault]:
    for error in _validator().iter_errors(plain):
        path = tuple(error.instance_path)
        *steps, keyword = error.schema_path
        rule = _subschema(steps)
        value = error.instance
        if keyword == "required":
            yield from _missing(rule, path, value)
        else:
            # the whole document goes by the title of the schema
            named = rule if path else {**rule, "title": "the document"}
            yield _Fault(path, value, _wording(named, str(keyword), value))


def _wording(rule: Mapping[str, Any], keyword: str, value: Any) -> Wording:
    if keyword == "pattern":
        return _pattern_wording(rule, value)
    return in_words(rule, keyword, value)


def _pattern_wording(rule: Mapping[str, Any], value: Any) -> Wording:
    return pattern_wording(rule, value, _schema()["x-patterns"][rule["pattern"]])


def _subschema(steps: Iterable[str | int]) -> Mapping[str, Any]:
    rule: Any = _schema()
    for step in steps:
        rule = getitem(rule, step)
    found: Mapping[str, Any] = rule
    return found


def _missing(rule: Mapping[str, Any], path: _Path, value: Any) -> Iterator[_Fault]:
    for name in rule["required"]:
        if name not in value:
            params = {"title": title_of(rule["properties"][name])}
            wording = Wording("missing", _lt("%(title)s is missing."), params)
            yield _Fault((*path, name), None, wording)


def _owned(fault: _Fault, plain: Any) -> _Fault:
    """Return a fault with the section or line that it is in."""
    return fault._replace(owner=_owner(fault.path[:-1], plain))


def _owner(path: _Path, plain: Any) -> str:
    """Return "Seller", "Line 3" and the like, with the serial number that the user
    sees."""
    if not path:
        return ""
    if path[0] != "ItemList":
        return str(_schema()["properties"][path[0]]["title"])
    return f"Line {_serial(plain, int(path[1]))}" if len(path) > 1 else ""


def _serial(plain: Any, index: int) -> str:
    item = plain["ItemList"][index]
    number = item.get("SlNo") if isinstance(item, dict) else None
    return number if isinstance(number, str) and number.isdigit() else str(index + 1)


# --- decimals ------------------------------------------------------------------------


def _decimals(rule: Mapping[str, Any], value: Any, path: _Path) -> Iterator[_Fault]:
    """Yield numbers with more decimals than x-maxDecimals."""
    if isinstance(value, dict):
        for name, member in rule.get("properties", {}).items():
            if name in value:
                yield from _decimals(member, value[name], (*path, name))
    elif isinstance(value, list):
        for step, one in enumerate(value):
            yield from _decimals(rule.get("items", {}), one, (*path, step))
    elif "x-maxDecimals" in rule and isinstance(value, float):
        most = rule["x-maxDecimals"]
        if decimals(value) > most:
            template = _lt(
                "%(title)s is %(value)s; at most %(most)s decimals are allowed."
            )
            params = {"title": title_of(rule), "value": value, "most": most}
            yield _Fault(path, value, Wording("decimals", template, params))


def decimals(value: float | Decimal) -> int:
    """Return the number of decimals as written, not as stored in binary.

    9978.84 has two, although no float is exactly 9978.84; 0.1 + 0.2 has seventeen,
    because they would be sent.
    """
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
