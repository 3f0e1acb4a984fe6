"""Carry out one action of the e-way bill system, or settle its lost answer.

States and policy are those of `..registration`: a missing answer is followed by the
look-up that belongs to the action (`.settlement`), never by a second call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ...client.irp_client import IrpClient
from ...protocol.errors import (
    IrpError,
    IrpEwbExists,
    IrpNotFound,
    IrpNotOffered,
    IrpRejected,
    IrpTokenRefused,
)
from ...protocol.signature import SigningKeys
from ...rules.ewaybill import ActionRequest, ExtendValidity, Standing
from .. import policy, states
from ..result import Result
from .settlement import Lost, settle


@dataclass(frozen=True)
class StepRequest:
    """An action to carry out, or whose answer is missing.

    :ivar request: what is sent, or was sent.
    :ivar before: what was known of the bill then.
    :ivar acted_at: when it was sent (aware).
    :ivar number: the bill to look up, if the request names none.
    :ivar attempt: number of this attempt, from 1.
    :ivar in_flight: how much longer the earlier call may be in progress.
    :ivar age: how long its answer has been missing.
    :ivar window: how long look-ups are retried.
    """

    request: ActionRequest
    before: Standing
    acted_at: datetime
    number: str = ""
    attempt: int = 1
    in_flight: timedelta = policy.NO_TIME
    age: timedelta = policy.NO_TIME
    window: timedelta = policy.LONGEST_WINDOW


def act(client: IrpClient, keys: SigningKeys, request: StepRequest) -> Result:
    """Carry the action out; ``answer`` of the result is the client's.

    A document that has an e-way bill already (604) is looked up: an earlier call may
    have made it, or another program. It is taken if it is of the same document, date
    and parties. A refusal with codes that are in no list is looked up as well: nothing
    says that the portal did not carry it out before.
    """
    if not_sent := _outdated(client, request):
        return not_sent
    try:
        answer = _call(client, request.request)
    except IrpEwbExists as exists:
        found = _look_up_after(exists, client, keys, request)
        is_open = found.state != states.REGISTERED and not found.error
        return Result(states.REJECTED, error=exists) if is_open else found
    except IrpRejected as refusal:
        if policy.is_understood(refusal):
            return _refused(refusal, request)
        found = _look_up_after(refusal, client, keys, request)
        if found.state == states.TO_REGISTER:
            return Result(states.REJECTED, error=refusal)
        is_done = found.state == states.REGISTERED
        return found if is_done else replace(found, error=found.error or refusal)
    except IrpError as error:
        return _refused(error, request)
    return Result(states.REGISTERED, answer=answer)


def _look_up_after(
    refusal: IrpRejected, client: IrpClient, keys: SigningKeys, request: StepRequest
) -> Result:
    """Look up an action that was sent and refused.

    A token that is refused now says nothing about the action: a caller that logs in
    and repeats would send it a second time. The look-up is made again instead.
    """
    found = look_up(client, keys, request)
    if not isinstance(found.error, IrpTokenRefused):
        return found
    return Result(states.UNKNOWN, error=refusal, wait=policy.NO_TIME)


def _refused(error: IrpError, request: StepRequest) -> Result:
    """Return the result of an action that ended in an error, by the policy."""
    transition = policy.after_generate(error, request.attempt)
    is_refused = transition.state == states.CONFLICT
    state = states.REJECTED if is_refused else transition.state
    return Result(state, error=error, wait=transition.wait)


def look_up(client: IrpClient, keys: SigningKeys, request: StepRequest) -> Result:
    """Look up whether the action was carried out.

    ``to_register`` if the portal proves that it was not; ``bill`` of the result is the
    bill as the portal shows it.
    """
    lost = Lost(
        request.request,
        request.before,
        request.acted_at,
        request.number,
        request.in_flight,
    )
    try:
        found = settle(client.ewaybill_api, lost)
    except IrpNotOffered as error:
        return Result(states.UNCLEAR, error=error)
    if found.verdict == "done":
        return Result(
            states.REGISTERED,
            bill=found.bill,
            made_number=found.number,
            made_bills=found.bills,
        )
    if found.verdict == "repeat":
        return _repeat(client, request)
    if found.verdict == "not_done":
        return Result(states.TO_REGISTER, bill=found.bill, wait=policy.NO_TIME)
    return _still_open(request, found.error, found.bill)


def _outdated(client: IrpClient, request: StepRequest) -> Result | None:
    """Return that an extension was not sent, because the bill ends at another time than
    is known, or its end cannot be fetched; None if it may be sent.

    A later end proves an extension (`.settlement`), so that the end before it has to be
    the portal's: it may have been extended on the website.
    """
    if not isinstance(request.request, ExtendValidity):
        return None
    try:
        bill = client.ewaybill_api.get_ewaybill(request.request.number)
    except IrpNotOffered:
        return None
    except IrpError as error:
        transition = policy.after_generate(error, request.attempt)
        is_seen = transition.state not in (states.TO_REGISTER, states.UNKNOWN)
        state = states.REJECTED if is_seen else states.TO_REGISTER
        return Result(state, error=error, wait=transition.wait)
    if bill.valid_until == request.before.valid_until:
        return None
    return Result(states.TO_REGISTER, bill=bill, wait=policy.NO_TIME)


def _repeat(client: IrpClient, request: StepRequest) -> Result:
    """Make the same request again as its look-up, where the portal answers it with what
    it made before; a refusal proves nothing about the earlier call."""
    try:
        answer = _call(client, request.request)
    except IrpError as error:
        return _still_open(request, error, None)
    return Result(states.REGISTERED, answer=answer)


def _still_open(request: StepRequest, error: IrpError | None, bill: Any) -> Result:
    """Return the result of a look-up that proves nothing."""
    if request.in_flight:
        return Result(states.UNKNOWN, error, request.in_flight, bill=bill)
    if error is not None and not isinstance(error, IrpNotFound):
        transition = policy.after_look_up(
            error, request.attempt, age=request.age, window=request.window
        )
        return Result(transition.state, error, transition.wait, bill=bill)
    if request.age >= request.window:
        return Result(states.UNCLEAR, error, bill=bill)
    return Result(states.UNKNOWN, error, policy.pause(request.attempt), bill=bill)


def _call(client: IrpClient, request: ActionRequest) -> Any:
    method = getattr(client.ewaybill_api, request.service)
    return method(request)
