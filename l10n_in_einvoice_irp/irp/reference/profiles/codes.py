"""The meaning of the portal's codes for the next step (``data/outcomes.json``,
and ``data/ewaybill/outcomes.json`` for the e-way bill system's own API).

A profile adds the codes of its portal, or gives a known code another meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..datafiles import load_json
from .services import EWAYBILL_API


@dataclass(frozen=True)
class CodeMeaning:
    """The meaning of some codes, in responses of ``services`` (of any if empty)."""

    kind: str
    codes: frozenset[str]
    services: frozenset[str]

    def covers(self, code: str, service: str) -> bool:
        """Return whether ``code`` has this meaning in a response of ``service``."""
        here = not self.services or service in self.services
        return here and code in self.codes


def meanings_with(rows: Iterable[Mapping[str, Any]]) -> tuple[CodeMeaning, ...]:
    """Return the meanings at a portal, those that rank first at the front.

    ``rows`` are a checked profile's; a code in them has no other meaning there.
    """
    own = [_read(row) for row in rows]
    named = frozenset(code for one in own for code in one.codes)
    common = [replace(one, codes=one.codes - named) for one in _COMMON]
    return tuple(sorted([*own, *common], key=lambda one: KINDS.index(one.kind)))


def _read(row: Mapping[str, Any]) -> CodeMeaning:
    services = {*row.get("services", ()), *_GROUPS.get(row.get("group", ""), ())}
    return CodeMeaning(row["kind"], frozenset(row["codes"]), frozenset(services))


_GROUPS: Mapping[str, tuple[str, ...]] = {"ewaybill_api": EWAYBILL_API}
_FILES = ("outcomes.json", "ewaybill/outcomes.json")
_COMMON: tuple[CodeMeaning, ...] = tuple(
    _read(row) for name in _FILES for row in load_json(name)
)
KINDS: tuple[str, ...] = tuple(dict.fromkeys(one.kind for one in _COMMON))
"""The kinds in the order of the data file: of several codes, the first kind counts, so
that a duplicate among other errors is a duplicate."""
