"""The status of a taxpayer on a date. Pure; the codes are data.

``data/taxpayers.json`` maps status codes to a standing and type codes to a kind of
taxpayer. A code that is not published means nothing and causes no warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Protocol

from ..reference.datafiles import load_json

STANDINGS = (
    "active",
    "not_yet",
    "cancelled",
    "inactive",
    "suspended",
    "unknown",
    "unclear",
)
# The portal refuses documents to these, or the buyer's credit is at risk.
DOUBTFUL = frozenset({"not_yet", "cancelled", "inactive", "suspended", "unknown"})


class StatusRecord(Protocol):
    """The members of a record that decide; `.records.Taxpayer` has them."""

    @property
    def status(self) -> str: ...

    @property
    def block_status(self) -> str: ...

    @property
    def registered_on(self) -> date | None: ...

    @property
    def deregistered_on(self) -> date | None: ...


@dataclass(frozen=True)
class Standing:
    """The status of a taxpayer on a date.

    :ivar state: one of STANDINGS: ``not_yet`` before the registration began,
        ``unknown`` if the portal knows no such GSTIN, ``unclear`` for a status that is
        not published.
    :ivar since: the date of cancellation, or of the registration's beginning, if known.
    :ivar blocked: no e-way bill can be generated for them.
    """

    state: str
    since: date | None = None
    blocked: bool = False

    @property
    def doubtful(self) -> bool:
        """Return whether a document of that date deserves a warning."""
        return self.state in DOUBTFUL or self.blocked


def standing_on(record: StatusRecord | None, day: date) -> Standing:
    """Return the status of a taxpayer on ``day``; a record of None means unknown.

    Documents up to and including the date of cancellation are in order (NIC 3074, 3075,
    3077 to 3079).
    """
    if record is None:
        return Standing("unknown")
    state = _data()["statuses"].get(record.status, "unclear")
    blocked = record.block_status in _data()["blocked"]
    begins = record.registered_on
    if begins and day < begins and state in ("active", "cancelled"):
        return Standing("not_yet", begins, blocked)
    if state != "cancelled":
        return Standing(state, None, blocked)
    ends = record.deregistered_on
    # without both dates the portal takes it for cancelled at any time (3075, 3078)
    if ends and begins and day <= ends:
        return Standing("active", None, blocked)
    return Standing("cancelled", ends, blocked)


def kind_of(taxpayer_type: str) -> str:
    """Return ``regular``, ``sez``, ``composition`` or ``uin``; "" for other types."""
    return str(_data()["kinds"].get(taxpayer_type, ""))


@cache
def _data() -> Mapping[str, Any]:
    return MappingProxyType(load_json("taxpayers.json"))
