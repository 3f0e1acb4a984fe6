"""The codes of the e-way bill system, with a text of our own for each.

Its answers hold codes without a text (NIC E-way bill API v1.03, "Error codes").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..datafiles import load_rows

# services that answer tax officers only
_OFFICER = "OFFICER"


@dataclass(frozen=True)
class EwaybillError:
    """A code of the e-way bill system.

    :ivar services: short names of the services that return it: GEN, PARTB, TRANS, EXT,
        CAN, REJ, CEWB, REGEN, MULTI, GET, MASTER, CLOSE, AUTH, ANY.
    :ivar lists: the published lists that have it, by year.
    """

    code: str
    text: str
    services: tuple[str, ...]
    lists: tuple[str, ...]


def _errors() -> dict[str, EwaybillError]:
    return {
        row["code"]: EwaybillError(
            row["code"],
            row["text"],
            tuple(row["service"].split(";")),
            tuple(row["lists"].split("+")),
        )
        for row in load_rows("ewaybill/error-codes.csv")
        if row["service"] != _OFFICER
    }


ERRORS: Mapping[str, EwaybillError] = MappingProxyType(_errors())
"""The codes of the services for taxpayers and transporters, without officers'."""


def message_of(code: str) -> str:
    """Return our text for a three-digit code; "" for one that no list has."""
    known = ERRORS.get(code)
    return known.text if known else ""
