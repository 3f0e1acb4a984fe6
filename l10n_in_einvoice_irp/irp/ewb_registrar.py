"""Making and cancelling one e-way bill, from the call to a judged outcome.

The twin of `.registrar` for e-way bills by IRN: the same states, the same policy, and
a look-up instead of a second request wherever an answer is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from . import policy
from .client import IrpClient
from .errors import IrpError, IrpEwbExists, IrpEwbLogInError
from .results import EwayBill
from .signature import SigningKeys


@dataclass(frozen=True)
class EwbOrder:
    """An e-way bill to make, to look up or to cancel.

    :ivar request: the body of "E-way bill by IRN" v1.03, ``Irn`` included.
    :ivar attempt: how many times it was tried, this time included.
    :ivar number: 12 digits, to cancel it.
    :ivar cancel_reason: "1" to "4": those of e-way bills, not of IRNs.
    """

    request: Mapping[str, Any]
    attempt: int = 1
    number: str = ""
    cancel_reason: str = ""
    cancel_remark: str = ""


@dataclass(frozen=True)
class EwbOutcome:
    """What became of an order; ``state`` and ``wait`` as in `.registrar.Outcome`."""

    state: str
    ewaybill: EwayBill | None = None
    error: IrpError | None = None
    cancel_date: datetime | None = None
    wait: timedelta | None = None


def generate(client: IrpClient, keys: SigningKeys, order: EwbOrder) -> EwbOutcome:
    """Make the e-way bill; one that exists already (4002, 2287) is fetched."""
    try:
        return EwbOutcome("registered", client.generate_ewb(order.request))
    except IrpEwbExists:
        return look_up(client, keys, order)
    except IrpError as error:
        step = policy.after_generate(error, order.attempt)
        state = "rejected" if step.state == "conflict" else step.state
        return EwbOutcome(state, error=error, wait=step.wait)


def look_up(client: IrpClient, keys: SigningKeys, order: EwbOrder) -> EwbOutcome:
    """Ask which e-way bill the IRN has, and whether it is active."""
    try:
        found = client.get_ewb(order.request["Irn"])
    except IrpError as error:
        step = policy.after_look_up(error, order.attempt)
        return EwbOutcome(step.state, error=error, wait=step.wait)
    is_cancelled = found.status.upper() == "CNL"
    return EwbOutcome("cancelled" if is_cancelled else "registered", found)


def cancel(client: IrpClient, keys: SigningKeys, order: EwbOrder) -> EwbOutcome:
    """Cancel the e-way bill where the environment offers it (CANEWB)."""
    try:
        done = client.cancel_ewb(order.number, order.cancel_reason, order.cancel_remark)
    except IrpEwbLogInError as error:
        # It was not asked, and the web page is open still: nothing has to be settled.
        return EwbOutcome("registered", error=error)
    except IrpError as error:
        step = policy.after_cancel(error, order.attempt)
        return EwbOutcome(step.state, error=error, wait=step.wait)
    return EwbOutcome("cancelled", cancel_date=done.cancel_date)


def settle_cancel(client: IrpClient, keys: SigningKeys, order: EwbOrder) -> EwbOutcome:
    """Find out whether a cancellation whose answer is missing was carried out."""
    found = look_up(client, keys, order)
    if found.ewaybill:
        return found
    return EwbOutcome("cancelling", error=found.error, wait=policy.pause(order.attempt))
