"""The tables of the test report, from the journal of a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..reference.profiles import SERVICES
from .journal import (
    BAD,
    FOUND,
    GOOD,
    NOT_PROCESSED,
    OK,
    PREPARATION,
    REFUSED,
    UNEXPECTED,
    UNKNOWN,
    Entry,
    Outcome,
)
from .plan import asked

Cell = str | int | None
Row = Sequence[Cell]

_NO_OUTCOME = Outcome(UNKNOWN, "")
_PURPOSES = {GOOD: "Good", BAD: "Bad", PREPARATION: "Preparation"}
_RESULTS = {
    OK: "Success",
    FOUND: "Success (answer lost, found by a look-up)",
    REFUSED: "Refused",
    NOT_PROCESSED: "Not processed, made again",
    UNKNOWN: "No answer",
    UNEXPECTED: "Not as expected",
}
_CALLS = (
    "No.",
    "API",
    "Case",
    "Description",
    "Date and Time (IST)",
    "Method",
    "URL",
    "Request JSON",
    "Response JSON",
    "IRN",
    "Ack No.",
    "e-Way Bill No.",
    "HTTP Status",
    "Error Code",
    "Error Message",
    "Result",
    "Counted",
    "As Expected",
)
_SUMMARY = (
    "Sl. No.",
    "API",
    "Success Cases",
    "Failure Cases",
    "Error Codes",
    "First Call (IST)",
    "Last Call (IST)",
    "As Expected",
    "Remark",
)


@dataclass(frozen=True)
class Table:
    """A table of the report, with its heading."""

    title: str
    columns: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Report:
    """The report of a run: who and where, the summary per service, and each call."""

    facts: tuple[tuple[str, str], ...]
    summary: Table
    calls: Table


def make_report(
    entries: Iterable[Entry],
    facts: Mapping[str, str],
    services: Sequence[str],
    methods: Mapping[str, str],
) -> Report:
    """Return the report of what a journal holds.

    :param facts: heading -> value, of company and portal.
    :param services: names of the services in the summary.
    :param methods: service -> HTTP method.
    """
    known = tuple(entries)
    summary = [_summary(number, one, known) for number, one in enumerate(services, 1)]
    rows = tuple(_call(entry, methods.get(entry.step.service, "")) for entry in known)
    return Report(
        tuple(facts.items()),
        Table("Summary", _SUMMARY, tuple(summary)),
        Table("Calls", _CALLS, rows),
    )


def _summary(number: int, service: str, entries: Sequence[Entry]) -> Row:
    counted = [one for one in entries if one.step.service == service and one.counts]
    good = [one for one in counted if one.step.purpose == GOOD]
    bad = [one for one in counted if one.step.purpose == BAD]
    times = sorted(one.outcome.at for one in counted if one.outcome)
    codes = sorted({one.outcome.code for one in bad if one.outcome})
    return (
        number,
        SERVICES[service].title,
        len(good),
        len(bad),
        ", ".join(codes),
        _time(times[0]) if times else "",
        _time(times[-1]) if times else "",
        _yes(all(one.as_expected for one in counted)) if counted else "",
        asked()["no_bad_call"].get(service, ""),
    )


def _call(entry: Entry, method: str) -> Row:
    step, outcome = entry.step, entry.outcome or _NO_OUTCOME
    facts = {**step.facts, **outcome.facts}
    response = outcome.response
    return (
        step.number,
        SERVICES[step.service].title,
        _PURPOSES[step.purpose],
        step.case,
        _time(outcome.at) if outcome.at else "",
        method,
        outcome.url,
        _json(step.request),
        _json(response),
        str(facts.get("irn", "")) if outcome.state in (OK, FOUND) else "",
        str(response.get("AckNo", "")),
        str(response.get("EwbNo") or response.get("ewayBillNo") or ""),
        outcome.http_status,
        outcome.code,
        outcome.message or _first_message(response),
        _RESULTS[outcome.state],
        _yes(entry.counts),
        _yes(entry.as_expected),
    )


def _first_message(response: Mapping[str, Any]) -> str:
    errors = response.get("ErrorDetails") or [{}]
    return str(errors[0].get("ErrorMessage", ""))


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""


def _time(text: str) -> str:
    """Return a moment of the journal, which is in Indian time, for a person."""
    return f"{datetime.fromisoformat(text):%d/%m/%Y %H:%M:%S}"


def _yes(value: bool) -> str:
    return "Yes" if value else "No"
