"""The registrations of a run so far, for the calls that need one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from .journal import FOUND, OK, UNEXPECTED, Entry, Outcome


@dataclass(frozen=True)
class Registered:
    """A document of this run that the portal has registered.

    :ivar kind: name of the kind of document.
    :ivar ewb: number of its active e-way bill, "" if there is none.
    :ivar last_ewb: number of its last e-way bill, cancelled or not.
    """

    irn: str
    kind: str
    doc_type: str
    number: str
    date: str
    document: Mapping[str, Any] = field(repr=False)
    cancelled: bool = False
    ewb: str = ""
    last_ewb: str = ""


def registered(
    entries: Iterable[Entry], now: datetime, life: timedelta
) -> list[Registered]:
    """Return what the run has registered within ``life``, in its order.

    Later the portal would neither return nor cancel it.
    """
    found: dict[str, Registered] = {}
    for entry in entries:
        outcome = entry.outcome
        if outcome is None or not _is_accepted(outcome):
            continue
        facts = {**entry.step.facts, **outcome.facts}
        irn = str(facts.get("irn", ""))
        if entry.step.service == "generate_irn":
            is_fresh = now - datetime.fromisoformat(outcome.at) < life
            if is_fresh and outcome.state != UNEXPECTED:
                found[irn] = _new(irn, facts, entry.step.request)
        elif irn in found:
            found[irn] = _changed(found[irn], entry.step.service, facts)
    return list(found.values())


def _is_accepted(outcome: Outcome) -> bool:
    accepted_a_bad_call = outcome.state == UNEXPECTED and not outcome.code
    return outcome.state in (OK, FOUND) or accepted_a_bad_call


def _new(irn: str, facts: Mapping[str, Any], document: Mapping[str, Any]) -> Registered:
    details = document["DocDtls"]
    return Registered(
        irn, facts["kind"], details["Typ"], details["No"], details["Dt"], document
    )


def _changed(one: Registered, service: str, facts: Mapping[str, Any]) -> Registered:
    if service == "generate_ewb":
        return replace(one, ewb=facts["ewb"], last_ewb=facts["ewb"])
    if service == "cancel_ewb":
        return replace(one, ewb="")
    return replace(one, cancelled=True) if service == "cancel_irn" else one
