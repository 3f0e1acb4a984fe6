"""Texts, with parameters, for members that break the schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .violation import _lt, shown


class Wording(NamedTuple):
    """A fault, its template and the template's parameters."""

    fault: str
    template: str
    params: Mapping[str, Any]


def title_of(rule: Mapping[str, Any]) -> str:
    """Return the name of a member as a sentence begins with it."""
    title: str = rule["title"]
    return title[:1].upper() + title[1:]


NESTED = Wording("nested", _lt("The document is nested too deeply."), {})
NAME = Wording("name", _lt("This member's name cannot be sent as JSON."), {})
CHARACTERS = Wording(
    "characters", _lt("The text has characters that cannot be sent."), {}
)
TYPE = Wording("json", _lt("This value cannot be sent as JSON."), {})
NOT_A_NUMBER = Wording("not_a_number", _lt("This is not a number."), {})
TOO_LARGE = Wording("too_large", _lt("This number is too large."), {})
_JSON_TYPES = {
    "string": _lt("%(title)s must be text, not %(value)s."),
    "number": _lt("%(title)s must be a number, not %(value)s."),
    "integer": _lt("%(title)s must be a whole number, not %(value)s."),
    "object": _lt("%(title)s must be a group of members, not %(value)s."),
    "array": _lt("%(title)s must be a list, not %(value)s."),
    "null": _lt("%(title)s must be left out, not %(value)s."),
}


def in_words(rule: Mapping[str, Any], keyword: str, value: Any) -> Wording:
    """Return in words how ``value`` breaks ``keyword`` of ``rule``."""
    return _WORDINGS.get(keyword, _other_wording)(rule, value)


def _type_wording(rule: Mapping[str, Any], value: Any) -> Wording:
    wanted = rule["type"]
    names: Sequence[str] = [wanted] if isinstance(wanted, str) else wanted
    expected = next((name for name in names if name != "null"), "null")
    params = {"title": title_of(rule), "value": shown(json.dumps(value))}
    return Wording(f"not_{expected}", _JSON_TYPES[expected], params)


def length_wording(rule: Mapping[str, Any], value: Any) -> Wording:
    """Return in words that a text is empty, too short or too long."""
    least, most = rule.get("minLength", 0), rule["maxLength"]
    params = {
        "title": title_of(rule),
        "value": shown(value),
        "length": len(value),
        "least": least,
        "most": most,
    }
    if not value:
        return Wording("empty", _lt("%(title)s is empty."), params)
    if least == most:
        template = _lt(
            "%(title)s “%(value)s” must have exactly %(most)s characters, not "
            "%(length)s."
        )
        return Wording("length", template, params)
    if len(value) > most:
        template = _lt(
            "%(title)s “%(value)s” is too long: %(least)s to %(most)s characters are "
            "allowed, it has %(length)s."
        )
        return Wording("too_long", template, params)
    template = _lt(
        "%(title)s “%(value)s” is too short: %(least)s to %(most)s characters are "
        "needed, it has %(length)s."
    )
    return Wording("too_short", template, params)


def _range_wording(rule: Mapping[str, Any], value: Any) -> Wording:
    template = _lt("%(title)s is %(value)s; it must be between %(least)s and %(most)s.")
    params = {"least": rule["minimum"], "most": rule["maximum"]}
    params |= {"title": title_of(rule), "value": shown(value)}
    return Wording("out_of_range", template, params)


def pattern_wording(rule: Mapping[str, Any], value: Any, meaning: str) -> Wording:
    """Return in words that a text does not match the pattern of its member."""
    template = _lt("%(title)s “%(value)s” is not valid: %(meaning)s.")
    params = {"title": title_of(rule), "value": shown(value), "meaning": meaning}
    return Wording("invalid", template, params)


def _other_wording(rule: Mapping[str, Any], value: Any) -> Wording:
    template = _lt("%(title)s does not fit the portal's schema: %(value)s.")
    return Wording("schema", template, {"title": title_of(rule), "value": shown(value)})


_WORDINGS = {
    "type": _type_wording,
    "minLength": length_wording,
    "maxLength": length_wording,
    "minimum": _range_wording,
    "maximum": _range_wording,
}
