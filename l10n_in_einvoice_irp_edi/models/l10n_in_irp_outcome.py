from odoo import models


class L10nInIrpOutcome(models.AbstractModel):
    _inherit = "l10n_in.irp.outcome"

    def _follow_up(self, document, outcome):
        # EXTENDS 'l10n_in_einvoice_irp': an invoice that was taken over is cancelled
        # here, and E-Invoicing must neither forbid that nor offer it once more
        move = document.move_id.sudo()
        if outcome.state == "cancelled" and move.l10n_in_edi_status == "sent":
            move.l10n_in_edi_status = "cancelled"
        return super()._follow_up(document, outcome)
