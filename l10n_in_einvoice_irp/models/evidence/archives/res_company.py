from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...res_company import SELDOM_READ


class ResCompany(models.Model):
    """Settings for what an invoice costs at volume."""

    _inherit = "res.company"

    l10n_in_irp_note_irn = fields.Boolean(
        string="Log Each IRN on Its Invoice",
        default=True,
        prefetch=SELDOM_READ,
        help="Log a note with the IRN in the chatter of each invoice that is "
        "registered. The IRN is on the e-Invoice tab and in the API Log in any case; "
        "cancellations are always noted. Untick it to save space if you register "
        "very many invoices.",
    )
    l10n_in_irp_bundle_months = fields.Integer(
        string="Bundle Evidence Older Than (Months)",
        prefetch=SELDOM_READ,
        help="For companies with very many invoices: what was sent to the IRP and "
        "signed by it is moved into one zip file a day, once the day is sealed and "
        "that old. Nothing is deleted: each invoice's signed JSON is downloaded as "
        "before. 0: never.",
    )

    @api.constrains("l10n_in_irp_bundle_months")
    def _check_l10n_in_irp_bundle_months(self):
        for company in self:
            if company.l10n_in_irp_bundle_months < 0:
                raise ValidationError(
                    self.env._(
                        "%s: enter 1 or more months after which evidence is bundled, "
                        "or 0 to leave it as it is.",
                        company.name,
                    )
                )
