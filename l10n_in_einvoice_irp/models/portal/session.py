import base64
from contextlib import contextmanager
from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain

from ...irp import EwaybillSystem, IrpRateLimited, IrpSharedUser, Session
from ...irp.operations import Refusals, ewaybill_system
from .. import locks
from ..clock import aware, indian_time, now_utc, utc
from ..res_company import IRP_ENVIRONMENTS
from .per_gstin import PerGstinModel
from .secrets.vault import SecretError, Vault, add_column, take_over

# more than fit into two quarters of an hour
KEPT_LOG_INS = 20


class L10nInIrpSession(PerGstinModel, models.Model):
    """The token of one API user at one portal.

    The portal allows a single live token per user, so all workers share the row, and so
    do all companies with the same GSTIN. Token and session key (SEK) are in the vault,
    for the gateway alone.
    """

    _name = "l10n_in.irp.session"
    _description = "IRP Session"
    _is_filled_by_code = True
    _rec_name = "gstin"

    environment = fields.Selection(
        selection=IRP_ENVIRONMENTS, required=True, readonly=True
    )
    base_url = fields.Char(string="Portal", required=True, readonly=True)
    username = fields.Char(required=True, readonly=True)
    expires_at = fields.Datetime(readonly=True, copy=False)
    refusals = fields.Integer(
        string="Refused Tokens",
        readonly=True,
        help="Unexpired tokens refused by the portal within an hour. Several mean "
        "that another program uses the same API user.",
    )
    refused_since = fields.Datetime(readonly=True)
    log_ins = fields.Json(
        readonly=True,
        copy=False,
        help="When Odoo last logged in to the e-way bill system, which allows few "
        "logins in a quarter of an hour.",
    )

    _unique_user = models.UniqueIndex("(environment, base_url, gstin, username)")

    def init(self):
        result = super().init()
        add_column(self)
        take_over(self, ("token", "sek"))
        return result

    def _keys(self, environment, base_url, account):
        return {
            "environment": environment,
            "base_url": base_url,
            "gstin": account.gstin,
            "username": account.user_name,
        }

    def _row(self, keys):
        return self.sudo().search([(name, "=", value) for name, value in keys.items()])

    def _stored(self, environment, base_url, account) -> Session | None:
        """Return the stored session of an API user; None if there is none."""
        return self._row(self._keys(environment, base_url, account))._session()

    def _session(self) -> Session | None:
        """Return the session; None if there is none that may be used here."""
        try:
            token = Vault(self).take("token") if self else ""
        except SecretError:
            # the next call logs in
            return None
        if not token:
            return None
        return Session(
            token=token,
            sek=base64.b64decode(Vault(self).take("sek")),
            expires_at=aware(self.expires_at),
            user_name=self.username,
        )

    def _write_session(self, keys, session):
        """Store a session for all workers; None clears the stored one."""
        expires_at = utc(session.expires_at) if session else False
        row = self._row(keys)
        if row:
            row.write({"expires_at": expires_at})
        else:
            row = self.sudo().create({**keys, "expires_at": expires_at})
        sek = session and base64.b64encode(session.sek).decode()
        Vault(row).put(token=session and session.token, sek=sek)

    def _forget(self):
        """Drop the tokens; what counts the log-ins stays."""
        counted = self.filtered("log_ins")
        for row in counted:
            Vault(row).put(token=None, sek=None)
        counted.write({"expires_at": False})
        (self - counted).unlink()

    @api.model
    def _ensure_valid(self, connection):
        """Make sure that a connection's client has a live token; share a new one.

        :raises IrpError: the log-in failed.
        """
        session = connection.client.session
        if not session or session.phase(now_utc()) != "valid":
            self._renew(connection)

    @api.model
    def _store(self, connection):
        """Share the token that a connection's client has received, if it is not the
        stored one; that of the e-way bill system is shared when it is made.

        A client without a session found its session to be useless: the stored one is
        cleared. A newer one of another worker is not replaced by an older one.
        """
        keys = self._keys(connection.environment, connection.place, connection.account)
        session = connection.client.session
        if self._row(keys)._session() == session:
            return
        with self._locked(keys) as sessions:
            stored = sessions._row(keys)._session()
            if not (session and stored and stored.expires_at > session.expires_at):
                sessions._write_session(keys, session)
        self.invalidate_model()

    def _renew(self, connection, refused=None):
        """Give the connection's client a live session that all workers share.

        Only one of several workers logs in; the others wait and use its session.

        :param refused: the session whose token the portal no longer accepts.
        :raises IrpError: the log-in failed, or another program always takes the token.
        """
        keys = self._keys(connection.environment, connection.place, connection.account)
        with self._locked(keys) as sessions:
            is_shared = sessions._renew_locked(keys, connection.client, refused)
        self.invalidate_model()
        if is_shared:
            self._report_shared(connection)

    def _renew_locked(self, keys, client, refused):
        """Give a client a live session, unless another program uses the API user.

        :return: whether one does; its token is not taken then.
        """
        now = now_utc()
        stored = self._row(keys)._session()
        if stored and stored != refused and stored.phase(now) == "valid":
            client.use_session(stored)
            return False
        is_early = refused and refused.phase(now) != "expired"
        if is_early and self._count_apart("_count_refusal", keys).is_shared:
            return True
        if isinstance(client, EwaybillSystem):
            self._count_apart("_count_log_in", keys, now)
        if refused:
            client.replace_session(refused)
        else:
            client.ensure_session()
        self._write_session(keys, client.session)
        return False

    def _count_apart(self, method, *arguments):
        """Return what a count returns; it is stored whatever becomes of the log-in.

        Each is in a separate transaction, as one would wait for a row that the other
        has created.
        """
        with locks.transaction(self.env) as env:
            return getattr(self.with_env(env), method)(*arguments)

    def _count_log_in(self, keys, now):
        """Store a log-in to the e-way bill system before it is made.

        :param now: aware.
        :raises IrpRateLimited: it allows no more until later (118).
        """
        row = self._row(keys) or self.sudo().create(keys)
        earlier = [datetime.fromisoformat(one) for one in row.log_ins or ()]
        free = ewaybill_system.next_log_in(earlier, now)
        if free > now:
            moment = indian_time(utc(free)).strftime("%H:%M")
            text = f"no login to the e-way bill system before {moment} IST"
            wait = (free - now).total_seconds()
            raise IrpRateLimited(text, retry_after=wait, endpoint="ewb_authenticate")
        latest = [*earlier, now][-KEPT_LOG_INS:]
        row.log_ins = [one.isoformat() for one in latest]
        row.flush_recordset()

    def _count_refusal(self, keys):
        """Count a token that was refused before it expired; return the `Refusals`."""
        row = self._row(keys) or self.sudo().create(keys)
        before = Refusals(row.refusals, row.refused_since or None)
        refusals = before.after(fields.Datetime.now())
        row.write({"refusals": refusals.count, "refused_since": refusals.since})
        return refusals

    @api.model
    def _reset_refusals(self, credential):
        """Clear the count of a credential that has been corrected."""
        domain = Domain("environment", "=", credential.environment)
        domain &= Domain("gstin", "=", credential.gstin)
        counted = self.sudo().search(domain & Domain("refusals", ">", 0))
        counted.write({"refusals": 0, "refused_since": False})

    def _report_shared(self, connection):
        """Pause calls, so that two programs stop ending each other's session.

        :raises IrpSharedUser: always.
        """
        account = connection.account
        error = IrpSharedUser(
            f"API user {account.user_name} of GSTIN {account.gstin} is used elsewhere"
        )
        breakers = self.env["l10n_in.irp.circuit.breaker"]
        portal = (connection.environment, account.gstin, connection.place)
        breakers._pause_shared(portal, error)
        raise error

    @contextmanager
    def _locked(self, keys):
        """Yield the sessions, in a transaction in which nobody else renews this one."""
        task = " ".join(("log-in", *keys.values()))
        with locks.exclusive(self.env, task) as env:
            yield self.with_env(env)
