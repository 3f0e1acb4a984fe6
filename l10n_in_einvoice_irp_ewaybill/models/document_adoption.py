from odoo import models


class L10nInIrpAdoption(models.AbstractModel):
    _inherit = "l10n_in.irp.adoption"

    def _keep_ewaybill(self, document, registration):
        # EXTENDS 'l10n_in_einvoice_irp': what Odoo's own E-waybill has generated stays
        # its own, and is not recorded a second time
        numbers = document.move_id.sudo().l10n_in_ewaybill_ids.mapped("name")
        if registration.ewb_number in numbers:
            return None
        return super()._keep_ewaybill(document, registration)
