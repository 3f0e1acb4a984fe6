"""Registering one document, from the call to a judged outcome.

Joins the client (which only talks), the verification (which only judges) and the
policy (which only decides). No database and no clock: the caller commits the intent
before `register` and the outcome after it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ..client.irp_client import IrpClient
from ..protocol.errors import (
    IrpAlreadyCancelled,
    IrpDuplicate,
    IrpError,
    IrpNotFound,
    IrpRejected,
    IrpSignatureError,
    PortalError,
)
from ..protocol.records import Registration
from ..protocol.signature import SigningKeys
from ..protocol.verification import Verdict, verify_registration
from ..reference.catalogue import entry
from ..reference.dates import parse_date
from ..reference.gstin import has_gstin_form
from ..rules.taxpayer_status import standing_on
from . import gstin_lookup as inquiry
from . import policy
from .gstin_lookup import Inquiry


@dataclass(frozen=True)
class Order:
    """One document to register or to look up.

    :ivar invoice: the INV-01 document exactly as it is, or was, sent.
    :ivar irn: the IRN computed beforehand from seller, year, type and number.
    :ivar attempt: how many times this document was tried, this time included.
    :ivar cancel_reason: "1" to "4", to cancel it (NIC "Cancel IRN" v1.03).
    :ivar cancel_remark: 1 to 100 characters, to cancel it.
    :ivar doubt: how much longer a call that was sent before, and whose answer is
        missing, may still be in work at the portal.
    :ivar foreign: it was not sent from here; another program may have registered it,
        see `.verification.verify_registration`.
    :ivar irp: the portal that registered it, "NIC1" or "NIC2", if not the one asked.
    """

    invoice: Mapping[str, Any]
    irn: str
    attempt: int = 1
    cancel_reason: str = ""
    cancel_remark: str = ""
    doubt: timedelta = policy.NO_TIME
    foreign: bool = False
    irp: str = ""

    @property
    def doc_type(self) -> str:
        return str(self.invoice["DocDtls"]["Typ"])

    @property
    def number(self) -> str:
        return str(self.invoice["DocDtls"]["No"])

    @property
    def gstins(self) -> list[str]:
        """The GSTINs of the document's parties, the buyer's first; no "URP"."""
        sections = ("BuyerDtls", "ShipDtls", "SellerDtls")
        texts = [(self.invoice.get(name) or {}).get("Gstin") for name in sections]
        operator = (self.invoice.get("TranDtls") or {}).get("EcmGstin")
        found = [str(text or "").upper() for text in (*texts, operator)]
        return list(dict.fromkeys(filter(has_gstin_form, found)))

    @property
    def doc_date(self) -> date:
        return parse_date(str(self.invoice["DocDtls"]["Dt"]))


@dataclass(frozen=True)
class Outcome:
    """What became of an order.

    :ivar state: ``registered``, ``cancelled``, ``conflict``, ``rejected``,
        ``to_register``, ``unknown`` or ``cancelling``.
    :ivar cancel_date: when the portal cancelled it (aware).
    :ivar adopted: the registration was found at the portal, not made by this call.
    :ivar wait: how long to leave it alone; None when nothing more is to be tried.
    :ivar inquiries: what the portal said of GSTINs that it had refused.
    """

    state: str
    registration: Registration | None = None
    verdict: Verdict | None = None
    error: IrpError | None = None
    adopted: bool = False
    cancel_date: datetime | None = None
    wait: timedelta | None = None
    inquiries: tuple[Inquiry, ...] = ()


def register(client: IrpClient, keys: SigningKeys, order: Order) -> Outcome:
    """Send an order with Generate IRN and judge the answer.

    A duplicate (2150) is settled at once with Get IRN by document details: the
    document is adopted if its signed content is the one sent, else it is a conflict.
    When nothing but the standing of GSTINs was refused (3028, 3029), the portal reads
    them anew from the GST common portal, and the order is sent a second and last time
    if that puts them in order.
    """
    outcome = _generate(client, keys, order)
    refused = _refused_gstins(order, outcome.error)
    if not refused:
        return outcome
    inquiries = tuple(inquiry.sync(client, keys, gstin) for gstin in refused)
    if all(_is_active(found, order.doc_date) for found in inquiries):
        outcome = _generate(client, keys, order)
    return replace(outcome, inquiries=inquiries)


def _generate(client: IrpClient, keys: SigningKeys, order: Order) -> Outcome:
    try:
        registration = client.generate_irn(order.invoice)
    except IrpDuplicate as duplicate:
        return _settle_duplicate(client, keys, order, duplicate)
    except IrpError as error:
        step = policy.after_generate(error, order.attempt)
        return Outcome(step.state, error=error, wait=step.wait)
    return judge(registration, keys, order, adopted=False)


def _refused_gstins(order: Order, error: IrpError | None) -> list[str]:
    """The document's GSTINs that a Sync may put in order; none if anything else was
    refused as well, because the document would only be refused again."""
    if not isinstance(error, IrpRejected):
        return []
    faults = error.violations or (PortalError(error.code, error.message),)
    if any(entry(fault.code, "IRN").remedy != "sync_gstin" for fault in faults):
        return []
    texts = " ".join(fault.message.upper() for fault in faults)
    named = [gstin for gstin in order.gstins if gstin in texts]
    return named or order.gstins[:1]


def _is_active(found: Inquiry, day: date) -> bool:
    if found.taxpayer is None:
        return False
    return standing_on(found.taxpayer, day).state == "active"


def look_up(client: IrpClient, keys: SigningKeys, order: Order) -> Outcome:
    """Settle an order whose outcome is unknown (Get IRN by document details)."""
    return _looked_up(
        lambda: client.get_irn_by_document(
            order.doc_type, order.number, order.doc_date, irp=order.irp
        ),
        keys,
        order,
    )


def look_up_irn(client: IrpClient, keys: SigningKeys, order: Order) -> Outcome:
    """Find out what the portal holds under the order's IRN (Get IRN by IRN)."""
    return _looked_up(lambda: client.get_irn(order.irn), keys, order)


def _looked_up(
    ask: Callable[[], Registration], keys: SigningKeys, order: Order
) -> Outcome:
    try:
        registration = ask()
    except IrpError as error:
        step = policy.after_look_up(error, order.attempt, order.doubt)
        return Outcome(step.state, error=error, wait=step.wait)
    return judge(registration, keys, order, adopted=True)


def cancel(client: IrpClient, keys: SigningKeys, order: Order) -> Outcome:
    """Cancel a registered document (NIC "Cancel IRN" v1.03).

    "Already cancelled" (9999) is not taken at its word: the portal is asked what it
    holds, and since when.
    """
    try:
        done = client.cancel_irn(
            order.irn, order.cancel_reason, order.cancel_remark, irp=order.irp
        )
    except IrpAlreadyCancelled:
        return settle_cancel(client, keys, order)
    except IrpError as error:
        step = policy.after_cancel(error, order.attempt)
        return Outcome(step.state, error=error, wait=step.wait)
    return Outcome("cancelled", cancel_date=done.cancel_date)


def settle_cancel(client: IrpClient, keys: SigningKeys, order: Order) -> Outcome:
    """Find out whether a cancellation whose answer is missing was carried out.

    While it may still be in work, a document that is not cancelled yet may become so.
    """
    found = look_up(client, keys, order)
    if found.state == "cancelled" or (found.state == "registered" and not order.doubt):
        return found
    wait = order.doubt or policy.pause(order.attempt)
    return Outcome("cancelling", error=found.error, wait=wait)


def _settle_duplicate(
    client: IrpClient, keys: SigningKeys, order: Order, duplicate: IrpDuplicate
) -> Outcome:
    """Adopt the registration that made the portal answer 2150.

    When the portal that calls it a duplicate cannot show it (another IRP holds it),
    sending again would go round in circles: a person has to decide.
    """
    outcome = look_up(client, keys, order)
    if isinstance(outcome.error, IrpNotFound):
        return Outcome("conflict", error=duplicate)
    return outcome


def judge(
    registration: Registration, keys: SigningKeys, order: Order, *, adopted: bool
) -> Outcome:
    """What a registration means for an order, wherever it came from.

    :param adopted: it was found, not made by a call of ours.
    """
    try:
        verdict = verify_registration(
            registration,
            keys,
            expected_irn=order.irn,
            sent=order.invoice,
            foreign=order.foreign,
        )
    except IrpSignatureError as error:
        # An answer that does not verify is not an answer: ask again later.
        return Outcome("unknown", error=error, wait=policy.pause(order.attempt))
    state = "cancelled" if registration.is_cancelled else "registered"
    if verdict.state == "mismatch":
        state = "conflict"
    return Outcome(
        state,
        registration,
        verdict,
        adopted=adopted,
        cancel_date=registration.cancel_date,
    )
