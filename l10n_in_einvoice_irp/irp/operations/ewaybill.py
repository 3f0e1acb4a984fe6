"""Generate, look up and cancel one e-way bill by IRN.

As in `.registration`: the same states and policy, and a look-up instead of a second
request wherever a response is missing.
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
)
from ..protocol.signature import SigningKeys
from . import policy, states
from .result import Result

NO_EWAYBILL = "4005"
"""The portal's code of an IRN without an e-way bill."""


@dataclass(frozen=True)
class EwaybillRequest:
    """An e-way bill to generate, to look up or to cancel.

    :ivar body: that of "E-way bill by IRN" v1.03, ``Irn`` included.
    :ivar attempt: how many times it was tried, this time included.
    :ivar number: 12 digits, to cancel it.
    :ivar cancel_reason: "1" to "4": those of e-way bills, not of IRNs.
    :ivar cancelled: the numbers of the IRN's e-way bills that are known as cancelled.
    :ivar irp: the portal that registered the invoice, as in `.registration`.
    :ivar in_flight: how much longer a call without an answer may be in work, likewise.
    :ivar age: how long the answer has been missing.
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


def generate(client: IrpClient, keys: SigningKeys, request: EwaybillRequest) -> Result:
    """Generate the e-way bill, or fetch the one that exists already (4002, 2287).

    If the portal cannot show what it says exists, sending again would never end: a
    person has to decide.
    """
    try:
        made = client.generate_ewb(request.body, irp=request.irp)
        return Result(states.REGISTERED, ewaybill=made)
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
    """Look up which e-way bill the IRN has, and whether it is active.

    The portal returns the last one; one that is known as cancelled does not count.
    """
    try:
        found = client.get_ewb(request.body["Irn"], irp=request.irp)
        if found.number in request.cancelled:
            text = f"only e-way bill {found.number}, which is cancelled, is there"
            raise IrpNotFound(text, code=NO_EWAYBILL)
    except IrpError as error:
        transition = policy.after_look_up(
            error, request.attempt, request.in_flight, request.age
        )
        return Result(transition.state, error=error, wait=transition.wait)
    state = states.CANCELLED if found.is_cancelled else states.REGISTERED
    return Result(state, ewaybill=found)


def cancel(client: IrpClient, keys: SigningKeys, request: EwaybillRequest) -> Result:
    """Cancel the e-way bill where the environment offers it (CANEWB)."""
    try:
        done = client.cancel_ewb(
            request.number, request.cancel_reason, request.cancel_remark
        )
    except IrpAlreadyCancelled as refusal:
        # It may also belong to another generator (312, 4057): look it up.
        found = settle_cancel(client, keys, request)
        is_open = found.state in (states.REGISTERED, states.CANCEL_UNCLEAR)
        return replace(found, error=refusal) if is_open else found
    except IrpEwbLogInError as error:
        # Nothing was sent, and the website still takes the cancellation.
        return Result(states.REGISTERED, error=error)
    except IrpError as error:
        transition = policy.after_cancel(error, request.attempt)
        unsent = isinstance(error, policy.UNSEEN)
        return Result(
            transition.state, error=error, wait=transition.wait, unsent=unsent
        )
    return Result(states.CANCELLED, cancel_date=done.cancel_date)


def settle_cancel(
    client: IrpClient, keys: SigningKeys, request: EwaybillRequest
) -> Result:
    """Look up whether a cancellation whose response is missing was carried out.

    An IRN has at most one active e-way bill: if the portal shows another one, ours is
    cancelled. If no look-up can settle it any more, a person has to.
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
