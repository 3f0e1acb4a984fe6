from odoo import models
from odoo.tools import formatLang

from .irn import grouped_irn
from .res_lang import INDIAN_PRINT


class L10nInIrpEwaybill(models.Model):
    """The e-way bill is printed in the form of invoices."""

    _inherit = "l10n_in.irp.ewaybill"

    def _print_values(self):
        values = super()._print_values()
        amount = values["content"].value
        rupees = self.with_context(**{INDIAN_PRINT: "rupees"}).env
        return {
            **values,
            "irn": grouped_irn(self.irn),
            "value": amount and formatLang(rupees, float(amount)),
        }
