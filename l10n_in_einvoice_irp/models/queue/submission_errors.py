from odoo import models

from ..portal.error_messages import ErrorMessages


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """The error of a record, from the client's."""

    _inherit = "l10n_in.irp.submission.mixin"

    def _error_values(self, error):
        """Return the field values of a record for an `IrpError`."""
        message = ErrorMessages(self.env).describe(error)
        record = self._registration()._record_to_correct(error)
        return {
            "error_code": error.code or False,
            "error": message.text,
            "advice": message.queued_advice or False,
            "error_model": record._name if record else False,
            "error_res_id": record.id if record else False,
        }

    def _record_to_correct(self, error):
        """Return the record in which to correct an `IrpError`; called on a
        registration, see `_registration`."""
        raise NotImplementedError
