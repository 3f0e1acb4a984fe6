from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ....irp import RequestsTransport
from ....irp.protocol import parse_proxy
from ....irp.reference import parse_address
from ..secrets.vault import Vault
from .credential_secrets import write_only

HIDDEN = "proxy_password"


class L10nInIrpCredential(models.Model):
    """The outgoing proxy of all calls of a credential.

    NIC and IRIS admit fixed Indian addresses only, which a hosted Odoo has not. TLS to
    the portal goes through the proxy end to end.
    """

    _inherit = "l10n_in.irp.credential"

    proxy_url = fields.Char(
        string="Outgoing Proxy",
        tracking=True,
        help="http:// or https:// address with port of a proxy with the fixed IP "
        "address that the portal whitelists, such as http://user@proxy.example:3128. "
        "If empty, calls go out directly, or through the proxy in the environment of "
        "the Odoo server. A portal on this machine is called without it.",
    )
    proxy_password = write_only(
        HIDDEN,
        help="Password of the user in Outgoing Proxy. It is removed when the proxy "
        "changes.",
    )
    has_proxy_password = fields.Boolean(
        string="Proxy Password Set", compute="_compute_has_proxy_password"
    )

    @api.depends("proxy_url")
    def _compute_has_proxy_password(self):
        for credential in self:
            stored = credential._origin
            is_same = stored and credential.proxy_url == stored.proxy_url
            credential.has_proxy_password = is_same and HIDDEN in Vault(stored).names()

    def _put_secret(self, name):
        result = super()._put_secret(name)
        if name == HIDDEN:
            self.invalidate_recordset(["has_proxy_password"], flush=False)
        return result

    # ------------------------------------------------------------------
    # Entering it
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        credentials = super().create([self._without_password(v) for v in vals_list])
        credentials._check_proxy_user()
        return credentials

    def write(self, vals):
        vals = self._without_password(vals)
        moved = self.browse()
        if "proxy_url" in vals and HIDDEN not in vals:
            # the password is for the proxy that it was entered for
            url = vals["proxy_url"] or False
            moved = self.filtered(lambda one: one.proxy_url != url)
        result = super(L10nInIrpCredential, self - moved).write(vals)
        if moved:
            result = super(L10nInIrpCredential, moved).write({**vals, HIDDEN: False})
        if {"proxy_url", HIDDEN} & vals.keys():
            self._check_proxy_user()
        return result

    def _without_password(self, vals):
        """Return values with the proxy's password apart, for the vault.

        :raises ValidationError: the address is none of a proxy; the text does not quote
            it, because it may contain a password.
        """
        if not vals.get("proxy_url"):
            return vals
        try:
            proxy = parse_proxy(vals["proxy_url"])
        except ValueError as error:
            raise ValidationError(
                self.env._("Outgoing Proxy of the IRP credential: %s.", error)
            ) from error
        apart = {HIDDEN: proxy.password} if proxy.password else {}
        return {**vals, **apart, "proxy_url": proxy.shown}

    def _check_proxy_user(self):
        for credential in self:
            url = credential.proxy_url
            if credential.has_proxy_password and not (url and parse_proxy(url).user):
                raise ValidationError(
                    self.env._(
                        "%s: Proxy Password needs a user. Enter it in Outgoing Proxy, "
                        "as in http://user@proxy.example:3128.",
                        credential.display_name,
                    )
                )

    def _remove_secrets_except(self, names):
        # no portal issued it
        return super()._remove_secrets_except({*names, HIDDEN})

    # ------------------------------------------------------------------
    # Using it
    # ------------------------------------------------------------------

    def _transport(self, **options):
        """Return a transport of this credential's calls.

        :param options: of `irp.RequestsTransport`.
        :raises UserError: the proxy's password cannot be used here.
        """
        return RequestsTransport(proxy=self._proxy(), **options)

    def _proxy(self):
        """Return the `irp.protocol.Proxy`, None without one.

        :raises UserError: it cannot be used here; the text says why.
        """
        if not self.proxy_url:
            return None
        try:
            proxy = parse_proxy(self.proxy_url)
        except ValueError as error:
            # a SOCKS proxy, whose package has gone since
            raise UserError(
                self.env._(
                    "%(credential)s, Outgoing Proxy: %(reason)s.",
                    credential=self.display_name,
                    reason=error,
                )
            ) from error
        return replace(proxy, password=self._secret(HIDDEN))

    def _proxy_note(self):
        """Return which proxy the calls of this credential go through; "" if none."""
        if not self.proxy_url or parse_address(self.base_url).is_loopback:
            return ""
        place = parse_proxy(self.proxy_url).place
        return self.env._("They go through proxy %s.", place)
