from odoo import models

from ..consignment.ewaybill import ELSEWHERE
from .matching import OWN_TYPES, THEIR_TYPES


class AccountMove(models.Model):
    """Documents with e-way bills that were made elsewhere."""

    _inherit = "account.move"

    def _post(self, soft=True):
        # EXTENDS 'account': the e-way bill may be there before its document
        posted = super()._post(soft=soft)
        posted._l10n_in_irp_match_ewaybills()
        return posted

    def _l10n_in_irp_match_ewaybills(self):
        """Link posted documents with the e-way bills made elsewhere of their number
        and party."""
        moves = self.filtered(
            lambda move: (
                move.move_type in (*OWN_TYPES, *THEIR_TYPES)
                and move.company_id.l10n_in_irp_enabled
            )
        )
        if moves:
            self.env["l10n_in.irp.ewaybill"]._unmatched_of(moves)._match()

    def unlink(self):
        # EXTENDS 'account': such an e-way bill stays, without document
        bills = self.sudo().l10n_in_irp_ewaybill_ids
        bills.filtered(lambda bill: bill.basis == ELSEWHERE).move_id = False
        return super().unlink()
