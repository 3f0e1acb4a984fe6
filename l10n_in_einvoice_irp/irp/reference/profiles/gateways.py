"""Answers that a gateway gives in the place of the portal (``refusals`` of a profile).

A pass-through GSP refuses its own key, or counts a quota, with its own texts. A profile
has the answers that are published as coming before the call is forwarded: then the IRP
has not seen it. It also names those that say that the IRP did not answer, so that they
are not taken for a refusal. Any other text of a gateway proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["authentication", "rate_limited", "unanswered"]


@dataclass(frozen=True)
class GatewayRefusal:
    """A published answer: its HTTP status (None: any) and members of its JSON.

    ``members`` names each member by its path ("error.error_cd") with the values that
    count, ``begins`` with the beginning of its text; ``source`` says who published it.
    An answer that has a member of ``unless`` is another one: a gateway may use the same
    status after it has forwarded the call (TaxPro's GSP032, a timeout, comes with 401).
    The kind "unanswered" proves nothing: the IRP may have processed the call.
    """

    name: str
    source: str
    kind: Kind
    http_status: int | None
    members: Mapping[str, tuple[str, ...]]
    begins: Mapping[str, str]
    unless: tuple[str, ...] = ()

    def matches(self, status: int, body: object) -> bool:
        """Return whether the answer with ``status`` and the parsed ``body`` is this."""
        return (
            self.http_status in (None, status)
            and not any(_at(body, path) for path in self.unless)
            and all(_at(body, path) in known for path, known in self.members.items())
            and all(_at(body, path).startswith(it) for path, it in self.begins.items())
        )

    def code(self, body: object) -> str:
        """Return the gateway's own code, "" if this answer has none."""
        return next((_at(body, path) for path in self.members if "." in path), "")

    def words(self, body: object) -> str:
        """Return the gateway's own words, "" if this answer has none."""
        inner = [path.rpartition(".")[0] for path in self.members if "." in path]
        paths = [*self.begins, *(f"{path}.message" for path in inner), "message"]
        return next(filter(None, (_at(body, path) for path in paths)), "")


def refusal_by_gateway(
    refusals: Iterable[GatewayRefusal], status: int, body: object
) -> GatewayRefusal | None:
    """Return which of ``refusals`` an answer is; None if it is none of them."""
    return next((one for one in refusals if one.matches(status, body)), None)


def read_refusals(rows: Mapping[str, Mapping[str, Any]]) -> tuple[GatewayRefusal, ...]:
    """Return the refusals of a checked profile; the first that matches counts."""
    return tuple(_read(name, row) for name, row in rows.items())


def _read(name: str, row: Mapping[str, Any]) -> GatewayRefusal:
    members = {path: tuple(values) for path, values in row["members"].items()}
    unless = tuple(row.get("unless", ()))
    return GatewayRefusal(**{**row, "name": name, "members": members, "unless": unless})


def _at(body: object, path: str) -> str:
    """Return the text or number at ``path``, "" if there is none."""
    for name in path.split("."):
        body = body.get(name) if isinstance(body, Mapping) else None
    return str(body) if isinstance(body, (str, int)) else ""
