"""Makes all clients: from an account at a portal to a connection.

`l10n_in.irp.credential` and `res.company._l10n_in_irp_connect` read what is entered for
a company; callers start with the latter.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ...irp import (
    Account,
    CallRecord,
    EwaybillSystem,
    IrpClient,
    IrpError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpTokenRefused,
    Session,
    SigningKeys,
)
from ..clock import now_utc
from .call_pool import CallPool, PendingCall
from .limits.seats import PATIENCE, Seats

_logger = logging.getLogger(__name__)


class Recorder:
    """Collects the calls of one batch, each with the record it was made for.

    Calls run in several threads, each for a record.
    """

    def __init__(self) -> None:
        self._rows: deque[tuple[int, CallRecord]] = deque()
        self._thread = threading.local()

    def __call__(self, call: CallRecord) -> None:
        self._rows.append((getattr(self._thread, "record_id", 0), call))

    def take(self) -> list[tuple[int, CallRecord]]:
        """Return the calls collected since the last time."""
        # threads continue to add: take only the present ones, one by one
        return [self._rows.popleft() for _row in range(len(self._rows))]

    @contextmanager
    def working_for(self, record_id: int):
        self._thread.record_id = record_id
        try:
            yield
        finally:
            self._thread.record_id = 0


@dataclass
class PortalConnection:
    """A client with all that is needed to classify its responses and record its calls.

    :ivar calls: how many calls may be in flight.
    :ivar seats: returns `Seats` for a number of calls.
    :ivar ewb: that to the e-way bill system, if the credential has a user of it.
    :ivar renew: gives the client another session than the refused one; None if the
        client does so itself.
    :ivar place: the address under which its session, seats and pauses are stored; by
        default the one it calls.
    """

    client: IrpClient
    keys: SigningKeys
    recorder: Recorder
    environment: str
    base_url: str
    account: Account
    calls: int
    seats: Callable[[int], Seats]
    ewb: PortalConnection | None = None
    renew: Callable[[PortalConnection, Session | None], None] | None = None
    place: str = ""

    def __post_init__(self) -> None:
        self.place = self.place or self.base_url

    def run(
        self, operations: dict[int, tuple[Callable, Any]], patience: float = PATIENCE
    ) -> dict[int, Any]:
        """Make calls in parallel; return key -> result.

        Those whose token is refused are made once more, with a new one: the portal has
        processed nothing.

        :param operations: key -> (function of `irp.operations`, its request).
        :param patience: the longest wait in seconds for other calls to end.
        :raises IrpNotSent: other calls have taken up all that the portal allows at a
            time, and did not end.
        :raises IrpOutcomeUnknown: a call ended in an unforeseen exception.
        :raises IrpError: the log-in after a refused token failed, and no call has an
            answer; otherwise it is the error of those that have none.
        """
        session = self.client.session
        results = self._run_once(operations, patience)
        if not (self.renew and (refused := _refused(results))):
            return results
        try:
            self.renew(self, session)
            again = {key: operations[key] for key in refused}
            results |= self._run_once(again, patience)
        except IrpError as error:
            if len(refused) == len(results):
                raise
            failed = {key: replace(one, error=error) for key, one in refused.items()}
            return results | failed
        for key, result in _refused(results).items():
            error = self.client.refused_again(result.error)
            results[key] = replace(result, error=error)
        return results

    def _run_once(self, operations, patience):
        results = {}
        seats = closing(self.seats(len(operations)))
        with seats as held, closing(CallPool(self, 0)) as pool:
            if not held.wait(patience):
                raise IrpNotSent(f"all {self.calls} calls are in use", reason="busy")
            pool.resize(len(held))
            for key, operation in operations.items():
                pool.send(PendingCall(key, operation))
            while len(pool):
                for call, result in pool.finished(timeout=None):
                    results[call.record_id] = result
        for result in results.values():
            if isinstance(result, IrpOutcomeUnknown):
                raise result
        return {key: results[key] for key in operations}

    def execute(self, record_id: int, operation: tuple[Callable, Any]) -> Any:
        """Make one call, in any thread.

        :return: the result; after an unforeseen exception, an unknown outcome: the
            portal may have been asked.
        """
        function, request = operation
        try:
            with self.recorder.working_for(record_id):
                return function(self.client, self.keys, request)
        except Exception as error:
            _logger.exception("record %s: the call broke off", record_id)
            return IrpOutcomeUnknown(
                f"{type(error).__name__}: {error}", reason="broken_off"
            )


def _refused(results: dict[int, Any]) -> dict[int, Any]:
    """Return the results of calls whose token was refused."""
    return {
        key: result
        for key, result in results.items()
        if isinstance(result.error, IrpTokenRefused)
    }


def open_connection(
    env,
    account,
    keys,
    environment,
    base_url,
    transport,
    *,
    calls,
    renews=True,
    timeouts=None,
) -> PortalConnection:
    """Return a client for an account at a portal; makes no call.

    :param environment: `irp.reference.Environment`.
    :param renews: whether the client renews a refused token, in any thread.
    """
    recorder = Recorder()
    client = IrpClient(
        account,
        env["l10n_in.irp.credential"]._wrap_transport(transport),
        base_url=base_url,
        environment=environment,
        clock=now_utc,
        session=env["l10n_in.irp.session"]._stored(environment.name, base_url, account),
        timeouts=timeouts,
        event_hook=recorder,
        renews=renews,
    )
    portal = (environment.name, account.gstin, base_url)
    return PortalConnection(
        client,
        keys,
        recorder,
        environment.name,
        base_url,
        account,
        calls,
        lambda wanted: Seats(env, portal, calls, wanted=wanted),
    )


def open_ewaybill_system(
    env,
    account,
    environment,
    base_url,
    transport,
    *,
    calls,
    recorder=None,
    place="",
) -> PortalConnection:
    """Return a client for a user of the e-way bill system; makes no call.

    Its calls need no session of the e-invoice portal, and never log in: that is left
    to `l10n_in.irp.session`, which counts logins, for all processes together. The
    parameters are those of `open_connection`.

    :param recorder: of the connection that it is attached to.
    :param place: see `PortalConnection`.
    """
    recorder, place = recorder or Recorder(), place or base_url
    client = EwaybillSystem(
        account,
        env["l10n_in.irp.credential"]._wrap_transport(transport),
        base_url=base_url,
        environment=environment,
        clock=now_utc,
        session=env["l10n_in.irp.session"]._stored(environment.name, place, account),
        event_hook=recorder,
        renews=False,
    )
    portal = (environment.name, account.gstin, place)
    return PortalConnection(
        client,
        # its answers are not signed
        SigningKeys(()),
        recorder,
        environment.name,
        base_url,
        account,
        calls,
        lambda wanted: Seats(env, portal, calls, wanted=wanted),
        renew=env["l10n_in.irp.session"]._renew,
        place=place,
    )
