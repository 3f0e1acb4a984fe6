from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ....irp import check_base_url
from ....irp.reference import portals_at, related_addresses
from .portal import host_of, with_one_spelling


class L10nInIrpCredential(models.Model):
    """Where the calls of a credential go: to the addresses of its portal.

    In production there is no other way. That is checked when an address is entered, and
    again at each connection: a registration names the address that it was made at, and
    the portal of the credential may have changed since.
    """

    _inherit = "l10n_in.irp.credential"

    portal_id = fields.Many2one(
        "l10n_in.irp.portal",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.ref("l10n_in_einvoice_irp.portal_nic1"),
        help="The Invoice Registration Portal (IRP), or the GST Suvidha Provider (GSP) "
        "that gave you this API access. System administrators add others under "
        "e-Invoicing (India) / Configuration / IRP Portals.",
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
        host, portal = host_of(url), self.portal_id.sudo()
        if not (host and portal):
            return host
        if url in (portal.base_url, portal.ewb_base_url):
            return self.env._("%(host)s (GSP %(gsp)s)", host=host, gsp=portal.name)
        published = portal._profile().environments[self.environment or "sandbox"]
        titles = [
            one.title
            for one in (*published.base_urls, *published.ewb_hosts)
            if host_of(one.base_url) == host
        ]
        return f"{host} ({titles[0]})" if titles else host

    @api.depends("environment", "portal_id")
    def _compute_base_url(self):
        for credential in self:
            environment, portal = credential.environment, credential.portal_id
            known = environment and portal
            credential.base_url = known and portal._default_address(environment)

    @api.depends("environment", "portal_id")
    def _compute_ewb_base_url(self):
        for credential in self:
            environment, portal = credential.environment, credential.portal_id
            known = environment and portal
            credential.ewb_base_url = known and portal._default_ewb_address(environment)

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains(
        "base_url", "ewb_base_url", "ewb_username", "environment", "portal_id"
    )
    def _check_addresses(self):
        # the others cannot be called, which is said with what is missing
        for credential in self.filtered(lambda one: one._profile().wire.known):
            for name in credential._used_addresses():
                try:
                    credential._check_target(credential[name])
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

    def _check_target(self, url):
        """Check that this credential may call an address.

        :raises ValueError: it may not; the text says why.
        """
        portal, environment = self.portal_id.sudo(), self.environment
        url = check_base_url(url or "", environment)
        related = related_addresses(portal._profile(), environment)
        if url in portal._addresses(environment) or url in related:
            return
        others = [one.title for one in portals_at(url, environment)]
        others += portal._at(url).mapped("name")
        if environment == "production" or others:
            raise ValueError(self._wrong_address_text(url, others))

    def _wrong_address_text(self, url, others):
        """Return why an address is not for this credential.

        :param others: names of the portals that have it.
        """
        text = self.env._(
            "calls for %(portal)s go only to its addresses (%(hosts)s). %(host)s is "
            "none of them.",
            portal=self.portal_id.name,
            hosts=", ".join(map(host_of, self.portal_id._addresses(self.environment))),
            host=host_of(url),
        )
        if others:
            advice = self.env._("It is an address of %s.", ", ".join(others))
        else:
            advice = self.env._(
                "If it is a GSP's, a system administrator adds it under e-Invoicing "
                "(India) / Configuration / IRP Portals; then choose it under Portal."
            )
        return f"{text} {advice}"

    def _check_callable(self, url):
        """Check again what may have changed since an address was entered.

        :raises UserError: this credential may not call it.
        """
        try:
            self._check_target(url)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(credential)s: nothing was sent to %(address)s: %(reason)s",
                    credential=self.display_name,
                    address=url,
                    reason=self._with_advice(str(error), url),
                )
            ) from error

    def _with_advice(self, reason, url):
        """Return why an address cannot be called, and who gets at a record that was
        registered there."""
        if url in (self.base_url, self.ewb_base_url):
            return reason
        advice = self.env._(
            "What was sent there needs an IRP credential of that portal: an "
            "administrator creates it, or unarchives it, under e-Invoicing (India) / "
            "Configuration / IRP Credentials."
        )
        return f"{reason} {advice}"

    # ------------------------------------------------------------------
    # One spelling
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([with_one_spelling(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(with_one_spelling(vals))
