"""The code lists of the e-way bill system, and which document a movement may have."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..datafiles import DATA, load_json

SELF, OTHER, UNREGISTERED = "self", "other", "URP"


@dataclass(frozen=True)
class Movement:
    """One of the 28 combinations of supply, sub-supply and document type.

    NIC "sub-docType mapping" (E-way bill API v1.03).

    :ivar supply_type: "O" or "I".
    :ivar sub_supply_type: "1" to "12".
    :ivar doc_type: INV, BIL, BOE, CHL or OTH.
    :ivar from_parties: who may be the supplier: "self", "other", "URP".
    :ivar to_parties: who may be the recipient.
    :ivar confidence: "H", or "M" where a single source has it.
    """

    supply_type: str
    sub_supply_type: str
    doc_type: str
    from_parties: frozenset[str]
    to_parties: frozenset[str]
    confidence: str


def _movement(row: Mapping[str, str]) -> Movement:
    return Movement(
        row["supply_type"],
        row["sub_supply_type"],
        row["doc_type"],
        frozenset(row["from_party"].split()),
        frozenset(row["to_party"].split()),
        row["confidence"],
    )


def _movements() -> tuple[Movement, ...]:
    path = DATA / "ewaybill" / "movements.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(map(_movement, csv.DictReader(lines)))


MOVEMENTS: tuple[Movement, ...] = _movements()
"""The 28 combinations, in the order of the portal's table."""

CODES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        name: MappingProxyType(values)
        for name, values in load_json("ewaybill/codes.json").items()
        if not name.startswith("$")
    }
)
"""The lists by name ("sub_supply_types", "vehicle_reasons"…): code -> label."""


def sub_supply_types_of(supply_type: str) -> tuple[str, ...]:
    """Return the sub-supply types that go with "O" or "I", without repetition (203)."""
    found = (one for one in MOVEMENTS if one.supply_type == supply_type)
    return tuple(dict.fromkeys(one.sub_supply_type for one in found))


def document_types_of(supply_type: str, sub_supply_type: str) -> tuple[str, ...]:
    """Return the document types that go with supply and sub-supply type (205)."""
    found = movements_of(supply_type, sub_supply_type)
    return tuple(dict.fromkeys(one.doc_type for one in found))


def movements_of(supply_type: str, sub_supply_type: str) -> tuple[Movement, ...]:
    """Return the combinations of a supply and a sub-supply type; () if none goes."""
    wanted = (supply_type, sub_supply_type)
    return tuple(
        one for one in MOVEMENTS if (one.supply_type, one.sub_supply_type) == wanted
    )
