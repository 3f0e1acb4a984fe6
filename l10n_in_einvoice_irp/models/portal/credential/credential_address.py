from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ....irp import ENVIRONMENTS, check_base_url
from ....irp.reference import is_published_address
from .gsp import host_of, one_spelling, with_one_spelling


class L10nInIrpCredential(models.Model):
    """Where the calls of a credential go: to a published portal, or through a GSP.

    In production there is no third way. That is checked when an address is entered, and
    again at each connection: a registration names the address that it was made at, and
    a GSP may have changed since.
    """

    _inherit = "l10n_in.irp.credential"

    gsp_id = fields.Many2one(
        "l10n_in.irp.gsp",
        string="Pass-through GSP",
        index="btree_not_null",
        ondelete="restrict",
        help="Send calls through a GST Suvidha Provider instead of directly to the "
        "portal. System administrators add GSPs under Configuration / IRP GSPs.",
    )
    host = fields.Char(
        string="Calls Go To",
        compute="_compute_host",
        help="The server that gets this credential's login and all its e-Invoices.",
    )
    ewb_host = fields.Char(
        string="e-Way Bill Calls Go To",
        compute="_compute_host",
    )

    @api.depends("base_url", "ewb_base_url", "environment")
    def _compute_host(self):
        for credential in self:
            credential.host = credential._describe_host(credential.base_url)
            credential.ewb_host = credential._describe_host(credential.ewb_base_url)

    def _describe_host(self, url):
        """Return the host of an address and whose it is, for people to read."""
        host = host_of(url)
        if gsp := self._gsp_at(url):
            return self.env._("%(host)s (GSP %(gsp)s)", host=host, gsp=gsp.name)
        published = ENVIRONMENTS[self.environment or "sandbox"]
        titles = [
            portal.title
            for portal in (*published.base_urls, *published.ewb_hosts)
            if host_of(portal.base_url) == host
        ]
        return f"{host} ({titles[0]})" if titles else host

    @api.depends("environment", "gsp_id.base_url")
    def _compute_base_url(self):
        for credential in self:
            hosts = ENVIRONMENTS[credential.environment or "sandbox"].base_urls
            credential.base_url = credential.gsp_id.base_url or hosts[0].base_url

    @api.depends("environment", "gsp_id.base_url", "gsp_id.ewb_base_url")
    def _compute_ewb_base_url(self):
        for credential in self:
            gsp = credential.gsp_id
            hosts = ENVIRONMENTS[credential.environment or "sandbox"].ewb_hosts
            published = hosts[0].base_url if hosts else False
            credential.ewb_base_url = gsp.ewb_base_url or gsp.base_url or published

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("base_url", "ewb_base_url", "ewb_username", "environment", "gsp_id")
    def _check_addresses(self):
        for credential in self:
            for name in credential._used_addresses():
                try:
                    credential._check_target(credential[name], credential.gsp_id)
                except ValueError as error:
                    label = self._fields[name].get_description(self.env)["string"]
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(credential)s: %(reason)s",
                            field=label,
                            credential=credential.display_name,
                            reason=error,
                        )
                    ) from error

    def _used_addresses(self):
        return ("base_url", "ewb_base_url") if self.ewb_username else ("base_url",)

    def _check_target(self, url, gsp):
        """Check that this credential may call an address.

        :param gsp: the GSP that it may go through; may be empty.
        :raises ValueError: it may not; the text says why.
        """
        url = check_base_url(url or "", self.environment)
        if self.environment != "production" or is_published_address(url, "production"):
            return
        if url not in (gsp.base_url, gsp.ewb_base_url):
            raise ValueError(
                self.env._(
                    "production calls go only to the published portals (%(portals)s) "
                    "or through a GSP. %(host)s is neither. Choose the GSP under "
                    "Pass-through GSP; a system administrator adds it first.",
                    portals=", ".join(production_hosts()),
                    host=host_of(url),
                )
            )

    def _checked_target(self, url):
        """Return the GSP that an address belongs to, empty if it is a portal's.

        In production no other GSP than the credential's: its secrets are not for a host
        that it used before.

        :raises UserError: this credential may not call it.
        """
        try:
            self._check_target(url, self.sudo().gsp_id)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(credential)s: nothing was sent to %(address)s: %(reason)s",
                    credential=self.display_name,
                    address=url,
                    reason=error,
                )
            ) from error
        return self._gsp_at(url)

    def _gsp_at(self, url):
        """Return the GSP at an address, this credential's first; may be empty."""
        url, own = one_spelling(url), self.sudo().gsp_id
        is_own = url and url in (own.base_url, own.ewb_base_url)
        return own if is_own else own._at(url)

    # ------------------------------------------------------------------
    # One spelling
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([with_one_spelling(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(with_one_spelling(vals))

    @api.onchange("environment")
    def _onchange_environment_address(self):
        """A GSP has another address for each environment."""
        if self._origin and self._origin.environment != self.environment:
            self.gsp_id = False


def production_hosts():
    """Return the hosts that production is published with."""
    published = ENVIRONMENTS["production"]
    hosts = (*published.base_urls, *published.ewb_hosts)
    return [host_of(portal.base_url) for portal in hosts]
