import base64
import re
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ....irp import (
    Account,
    SigningKeys,
    Timeouts,
    load_auth_key,
)
from ....irp.protocol import Credentials, check_log_in
from ....irp.reference import check_headers, read_pairs
from ...guarded import GuardedModel
from ...res_company import IRP_ENVIRONMENTS
from ..gateway import open_connection
from .portal import one_spelling

GSTIN_SHAPE = re.compile(r"[0-9]{2}[0-9A-Z]{13}")
# the possible causes of a refused log-in
SECRETS = {
    "username",
    "password",
    "client_id",
    "client_secret",
    "base_url",
    "portal_id",
    "auth_key",
    "extra_headers",
    "portal_fields",
    "proxy_url",
    "proxy_password",
}
# what a portal issues besides the secrets
ISSUED = (
    *("username", "client_id", "auth_key"),
    *("ewb_username", "ewb_client_id", "ewb_auth_key"),
)


class L10nInIrpCredential(GuardedModel, models.Model):
    """A GSTIN's access to a portal: API user, client pair and the portal's keys."""

    _name = "l10n_in.irp.credential"
    _description = "IRP Credential"
    _order = "company_id, environment, gstin, id"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    gstin = fields.Char(
        string="GSTIN",
        required=True,
        compute="_compute_gstin",
        store=True,
        readonly=False,
        precompute=True,
    )
    environment = fields.Selection(
        selection=[row for row in IRP_ENVIRONMENTS if row[0] != "demo"],
        required=True,
        default="sandbox",
    )
    base_url = fields.Char(
        string="Portal Address",
        required=True,
        compute="_compute_base_url",
        store=True,
        readonly=False,
        precompute=True,
        help="Filled in for the portal. Production takes only addresses of the portal, "
        "such as a reserve address, which its page in the documentation lists. For the "
        "sandbox, you can enter a local test portal that runs on this machine.",
    )
    username = fields.Char(
        string="API User",
        required=True,
        copy=False,
        help="API user of this GSTIN, created on the portal under API Registration. "
        "It is not the website login.",
    )
    client_id = fields.Char(
        string="Client ID",
        copy=False,
    )
    auth_key = fields.Binary(
        string="Portal's Public Key",
        attachment=False,
        help="Key to encrypt the login, as downloaded from the portal: PEM, DER, "
        "base64 text, or a zip with one of them.",
    )
    auth_key_filename = fields.Char(string="Key File Name")
    signing_key_ids = fields.One2many(
        "l10n_in.irp.signing.key", "credential_id", string="Portal's Signing Keys"
    )
    calls = fields.Integer(
        string="Parallel Calls",
        default=24,
        help="Maximum number of parallel calls for this GSTIN, over all workers and "
        "servers and including clicks. The portal registers one invoice per call, so "
        "this decides how fast a backlog is registered.",
    )
    calls_per_minute = fields.Integer(
        help="For a portal or GSP with a rate limit: maximum calls per minute for "
        "this GSTIN, over all workers and servers and including clicks. 0: no limit.",
    )
    read_timeout = fields.Integer(
        string="Response Timeout (s)",
        default=30,
        help="Seconds. A call without a response by then is looked up later, never "
        "sent a second time.",
    )
    blocked_message = fields.Char(
        string="Login Refused",
        readonly=True,
        copy=False,
        help="The portal locks an account after several wrong passwords. Nothing is "
        "sent with this credential until it is corrected or tested again.",
    )

    _positive_limits = models.Constraint(
        "CHECK (calls BETWEEN 1 AND 200 AND calls_per_minute >= 0"
        " AND read_timeout BETWEEN 1 AND 300)",
        "Parallel Calls: 1 to 200. Calls Per Minute: 0 (no limit) or more. Response "
        "Timeout: 1 to 300 seconds.",
    )

    @api.depends("gstin", "environment", "role", "portal_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["environment"]._description_selection(self.env))
        for credential in self:
            parts = [credential.gstin, labels.get(credential.environment, "")]
            if credential.role != "main":
                parts.append(credential.portal_id.name)
            credential.display_name = " – ".join(map(str, parts))

    @api.depends("company_id")
    def _compute_gstin(self):
        for credential in self:
            credential.gstin = credential.company_id.vat

    def _is_elsewhere(self):
        """Return whether environment or portal differ from what is stored: another one
        issues other users, secrets and keys."""
        stored = self._origin
        here = (self.environment, self.portal_id._origin)
        return bool(stored) and here != (stored.environment, stored.portal_id)

    @api.onchange("environment", "portal_id")
    def _onchange_environment(self):
        """Clear what another environment or portal issued.

        A copy of the same portal takes the same user, client ID and keys.
        """
        if not self._is_elsewhere():
            return
        self.update(dict.fromkeys(("password", "ewb_password"), False))
        if not self._has_same_issuer():
            self.update(dict.fromkeys(ISSUED, False))
            self.signing_key_ids = False

    def _has_same_issuer(self):
        """Return whether users and keys are still those that were issued for it."""
        stored = self._origin
        ours, theirs = self.portal_id, stored.portal_id
        return (
            self.environment == stored.environment
            and ours.profile == theirs.profile
            and ours.base_url == theirs.base_url
        )

    @api.constrains("gstin")
    def _check_gstin(self):
        for credential in self:
            if not GSTIN_SHAPE.fullmatch(credential.gstin or ""):
                raise ValidationError(
                    self.env._(
                        "GSTIN %s: a GSTIN has 15 characters, two digits followed by "
                        "capital letters or digits.",
                        credential.gstin,
                    )
                )

    @api.constrains("auth_key", "portal_id")
    def _check_auth_key(self):
        for credential in self:
            if credential._profile().wire.is_sealed:
                credential._load_auth_key()

    def _check_password(self):
        """Refuse a log-in that does not fit into one block of the portal's RSA key."""
        if not self.has_password:
            raise ValidationError(
                self.env._("%s: enter the API Password.", self.display_name)
            )
        if not (password := self._readable("password")):
            return
        wire = self._profile().wire
        if not wire.is_sealed:
            return
        try:
            check_log_in(
                wire, Credentials(self.username, password, self._load_auth_key())
            )
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "API user and password of %(credential)s: %(reason)s",
                    credential=self.display_name,
                    reason=error,
                )
            ) from error

    def _check_client(self):
        """Check the client pair; a GSP that is not in the list may add it."""
        wire, is_gsp = self._profile().wire, bool(self.portal_id.base_url)
        needed = {"client_id", "client_secret"} - wire.left_out
        given = {"client_id"} if self.client_id else set()
        given |= {"client_secret"} if self.has_client_secret else set()
        if not needed - given:
            return
        if given or not (is_gsp and self.has_extra_headers):
            raise ValidationError(
                self.env._(
                    "%(credential)s: enter %(fields)s. Both may be empty only for a "
                    "GSP that is not in the list of portals, with extra headers.",
                    credential=self.display_name,
                    fields=self._labels(sorted(needed - given)),
                )
            )

    def _check_lines(self):
        for credential in self:
            try:
                check_headers(credential._extra_headers())
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%(credential)s: %(reason)s",
                        credential=credential.display_name,
                        reason=error,
                    )
                ) from error

    def _profile(self):
        """Return the `irp.reference.Profile` of its portal."""
        return self.portal_id.sudo()._profile()

    def _environment(self, url=""):
        """Return the environment at its portal, with the headers entered for it.

        The extra headers are secrets between us and the credential's own address.

        :param url: an address of this credential, or one at which it once registered.
        :raises UserError: this credential may not call it.
        """
        self.ensure_one()
        url = url or self.base_url
        self._check_callable(url)
        published = self._profile().environments[self.environment]
        is_own = url in (self.base_url, self.ewb_base_url)
        headers = self._extra_headers() if is_own else {}
        return replace(published, headers={**published.headers, **headers})

    def _extra_headers(self):
        try:
            # the fault does not quote the line: a header may be a secret
            return read_pairs(self._secret("extra_headers") or "", ":")
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(credential)s, Extra Headers: %(reason)s",
                    credential=self.display_name,
                    reason=error,
                )
            ) from error

    def _load_auth_key(self):
        """Return the RSA key that encrypts the log-in; a `ValidationError` names the
        fault."""
        self.ensure_one()
        if not self.auth_key:
            raise ValidationError(
                self.env._(
                    "%(credential)s: upload the Portal's Public Key. %(where)s",
                    credential=self.display_name,
                    where=self._key_source("auth"),
                )
            )
        # the web client asks for sizes instead of contents, also while it saves
        whole = self.with_context(bin_size=False, bin_size_auth_key=False)
        try:
            return load_auth_key(base64.b64decode(whole.auth_key or b""))
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "Public key of the portal in credential %(credential)s: "
                    "%(reason)s. Upload the key file as downloaded from the portal.",
                    credential=self.display_name,
                    reason=error,
                )
            ) from error

    # ------------------------------------------------------------------
    # Connecting
    # ------------------------------------------------------------------

    def _connect(self, base_url="", *, renews=True):
        """Return a client for this user; see `res.company._l10n_in_irp_connect`."""
        self.ensure_one()
        url = one_spelling(base_url or self.base_url)
        try:
            connection = open_connection(
                self.env,
                self._account(),
                self._signing_keys(),
                self._environment(url),
                url,
                self._transport(),
                renews=renews,
                timeouts=Timeouts(read=self.read_timeout),
                calls=self.calls,
            )
            self._attach_ewaybill_system(connection)
        except ValueError as error:
            # a changed copy of the portal may ask for more than was entered
            raise self._unusable(error) from error
        return connection

    def _unusable(self, error):
        """Return the `UserError` for what its portal's calls lack."""
        return UserError(
            self.env._(
                "%(credential)s: %(reason)s",
                credential=self.display_name,
                reason=error,
            )
        )

    def _account(self):
        return Account(
            self.gstin,
            self.username,
            self._secret("password"),
            self.client_id or "",
            self._secret("client_secret"),
            self._load_auth_key() if self._profile().wire.is_sealed else None,
            self._field_values(),
        )

    def _signing_keys(self):
        """Return the known keys with which the portal signs."""
        return SigningKeys(key._parse() for key in self.signing_key_ids)

    @api.model
    def _wrap_transport(self, transport):
        """Return the transport of calls to a portal, including the demo's. For
        extensions, such as a separate log; tests inject faults here."""
        return transport

    @api.model_create_multi
    def create(self, vals_list):
        credentials = super().create(vals_list)
        credentials._resume_waiting()
        return credentials

    def write(self, vals):
        result = super().write(vals)
        if SECRETS & vals.keys() and "blocked_message" not in vals:
            self.sudo().blocked_message = False
        if "blocked_message" in vals and not vals["blocked_message"]:
            self._use_again()
        return result

    def _use_again(self, *, of_ewb=False):
        """Use a log-in that may be correct now: end what its refusal has stopped.

        :param of_ewb: that of the e-way bill system.
        """
        breakers = self.env["l10n_in.irp.circuit.breaker"]
        for credential in self.filtered(lambda one: one._is_usable_gstin()):
            breakers._reset(credential, of_ewb=of_ewb)
            self.env["l10n_in.irp.session"]._reset_refusals(credential)
        self._resume_waiting()

    def _is_usable_gstin(self):
        """Return whether its company or a branch has the GSTIN: the pauses of another
        company's are not this one's to end."""
        domain = [("id", "child_of", self.company_id.id), ("vat", "=", self.gstin)]
        return bool(self.env["res.company"].sudo().search_count(domain, limit=1))

    def _resume_waiting(self):
        """Resume records that waited for a usable credential. For extensions."""

    def _forget_sessions(self):
        """Drop the stored tokens, so that the next call logs in."""
        users = (
            (self.base_url, self.username),
            (self._ewb_place(), self.ewb_username),
        )
        domain = Domain.OR(
            Domain("base_url", "=", base_url) & Domain("username", "=", username)
            for base_url, username in users
        )
        domain &= Domain("environment", "=", self.environment)
        domain &= Domain("gstin", "=", self.gstin)
        self.env["l10n_in.irp.session"].sudo().search(domain)._forget()
