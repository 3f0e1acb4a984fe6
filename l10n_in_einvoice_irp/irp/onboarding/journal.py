"""The journal of a test run: what was to be sent, and what came of it.

A line of JSON each, written to the disk before the next step, so that a run that was
stopped continues where it was. What has a line for its intent, but none for its result,
may have been sent.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..protocol.incoming import read_json

try:
    import fcntl
except ImportError:  # not POSIX: nothing keeps a second run from the same journal
    fcntl = None  # type: ignore[assignment]

GOOD, BAD, PREPARATION = "good", "bad", "preparation"
OK, REFUSED, FOUND = "ok", "refused", "found"
NOT_PROCESSED, UNKNOWN, UNEXPECTED = "not_processed", "unknown", "unexpected"


@dataclass(frozen=True)
class Step:
    """One call of a run.

    :ivar number: from 1.
    :ivar purpose: `GOOD`, `BAD` or `PREPARATION`.
    :ivar codes: the portal's codes that a bad call may bring.
    :ivar request: what is sent, before encryption and without secrets.
    :ivar facts: what the call is about, for later steps: ``irn``, ``ewb``…
    """

    number: int
    service: str
    purpose: str
    case: str
    codes: tuple[str, ...]
    request: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a step.

    :ivar state: `OK`; `REFUSED` by the portal; `FOUND` by a look-up, as the answer was
        lost; `NOT_PROCESSED`; `UNKNOWN`, as no look-up can settle it; or `UNEXPECTED`:
        an answer that should not be.
    :ivar at: when it was called, ISO 8601 in Indian time.
    :ivar code: the portal's error code, or the reason why there is no answer.
    :ivar facts: what the answer brought, for later steps.
    """

    state: str
    at: str
    url: str = ""
    http_status: int | None = None
    code: str = ""
    message: str = ""
    response: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A step with its outcome; None while it is open."""

    step: Step
    outcome: Outcome | None = None

    @property
    def counts(self) -> bool:
        """Return whether it is one of the calls that the portal asks for."""
        wanted = {GOOD: (OK, FOUND), BAD: (REFUSED,)}.get(self.step.purpose, ())
        return self.outcome is not None and self.outcome.state in wanted

    @property
    def as_expected(self) -> bool:
        """Return whether the portal answered as it should."""
        if self.outcome is None or self.outcome.state == UNEXPECTED:
            return False
        if self.step.purpose == BAD:
            return self.counts and self.outcome.code in self.step.codes
        return self.outcome.state in (OK, FOUND)


class Journal:
    """The journal of one run, in a file that no other process writes to.

    :param path: of the file, which is made if it is missing.
    :raises OSError: it cannot be written, or another run writes to it.
    :raises ValueError: it is the journal of something else.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+b")
        try:
            self._lock(path)
            self.run: dict[str, Any] = {}
            self._entries: dict[int, Entry] = {}
            self._read(path)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _lock(self, path: Path) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BlockingIOError(f"another run writes to {path}") from error

    def _read(self, path: Path) -> None:
        self._file.seek(0)
        whole = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break  # the process was killed while it wrote this
            try:
                self._take(read_json(line))
            except (LookupError, TypeError, ValueError) as error:
                raise ValueError(f"{path} is not the journal of a run") from error
            whole += len(line)
        self._file.truncate(whole)

    def _take(self, record: Mapping[str, Any]) -> None:
        if "run" in record:
            self.run = dict(record["run"])
        elif "step" in record:
            values = dict(record["step"])
            step = Step(**{**values, "codes": tuple(values["codes"])})
            self._entries[step.number] = Entry(step)
        else:
            step = self._entries[record["number"]].step
            self._entries[step.number] = Entry(step, Outcome(**record["outcome"]))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return all steps, in their order."""
        return tuple(self._entries.values())

    def open_entries(self) -> Iterator[Entry]:
        """Return the steps without an outcome."""
        return (one for one in self.entries if one.outcome is None)

    @property
    def next_number(self) -> int:
        """Return the number of the next step."""
        return max(self._entries, default=0) + 1

    def start(self, run: Mapping[str, Any]) -> None:
        """Note what the run is about; ValueError if the journal is of another run."""
        fixed = ("gstin", "environment", "base_url")
        if self.run:
            other = [one for one in fixed if self.run.get(one) != run.get(one)]
            if other:
                raise ValueError(
                    f"the journal is of another run: {other[0]} was"
                    f" {self.run.get(other[0])}, and is {run.get(other[0])}"
                )
            return
        self._add({"run": dict(run)})

    def intend(self, step: Step) -> None:
        """Note a step before it is called."""
        self._add({"step": asdict(step)})

    def conclude(self, step: Step, outcome: Outcome) -> None:
        """Note what came of a step."""
        self._add({"number": step.number, "outcome": asdict(outcome)})

    def _add(self, record: Mapping[str, Any]) -> None:
        line = json.dumps(record, ensure_ascii=False, default=str).encode() + b"\n"
        self._file.write(line)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._take(read_json(line))
