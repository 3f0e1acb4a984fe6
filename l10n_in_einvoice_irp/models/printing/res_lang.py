from odoo import models

from odoo.addons.base.models.res_lang import LangData

# A key of the context: formats are Indian, whatever the customer's language.
INDIAN_PRINT = "l10n_in_irp_print"
INDIAN_FORMATS = {
    "date_format": "%d/%m/%Y",
    "time_format": "%H:%M",
    "grouping": "[3,2,0]",
    "decimal_point": ".",
    "thousands_sep": ",",
    # amounts in words are in crore and lakh
    "iso_code": "en_IN",
}


class ResLang(models.Model):
    """Languages write dates and amounts on Indian invoices as India does."""

    _inherit = "res.lang"

    def _get_data(self, **kwargs):
        # EXTENDS 'base'
        data = super()._get_data(**kwargs)
        if data and self.env.context.get(INDIAN_PRINT):
            return LangData({**data, **INDIAN_FORMATS})
        return data
