"""Making and cancelling one e-way bill, from the call to a judged outcome.

The twin of `.registrar` for e-way bills by IRN: the same states, the same policy, and
a look-up instead of a second request wherever an answer is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ..client.irp_client import IrpClient
from ..protocol.errors import (
    IrpAlreadyCancelled,
    IrpError,
    IrpEwbExists,
    IrpEwbLogInError,
    IrpNotFound,
)
from ..protocol.records import EwayBill
from ..protocol.signature import SigningKeys
from . import policy

NO_EWAYBILL = "4005"
"""The portal's code of an IRN without an e-way bill."""


@dataclass(frozen=True)
class EwbOrder:
    """An e-way bill to make, to look up or to cancel.

    :ivar request: the body of "E-way bill by IRN" v1.03, ``Irn`` included.
    :ivar attempt: how many times it was tried, this time included.
    :ivar number: 12 digits, to cancel it.
    :ivar cancel_reason: "1" to "4": those of e-way bills, not of IRNs.
    :ivar cancelled: the numbers of the IRN's e-way bills that are known as cancelled.
    :ivar irp: the portal that registered the invoice, as in `.registrar.Order`.
    :ivar doubt: how much longer a call without an answer may be in work, likewise.
    """

    request: Mapping[str, Any]
    attempt: int = 1
    number: str = ""
    cancel_reason: str = ""
    cancel_remark: str = ""
    cancelled: frozenset[str] = frozenset()
    irp: str = ""
    doubt: timedelta = policy.NO_TIME


@dataclass(frozen=True)
class EwbOutcome:
    """What became of an order; ``state`` and ``wait`` as in `.registrar.Outcome`."""

    state: str
    ewaybill: EwayBill | None = None
    error: IrpError | None = None
    cancel_date: datetime | None = None
    wait: timedelta | None = None


def generate(client: IrpClient, keys: SigningKeys, order: EwbOrder) -> EwbOutcome:
    """Make the e-way bill; one that exists already (4002, 2287) is fetched.

    If the portal cannot show what it says exists, sending again would go round in
    circles: a person has to decide.
    """
    try:
        return EwbOutcome(
            "registered", client.generate_ewb(order.request, irp=order.irp)
        )
    except IrpEwbExists as exists:
        found = look_up(client, keys, order)
        if found.state == "to_register":
            return EwbOutcome("rejected", error=exists)
        return found
    except IrpError as error:
        step = policy.after_generate(error, order.attempt)
        state = "rejected" if step.state == "conflict" else step.state
        return EwbOutcome(state, error=error, wait=step.wait)


def look_up(client: IrpClient, keys: SigningKeys, order: EwbOrder) -> EwbOutcome:
    """Ask which e-way bill the IRN has, and whether it is active.

    The portal tells the last one: one that was cancelled before is not what is asked.
    """
    try:
        found = client.get_ewb(order.request["Irn"], irp=order.irp)
        if found.number in order.cancelled:
            text = f"only e-way bill {found.number}, which is cancelled, is there"
            raise IrpNotFound(text, code=NO_EWAYBILL)
    except IrpError as error:
        step = policy.after_look_up(error, order.attempt, order.doubt)
        return EwbOutcome(step.state, error=error, wait=step.wait)
    return EwbOutcome("cancelled" if found.is_cancelled else "registered", found)


def cancel(client: IrpClient, keys: SigningKeys, order: EwbOrder) -> EwbOutcome:
    """Cancel the e-way bill where the environment offers it (CANEWB)."""
    try:
        done = client.cancel_ewb(order.number, order.cancel_reason, order.cancel_remark)
    except IrpAlreadyCancelled as refusal:
        # It may be somebody else's as well (312, 4057): the portal is asked.
        found = settle_cancel(client, keys, order)
        is_active = found.state == "registered"
        return replace(found, error=refusal) if is_active else found
    except IrpEwbLogInError as error:
        # It was not asked, and the web page is open still: nothing has to be settled.
        return EwbOutcome("registered", error=error)
    except IrpError as error:
        step = policy.after_cancel(error, order.attempt)
        return EwbOutcome(step.state, error=error, wait=step.wait)
    return EwbOutcome("cancelled", cancel_date=done.cancel_date)


def settle_cancel(client: IrpClient, keys: SigningKeys, order: EwbOrder) -> EwbOutcome:
    """Find out whether a cancellation whose answer is missing was carried out.

    An IRN has one active e-way bill at most: behind another one, ours is cancelled.
    """
    found = look_up(client, keys, order)
    if found.ewaybill and order.number not in ("", found.ewaybill.number):
        return EwbOutcome("cancelled")
    if found.state == "cancelled" or (found.ewaybill and not order.doubt):
        return found
    wait = order.doubt or policy.pause(order.attempt)
    return EwbOutcome("cancelling", error=found.error, wait=wait)
