"""What a taxpayer's record means on a date. Pure; the codes are data.

``data/taxpayers.json`` says which standing a status code stands for, and which kind of
taxpayer a type code. A code that nobody published means nothing: it warns nobody.
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


class Facts(Protocol):
    """The members of a record that decide; `.results.Taxpayer` has them."""

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
    """How a taxpayer stands on a date.

    :ivar state: one of STANDINGS: ``not_yet`` before the registration began,
        ``unknown`` if the portal knows no such GSTIN, ``unclear`` for a status that
        nobody published.
    :ivar since: the date of cancellation, or on which the registration begins, if told.
    :ivar blocked: no e-way bill can be made for them.
    """

    state: str
    since: date | None = None
    blocked: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether a document of that date deserves a warning."""
        return self.state in DOUBTFUL or self.blocked


def standing_on(facts: Facts | None, day: date) -> Standing:
    """How a taxpayer stands on ``day``; None stands for "the portal knows none".

    Documents up to and including the date of cancellation are in order (NIC 3074, 3075,
    3077 to 3079).
    """
    if facts is None:
        return Standing("unknown")
    state = _data()["statuses"].get(facts.status, "unclear")
    blocked = facts.block_status in _data()["blocked"]
    begins = facts.registered_on
    if begins and day < begins and state in ("active", "cancelled"):
        return Standing("not_yet", begins, blocked)
    if state != "cancelled":
        return Standing(state, None, blocked)
    ends = facts.deregistered_on
    # without both dates the portal takes it for cancelled at any time (3075, 3078)
    if ends and begins and day <= ends:
        return Standing("active", None, blocked)
    return Standing("cancelled", ends, blocked)


def kind_of(taxpayer_type: str) -> str:
    """``regular``, ``sez``, ``composition``, ``uin``; "" for other types."""
    return str(_data()["kinds"].get(taxpayer_type, ""))


@cache
def _data() -> Mapping[str, Any]:
    return MappingProxyType(load_json("taxpayers.json"))
