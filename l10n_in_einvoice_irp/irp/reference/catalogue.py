"""The portal's error codes: their meaning, and what to do about each.

The codes and the short messages are NIC's (e-invoice error code lists VITAL, INV and
EWB); the hints are our own words. All of it is data: ``data/error-codes.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from .datafiles import DATA

_FILE = DATA / "error-codes.csv"
# A few codes stand in several lists. Invoices are what this client sends, so the
# invoice list answers first when the caller does not say which list it means.
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
    """One error code of the portal.

    :param code: as the portal writes it, e.g. "2150".
    :param group: "VITAL" (authentication, GSTIN), "IRN", "EWB" or "EWBAPI"; empty for
        a code that is not in the published lists.
    :param message: the portal's short message; {0} stands for a value.
    :param remedy: one of REMEDIES.
    :param target: the record to correct, one of TARGETS.
    :param hint: what an accountant should do next.
    """

    code: str
    group: str
    message: str
    remedy: str
    target: str
    hint: str


@cache
def entries() -> tuple[CatalogueEntry, ...]:
    """Return every published code, in the order of the lists."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(CatalogueEntry(**row) for row in csv.DictReader(lines))


def entry(code: str | int, group: str = "") -> CatalogueEntry:
    """Look a code up; never fails.

    :param code: the code as text or number.
    :param group: the list to prefer where a code stands in several.
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
        hint="The portal gave a code that is not in its published lists. Read its "
        "message, and ask the e-invoice helpdesk before sending again.",
    )


@cache
def _by_code() -> Mapping[str, Mapping[str, CatalogueEntry]]:
    codes: dict[str, dict[str, CatalogueEntry]] = {}
    for row in entries():
        codes.setdefault(row.code, {})[row.group] = row
    return MappingProxyType(codes)
