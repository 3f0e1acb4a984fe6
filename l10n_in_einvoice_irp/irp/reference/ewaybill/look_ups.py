"""The look-up that settles a lost answer, by action (``data/ewaybill``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..datafiles import load_json


@dataclass(frozen=True)
class LookUp:
    """The look-up after a lost answer.

    :ivar service: its name; "" if there is none.
    :ivar evidence: what in its answer proves that the action was carried out; without a
        look-up "again" (the portal takes the same request twice for once) or "person".
    """

    service: str
    evidence: str


LOOK_UPS: Mapping[str, LookUp] = MappingProxyType(
    {
        action: LookUp(**row)
        for action, row in load_json("ewaybill/look-ups.json").items()
        if not action.startswith("$")
    }
)
"""By action of the e-way bill system ("VEHEWB"…)."""
