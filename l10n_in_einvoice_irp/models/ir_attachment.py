from odoo import api, models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_in_irp_evidence(self):
        evidence = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search_count([("signed_attachment_id", "in", self.ids)], limit=1)
        )
        if evidence:
            raise UserError(
                self.env._(
                    "The signed e-invoice is evidence that the law asks you to keep; "
                    "it cannot be deleted."
                )
            )
