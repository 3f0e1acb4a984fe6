from odoo import models


class L10nInIrpOutcome(models.AbstractModel):
    _inherit = "l10n_in.irp.outcome"

    def _follow_up_registrations(self, documents):
        # EXTENDS 'l10n_in_einvoice_irp': an invoice that was taken over is cancelled
        # here, and E-Invoicing must neither forbid that nor offer it once more
        cancelled = documents.filtered(lambda d: d.state == "cancelled")
        moves = cancelled.move_id.sudo()
        sent = moves.filtered(lambda move: move.l10n_in_edi_status == "sent")
        sent.l10n_in_edi_status = "cancelled"
        return super()._follow_up_registrations(documents)
