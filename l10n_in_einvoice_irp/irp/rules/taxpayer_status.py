"""Determine the status of a taxpayer on a date.

``data/taxpayers.json`` maps status codes to a standing and type codes to a kind of
taxpayer. An unpublished code causes no warning.
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
    """The members of a taxpayer's record that decide; `.records.Taxpayer` has them."""

    @property
    def status(self) -> str:
        """Return the portal's status code, e.g. "ACT"."""

    @property
    def block_status(self) -> str:
        """Return "B" if the taxpayer is blocked from e-way bills, "U" if not."""

    @property
    def registered_on(self) -> date | None:
        """Return the date of registration; None if unknown."""

    @property
    def deregistered_on(self) -> date | None:
        """Return the date of cancellation; None if there is none."""


@dataclass(frozen=True)
class Standing:
    """The status of a taxpayer on a date.

    :ivar state: one of STANDINGS: ``not_yet`` before the registration began,
        ``unknown`` if the portal does not know the GSTIN, ``unclear`` for an
        unpublished status.
    :ivar since: the date of cancellation, or of a future registration, if known.
    :ivar blocked: whether the taxpayer is blocked from e-way bills.
    """

    state: str
    since: date | None = None
    blocked: bool = False

    @property
    def doubtful(self) -> bool:
        """Return whether a document of that date needs a warning."""
        return self.state in DOUBTFUL or self.blocked


def standing_on(record: StatusRecord | None, day: date) -> Standing:
    """Return the status of a taxpayer on ``day``.

    Documents dated up to the date of cancellation, inclusive, are valid (NIC 3074,
    3075, 3077 to 3079).

    :param record: None if the portal does not know the GSTIN.
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
    # unless both dates are known, the portal counts it as cancelled throughout
    # (3075, 3078)
    if ends and begins and day <= ends:
        return Standing("active", None, blocked)
    return Standing("cancelled", ends, blocked)


def kind_of(taxpayer_type: str) -> str:
    """Return ``regular``, ``sez``, ``composition`` or ``uin``; "" for other types."""
    return str(_data()["kinds"].get(taxpayer_type, ""))


@cache
def _data() -> Mapping[str, Any]:
    return MappingProxyType(load_json("taxpayers.json"))
