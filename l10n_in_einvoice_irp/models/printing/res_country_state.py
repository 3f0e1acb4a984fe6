from odoo import models


class ResCountryState(models.Model):
    """States with their GST codes."""

    _inherit = "res.country.state"

    def _l10n_in_irp_code_and_name(self):
        """Return a state as GST documents write it, such as 27-Maharashtra; "" if there
        is none."""
        return "-".join(filter(None, (self.l10n_in_tin, self.name)))
