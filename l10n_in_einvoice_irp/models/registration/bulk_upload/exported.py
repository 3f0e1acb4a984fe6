from odoo import models
from odoo.exceptions import UserError

from ...queue.exported import ExportedSubmission
from ...rights import MANAGER, check_manager


class L10nInIrpDocument(ExportedSubmission, models.Model):
    """Registrations that wait for a person's bulk upload and the portal's answer."""

    _inherit = "l10n_in.irp.document"

    def _export_cleared(self):
        # an IRP that was once said to hold it has not got this upload
        return {**super()._export_cleared(), "irp": False}

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _headline(self):
        # EXTENDS 'l10n_in.irp.document'
        if not self._is_exported():
            return super()._headline()
        # an unclear one says what to do in its advice
        advice = "" if self._needs_settlement() else self._export_advice()
        return f"{self._export_note()} {advice}".strip()

    def _export_advice(self):
        return self.env._(
            "Upload the file on the e-Invoice portal under e-Invoice / Bulk Upload. "
            "Then an e-Invoice manager imports the portal's answer under e-Invoicing "
            "(India) / Import e-Invoice JSON. Do not issue this invoice again. If the "
            "file is not uploaded, a manager selects the invoice in the list and "
            "chooses Actions / Mark as Not Uploaded."
        )

    def _alert_button(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        if not self._is_exported() or self._needs_settlement():
            return super()._alert_button()
        if not self.env.user.has_group(MANAGER):
            return {}
        return self._server_action_button(self.env._("Import Answer"), "import_answer")


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_l10n_in_irp_not_uploaded(self):
        """Record that the bulk upload files of these invoices were not uploaded.

        :raises AccessError: the user is no manager.
        """
        check_manager(self.env)
        self.check_access("write")
        documents = self.l10n_in_irp_document_id
        if not documents:
            raise UserError(
                self.env._("Select invoices that are exported for bulk upload.")
            )
        documents._settle_as_not_uploaded()
        return True
