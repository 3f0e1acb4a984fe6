"""Register, look up and cancel one document.

Combines the client (which only calls), the verification (which only compares) and the
policy (which only decides). Uses neither database nor clock: the caller commits the
intent before `register` and the result after it.
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
from ..protocol.verification import verify_registration
from ..reference.catalogue import entry
from ..reference.dates import parse_date
from ..reference.gstin import has_gstin_form
from ..reference.profiles import irp_holding
from ..rules.taxpayer_status import standing_on
from . import gstin_lookup, policy, states
from .gstin_lookup import SYNC, GstinLookup
from .result import Result


@dataclass(frozen=True)
class RegistrationRequest:
    """A document to register, look up or cancel.

    :ivar invoice: the INV-01 document exactly as sent, or as it will be sent.
    :ivar irn: the IRN, computed locally from GSTIN, financial year, type and number.
    :ivar attempt: number of this attempt, from 1.
    :ivar cancel_reason: "1" to "4"; only for a cancellation (NIC "Cancel IRN" v1.03).
    :ivar cancel_remark: 1 to 100 characters; only for a cancellation.
    :ivar in_flight: how much longer an earlier call without a response may still be in
        progress at the portal.
    :ivar age: how long that response has been missing.
    :ivar window: how long look-ups are retried, see `.policy.look_up_window`.
    :ivar registered_elsewhere: another program may have registered it, see
        `.verification.verify_registration`.
    :ivar irp: the portal that registered it, "NIC1" or "NIC2"; empty if it is the one
        that is called.
    :ivar ack_number: the Ack number, if it is registered already: names the IRP.
    :ivar held: another IRP has said that ``irp``, which is called, holds it.
    """

    invoice: Mapping[str, Any]
    irn: str
    attempt: int = 1
    cancel_reason: str = ""
    cancel_remark: str = ""
    in_flight: timedelta = policy.NO_TIME
    registered_elsewhere: bool = False
    irp: str = ""
    ack_number: str = ""
    age: timedelta = policy.NO_TIME
    held: bool = False
    window: timedelta = policy.LONGEST_WINDOW

    @property
    def doc_type(self) -> str:
        """Return the document type: "INV", "CRN" or "DBN"."""
        return str(self.invoice["DocDtls"]["Typ"])

    @property
    def number(self) -> str:
        """Return the document number."""
        return str(self.invoice["DocDtls"]["No"])

    @property
    def gstins(self) -> list[str]:
        """Return the GSTINs of the parties, the buyer's first, without "URP"."""
        sections = ("BuyerDtls", "ShipDtls", "SellerDtls")
        texts = [(self.invoice.get(name) or {}).get("Gstin") for name in sections]
        operator = (self.invoice.get("TranDtls") or {}).get("EcmGstin")
        found = [str(text or "").upper() for text in (*texts, operator)]
        return list(dict.fromkeys(filter(has_gstin_form, found)))

    @property
    def doc_date(self) -> date:
        """Return the document date."""
        return parse_date(str(self.invoice["DocDtls"]["Dt"]))


def register(
    client: IrpClient, keys: SigningKeys, request: RegistrationRequest
) -> Result:
    """Send a document with Generate IRN and verify the response.

    A duplicate (2150) is looked up at once with Get IRN by document details: it is
    adopted if its signed content is the one sent, else the result is ``conflict``. If
    the portal refused only the status of GSTINs (3028, 3029), sync them from the GST
    common portal, where it offers that, and, if they are active there, send the
    document a second and last time.
    """
    result = _generate(client, keys, request)
    refused = _refused_gstins(request, result.error)
    if not (refused and client.offers(SYNC)):
        return result
    gstin_lookups = tuple(gstin_lookup.sync(client, keys, gstin) for gstin in refused)
    if all(_is_active(found, request.doc_date) for found in gstin_lookups):
        result = _generate(client, keys, request)
    return replace(result, gstin_lookups=gstin_lookups)


def _generate(
    client: IrpClient, keys: SigningKeys, request: RegistrationRequest
) -> Result:
    try:
        registration = client.generate_irn(request.invoice)
    except IrpDuplicate as duplicate:
        return _settle_duplicate(client, keys, request, duplicate)
    except IrpError as error:
        transition = policy.after_generate(error, request.attempt)
        return Result(transition.state, error=error, wait=transition.wait)
    return judge(registration, keys, request, adopted=False, received_at=client.now())


def _refused_gstins(request: RegistrationRequest, error: IrpError | None) -> list[str]:
    """Return the GSTINs that a sync may correct.

    Return none if the portal also refused anything else: it would refuse again.
    """
    if not isinstance(error, IrpRejected):
        return []
    faults = error.violations or (PortalError(error.code, error.message),)
    if any(entry(fault.code, "IRN").remedy != "sync_gstin" for fault in faults):
        return []
    texts = " ".join(fault.message.upper() for fault in faults)
    named = [gstin for gstin in request.gstins if gstin in texts]
    return named or request.gstins[:1]


def _is_active(found: GstinLookup, day: date) -> bool:
    if found.taxpayer is None:
        return False
    return standing_on(found.taxpayer, day).state == "active"


def look_up(
    client: IrpClient, keys: SigningKeys, request: RegistrationRequest
) -> Result:
    """Look up a document by its details (NIC "Get IRN by document details" v1.03).

    A portal without this service is asked by the IRN. A registered document that the
    portal does not find is looked up at the IRP that its Ack number names; the result
    is ``conflict`` if that IRP cannot be asked from here, or does not find it. So it is
    where the IRP that another one has named does not find it, or names a third one: the
    document is registered somewhere, and must not be sent again.
    """
    result = _look_up_once(client, keys, request)
    if request.held and isinstance(result.error, (IrpNotFound, IrpDuplicate)):
        named = getattr(result.error, "held_by", "") or request.irp
        return Result(states.CONFLICT, error=result.error, held_by=named)
    other = _other_irp(client, request)
    if not other or not isinstance(result.error, IrpNotFound):
        return result
    if client.reaches(other):
        result = _look_up_once(client, keys, replace(request, irp=other))
    if isinstance(result.error, IrpNotFound):
        # It is registered: never register it again.
        return Result(states.CONFLICT, error=result.error, held_by=other)
    return replace(result, held_by=other)


def _other_irp(client: IrpClient, request: RegistrationRequest) -> str:
    """Return the IRP that the Ack number names, if it is not the one to be called."""
    named = "" if request.irp else irp_holding("", request.ack_number)
    return "" if named == client.irp else named


def _look_up_once(
    client: IrpClient, keys: SigningKeys, request: RegistrationRequest
) -> Result:
    if not client.offers("get_irn_by_document"):
        return look_up_irn(client, keys, request)
    return _looked_up(
        client,
        lambda: client.get_irn_by_document(
            request.doc_type, request.number, request.doc_date, irp=request.irp
        ),
        keys,
        request,
    )


def look_up_irn(
    client: IrpClient, keys: SigningKeys, request: RegistrationRequest
) -> Result:
    """Look up what the portal holds under the IRN (Get IRN by IRN)."""
    return _looked_up(client, lambda: client.get_irn(request.irn), keys, request)


def _looked_up(
    client: IrpClient,
    ask: Callable[[], Registration],
    keys: SigningKeys,
    request: RegistrationRequest,
) -> Result:
    try:
        registration = ask()
    except IrpError as error:
        transition = policy.after_look_up(
            error, request.attempt, request.in_flight, request.age, request.window
        )
        return Result(transition.state, error=error, wait=transition.wait)
    return judge(registration, keys, request, adopted=True, received_at=client.now())


def cancel(
    client: IrpClient, keys: SigningKeys, request: RegistrationRequest
) -> Result:
    """Cancel a registered document (NIC "Cancel IRN" v1.03).

    "Already cancelled" (9999) is not taken on trust: a look-up confirms it and returns
    the date. A document that the portal does not know (2148) is cancelled at the IRP
    that its Ack number names, or the result names that IRP.
    """
    result = _cancel_once(client, keys, request)
    other = _other_irp(client, request)
    if not other or not isinstance(result.error, IrpNotFound):
        return result
    if client.reaches(other):
        result = _cancel_once(client, keys, replace(request, irp=other))
    return replace(result, held_by=other)


def _cancel_once(
    client: IrpClient, keys: SigningKeys, request: RegistrationRequest
) -> Result:
    try:
        cancellation = client.cancel_irn(
            request.irn, request.cancel_reason, request.cancel_remark, irp=request.irp
        )
    except IrpAlreadyCancelled as refusal:
        found = settle_cancel(client, keys, request)
        is_unclear = found.state == states.CANCEL_UNCLEAR
        return replace(found, error=refusal) if is_unclear else found
    except IrpError as error:
        transition = policy.after_cancel(error, request.attempt)
        unsent = isinstance(error, policy.UNSEEN)
        return Result(
            transition.state, error=error, wait=transition.wait, unsent=unsent
        )
    return Result(states.CANCELLED, cancel_date=cancellation.cancel_date)


def settle_cancel(
    client: IrpClient, keys: SigningKeys, request: RegistrationRequest
) -> Result:
    """Look up whether the portal carried out a cancellation without a response.

    While the call may still be in progress, an active document proves nothing. The
    result is ``cancel_unclear`` once no look-up can settle it: 2283, or the portal does
    not find the document or returns different content.
    """
    found = look_up(client, keys, request)
    if found.state == states.CANCELLED or (
        found.state == states.REGISTERED and not request.in_flight
    ):
        return found
    if found.state in (states.UNCLEAR, states.TO_REGISTER, states.CONFLICT):
        return Result(
            states.CANCEL_UNCLEAR,
            verdict=found.verdict,
            error=found.error,
            held_by=found.held_by,
        )
    wait = request.in_flight or found.wait
    return Result(states.CANCELLING, error=found.error, wait=wait)


def _settle_duplicate(
    client: IrpClient,
    keys: SigningKeys,
    request: RegistrationRequest,
    duplicate: IrpDuplicate,
) -> Result:
    """Adopt the registration that the portal reported as a duplicate (2150, 2295).

    If another IRP holds it, the portal is asked about that IRP's document where it can
    be. If it cannot return it, retrying would never end, so the result is ``conflict``
    and a user decides.
    """
    other = duplicate.held_by if duplicate.held_by != client.irp else ""
    if (duplicate.elsewhere or other) and not client.reaches(other):
        return Result(states.CONFLICT, error=duplicate, held_by=other)
    asked = replace(request, irp=other or request.irp)
    result = replace(_look_up_once(client, keys, asked), held_by=other)
    if isinstance(result.error, IrpNotFound):
        return Result(states.CONFLICT, error=duplicate, held_by=other)
    if other and isinstance(result.error, (IrpRejected, IrpSignatureError)):
        return replace(result, state=states.CONFLICT, wait=None)
    return result


def judge(
    registration: Registration,
    keys: SigningKeys,
    request: RegistrationRequest,
    *,
    adopted: bool,
    received_at: datetime | None = None,
) -> Result:
    """Verify a registration and return the result.

    :param adopted: it was found at the portal or in a file, not made by our call.
    :param received_at: when it came (aware); without it no key is called retired.
    """
    try:
        verdict = verify_registration(
            registration,
            keys,
            received_at=received_at,
            kind="looked_up" if adopted else "generated",
            expected_irn=request.irn,
            sent=request.invoice,
            registered_elsewhere=request.registered_elsewhere,
        )
    except IrpSignatureError as error:
        # A response that fails verification is not believed: look it up later.
        transition = policy.after_look_up(
            error, request.attempt, age=request.age, window=request.window
        )
        return Result(transition.state, error=error, wait=transition.wait)
    state = states.CANCELLED if registration.is_cancelled else states.REGISTERED
    if verdict.state == "mismatch":
        state = states.CONFLICT
    return Result(
        state,
        registration=registration,
        verdict=verdict,
        adopted=adopted,
        cancel_date=registration.cancel_date,
    )
