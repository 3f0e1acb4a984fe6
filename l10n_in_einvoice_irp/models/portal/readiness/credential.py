from odoo import api, fields, models
from odoo.tools import format_datetime

from ..credential.credential import SECRETS
from ..credential.credential_secrets import CHECKED, EWB_SECRETS

# what a connection test has tried, all of it together
TRIED = SECRETS | CHECKED | {"gstin", "ewb_base_url", "has_api"}
# what the portals check at a log-in
LOG_IN = SECRETS | {*EWB_SECRETS, "ewb_username", "ewb_client_id", "ewb_base_url"}


class L10nInIrpCredential(models.Model):
    """Remembers whether a credential has been tried as it is now."""

    _inherit = "l10n_in.irp.credential"

    tested_at = fields.Datetime(
        string="Connection Tested On",
        readonly=True,
        copy=False,
        help="When Test Connection last succeeded with the present user, secrets, "
        "address, key and portal. Empty after one of them has changed.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        credentials = super().create(vals_list)
        credentials._log_in_again()
        return credentials

    def write(self, vals):
        result = super().write(vals)
        if TRIED & vals.keys():
            tried = self.sudo().filtered(lambda one: one.tested_at or one.test_steps)
            tried.write({"tested_at": False, "test_steps": False})
        if LOG_IN & vals.keys():
            self._log_in_again()
        return result

    def _log_in_again(self):
        """Let the next call log in: a living token would hide a wrong password.

        Others renew the token in a separate transaction, which would wait for the row:
        it is deleted only when this one ends.
        """
        for credential in self:
            self.env.cr.precommit.add(credential._forget_own_sessions)

    def _forget_own_sessions(self):
        if credential := self.exists():
            credential._forget_sessions()
            self.env.flush_all()

    def _test_connection(self):
        # a failed test proves the opposite of an earlier one
        self.sudo().tested_at = False
        fault = super()._test_connection()
        if not fault:
            self.sudo().tested_at = fields.Datetime.now()
        return fault

    # ------------------------------------------------------------------
    # Its steps of the checklist before production
    # ------------------------------------------------------------------

    def _tested_step(self):
        if not self.has_api:
            return True, self.env._(
                "There is no API access: invoices are registered by bulk upload."
            )
        if self.tested_at and (failed := self._failed_in_production()):
            return False, self.env._("The connection test found: %s", failed)
        if self.tested_at:
            return True, self.env._(
                "The connection was tested on %s.",
                format_datetime(self.env, self.tested_at),
            )
        return False, self.env._(
            "The connection has not been tested with the present data. Open the IRP "
            "credential and click Test Connection."
        )

    def _failed_in_production(self):
        """Return what the last test found wrong with GSTIN and signing keys, where it
        matters: sandboxes do not know every GSTIN."""
        if self.environment != "production":
            return ""
        return " ".join(
            text
            for name, state, text in self.test_steps or []
            if state == "failed" and name in ("gstin", "signing_key")
        )

    def _signing_step(self):
        now = fields.Datetime.now()
        valid = self.signing_key_ids.filtered(
            lambda key: not key.valid_to or key.valid_to >= now
        )
        if valid:
            return True, self.env._("The portal's signing key is there.")
        return False, self.env._(
            "There is no valid signing key, so signatures cannot be checked. Download "
            "it from the portal and add it to the IRP credential."
        )
