"""Look up the portal's error codes, with a remedy for each.

Codes and short messages are NIC's (e-invoice error code lists VITAL, INV and EWB);
cause and advice are our own words. The data are in ``data/error-codes.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from .datafiles import DATA

_FILE = DATA / "error-codes.csv"
# A few codes are in several lists. This client sends mostly invoices, so the invoice
# list comes first if the caller names none.
_GROUPS = ("IRN", "VITAL", "EWB", "EWBAPI")

REMEDIES = frozenset(
    {"fix_data", "retry", "reauthenticate", "look_up", "sync_gstin", "stop"}
)
TARGETS = frozenset(
    {
        "",
        "seller",
        "buyer",
        "ship_to",
        "dispatch",
        "document",
        "line",
        "credential",
        "transport",
    }
)


@dataclass(frozen=True)
class CatalogueEntry:
    """An error code of the portal.

    :ivar code: as the portal writes it, e.g. "2150".
    :ivar group: "VITAL" (authentication, GSTIN), "IRN", "EWB" or "EWBAPI"; empty for
        an unpublished code.
    :ivar message: the portal's short message; {0} stands for a value.
    :ivar remedy: one of REMEDIES.
    :ivar target: the record to correct, one of TARGETS.
    :ivar cause: what is wrong.
    :ivar advice: the accountant's next step, with field and place in Odoo.
    """

    code: str
    group: str
    message: str
    remedy: str
    target: str
    cause: str
    advice: str

    @property
    def hint(self) -> str:
        """Return cause and next step in English."""
        return f"{self.cause} {self.advice}"


@cache
def entries() -> tuple[CatalogueEntry, ...]:
    """Return all published codes, in the order of the lists."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(CatalogueEntry(**row) for row in csv.DictReader(lines))


def entry(code: str | int, group: str = "") -> CatalogueEntry:
    """Return the entry of a code; never raises.

    :param group: the list to prefer if several have the code.
    :return: the entry, or a generic one (remedy "stop") for an unpublished code.
    """
    wanted = str(code).strip()
    # NIC's list writes one code with an underscore, "_3109".
    found = _by_code().get(wanted) or _by_code().get(f"_{wanted}", {})
    for name in (group, *_GROUPS):
        if name in found:
            return found[name]
    return CatalogueEntry(
        code=wanted,
        group="",
        message="",
        remedy="stop",
        target="",
        cause="The portal returned a code that is not in its published lists.",
        advice="Read its message, and contact the e-Invoice helpdesk before sending "
        "again.",
    )


@cache
def _by_code() -> Mapping[str, Mapping[str, CatalogueEntry]]:
    codes: dict[str, dict[str, CatalogueEntry]] = {}
    for row in entries():
        codes.setdefault(row.code, {})[row.group] = row
    return MappingProxyType(codes)
