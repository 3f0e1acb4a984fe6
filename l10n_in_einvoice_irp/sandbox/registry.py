"""The portal's copy of the GST registry: which GSTINs it knows, and what of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import taxpayers
from .books import TaxpayerBook
from .consignment import section
from .parties import party_errors
from .taxpayers import ACTIVE, UNKNOWN

if TYPE_CHECKING:
    from .errors import PortalError
    from .portal import Portal
    from .records import Entry

_MAY_SIGN_IN = frozenset((ACTIVE, "SUS"))
_UNREGISTERED = "URP"


class Registry:
    """Taxpayers that were entered, and what is said of all the others.

    Somebody who was never entered is nobody's business: active, and of whatever type
    the document says. ``Settings.strict_registry`` takes him for what Get GSTIN says
    of him; with ``Settings.open_registry`` off he is unknown until he is entered, or
    synced.
    """

    def __init__(self, portal: "Portal") -> None:
        self._portal = portal
        self.book = TaxpayerBook(portal.store)

    def put(
        self, gstin: str, status: str, details: Mapping[str, Any] | None = None
    ) -> None:
        """Enter a taxpayer, in place of what is there (see ``taxpayers.entry_of``).

        :raises ValueError: another status, an unknown member, or a wrong value
        """
        self.book.put(taxpayers.entry_of(gstin, status, details))

    def announce(
        self, gstin: str, status: str, details: Mapping[str, Any] | None = None
    ) -> None:
        """Enter what the common portal knows; the portal learns it by a sync.

        :raises ValueError: as :meth:`put`
        """
        self.book.announce(taxpayers.entry_of(gstin, status, details))

    def is_active(self, gstin: str) -> bool:
        """Whether a taxpayer may use the portal."""
        entry = self.book.get(gstin)
        return entry is None or entry.status in _MAY_SIGN_IN

    def is_transporter(self, transporter_id: str) -> bool:
        """Whether goods may be given to a transporter: an active taxpayer, or a
        sound GSTIN, TRANSIN or common enrolment number that was never entered.
        """
        entry = self.book.get(transporter_id)
        if entry is None:
            return taxpayers.is_transporter_id(transporter_id)
        return entry.status in _MAY_SIGN_IN

    def is_operator(self, gstin: str) -> bool:
        """Whether a taxpayer was entered as e-commerce operator (TCS)."""
        entry = self.book.get(gstin)
        return entry is not None and (entry.details or {}).get("TxpType") == "TCS"

    def is_blocked(self, gstin: str) -> bool:
        """Whether a taxpayer is blocked for e-way bills: his record says so."""
        entry = self.book.get(gstin)
        return entry is not None and (entry.details or {}).get("BlkStatus") == "B"

    def record(self, gstin: str) -> dict[str, Any] | None:
        """Return what Get GSTIN answers, None if the GSTIN is unknown."""
        entry = self.book.get(gstin)
        if entry is not None:
            return None if entry.status == UNKNOWN else taxpayers.shown(entry)
        is_known = self._portal.settings.open_registry or self._has_user(gstin)
        return self._derived(gstin) if is_known else None

    def sync(self, gstin: str) -> dict[str, Any] | None:
        """Read the common portal anew, and return what Get GSTIN answers then."""
        entry = self.book.announced(gstin)
        if entry is None and self.book.get(gstin) is None:
            derived = self._derived(gstin)
            if derived is None:
                return None
            entry = taxpayers.entry_of(gstin, ACTIVE, None)
        if entry is not None:
            self.book.put(entry)
        return self.record(gstin)

    def problems(self, invoice: Mapping[str, Any]) -> "list[PortalError]":
        """Return what speaks against a document's parties (see ``parties.py``)."""
        seller, buyer = invoice["SellerDtls"]["Gstin"], invoice["BuyerDtls"]["Gstin"]
        receiver = None if buyer.upper() == _UNREGISTERED else self._party(buyer)
        operator = section(invoice, "TranDtls").get("EcmGstin")
        market = self.book.get(operator) if isinstance(operator, str) else None
        return party_errors(invoice, self._party(seller), receiver, market)

    def _party(self, gstin: str) -> "Entry":
        """Return who takes part in a document, as far as the portal looks."""
        entry = self.book.get(gstin)
        settings = self._portal.settings
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
        """The record of somebody never entered: a valid GSTIN, or one with a user."""
        if not taxpayers.is_valid(gstin) and not self._has_user(gstin):
            return None
        return taxpayers.shown(taxpayers.entry_of(gstin, ACTIVE, None))

    def _has_user(self, gstin: str) -> bool:
        return any(user.gstin == gstin for user in self._portal.store.users())
