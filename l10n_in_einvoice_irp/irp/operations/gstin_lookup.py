"""Look up one GSTIN at the portal."""

from __future__ import annotations

from dataclasses import dataclass

from ..client.irp_client import IrpClient
from ..protocol.errors import IrpError, IrpNotFound, IrpRateLimited
from ..protocol.records import Taxpayer
from ..protocol.signature import SigningKeys


@dataclass(frozen=True)
class GstinLookup:
    """The result of looking a GSTIN up.

    :ivar source: ``get`` (the portal's own copy) or ``sync`` (read again from the GST
        common portal).
    :ivar taxpayer: None if there is none, or no response.
    :ivar error: why there is none; `IrpNotFound` is an answer as well.
    """

    gstin: str
    source: str
    taxpayer: Taxpayer | None = None
    error: IrpError | None = None

    @property
    def answered(self) -> bool:
        """Return whether the portal answered: with a record, or that there is none."""
        return self.taxpayer is not None or isinstance(self.error, IrpNotFound)


def look_up(client: IrpClient, keys: SigningKeys, gstin: str) -> GstinLookup:
    """Look a GSTIN up; one that the portal does not know is synchronised once.

    If the portal allows no more synchronisation for now (3108), the first result
    stands.
    """
    found = _ask(client, gstin, "get")
    if not isinstance(found.error, IrpNotFound):
        return found
    again = sync(client, keys, gstin)
    return found if isinstance(again.error, IrpRateLimited) else again


def sync(client: IrpClient, keys: SigningKeys, gstin: str) -> GstinLookup:
    """Have the portal read a GSTIN again from the GST common portal."""
    return _ask(client, gstin, "sync")


def _ask(client: IrpClient, gstin: str, source: str) -> GstinLookup:
    ask = client.get_gstin if source == "get" else client.sync_gstin
    try:
        return GstinLookup(gstin, source, ask(gstin))
    except IrpError as error:
        return GstinLookup(gstin, source, error=error)
