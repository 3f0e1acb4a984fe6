from odoo import models

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states


class L10nInIrpDocument(models.Model):
    _inherit = "l10n_in.irp.document"

    def _act_on_state(self):
        # EXTENDS 'l10n_in_einvoice_irp': an adopted invoice is cancelled here, and
        # E-Invoicing must neither forbid that nor offer it again
        cancelled = self.filtered(lambda one: one.state == states.CANCELLED)
        moves = cancelled.move_id.sudo()
        sent = moves.filtered(lambda move: move.l10n_in_edi_status == "sent")
        sent.l10n_in_edi_status = "cancelled"
        return super()._act_on_state()
