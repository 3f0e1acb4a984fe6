from odoo import models
from odoo.exceptions import UserError

from ....irp.reference import portals_at
from .wording import missing


class ResCompany(models.Model):
    """The services that the portal of a company offers."""

    _inherit = "res.company"

    def _l10n_in_irp_portal(self, environment=None, base_url=""):
        """Return the `irp.reference.profiles.Environment` that calls are made in.

        :param environment: by default the company's present one.
        :param base_url: where the record of the calls is registered; empty: where new
            ones are.
        """
        self.ensure_one()
        environment = environment or self.l10n_in_irp_environment
        is_elsewhere = base_url and environment != "demo"
        profile = is_elsewhere and self._l10n_in_irp_profile_at(environment, base_url)
        profile = profile or self._l10n_in_irp_profile(environment)
        return profile.environments[environment]

    def _l10n_in_irp_profile_at(self, environment, base_url):
        """Return the profile by which an address is called, or that is published with
        it; None if there is none."""
        domain = [
            ("company_id", "parent_of", self.id),
            ("gstin", "=", self.vat),
            ("environment", "=", environment),
            ("base_url", "=", base_url),
        ]
        credential = self.env["l10n_in.irp.credential"].sudo().search(domain, limit=1)
        if credential:
            return credential._profile()
        return next(iter(portals_at(base_url, environment)), None)

    def _l10n_in_irp_website(self, environment=None, base_url=""):
        """Return the e-Invoice portal as a person finds it, for texts."""
        portal = self._l10n_in_irp_portal(environment, base_url)
        if portal.name != "production":
            # trial portals have other websites
            return self.env._("the e-Invoice portal")
        return self.env._("the e-Invoice portal %s", portal.wire.website)

    def _l10n_in_irp_offers(self, service, environment=None, base_url=""):
        """Return whether the portal offers a service to programs.

        :param service: a name in `irp.reference.SERVICES`; the others as in
            `_l10n_in_irp_portal`.
        """
        return self._l10n_in_irp_portal(environment, base_url).offers(service)

    def _l10n_in_irp_missing(self, service, environment=None, base_url=""):
        """Return that the portal does not offer a service, and what remains; "" if it
        does."""
        portal = self._l10n_in_irp_portal(environment, base_url)
        if portal.offers(service):
            return ""
        return " ".join(missing(self.env, portal.wire, service))

    def _l10n_in_irp_check_offers(self, service, environment=None):
        """Refuse a service that the portal of new records does not offer.

        :raises UserError: it does not; the text says what remains.
        """
        if text := self._l10n_in_irp_missing(service, environment):
            raise UserError(text)
