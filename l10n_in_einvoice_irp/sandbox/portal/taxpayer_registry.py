"""The portal's copy of the GST registry."""

from collections.abc import Callable, Mapping
from typing import Any

from ..store.records import TaxpayerEntry
from ..store.repositories import TaxpayerRepository
from ..store.store import Store
from ..wire.errors import PortalError
from ..wire.settings import Settings
from . import taxpayers
from .goods_movement import section
from .parties import party_errors
from .taxpayers import ACTIVE, UNKNOWN

_MAY_SIGN_IN = frozenset((ACTIVE, "SUS"))
_UNREGISTERED = "URP"


class TaxpayerRegistry:
    """The taxpayers that were entered, and the assumptions about all others.

    A taxpayer that was never entered counts as active, with the type that the document
    implies. With ``Settings.strict_registry``, its record of Get GSTIN applies; with
    ``Settings.open_registry`` off, it is unknown until it is entered or synced.

    :param settings: returns the portal's current settings
    """

    def __init__(self, store: Store, settings: Callable[[], Settings]) -> None:
        self._store = store
        self._settings = settings
        self.taxpayers = TaxpayerRepository(store)

    def put(
        self, gstin: str, status: str, details: Mapping[str, Any] | None = None
    ) -> None:
        """Enter a taxpayer, replacing an earlier entry (see ``taxpayers.entry_of``).

        :raises ValueError: another status, an unknown member, or a wrong value
        """
        self.taxpayers.put(taxpayers.entry_of(gstin, status, details))

    def announce(
        self, gstin: str, status: str, details: Mapping[str, Any] | None = None
    ) -> None:
        """Enter a taxpayer at the common portal; a sync copies it from there.

        :raises ValueError: as :meth:`put`
        """
        self.taxpayers.announce(taxpayers.entry_of(gstin, status, details))

    def is_active(self, gstin: str) -> bool:
        """Return whether a taxpayer may use the portal."""
        entry = self.taxpayers.get(gstin)
        return entry is None or entry.status in _MAY_SIGN_IN

    def is_transporter(self, transporter_id: str) -> bool:
        """Return whether an ID belongs to a transporter.

        It does for an active taxpayer, and for a valid GSTIN, TRANSIN or common
        enrolment number that was never entered.
        """
        entry = self.taxpayers.get(transporter_id)
        if entry is None:
            return taxpayers.is_transporter_id(transporter_id)
        return entry.status in _MAY_SIGN_IN

    def is_operator(self, gstin: str) -> bool:
        """Return whether a taxpayer was entered as an e-commerce operator (TCS)."""
        entry = self.taxpayers.get(gstin)
        return entry is not None and (entry.details or {}).get("TxpType") == "TCS"

    def is_blocked(self, gstin: str) -> bool:
        """Return whether the record blocks a taxpayer from e-way bills."""
        entry = self.taxpayers.get(gstin)
        return entry is not None and (entry.details or {}).get("BlkStatus") == "B"

    def has_common_enrolment(self, gstin: str) -> bool:
        """Return whether the carrier was entered with a common number (88 and PAN).

        Then none of his GSTINs can be a transporter (NIC advisory 10-11-2023).
        """
        number = f"88{gstin[2:12]}"
        return any(one.gstin.startswith(number) for one in self.taxpayers.entries())

    def record(self, gstin: str) -> dict[str, Any] | None:
        """Return the data of Get GSTIN, None if the GSTIN is unknown."""
        entry = self.taxpayers.get(gstin)
        if entry is not None:
            return None if entry.status == UNKNOWN else taxpayers.full_record(entry)
        is_known = self._settings().open_registry or self._has_user(gstin)
        return self._derived(gstin) if is_known else None

    def sync(self, gstin: str) -> dict[str, Any] | None:
        """Copy a record from the common portal, and return the data of Get GSTIN."""
        entry = self.taxpayers.announced(gstin)
        if entry is None and self.taxpayers.get(gstin) is None:
            derived = self._derived(gstin)
            if derived is None:
                return None
            entry = taxpayers.entry_of(gstin, ACTIVE, None)
        if entry is not None:
            self.taxpayers.put(entry)
        return self.record(gstin)

    def check_parties(self, invoice: Mapping[str, Any]) -> list[PortalError]:
        """Return the errors in a document's parties (see ``parties.py``)."""
        seller, buyer = invoice["SellerDtls"]["Gstin"], invoice["BuyerDtls"]["Gstin"]
        receiver = None if buyer.upper() == _UNREGISTERED else self._party(buyer)
        operator = section(invoice, "TranDtls").get("EcmGstin")
        market = self.taxpayers.get(operator) if isinstance(operator, str) else None
        return party_errors(invoice, self._party(seller), receiver, market)

    def _party(self, gstin: str) -> TaxpayerEntry:
        """Return the entry of a party, assumed if there is none."""
        entry = self.taxpayers.get(gstin)
        settings = self._settings()
        if entry is not None:
            return entry
        if not settings.open_registry:
            return taxpayers.entry_of(gstin, UNKNOWN, None)
        if not settings.strict_registry:
            return taxpayers.entry_of(gstin, ACTIVE, None)
        record = self._derived(gstin)
        if record is None:
            return taxpayers.entry_of(gstin, UNKNOWN, None)
        return taxpayers.entry_of(gstin, ACTIVE, {"TxpType": record["TxpType"]})

    def _derived(self, gstin: str) -> dict[str, Any] | None:
        """Return the record of a GSTIN that was never entered, if valid or a user's."""
        if not taxpayers.is_valid(gstin) and not self._has_user(gstin):
            return None
        return taxpayers.full_record(taxpayers.entry_of(gstin, ACTIVE, None))

    def _has_user(self, gstin: str) -> bool:
        return any(user.gstin == gstin for user in self._store.users())
