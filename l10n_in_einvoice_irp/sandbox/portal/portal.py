"""The portal: its users, its rules, and what it answers to one call."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from ..store.eway_bill_users import EwbUserBook
from ..store.records import EwayBill, Registration, Sender, User
from ..store.repositories import EwayBillBook, OriginBook
from ..store.store import Store
from ..wire import jsontext
from ..wire.call import Call
from ..wire.dates import IST, to_wire, utc_now
from ..wire.envelope import Answer
from ..wire.errors import PortalError, Refusal, error
from ..wire.keys import ewb_auth_key, portal_keys, public_pem
from ..wire.settings import Settings
from .blocks import Blocks
from .eway_bill_check import request_errors
from .taxpayer_registry import Registry
from .taxpayers import ACTIVE

_logger = logging.getLogger(__name__)

Check = Callable[[dict[str, Any], datetime, Sender], Iterable[tuple[str, str]]]
EwayBillCheck = Callable[
    [Mapping[str, Any], Mapping[str, Any], datetime], Iterable[tuple[str, str]]
]
Handler = Callable[["Portal", Call], Answer]


class Portal:
    """A local Invoice Registration Portal.

    Safe with several threads, and with several portals (in other processes too) on
    one store: what they share lies there.

    :param store: where users, keys, tokens and registrations are kept
    :param check: judges a document: takes it parsed, the portal's time and who asks,
        returns (code, message) for everything that is wrong; None accepts what can be
        read. Its code ``5002`` is written as ``Settings.schema_code``
    :param ewb_check: judges a request for an e-way bill by what can be told from the
        request and its document: takes both and the portal's time, returns as
        ``check``; None takes the portal's own, ``eway_bill_check.request_errors``
    :param clock: returns the current aware moment
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
        self.keys = portal_keys(store.kept)
        self.blocks = Blocks(store, lambda: self.settings)
        self.registry = Registry(store, lambda: self.settings)
        self.eway_bills = EwayBillBook(store)
        self.ewb_users = EwbUserBook(store)
        self.origins = OriginBook(store)
        self._check = check
        self._ewb_check = ewb_check or request_errors
        self._clock = clock
        self._advance = timedelta(0)

    @property
    def auth_public_key(self) -> bytes:
        """The public key that clients encrypt credentials with, PEM."""
        return self.keys.auth_public_pem

    @property
    def ewb_auth_key(self) -> RSAPrivateKey:
        """The key that opens log-ins to the e-way bill system."""
        return ewb_auth_key(self.store.kept)

    @property
    def ewb_auth_public_key(self) -> bytes:
        """The public key that clients encrypt those log-ins with, PEM."""
        return public_pem(self.ewb_auth_key)

    @property
    def signing_certificate(self) -> bytes:
        """The self-signed certificate that clients verify signatures with, PEM."""
        return self.keys.certificate_pem

    @property
    def kid(self) -> str:
        """The id of the signing key: upper-case hex of the certificate's SHA-1."""
        return self.keys.kid

    def now(self) -> datetime:
        """Return the portal's time, aware, in IST."""
        return self._clock().astimezone(IST) + self._advance

    def advance(self, by: timedelta) -> None:
        """Move this portal's clock, to see tokens expire and windows close."""
        self._advance += by

    # --- what a test or an administrator sets up -----------------------------------

    def add_user(
        self,
        gstin: str,
        username: str,
        password: str,
        client_id: str,
        client_secret: str,
    ) -> None:
        """Add an API user with its client, or bring both up to date.

        :raises ValueError: an empty value
        """
        self.store.put_user(
            _complete(User(gstin, username, password, client_id, client_secret))
        )

    def add_ewb_user(
        self,
        gstin: str,
        username: str,
        password: str,
        client_id: str,
        client_secret: str,
    ) -> None:
        """Add a user of the e-way bill system, or bring it up to date.

        :raises ValueError: an empty value
        """
        self.ewb_users.put(
            _complete(User(gstin, username, password, client_id, client_secret))
        )

    def set_taxpayer(self, gstin: str, status: str = ACTIVE, **details: Any) -> None:
        """Enter a taxpayer in the portal's registry, in place of what is there.

        :param status: ``ACT SUS CNL INA PRO``, or ``UNKNOWN`` (answers 3028)
        :param details: further members of Get GSTIN's answer: ``TxpType="SEZ"``,
            ``BlkStatus="B"``, ``DtReg="2017-07-01"``, …; what is not said is derived
            from the GSTIN for Get GSTIN, and held against nobody
        :raises ValueError: another status, another member, or a wrong value
        """
        self.registry.put(gstin, status, details)

    def announce_taxpayer(
        self, gstin: str, status: str = ACTIVE, **details: Any
    ) -> None:
        """Enter what the common portal knows of a taxpayer; Sync GSTIN brings it.

        :raises ValueError: as :meth:`set_taxpayer`
        """
        self.registry.announce(gstin, status, details)

    def attach_eway_bill(self, irn: str, number: int, valid_till: str) -> None:
        """Give a registration an active e-way bill, as if made for it elsewhere.

        :param number: 12 digits
        :param valid_till: ``yyyy-MM-dd HH:mm:ss``
        :raises ValueError: the IRN is not registered
        """
        registration = self.store.by_irn(irn)
        if registration is None:
            raise ValueError(f"{irn} is not registered")
        made_at, gstin = to_wire(self.now()), registration.seller_gstin
        bill = EwayBill(number, irn, gstin, made_at, valid_till)
        self.eway_bills.add(lambda _number: bill)

    def verify_eway_bill(self, number: int) -> None:
        """Let an officer check the goods on the road: no more cancelling."""
        self.eway_bills.verify(number, to_wire(self.now()))

    def reject(self, irn: str, day: date) -> None:
        """Enter an IRN among those that the GST system rejected on ``day``."""
        values = {"rejected_on": day.strftime("%d/%m/%Y")}
        self.store.update(irn, lambda _registration: values)

    def registrations(self) -> list[Registration]:
        """Return every registered document, oldest first."""
        return self.store.registrations()

    # --- what the services use ------------------------------------------------------

    def handle(self, handler: Handler, call: Call) -> Answer:
        """Answer one call; every refusal and every failure becomes an answer."""
        try:
            answer = handler(self, call)
        except Refusal as no:
            answer = Answer(errors=no.errors, infos=no.infos)
        except Exception:
            _logger.exception("the portal failed to answer")
            answer = Answer(errors=(error("5001"),))
        self.blocks.count(call, answer.errors)
        return answer

    def judge(
        self, invoice: dict[str, Any], gstin: str, now: datetime
    ) -> list[PortalError]:
        """Return what the check finds, schema failures under the code that is set.

        :param gstin: of the one who asks
        """
        if not self._check:
            return []
        turnover = self.settings.turnover_crore
        sender = Sender(gstin, self.registry.is_operator(gstin), turnover)
        return self._coded(self._check(invoice, now, sender))

    def judge_eway_bill(
        self, request: Mapping[str, Any], invoice: Mapping[str, Any], now: datetime
    ) -> list[PortalError]:
        """Return what the check of e-way bills finds, as :meth:`judge`."""
        return self._coded(self._ewb_check(request, invoice, now))

    def registration(self, call: Call, irn: str) -> Registration | None:
        """Return a registration, if it lies at the portal that is asked.

        That is this one, or the one the header ``irp`` names.
        """
        registration = self.store.by_irn(irn)
        return registration if registration and self.is_at(call, irn) else None

    def is_at(self, call: Call, irn: str) -> bool:
        """Whether a registration lies at the portal that is asked."""
        asked = call.header("irp").upper() or self.settings.portal_code
        return self.origins.get(irn) == asked

    def sign(self, data: Mapping[str, Any]) -> str:
        """Return ``data`` as the portal signs it: JSON text inside a compact JWS."""
        dialect = self.settings.dialect
        values = {"data": jsontext.dumps(dict(data)), "iss": self.settings.issuer}
        payload = {name: values[name] for name in dialect.jws_payload}
        return self.keys.sign(payload, dialect.jws_header)

    def _coded(self, found: Iterable[tuple[str, str]]) -> list[PortalError]:
        code_of = {"5002": self.settings.schema_code}
        return [
            PortalError(code_of.get(code, code), message) for code, message in found
        ]


def _complete(user: User) -> User:
    if not all(astuple(user)):
        raise ValueError(f"{user} needs password, client id and client secret")
    return user
