from odoo import models
from odoo.fields import Domain

from ...irp.operations import states
from .submission_mixin import submission_models


class L10nInIrpCredential(models.Model):
    """Resumes records that waited for a usable credential."""

    _inherit = "l10n_in.irp.credential"

    def _resume_waiting(self):
        result = super()._resume_waiting()
        for credential in self:
            domain = Domain("company_id", "child_of", credential.company_id.id)
            domain &= Domain("environment", "=", credential.environment)
            domain &= Domain("state", "in", states.QUEUED)
            # the second: without a call, until the key of the secrets is back
            waiting = Domain("next_attempt_at", "=", False) | Domain("attempt", "=", 0)
            domain &= waiting
            for model in submission_models(self.env):
                own = Domain(model._gstin_field, "=", credential.gstin)
                model.search(domain & own)._requeue()
        return result
