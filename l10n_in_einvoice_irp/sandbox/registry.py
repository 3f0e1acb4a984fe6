"""The portal's copy of the GST registry: which GSTINs it knows, and their status."""

from typing import TYPE_CHECKING

from .errors import PortalError, error

if TYPE_CHECKING:
    from .portal import Portal

ACTIVE = "ACT"
UNKNOWN = "UNKNOWN"
STATUSES = (ACTIVE, "SUS", "CNL", "INA", "PRO", UNKNOWN)
_MAY_SIGN_IN = frozenset((ACTIVE, "SUS"))
_MAY_SUPPLY = frozenset((ACTIVE,))
_MAY_RECEIVE = frozenset((ACTIVE, "SUS"))
_UNREGISTERED = "URP"


class Registry:
    """Status of taxpayers. With an open registry, whoever was never entered is active.

    NIC's rules for Generate IRN: the supplier must be active (5), the recipient active
    or suspended (18). A suspended taxpayer may still sign in, and cancel.
    """

    def __init__(self, portal: "Portal") -> None:
        self._portal = portal

    def put(self, gstin: str, status: str) -> None:
        """Enter a GSTIN, or change its status.

        :param status: one of ``ACT SUS CNL INA PRO``, or ``UNKNOWN`` for a GSTIN that
            the portal does not know (3028)
        :raises ValueError: another status
        """
        if status not in STATUSES:
            raise ValueError(f"{status} is none of {', '.join(STATUSES)}")
        self._portal.store.put_taxpayer(gstin, status)

    def is_active(self, gstin: str) -> bool:
        """Whether a taxpayer may use the portal."""
        return self._status(gstin, ACTIVE) in _MAY_SIGN_IN

    def problems(self, seller: str, buyer: str) -> list[PortalError]:
        """Return 3028 for unknown GSTINs and 3029 for inactive ones."""
        parties = [(seller, _MAY_SUPPLY)]
        if buyer.upper() != _UNREGISTERED:
            parties.append((buyer, _MAY_RECEIVE))
        default = ACTIVE if self._portal.settings.open_registry else UNKNOWN
        found = []
        for gstin, allowed in parties:
            status = self._status(gstin, default)
            if status == UNKNOWN:
                found.append(error("3028", gstin))
            elif status not in allowed:
                found.append(error("3029", gstin))
        return found

    def _status(self, gstin: str, default: str) -> str:
        return self._portal.store.taxpayer_status(gstin) or default
