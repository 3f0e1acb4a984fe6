import base64
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone

import psycopg2

from odoo import models, tools
from odoo.exceptions import UserError

from ..irp.client import Account, Exchange, IrpClient
from ..irp.environments import ENVIRONMENTS
from ..irp.registrar import Order, Outcome
from ..irp.session import Session
from ..irp.signature import SigningKeys
from ..irp.transport import RequestsTransport
from . import l10n_in_irp_gateway_demo as demo

CONNECTIONS = 4


class Recorder:
    """Collects the calls of one batch, each with the document it was made for.

    Calls run in several threads; which document a thread works for is its own.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[int, Exchange]] = []
        self._thread = threading.local()

    def __call__(self, exchange: Exchange) -> None:
        self.rows.append((getattr(self._thread, "document_id", 0), exchange))

    @contextmanager
    def working_for(self, document_id: int):
        self._thread.document_id = document_id
        try:
            yield
        finally:
            self._thread.document_id = 0


@dataclass
class Connection:
    """A client with what is needed to judge its answers and to record its calls."""

    client: IrpClient
    keys: SigningKeys
    recorder: Recorder
    environment: str
    base_url: str
    account: Account

    def run(self, orders: dict[int, tuple[Callable, Order]]) -> dict[int, Outcome]:
        """Carry out orders side by side: document id -> outcome, whatever happens.

        The portal answers one invoice per call and takes its time, so several calls
        are kept in flight. Nothing here touches the database.
        """
        with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
            outcomes = pool.map(self._run_one, orders, orders.values())
            return dict(zip(orders, outcomes, strict=True))

    def _run_one(self, document_id, step) -> Outcome:
        ask, order = step
        with self.recorder.working_for(document_id):
            return ask(self.client, self.keys, order)


class L10nInIrpGateway(models.AbstractModel):
    """The only place that talks to a portal: from a company to a ready client."""

    _name = "l10n_in.irp.gateway"
    _description = "IRP gateway"

    def _connect(
        self, company, environment, credential=None, *, base_url="", force=False
    ) -> Connection:
        """Build the client for a company's GSTIN in an environment.

        :param base_url: the portal that holds what is asked about, if it is not the
            one that the credential names now.
        :param force: use the credential though the portal refused its log-in.
        :raises UserError: there is no usable credential; the text says what to do.
        """
        if environment == "demo":
            return self._connect_demo(company)
        credential = (
            credential or self.env["l10n_in.irp.credential"]._find(company, environment)
        ).sudo()
        self._check_usable(credential, company, environment, force)
        return self._connection(
            self._account(credential),
            SigningKeys(key._parse() for key in credential.signing_key_ids),
            credential._environment(),
            base_url or credential.base_url,
            RequestsTransport(),
        )

    def _account(self, credential) -> Account:
        try:
            return Account(
                credential.gstin,
                credential.username,
                credential.password,
                credential.client_id,
                credential.client_secret,
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
                    "in Invoicing or Accounting, Configuration / IRP Credentials.",
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

    def _connect_demo(self, company) -> Connection:
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

    def _connection(self, account, keys, environment, base_url, transport):
        recorder = Recorder()
        client = IrpClient(
            account,
            self._wrap_transport(transport),
            base_url=base_url,
            environment=environment,
            clock=self._now,
            session=self._stored_session(environment.name, base_url, account),
            observer=recorder,
        )
        return Connection(client, keys, recorder, environment.name, base_url, account)

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

    def _session_row(self, environment, base_url, account):
        return (
            self.env["l10n_in.irp.session"]
            .sudo()
            .search(
                [
                    ("environment", "=", environment),
                    ("base_url", "=", base_url),
                    ("gstin", "=", account.gstin),
                    ("username", "=", account.user_name),
                ]
            )
        )

    def _stored_session(self, environment, base_url, account) -> Session | None:
        row = self._session_row(environment, base_url, account)
        if not row.token:
            return None
        return Session(
            token=row.token,
            sek=base64.b64decode(row.sek),
            expires_at=row.expires_at.replace(tzinfo=timezone.utc),
            user_name=row.username,
        )

    def _log_in(self, connection):
        """Make sure that the client holds a live token, and share a new one.

        The token row is locked meanwhile, so that of several workers only one asks.

        :raises IrpError: the log-in failed.
        """
        client = connection.client
        if client.session and client.session.phase(self._now()) == "valid":
            return
        self._session_row(
            connection.environment, connection.base_url, connection.account
        ).try_lock_for_update()
        client.ensure_session()
        self._keep_session(connection)

    def _keep_session(self, connection):
        """Store the client's token if it is not the stored one.

        A client without a token has found its own to be useless: it is forgotten.
        """
        session = connection.client.session
        key = (connection.environment, connection.base_url, connection.account)
        row = self._session_row(*key)
        values = self._session_values(session)
        if (row.token or False) == values["token"]:
            return
        if not row:
            self._create_session_row(*key, values)
        # a row that another worker holds is being renewed by it
        elif row.try_lock_for_update():
            row.write(values)

    @staticmethod
    def _session_values(session):
        if not session:
            return {"token": False, "sek": False, "expires_at": False}
        expires_at = session.expires_at.astimezone(timezone.utc)
        return {
            "token": session.token,
            "sek": base64.b64encode(session.sek).decode(),
            "expires_at": expires_at.replace(tzinfo=None),
        }

    def _create_session_row(self, environment, base_url, account, values):
        try:
            with self.env.cr.savepoint(), tools.mute_logger("odoo.sql_db"):
                self.env["l10n_in.irp.session"].sudo().create(
                    {
                        "environment": environment,
                        "base_url": base_url,
                        "gstin": account.gstin,
                        "username": account.user_name,
                        **values,
                    }
                )
        except psycopg2.errors.UniqueViolation:
            # another worker logged in for the first time at the same moment: the
            # portal gives both the same token, so its row serves us as well
            return
