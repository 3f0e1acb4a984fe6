from odoo import api, models
from odoo.exceptions import UserError

# model -> its field that names an attachment
EVIDENCE = {
    "l10n_in.irp.document": "signed_attachment_id",
    "l10n_in.irp.log": "request_attachment_id",
}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_in_irp_evidence(self):
        if self._l10n_in_irp_is_evidence():
            raise UserError(
                self.env._(
                    "The signed e-invoice and what was sent for it are evidence that "
                    "the law asks you to keep; they cannot be deleted."
                )
            )

    def _l10n_in_irp_is_evidence(self):
        """Whether something among these was sent to a portal, or signed by it."""
        return any(
            self.env[model].sudo().search_count([(field, "in", self.ids)], limit=1)
            for model, field in EVIDENCE.items()
        )
