"""Asking about one GSTIN, from the call to what may be kept of the answer."""

from __future__ import annotations

from dataclasses import dataclass

from ..client.irp_client import IrpClient
from ..protocol.errors import IrpError, IrpNotFound, IrpRateLimited
from ..protocol.records import Taxpayer
from ..protocol.signature import SigningKeys


@dataclass(frozen=True)
class GstinLookup:
    """What the portal says of a GSTIN.

    :ivar source: ``get`` (the portal's own copy) or ``sync`` (read anew from the GST
        common portal).
    :ivar taxpayer: None if there is none, or no answer.
    :ivar error: why there is none; with `IrpNotFound` that is an answer as well.
    """

    gstin: str
    source: str
    taxpayer: Taxpayer | None = None
    error: IrpError | None = None

    @property
    def answered(self) -> bool:
        """Whether it tells something: a record, or that there is none."""
        return self.taxpayer is not None or isinstance(self.error, IrpNotFound)


def look_up(client: IrpClient, keys: SigningKeys, gstin: str) -> GstinLookup:
    """Get a GSTIN; what the portal does not know is synchronised, once.

    Where the portal allows no more of that for now (3108), what Get said stands.
    """
    found = _ask(client, gstin, "get")
    if not isinstance(found.error, IrpNotFound):
        return found
    again = sync(client, keys, gstin)
    return found if isinstance(again.error, IrpRateLimited) else again


def sync(client: IrpClient, keys: SigningKeys, gstin: str) -> GstinLookup:
    """Have the portal read a GSTIN anew from the GST common portal."""
    return _ask(client, gstin, "sync")


def _ask(client: IrpClient, gstin: str, source: str) -> GstinLookup:
    ask = client.get_gstin if source == "get" else client.sync_gstin
    try:
        return GstinLookup(gstin, source, ask(gstin))
    except IrpError as error:
        return GstinLookup(gstin, source, error=error)
