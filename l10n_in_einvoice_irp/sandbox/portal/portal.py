"""The portal: its users, its rules and its response to a call."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from ..store.eway_bill_users import EwbUserRepository
from ..store.movements import MovementRepository
from ..store.records import EwayBill, Registration, Sender, User
from ..store.repositories import EwayBillRepository, OriginRepository
from ..store.store import Store
from ..store.trips import GroupRepository, QuotaRepository, TripRepository
from ..wire import jsontext
from ..wire.call import ServiceCall
from ..wire.dates import IST, to_wire, utc_now
from ..wire.envelope import ServiceResponse
from ..wire.errors import PortalError, Refusal, error
from ..wire.keys import ewb_auth_key, portal_keys, public_pem
from ..wire.settings import Settings
from .blocks import Blocks
from .eway_bill_check import request_errors
from .ewaybill.by_irn import movement_of, signed_document
from .taxpayer_registry import TaxpayerRegistry
from .taxpayers import ACTIVE

_logger = logging.getLogger(__name__)

Check = Callable[[dict[str, Any], datetime, Sender], Iterable[tuple[str, str]]]
EwayBillCheck = Callable[
    [Mapping[str, Any], Mapping[str, Any], datetime], Iterable[tuple[str, str]]
]
Handler = Callable[["Portal", ServiceCall], ServiceResponse]


class Portal:
    """A local Invoice Registration Portal.

    Thread-safe. Several portals may share a store, also from different processes: the
    store holds all of their common state.

    :param store: holds users, keys, tokens and registrations
    :param check: validates a document: takes it parsed, the portal's time and the
        sender, and returns (code, message) for every error; None accepts any readable
        document. Its code ``5002`` is written as ``Settings.schema_code``
    :param ewb_check: validates an e-way bill request by the request and its document
        alone: takes both and the portal's time, and returns as ``check``; None uses
        the portal's own, ``eway_bill_check.request_errors``
    :param clock: returns the current time, aware
    :param settings: limits and dialect; the attribute may be replaced while running
    """

    def __init__(
        self,
        store: Store,
        *,
        check: Check | None = None,
        ewb_check: EwayBillCheck | None = None,
        clock: Callable[[], datetime] = utc_now,
        settings: Settings | None = None,
    ) -> None:
        self.store = store
        self.settings = settings or Settings()
        self.keys = portal_keys(
            store.get_or_create, self.settings.key_name, self.settings.auth_key_bits
        )
        self.blocks = Blocks(store, lambda: self.settings)
        self.registry = TaxpayerRegistry(store, lambda: self.settings)
        self.eway_bills = EwayBillRepository(store)
        self.ewb_users = EwbUserRepository(store)
        self.movements = MovementRepository(store)
        self.trips = TripRepository(store)
        self.groups = GroupRepository(store)
        self.quotas = QuotaRepository(store)
        self.origins = OriginRepository(store)
        self._check = check
        self._ewb_check = ewb_check or request_errors
        self._clock = clock
        self._advance = timedelta(0)

    @property
    def auth_public_key(self) -> bytes:
        """Return the public key for encrypting credentials, PEM."""
        return self.keys.auth_public_pem

    @property
    def ewb_auth_key(self) -> RSAPrivateKey:
        """Return the key that decrypts logins to the e-way bill system."""
        return ewb_auth_key(self.store.get_or_create)

    @property
    def ewb_auth_public_key(self) -> bytes:
        """Return the public key for encrypting those logins, PEM."""
        return public_pem(self.ewb_auth_key)

    @property
    def signing_certificate(self) -> bytes:
        """Return the self-signed certificate for verifying signatures, PEM."""
        return self.keys.certificate_pem

    @property
    def kid(self) -> str:
        """Return the signing key's ID: upper-case hex of the certificate's SHA-1."""
        return self.keys.kid

    def now(self) -> datetime:
        """Return the portal's time, aware, in IST."""
        return self._clock().astimezone(IST) + self._advance

    def advance(self, by: timedelta) -> None:
        """Move this portal's clock, so that tokens expire and windows close."""
        self._advance += by

    # --- called by a test or an administrator ---------------------------------------

    def add_user(
        self,
        gstin: str,
        username: str,
        password: str,
        client_id: str,
        client_secret: str,
    ) -> None:
        """Add or update an API user and its client.

        :raises ValueError: an empty value
        """
        self.store.put_user(
            _checked(User(gstin, username, password, client_id, client_secret))
        )

    def add_ewb_user(
        self,
        gstin: str,
        username: str,
        password: str,
        client_id: str,
        client_secret: str,
    ) -> None:
        """Add or update a user of the e-way bill system.

        :raises ValueError: an empty value
        """
        self.ewb_users.put(
            _checked(User(gstin, username, password, client_id, client_secret))
        )

    def set_taxpayer(self, gstin: str, status: str = ACTIVE, **details: Any) -> None:
        """Enter a taxpayer in the portal's registry, replacing an earlier entry.

        :param status: ``ACT SUS CNL INA PRO``, or ``UNKNOWN`` (answers 3028)
        :param details: further members of Get GSTIN's response: ``TxpType="SEZ"``,
            ``BlkStatus="B"``, ``DtReg="2017-07-01"``, …; Get GSTIN derives missing
            ones from the GSTIN, the rules ignore them
        :raises ValueError: an invalid status, an unknown member, or an invalid value
        """
        self.registry.put(gstin, status, details)

    def announce_taxpayer(
        self, gstin: str, status: str = ACTIVE, **details: Any
    ) -> None:
        """Enter a taxpayer at the common portal, for Sync GSTIN to fetch.

        :raises ValueError: as :meth:`set_taxpayer`
        """
        self.registry.announce(gstin, status, details)

    def attach_eway_bill(self, irn: str, number: int, valid_till: str) -> None:
        """Attach an active e-way bill to a registration, as if generated elsewhere.

        :param number: 12 digits
        :param valid_till: ``yyyy-MM-dd HH:mm:ss``
        :raises ValueError: the IRN is not registered
        """
        registration = self.store.by_irn(irn)
        if registration is None:
            raise ValueError(f"{irn} is not registered")
        made_at, gstin = to_wire(self.now()), registration.seller_gstin
        bill = EwayBill(number, irn, gstin, made_at, valid_till)
        invoice = signed_document(registration)
        with self.store.transaction():
            self.eway_bills.add(lambda _number: bill)
            self.movements.add(*movement_of(bill, {}, invoice, 0))

    def verify_eway_bill(self, number: int) -> None:
        """Mark an e-way bill as verified in transit; it can no longer be cancelled."""
        self.eway_bills.verify(number, to_wire(self.now()))

    def reject(self, irn: str, day: date) -> None:
        """Mark an IRN as rejected by the GST system on ``day``."""
        values = {"rejected_on": day.strftime("%d/%m/%Y")}
        self.store.update(irn, lambda _registration: values)

    def registrations(self) -> list[Registration]:
        """Return every registered document, oldest first."""
        return self.store.registrations()

    # --- used by the services -------------------------------------------------------

    def handle(self, handler: Handler, call: ServiceCall) -> ServiceResponse:
        """Answer a call; a refusal or a failure becomes a response too."""
        try:
            response = handler(self, call)
        except Refusal as refusal:
            response = ServiceResponse(
                errors=refusal.errors, infos=refusal.infos, reply=refusal.reply
            )
        except Exception:
            _logger.exception("unexpected error; responding with 5001")
            response = ServiceResponse(errors=(error("5001"),))
        self.blocks.count(call, response.errors)
        return response

    def validate(
        self, invoice: dict[str, Any], gstin: str, now: datetime
    ) -> list[PortalError]:
        """Return the errors of the check, with the schema code of the settings.

        :param gstin: the requester
        """
        if not self._check:
            return []
        turnover = self.settings.turnover_crore
        sender = Sender(gstin, self.registry.is_operator(gstin), turnover)
        return self._with_schema_code(self._check(invoice, now, sender))

    def validate_eway_bill(
        self, request: Mapping[str, Any], invoice: Mapping[str, Any], now: datetime
    ) -> list[PortalError]:
        """Return the errors of the e-way bill check, as :meth:`validate`."""
        return self._with_schema_code(self._ewb_check(request, invoice, now))

    def registration(self, call: ServiceCall, irn: str) -> Registration | None:
        """Return a registration if it was registered at the portal addressed.

        That is this portal, or the one named in the header ``irp``.
        """
        registration = self.store.by_irn(irn)
        return registration if registration and self.holds(call, irn) else None

    def holds(self, call: ServiceCall, irn: str) -> bool:
        """Return whether an IRN was registered at the portal addressed."""
        addressed = call.header("irp").upper() or self.settings.portal_code
        return self.origins.get(irn) == addressed

    def sign(self, data: Mapping[str, Any]) -> str:
        """Return ``data`` signed: its JSON text inside a compact JWS."""
        dialect = self.settings.dialect
        values = {"data": jsontext.dumps(dict(data)), "iss": self.settings.issuer}
        payload = {name: values[name] for name in dialect.jws_payload}
        return self.keys.sign(payload, dialect.jws_header)

    def _with_schema_code(self, found: Iterable[tuple[str, str]]) -> list[PortalError]:
        code_of = {"5002": self.settings.schema_code}
        return [
            PortalError(code_of.get(code, code), message) for code, message in found
        ]


def _checked(user: User) -> User:
    if not all(astuple(user)):
        raise ValueError(f"{user} needs password, client id and client secret")
    return user
