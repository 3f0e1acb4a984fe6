"""Calls that the portal has to refuse, from the data."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..reference.datafiles import load_json
from ..reference.profiles import Wire

_DROP = "{drop}"


@dataclass(frozen=True)
class Fault:
    """One way to make a bad call of a service.

    :ivar codes: what portals answer, the expected one first.
    :ivar target: the kind of document, or the record, that it is about.
    :ivar changes: dotted path -> value; ``{name}`` stands for a value of the run.
    :ivar needs: what the portal must take for it, "" for nothing.
    :ivar most: how many such calls a run makes; None for any number.
    """

    title: str
    codes: tuple[str, ...]
    target: str
    changes: Mapping[str, Any]
    needs: str = ""
    most: int | None = None


@cache
def _all_faults() -> Mapping[str, tuple[Fault, ...]]:
    return {
        service: tuple(Fault(**{**row, "codes": tuple(row["codes"])}) for row in rows)
        for service, rows in load_json("onboarding-faults.json").items()
        if not service.startswith("$")
    }


def faults_of(service: str, wire: Wire, *, can_cancel_ewb: bool) -> tuple[Fault, ...]:
    """Return the faults that can be made at a portal."""
    missing = set()
    if not wire.offers("generate_ewb"):
        missing |= {"ewaybill", "cancelled ewaybill"}
    if not can_cancel_ewb:
        missing.add("cancelled ewaybill")
    return tuple(
        fault
        for fault in _all_faults().get(service, ())
        if fault.target not in missing and _takes(wire, fault.needs)
    )


def _takes(wire: Wire, need: str) -> bool:
    takes = {"sent": ("client_id", "client_secret"), "id_only": ("client_id",)}
    return not need or need in takes.get(wire.client_pair, ())


def pick(faults: tuple[Fault, ...], index: int) -> Fault:
    """Return the fault of bad call number ``index``, from 0.

    Each fault comes once, then those without a limit again and again. Raises
    LookupError if there is none.
    """
    if index < len(faults):
        return faults[index]
    repeated = [fault for fault in faults if fault.most is None]
    if not repeated:
        raise LookupError("no further bad call is known")
    return repeated[(index - len(faults)) % len(repeated)]


def apply(
    document: Mapping[str, Any], changes: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a copy of ``document`` with members changed, added or left out."""
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    for path, value in changes.items():
        *steps, last = path.split(".")
        inner: Any = changed
        for step in steps:
            inner = inner[int(step)] if step.isdigit() else inner.setdefault(step, {})
        if value == _DROP:
            inner.pop(last, None)
        else:
            inner[last] = _filled(value, values)
    return changed


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, values) for name, one in value.items()}
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return values[value[1:-1]]
    return copy.deepcopy(value)
