from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from odoo import models, tools
from odoo.exceptions import UserError

from ...irp import (
    ENVIRONMENTS,
    Account,
    CallRecord,
    IrpClient,
    IrpOutcomeUnknown,
    RequestsTransport,
    SigningKeys,
    Timeouts,
)
from . import demo
from .call_pool import CallPool, PendingCall

_logger = logging.getLogger(__name__)

# the demo portal works in this process: more threads would only wait for each other
DEMO_CALLS = 4


class Recorder:
    """Collects the calls of one batch, each with the record it was made for.

    Calls run in several threads; which record a thread works for is its own.
    """

    def __init__(self) -> None:
        self._rows: deque[tuple[int, CallRecord]] = deque()
        self._thread = threading.local()

    def __call__(self, call: CallRecord) -> None:
        self._rows.append((getattr(self._thread, "record_id", 0), call))

    def take(self) -> list[tuple[int, CallRecord]]:
        """The calls that were collected since the last time."""
        # threads go on adding: only what is there now, one by one
        return [self._rows.popleft() for _row in range(len(self._rows))]

    @contextmanager
    def working_for(self, record_id: int):
        self._thread.record_id = record_id
        try:
            yield
        finally:
            self._thread.record_id = 0


@dataclass
class Connection:
    """A client with what is needed to judge its answers and to record its calls.

    :ivar calls: how many calls may be in flight.
    """

    client: IrpClient
    keys: SigningKeys
    recorder: Recorder
    environment: str
    base_url: str
    account: Account
    calls: int
    # the e-way bill system, if the credential has a user of it
    ewb: Connection | None = None

    def run(self, orders: dict[int, tuple[Callable, Any]]) -> dict[int, Any]:
        """Carry out orders side by side: key -> outcome.

        :raises IrpOutcomeUnknown: a call broke off in a way that nobody foresaw.
        """
        outcomes = {}
        with closing(CallPool(self)) as pool:
            for key, step in orders.items():
                pool.send(PendingCall(key, step))
            while len(pool):
                for job, outcome in pool.finished(timeout=None):
                    outcomes[job.record_id] = outcome
        for outcome in outcomes.values():
            if isinstance(outcome, IrpOutcomeUnknown):
                raise outcome
        return {key: outcomes[key] for key in orders}

    def execute(self, record_id: int, step: tuple[Callable, Any]) -> Any:
        """Ask the portal one thing, in whatever thread.

        :return: the outcome; of an exception that nobody foresaw, what it means: the
            portal may have been asked.
        """
        ask, order = step
        try:
            with self.recorder.working_for(record_id):
                return ask(self.client, self.keys, order)
        except Exception as error:
            _logger.exception("record %s: the call broke off", record_id)
            return IrpOutcomeUnknown(
                f"{type(error).__name__}: {error}", reason="broken_off"
            )


class L10nInIrpGateway(models.AbstractModel):
    """The only place that talks to a portal: from a company to a ready client."""

    _name = "l10n_in.irp.gateway"
    _description = "IRP gateway"

    def _connect(
        self,
        company,
        environment,
        credential=None,
        *,
        base_url="",
        force=False,
        renews=True,
    ) -> Connection:
        """Build the client for a company's GSTIN in an environment.

        :param base_url: the portal that holds what is asked about, if it is not the
            one that the credential names now.
        :param force: use the credential though the portal refused its log-in.
        :param renews: whether the client renews a refused token by itself, in
            whatever thread it is used.
        :raises UserError: there is no usable credential; the text says what to do.
        """
        if environment == "demo":
            return self._connect_demo(company, renews)
        credential = (
            credential or self.env["l10n_in.irp.credential"]._find(company, environment)
        ).sudo()
        self._check_usable(credential, company, environment, force)
        connection = self._connection(
            self._account(credential),
            SigningKeys(key._parse() for key in credential.signing_key_ids),
            credential._environment(),
            base_url or credential.base_url,
            RequestsTransport(),
            renews=renews,
            timeouts=Timeouts(read=credential.read_timeout),
            calls=credential.calls,
        )
        self._attach_ewaybill_system(connection, credential)
        return connection

    def _account(self, credential) -> Account:
        try:
            return Account(
                credential.gstin,
                credential.username,
                credential.password,
                credential.client_id or "",
                credential.client_secret or "",
                credential._load_auth_key(),
            )
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(credential)s: %(reason)s",
                    credential=credential.display_name,
                    reason=error,
                )
            ) from error

    def _check_usable(self, credential, company, environment, force):
        if not credential:
            raise UserError(
                self.env._(
                    "Company %(company)s has no IRP credential for GSTIN %(gstin)s in "
                    "the %(environment)s environment. Ask an administrator to add one "
                    "in Invoicing or Accounting, Configuration / IRP credentials.",
                    company=company.name,
                    gstin=company.vat or self.env._("(none)"),
                    environment=environment,
                )
            )
        if credential.blocked_message and not force:
            raise UserError(credential.blocked_message)

    def _signing_keys(self, company, environment) -> SigningKeys:
        """The known keys with which a portal signs; none is an answer as well.

        They need no credential that can log in: a file is checked offline.
        """
        if environment == "demo":
            return demo.DemoPortal(self._demo_path(), self._now).signing_keys()
        credential = self.env["l10n_in.irp.credential"]._find(company, environment)
        return SigningKeys(key._parse() for key in credential.sudo().signing_key_ids)

    def _connect_demo(self, company, renews) -> Connection:
        portal = demo.DemoPortal(self._demo_path(), self._now)
        gstin = company.vat or ""
        portal.admit(gstin)
        account = Account(
            gstin,
            demo.USERNAME,
            demo.PASSWORD,
            demo.CLIENT_ID,
            demo.CLIENT_SECRET,
            portal.auth_key(),
        )
        return self._connection(
            account,
            portal.signing_keys(),
            ENVIRONMENTS["demo"],
            ENVIRONMENTS["demo"].base_urls[0].base_url,
            portal.transport(),
            renews=renews,
            calls=DEMO_CALLS,
        )

    def _demo_path(self):
        """Where the demo portal of this database keeps its registrations."""
        configured = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("l10n_in_einvoice_irp.demo_portal")
        )
        return configured or os.path.join(
            tools.config["data_dir"],
            "l10n_in_irp",
            f"{self.env.cr.dbname}.sqlite",
        )

    def _connection(
        self,
        account,
        keys,
        environment,
        base_url,
        transport,
        *,
        calls,
        renews,
        timeouts=None,
    ):
        recorder = Recorder()
        sessions = self.env["l10n_in.irp.session"]
        client = IrpClient(
            account,
            self._wrap_transport(transport),
            base_url=base_url,
            environment=environment,
            clock=self._now,
            session=sessions._stored(environment.name, base_url, account),
            timeouts=timeouts,
            event_hook=recorder,
            renews=renews,
        )
        return Connection(
            client, keys, recorder, environment.name, base_url, account, calls
        )

    def _wrap_transport(self, transport):
        """Let a caller in Python, such as a test, stand between client and portal."""
        wrap = self.env.context.get("l10n_in_irp_wrap_transport")
        return wrap(transport) if callable(wrap) else transport

    @staticmethod
    def _now() -> datetime:
        return datetime.now(timezone.utc)

    # ------------------------------------------------------------------
    # The token, shared by all workers
    # ------------------------------------------------------------------

    def _log_in(self, connection):
        """Make sure that the client holds a live token, and share a new one.

        :raises IrpError: the log-in failed.
        """
        session = connection.client.session
        if not session or session.phase(self._now()) != "valid":
            self.env["l10n_in.irp.session"]._renew(connection)

    def _keep_session(self, connection):
        """Share the tokens that the client has got meanwhile by itself."""
        sessions = self.env["l10n_in.irp.session"]
        sessions._keep(connection)
        if connection.ewb:
            sessions._keep(connection.ewb)
