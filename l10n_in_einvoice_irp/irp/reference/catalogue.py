"""Look up the portal's error codes, with a remedy for each.

Codes and short messages are NIC's (e-invoice error code lists VITAL, INV and EWB;
E-way bill API v1.03); cause and advice are our own words. The data are in
``data/error-codes.csv``, those of the e-way bill system in
``data/ewaybill/error-codes.csv``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from .datafiles import load_rows

# A few codes are in several lists. This client sends mostly invoices, so the invoice
# list comes first if the caller names none.
EWAYBILL_SYSTEM = "EWBAPI"
_GROUPS = ("IRN", "VITAL", "EWB", EWAYBILL_SYSTEM)
_COLUMNS = (
    "code",
    "message",
    "remedy",
    "target",
    "cause",
    "advice",
    "disagreement",
)

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
    :ivar message: the portal's short message; {0} stands for a value. Empty where the
        portal publishes none.
    :ivar remedy: one of REMEDIES.
    :ivar target: the record to correct, one of TARGETS.
    :ivar cause: what is wrong.
    :ivar advice: the accountant's next step, with field and place in Odoo.
    :ivar disagreement: what another list of the portal says of the code; else empty.
    """

    code: str
    group: str
    message: str
    remedy: str
    target: str
    cause: str
    advice: str
    disagreement: str = ""

    @property
    def texts(self) -> tuple[str, str, str]:
        """Return the texts in our words: cause, next step and disagreement."""
        return self.cause, self.advice, self.disagreement

    @property
    def hint(self) -> str:
        """Return cause and next step in English."""
        return f"{self.cause} {self.advice}"


@cache
def entries() -> tuple[CatalogueEntry, ...]:
    """Return all published codes, in the order of the lists."""
    rows = load_rows("error-codes.csv")
    return (*(CatalogueEntry(**row) for row in rows), *_of_ewaybill_system())


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


def _of_ewaybill_system() -> Iterator[CatalogueEntry]:
    for row in load_rows("ewaybill/error-codes.csv"):
        values = {name: row[name] for name in _COLUMNS}
        yield CatalogueEntry(group=EWAYBILL_SYSTEM, **values)


@cache
def _by_code() -> Mapping[str, Mapping[str, CatalogueEntry]]:
    codes: dict[str, dict[str, CatalogueEntry]] = {}
    for row in entries():
        codes.setdefault(row.code, {})[row.group] = row
    return MappingProxyType(codes)
