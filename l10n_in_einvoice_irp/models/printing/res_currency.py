from odoo import api, models

from .res_lang import INDIAN_PRINT


class ResCurrency(models.Model):
    """Currencies on Indian invoices."""

    _inherit = "res.currency"

    def _l10n_in_irp_grouping(self):
        """Return how amounts in it are grouped: rupees as 12,34,567, any other currency
        as 1,234,567, for its readers are abroad."""
        return "rupees" if self.name == "INR" else "foreign"


class IrQwebFieldMonetary(models.AbstractModel):
    """An amount is grouped by its currency, whatever the document's."""

    _inherit = "ir.qweb.field.monetary"

    @api.model
    def value_to_html(self, value, options):
        # EXTENDS 'base'
        converter = self
        if self.env.context.get(INDIAN_PRINT):
            grouping = options["display_currency"]._l10n_in_irp_grouping()
            converter = self.with_context(**{INDIAN_PRINT: grouping})
        return super(IrQwebFieldMonetary, converter).value_to_html(value, options)
