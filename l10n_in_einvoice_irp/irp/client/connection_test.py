"""A log-in, tried step by step: how far the way to a portal leads, and what is there.

The steps are those of one real log-in through the caller's own transport, with its
proxy, its timeouts and its check of addresses: what passes here passes later too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..protocol.call import Health, milliseconds_since
from ..protocol.errors import (
    IrpError,
    IrpNotFound,
    IrpSignatureError,
    IrpTransportError,
    IrpUnknownKey,
)
from ..protocol.records import Taxpayer
from ..protocol.signature import SigningKeys
from ..reference.addresses import parse_address
from .account import Account
from .irp_client import IrpClient

State = Literal["done", "failed", "unknown", "skipped", "not_reached"]
"""``unknown``: tried without a clear result; ``skipped``: there is nothing to try."""

WAY = ("name", "connection", "tls", "auth_key", "log_in")
STEPS = (*WAY, "gstin", "signing_key", "clock")

# Reason of a transport failure -> the step that failed.
_FAILS_AT = {
    "invalid_request": "name",
    "dns": "name",
    "private": "name",
    "connect": "connection",
    "timeout": "connection",
    "proxy": "connection",
    "proxy_log_in": "connection",
    "proxy_refused": "connection",
    "tls": "tls",
    "undecryptable": "auth_key",
}
# The connection was there, but broke or was silent: TLS may have been the reason.
_BROKEN = frozenset({"read_timeout", "reset"})
# NIC "Authentication" v1.04, error codes: decryption of the password (1013), of the
# app key (1016) or of the request (1020; EY: 1090) failed.
_KEY_CODES = frozenset({"1013", "1016", "1020", "1090"})
# Ibid.: user or password is refused, so that the portal could decrypt them.
_OPENED_CODES = frozenset({"1008", "1014", "1015", "1017", "1018", "1019"})
# Ibid.: GSTIN is missing (1004), inactive (1014), or not that of the user (1015).
_GSTIN_CODES = frozenset({"1004", "1014", "1015"})


@dataclass(frozen=True)
class Step:
    """One step: its name, one of :data:`STEPS`, and its state.

    :ivar reason: a short word that says more than the state ("expired", "proxy"…).
    :ivar error: what the portal, or the way to it, answered.
    """

    name: str
    state: State
    reason: str = ""
    error: IrpError | None = None


@dataclass(frozen=True)
class ConnectionTest:
    """The result of a connection test.

    :ivar error: why there is no session; None after a successful log-in.
    :ivar health: the portal's health check; None if it was not reached.
    :ivar taxpayer: the portal's record of the account's own GSTIN, or None.
    :ivar milliseconds: how long the log-in took.
    """

    steps: tuple[Step, ...]
    error: IrpError | None = None
    health: Health | None = None
    taxpayer: Taxpayer | None = None
    milliseconds: int = 0


@dataclass(frozen=True)
class SignedSample:
    """A token that the portal signed earlier, and when it came (aware)."""

    token: str
    received_at: datetime | None = None


def run_connection_test(
    client: IrpClient,
    account: Account,
    base_url: str,
    keys: SigningKeys,
    *,
    clock_tolerance: timedelta,
    proxy: str = "",
    sample: SignedSample | None = None,
) -> ConnectionTest:
    """Log in with ``client``, which must have no session, and report each step.

    ``keys`` are tried on ``sample``; ``proxy`` names the one that all calls go through.
    Never raises an IrpError.
    """
    started = time.perf_counter()
    try:
        client.ensure_session()
    except IrpError as error:
        steps = _failed_way(error, account, base_url, proxy)
        return ConnectionTest(steps, error)
    taken = milliseconds_since(started)
    health = client.ping()
    gstin, taxpayer = _gstin(client, account.gstin)
    steps = (
        *_way(account, base_url, proxy),
        gstin,
        try_signing_keys(keys, client.now(), sample),
        _clock(health, clock_tolerance),
    )
    return ConnectionTest(steps, None, health, taxpayer, taken)


def try_signing_keys(
    keys: SigningKeys, now: datetime, sample: SignedSample | None = None
) -> Step:
    """Verify ``sample`` with ``keys``; without one, check that a key is valid ``now``.

    :return: a step with the reason "missing", "expired", "unknown_key", "invalid",
        "verified" or "valid" (not yet tried on a signature).
    """
    if not len(keys):
        return Step("signing_key", "failed", "missing")
    if sample:
        try:
            keys.verify(sample.token, received_at=sample.received_at)
        except IrpUnknownKey as error:
            return Step("signing_key", "failed", "unknown_key", error)
        except IrpSignatureError as error:
            return Step("signing_key", "failed", "invalid", error)
    if not any(key.valid_at(now) for key in keys):
        return Step("signing_key", "failed", "expired")
    return Step("signing_key", "done", "verified" if sample else "valid")


def _way(account: Account, base_url: str, proxy: str) -> tuple[Step, ...]:
    """Return the steps of a successful log-in."""
    address = parse_address(base_url)
    resolver = "local" if address.is_loopback else "proxy" if proxy else ""
    is_sealed = account.auth_key is not None
    return (
        _step("name", resolver),
        Step("connection", "done"),
        _step("tls", "" if address.scheme == "https" else "local"),
        _step("auth_key", "" if is_sealed else "unsealed"),
        Step("log_in", "done"),
    )


def _step(name: str, skipped: str) -> Step:
    return Step(name, "skipped", skipped) if skipped else Step(name, "done")


def _failed_way(
    error: IrpError, account: Account, base_url: str, proxy: str
) -> tuple[Step, ...]:
    """Return all steps, of which the one that ``error`` is about has failed."""
    place = STEPS.index(_failed_step(error))
    passed = {step.name: step for step in _way(account, base_url, proxy)}
    steps = []
    for number, name in enumerate(STEPS):
        if number < place:
            steps.append(_before(passed[name], error))
        elif number == place:
            steps.append(Step(name, "failed", error=error))
        else:
            steps.append(Step(name, "not_reached"))
    return tuple(steps)


def _before(step: Step, error: IrpError) -> Step:
    """Return a step before the one that failed, with what is known about it now."""
    is_silent = isinstance(error, IrpTransportError) and error.reason in _BROKEN
    is_doubtful = {
        "tls": is_silent,
        "auth_key": bool(error.gateway) or error.code not in _OPENED_CODES,
        # after it fail only the codes about a GSTIN, which refuse the log-in as well
        "log_in": True,
    }
    if step.state == "done" and is_doubtful.get(step.name):
        return Step(step.name, "unknown")
    return step


def _failed_step(error: IrpError) -> str:
    if isinstance(error, IrpTransportError) and error.reason in _FAILS_AT:
        return _FAILS_AT[error.reason]
    # the codes of a gateway are in no list of an IRP
    if error.gateway is None and error.code in _KEY_CODES:
        return "auth_key"
    if error.gateway is None and error.code in _GSTIN_CODES:
        return "gstin"
    return "log_in"


def _gstin(client: IrpClient, gstin: str) -> tuple[Step, Taxpayer | None]:
    """Look the account's GSTIN up; a missing answer proves nothing."""
    if not client.offers("get_gstin"):
        return Step("gstin", "done", "log_in"), None
    try:
        taxpayer = client.get_gstin(gstin)
    except IrpNotFound as error:
        return Step("gstin", "failed", "not_found", error), None
    except IrpError as error:
        return Step("gstin", "unknown", "", error), None
    if taxpayer.status != "ACT":
        return Step("gstin", "failed", "inactive"), taxpayer
    return Step("gstin", "done", "active"), taxpayer


def _clock(health: Health, tolerance: timedelta) -> Step:
    difference = health.clock_difference
    if difference is None:
        return Step("clock", "skipped", "not_sent")
    if abs(difference) >= tolerance:
        return Step("clock", "failed", "out_of_step")
    return Step("clock", "done")
