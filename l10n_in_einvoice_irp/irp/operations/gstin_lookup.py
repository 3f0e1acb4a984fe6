"""Look up a GSTIN at the portal (NIC "Get GSTIN details", "Sync GSTIN" v1.04)."""

from __future__ import annotations

from dataclasses import dataclass

from ..client.irp_client import IrpClient
from ..protocol.errors import IrpError, IrpNotFound, IrpNotOffered, IrpRateLimited
from ..protocol.records import Taxpayer
from ..protocol.signature import SigningKeys

SYNC = "sync_gstin"
"""The service that refreshes the portal's copy of a GSTIN."""


@dataclass(frozen=True)
class GstinLookup:
    """The result of a GSTIN look-up.

    :ivar source: ``get`` (the portal's own copy) or ``sync`` (refreshed from the GST
        common portal).
    :ivar taxpayer: the record; None if there is none, or no response.
    :ivar error: why there is no record; `IrpNotFound` counts as an answer.
    """

    gstin: str
    source: str
    taxpayer: Taxpayer | None = None
    error: IrpError | None = None

    @property
    def answered(self) -> bool:
        """Return whether the portal answered, with a record or "not found"."""
        return self.taxpayer is not None or isinstance(self.error, IrpNotFound)


def look_up(client: IrpClient, keys: SigningKeys, gstin: str) -> GstinLookup:
    """Look up a GSTIN; sync it once if the portal does not know it.

    Return the first result if the portal allows no further sync for now (3108), or
    offers none.
    """
    found = _fetch(client, gstin, "get")
    if not isinstance(found.error, IrpNotFound):
        return found
    synced = sync(client, keys, gstin)
    unavailable = isinstance(synced.error, (IrpRateLimited, IrpNotOffered))
    return found if unavailable else synced


def sync(client: IrpClient, keys: SigningKeys, gstin: str) -> GstinLookup:
    """Make the portal refresh its copy of a GSTIN from the GST common portal."""
    return _fetch(client, gstin, "sync")


def _fetch(client: IrpClient, gstin: str, source: str) -> GstinLookup:
    call = client.get_gstin if source == "get" else client.sync_gstin
    try:
        return GstinLookup(gstin, source, call(gstin))
    except IrpError as error:
        return GstinLookup(gstin, source, error=error)
