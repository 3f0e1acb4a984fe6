from odoo import models


class L10nInIrpDocument(models.Model):
    _inherit = "l10n_in.irp.document"

    def _adopt_ewaybill(self, registration):
        # EXTENDS 'l10n_in_einvoice_irp': what Odoo's own E-waybill has generated stays
        # its own, and is not recorded a second time
        numbers = self.move_id.sudo().l10n_in_ewaybill_ids.mapped("name")
        if registration.ewb_number in numbers:
            return None
        return super()._adopt_ewaybill(registration)
