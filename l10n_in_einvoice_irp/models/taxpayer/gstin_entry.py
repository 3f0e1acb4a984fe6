"""The check digit of a GSTIN, as it is entered; Odoo checks its format on saving."""

from odoo import api, models

from ...irp.reference import clean_gstin, gstin_fault, has_gstin_form


def entered_gstin(env, number):
    """Return a GSTIN in the portal's form, and the warning for an onchange.

    :param number: as typed, with blanks, hyphens or small letters.
    :return: (GSTIN, warning or None); another number is returned as it is.
    """
    gstin = clean_gstin(number or "")
    if not has_gstin_form(gstin):
        return number, None
    if gstin_fault(gstin) != "check_digit":
        return gstin, None
    message = env._(
        "The last character of GSTIN %s does not match the others. Check for a typo: "
        "the IRP refuses a GSTIN that does not exist.",
        gstin,
    )
    return gstin, {"title": env._("Check the GSTIN"), "message": message}


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.onchange("vat", "country_id")
    def _onchange_l10n_in_irp_gstin(self):
        company = self.env.company
        is_indian = company.account_fiscal_country_id.code == "IN"
        if not is_indian or self.country_id.code not in ("IN", False):
            return None
        number, warning = entered_gstin(self.env, self.vat)
        if number != self.vat:
            self.vat = number
        return {"warning": warning} if warning else None


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.onchange("vat", "country_id")
    def _onchange_l10n_in_irp_gstin(self):
        if self.country_id.code != "IN":
            return None
        number, warning = entered_gstin(self.env, self.vat)
        if number != self.vat:
            self.vat = number
        return {"warning": warning} if warning else None
