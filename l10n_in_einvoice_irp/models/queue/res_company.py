from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """The company's readiness for calls of the queue: the portal may be paused."""

    _inherit = "res.company"

    def _l10n_in_irp_may_ask(self, environment):
        """Return whether the company's portal may be called.

        After a pause, this checks the portal's health first.
        """
        breakers = self.env["l10n_in.irp.circuit.breaker"]
        breaker = breakers._find(environment, self.vat)
        if breaker.open_until and breaker.open_until > fields.Datetime.now():
            return False
        if not breaker.trips or self._l10n_in_irp_is_up(environment):
            return True
        breaker._prolong()
        return False

    def _l10n_in_irp_is_up(self, environment):
        """Return whether the company's portal answers a health check."""
        try:
            health = self.env["l10n_in.irp.health"]._ask(self, environment)
        except UserError:
            # without a credential, each record states what is missing
            return True
        return not health or health.is_up
