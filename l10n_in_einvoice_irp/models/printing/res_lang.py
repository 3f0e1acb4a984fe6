from odoo import models

from odoo.addons.base.models.res_lang import LangData

# A key of the context: formats are Indian, whatever the customer's language. Its value
# says how amounts are grouped.
INDIAN_PRINT = "l10n_in_irp_print"
INDIAN_FORMATS = {
    "date_format": "%d/%m/%Y",
    "time_format": "%H:%M",
    "decimal_point": ".",
    "thousands_sep": ",",
}
# by value of the key: rupees in lakh and crore, what a foreign buyer reads in millions
GROUPINGS = {
    "rupees": {"grouping": "[3,2,0]", "iso_code": "en_IN"},
    "foreign": {"grouping": "[3,0]", "iso_code": "en_US"},
}


class ResLang(models.Model):
    """Languages write dates and amounts on Indian invoices as India does."""

    _inherit = "res.lang"

    def _get_data(self, **kwargs):
        # EXTENDS 'base'
        data = super()._get_data(**kwargs)
        if data and (grouping := self.env.context.get(INDIAN_PRINT)):
            return LangData({**data, **INDIAN_FORMATS, **GROUPINGS[grouping]})
        return data
