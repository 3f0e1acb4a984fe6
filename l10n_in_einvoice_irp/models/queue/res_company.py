from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """Whether the queue may ask a company's portal, or leaves it alone for a while."""

    _inherit = "res.company"

    def _l10n_in_irp_may_ask(self, environment):
        """Return whether the portal may be asked for the company.

        After a pause the portal's health is checked first.
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
            # without a credential the records themselves say what is missing
            return True
        return not health or health.is_up
