from odoo import models

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states


class L10nInIrpDocument(models.Model):
    _inherit = "l10n_in.irp.document"

    def _content_to_compare(self):
        # EXTENDS 'l10n_in_einvoice_irp': E-Invoicing sent the same invoice, in
        # its own form
        move = self.move_id
        if self._is_unsent() and move._l10n_in_irp_edi_holds():
            return move._l10n_in_irp_edi_document()
        return super()._content_to_compare()

    def _has_changes(self, result):
        # EXTENDS 'l10n_in_einvoice_irp': the invoice stays registered as it is, so a
        # difference is only reported
        if result.state == states.CONFLICT and self.move_id._l10n_in_irp_edi_holds():
            return False
        return super()._has_changes(result)
