from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """The company's portals as the queue sees them: paused, down, or taking over."""

    _inherit = "res.company"

    def _l10n_in_irp_breaker(self, environment, base_url=""):
        """Return the circuit breaker of one of the company's portals; may be empty.

        :param base_url: its address; by default that of the main one.
        """
        address = base_url or self._l10n_in_irp_address(environment)
        breakers = self.env["l10n_in.irp.circuit.breaker"]
        return breakers._find(environment, self.vat, address)

    def _l10n_in_irp_may_ask(self, environment, base_url=""):
        """Return whether one of the company's portals may be called.

        After a pause, this checks the portal's health first.

        :param base_url: its address; by default that of the main one.
        """
        breaker = self._l10n_in_irp_breaker(environment, base_url)
        if breaker._is_paused():
            return False
        if not breaker.trips or self._l10n_in_irp_is_up(environment, base_url):
            return True
        breaker._prolong()
        return False

    def _l10n_in_irp_is_up(self, environment, base_url=""):
        """Return whether one of the company's portals answers a health check."""
        try:
            health = self.env["l10n_in.irp.health"]._ask(self, environment, base_url)
        except UserError:
            # without a credential, each record states what is missing
            return True
        return not health or health.is_up

    # ------------------------------------------------------------------
    # Taking over
    # ------------------------------------------------------------------

    def _l10n_in_irp_standby_addresses(self, environment):
        """Return the portals that may take over, the first choice first; none if the
        company allows none."""
        if environment == "demo" or not self.l10n_in_irp_takeover_minutes:
            return []
        credentials = self.env["l10n_in.irp.credential"]._standbys(self, environment)
        return list(dict.fromkeys(credentials.mapped("base_url")))

    def _l10n_in_irp_takeover_at(self, environment, down_since):
        """Return from when a stand-by portal takes over; None if none ever does.

        :param down_since: since when the main portal has been down, if it is.
        """
        if not down_since or not self._l10n_in_irp_standby_addresses(environment):
            return None
        return down_since + timedelta(minutes=self.l10n_in_irp_takeover_minutes)

    def _l10n_in_irp_is_taken_over(self, environment, down_since):
        """Return whether a stand-by portal registers in place of the main one now."""
        moment = self._l10n_in_irp_takeover_at(environment, down_since)
        return bool(moment) and moment <= fields.Datetime.now()
