from odoo import models

from ..consignment.ewaybill import ELSEWHERE


class AccountMove(models.Model):
    """Documents with e-way bills that were made elsewhere."""

    _inherit = "account.move"

    def unlink(self):
        # EXTENDS 'account': such an e-way bill stays, without document
        bills = self.sudo().l10n_in_irp_ewaybill_ids
        bills.filtered(lambda bill: bill.basis == ELSEWHERE).move_id = False
        return super().unlink()
