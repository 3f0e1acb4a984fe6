"""Generate, look up and cancel one e-way bill by IRN.

States and policy are those of `.registration`: a missing response is followed by a
look-up, never by a second request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ..client.irp_client import IrpClient
from ..protocol.errors import (
    IrpAlreadyCancelled,
    IrpError,
    IrpEwbExists,
    IrpEwbLogInError,
    IrpNotFound,
    IrpNotOffered,
    IrpRejected,
)
from ..protocol.records import EwayBill
from ..protocol.signature import SigningKeys
from ..reference.profiles import irp_holding
from . import policy, states
from .result import Result

NO_EWAYBILL = "4005"
"""The portal's error code for an IRN without an e-way bill."""


@dataclass(frozen=True)
class EwaybillRequest:
    """An e-way bill to generate, look up or cancel.

    :ivar body: the request body of "E-way bill by IRN" v1.03, ``Irn`` included; empty
        for an e-way bill without an IRN, which its number finds.
    :ivar attempt: number of this attempt, from 1.
    :ivar number: 12 digits; only for a cancellation.
    :ivar cancel_reason: "1" to "4": the codes for e-way bills, not those for IRNs.
    :ivar cancel_remark: only for a cancellation.
    :ivar cancelled: numbers of the IRN's e-way bills known to be cancelled.
    :ivar irp: the portal that registered the invoice, as in `.registration`.
    :ivar in_flight: how much longer an earlier call without a response may still be in
        progress at the portal.
    :ivar age: how long that response has been missing.
    :ivar window: how long look-ups are retried, as in `.registration`.
    :ivar ack_number: the invoice's Ack number: names the IRP if ``irp`` does not.
    """

    body: Mapping[str, Any]
    attempt: int = 1
    number: str = ""
    cancel_reason: str = ""
    cancel_remark: str = ""
    cancelled: frozenset[str] = frozenset()
    irp: str = ""
    in_flight: timedelta = policy.NO_TIME
    age: timedelta = policy.NO_TIME
    ack_number: str = ""
    window: timedelta = policy.LONGEST_WINDOW


def _holder(client: IrpClient, request: EwaybillRequest) -> str:
    """Return the IRP to name in a call, "" if it is the one that is called.

    A portal is not asked about an IRP that it does not answer for.
    """
    named = request.irp or irp_holding("", request.ack_number)
    if request.irp or not client.irp or named == client.irp:
        return request.irp
    return named if client.reaches(named) else ""


def generate(client: IrpClient, keys: SigningKeys, request: EwaybillRequest) -> Result:
    """Generate the e-way bill, or fetch the one that already exists (4002, 2287).

    If the portal cannot return the e-way bill that it says exists, retrying would never
    end, so the result is ``rejected`` and a user decides.
    """
    try:
        generated = client.generate_ewb(request.body, irp=_holder(client, request))
        return Result(states.REGISTERED, ewaybill=generated)
    except IrpEwbExists as exists:
        found = look_up(client, keys, request)
        if found.state == states.TO_REGISTER:
            return Result(states.REJECTED, error=exists)
        return replace(found, existed=True)
    except IrpError as error:
        transition = policy.after_generate(error, request.attempt)
        state = (
            states.REJECTED if transition.state == states.CONFLICT else transition.state
        )
        return Result(state, error=error, wait=transition.wait)


def look_up(client: IrpClient, keys: SigningKeys, request: EwaybillRequest) -> Result:
    """Look up the e-way bill of the IRN (NIC "Get e-way bill by IRN" v1.03).

    The portal returns the latest one; one in ``request.cancelled`` counts as not found.
    """
    try:
        found = _fetch(client, request)
        if found.number in request.cancelled:
            text = f"the IRN's only e-way bill, {found.number}, is cancelled"
            raise IrpNotFound(text, code=NO_EWAYBILL)
    except IrpError as error:
        transition = policy.after_look_up(
            error, request.attempt, request.in_flight, request.age, request.window
        )
        return Result(transition.state, error=error, wait=transition.wait)
    state = states.CANCELLED if found.is_cancelled else states.REGISTERED
    return Result(state, ewaybill=found)


def _fetch(client: IrpClient, request: EwaybillRequest) -> EwayBill:
    """Return the e-way bill of the IRN, or without one that of the number."""
    if "Irn" in request.body:
        return client.get_ewb(request.body["Irn"], irp=_holder(client, request))
    bill = client.ewaybill_api.get_ewaybill(request.number)
    return EwayBill(
        bill.number,
        bill.generated_at,
        bill.valid_until,
        status=bill.status,
        generator_gstin=bill.generator,
    )


def cancel(client: IrpClient, keys: SigningKeys, request: EwaybillRequest) -> Result:
    """Cancel the e-way bill at the e-way bill system (CANEWB)."""
    try:
        cancellation = client.cancel_ewb(
            request.number, request.cancel_reason, request.cancel_remark
        )
    except IrpAlreadyCancelled as refusal:
        # 312 and 4057 also mean that another taxpayer generated it: look it up.
        return _settle_refused(client, keys, request, refusal)
    except IrpEwbLogInError as error:
        # Nothing was sent, and the user can still cancel it on the website.
        return Result(states.REGISTERED, error=error)
    except IrpError as error:
        if isinstance(error, IrpRejected) and not policy.is_understood(error):
            return _settle_refused(client, keys, request, error)
        transition = policy.after_cancel(error, request.attempt)
        unsent = isinstance(error, policy.UNSEEN)
        return Result(
            transition.state, error=error, wait=transition.wait, unsent=unsent
        )
    return Result(states.CANCELLED, cancel_date=cancellation.cancel_date)


def _settle_refused(
    client: IrpClient,
    keys: SigningKeys,
    request: EwaybillRequest,
    refusal: IrpRejected,
) -> Result:
    """Return what a look-up shows after a refusal that does not say whether it is
    cancelled."""
    found = settle_cancel(client, keys, request)
    if isinstance(found.error, IrpNotOffered) and "Irn" not in request.body:
        # No look-up by number: the next one goes by IRN, if it has one.
        return Result(states.CANCELLING, error=refusal, wait=policy.NO_TIME)
    is_open = found.state in (states.REGISTERED, states.CANCEL_UNCLEAR)
    return replace(found, error=refusal) if is_open else found


def settle_cancel(
    client: IrpClient, keys: SigningKeys, request: EwaybillRequest
) -> Result:
    """Look up whether the portal carried out a cancellation without a response.

    An IRN has at most one active e-way bill: if the portal returns another one, ours is
    cancelled. The result is ``cancel_unclear`` once no look-up can settle it.
    """
    found = look_up(client, keys, request)
    if found.ewaybill and request.number not in ("", found.ewaybill.number):
        return Result(states.CANCELLED)
    if found.state == states.CANCELLED or (found.ewaybill and not request.in_flight):
        return found
    if found.state in (states.UNCLEAR, states.TO_REGISTER):
        return Result(states.CANCEL_UNCLEAR, error=found.error)
    wait = request.in_flight or found.wait
    return Result(states.CANCELLING, error=found.error, wait=wait)
