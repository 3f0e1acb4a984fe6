"""The records of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class User:
    """An API user of a GSTIN, with the client (ID and secret) it belongs to."""

    gstin: str
    username: str
    password: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"User(gstin={self.gstin!r}, username={self.username!r})"


@dataclass(frozen=True)
class Session:
    """A token and its session key. ``expires_at`` is IST text, ``sek`` 32 raw bytes."""

    gstin: str
    username: str
    token: str
    sek: bytes
    expires_at: str

    def __repr__(self) -> str:
        return f"Session(gstin={self.gstin!r}, expires_at={self.expires_at!r})"


@dataclass(frozen=True)
class Sender:
    """The requester of an IRN, with facts that the document lacks.

    :ivar is_operator: registered as an e-commerce operator (TCS)
    :ivar turnover_crore: aggregate turnover of the supplier in crore rupees, None to
        ignore it
    """

    gstin: str
    is_operator: bool
    turnover_crore: int | None


@dataclass(frozen=True)
class DocumentKey:
    """The unique key of a document; its number is in upper case since 01-06-2025."""

    seller_gstin: str
    financial_year: str
    document_type: str
    number_key: str


@dataclass(frozen=True)
class Registration:
    """A registered document. Times are IST text, dates as posted (dd/MM/yyyy)."""

    irn: str
    seller_gstin: str
    financial_year: str
    document_type: str
    number_key: str
    number: str
    document_date: str
    requester_gstin: str
    ack_number: int
    ack_at: str
    signed_invoice: str
    signed_qr: str
    status: str = "ACT"
    cancelled_at: str | None = None
    cancel_reason: str | None = None
    cancel_remark: str | None = None
    ewb_number: int | None = None
    ewb_at: str | None = None
    ewb_valid_till: str | None = None
    ewb_status: str | None = None
    rejected_on: str | None = None


@dataclass(frozen=True)
class EwayBill:
    """An e-way bill.

    :param number: 12 digits
    :param irn: of its registration, "" for one that was made without an IRN
    :param gstin: the generator
    :param valid_till: None while there is only Part A
    :param verified_at: when an officer verified the goods in transit
    """

    number: int
    irn: str
    gstin: str
    generated_at: str
    valid_till: str | None
    status: str = "ACT"
    verified_at: str | None = None
    cancelled_at: str | None = None
    cancel_reason: str | None = None
    cancel_remark: str | None = None


@dataclass(frozen=True)
class TaxpayerEntry:
    """A taxpayer as entered: the status, and details under the portal's names.

    :param details: None if only the status was entered
    """

    gstin: str
    status: str
    details: Mapping[str, Any] | None = None
