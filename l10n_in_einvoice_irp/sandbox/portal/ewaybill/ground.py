"""The facts that the rules of the e-way bill system need besides the request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ...wire.settings import Settings
from ..taxpayer_registry import TaxpayerRegistry
from ..taxpayers import ACTIVE, day_of

_RECEIVES = (ACTIVE, "SUS")
_SEZ = ("SEZ", "SED")


@dataclass(frozen=True)
class Ground:
    """The registry, the settings, the caller and the day.

    :param caller: the GSTIN or transporter ID in the header
    :param has_irp_user: whether a GSTIN uses the e-invoice portal
    """

    registry: TaxpayerRegistry
    settings: Settings
    caller: str
    today: date
    has_irp_user: Callable[[str], bool]

    def may_supply(self, gstin: str) -> bool:
        """Return whether a taxpayer may be the supplier: active only (06-06-2021)."""
        return self._status(gstin) == ACTIVE

    def may_receive(self, gstin: str) -> bool:
        """Return whether a taxpayer may be the recipient: active or suspended."""
        return self._status(gstin) in _RECEIVES

    def is_sez(self, gstin: str) -> bool:
        """Return whether a taxpayer was entered as a unit or developer of an SEZ."""
        return self.type_of(gstin) in _SEZ

    def type_of(self, gstin: str) -> str:
        """Return the type that was entered for a taxpayer, "" without one."""
        entry = self.registry.taxpayers.get(gstin)
        return str((entry.details or {}).get("TxpType", "")) if entry else ""

    def ended_before(self, gstin: str, day: date | None) -> bool:
        """Return whether a registration ended before a day."""
        entry = self.registry.taxpayers.get(gstin)
        end = day_of(entry.details or {}, "DtDReg") if entry else None
        return end is not None and day is not None and end < day

    def _status(self, gstin: str) -> str:
        entry = self.registry.taxpayers.get(gstin)
        if entry is not None:
            return entry.status
        return ACTIVE if self.settings.open_registry else "UNKNOWN"
