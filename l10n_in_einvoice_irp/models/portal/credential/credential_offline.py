from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class L10nInIrpCredential(models.Model):
    """A credential without API access: it holds the portal's signing keys.

    Such a company uses the bulk upload on the portal's website, and the signatures of
    what it downloads there are checked all the same.
    """

    _inherit = "l10n_in.irp.credential"

    has_api = fields.Boolean(
        string="API Access",
        default=True,
        help="Clear it for a company without API access to the e-Invoice portal. The "
        "credential then holds the portal's signing keys, with which Odoo checks the "
        "signed JSON that you download from the portal, and the user of the e-way bill "
        "system, if you have one.",
    )
    username = fields.Char(required=False)

    @api.constrains("has_api", "username")
    def _check_username(self):
        for credential in self:
            if credential.has_api and not credential.username:
                raise ValidationError(
                    self.env._(
                        "%s: enter the API User, or clear API Access.",
                        credential.display_name,
                    )
                )

    @api.constrains("auth_key", "portal_id", "has_api")
    def _check_auth_key(self):
        # EXTENDS 'l10n_in.irp.credential'
        with_api = self.filtered("has_api")
        return super(L10nInIrpCredential, with_api)._check_auth_key()

    @api.constrains("portal_id", "has_api")
    def _check_portal_known(self):
        # EXTENDS 'l10n_in.irp.credential'
        with_api = self.filtered("has_api")
        return super(L10nInIrpCredential, with_api)._check_portal_known()

    def _check_secrets(self):
        # EXTENDS 'l10n_in.irp.credential'
        with_api = self.filtered("has_api")
        for credential in self - with_api:
            credential._check_ewb_user()
            if credential.ewb_username:
                credential._check_portal_fields()
        return super(L10nInIrpCredential, with_api)._check_secrets()

    def write(self, vals):
        # EXTENDS 'l10n_in.irp.credential'
        result = super().write(vals)
        if vals.get("has_api"):
            self._check_secrets()
            self._resume_waiting()
        return result

    def _connect(self, base_url="", *, renews=True):
        # EXTENDS 'l10n_in.irp.credential'
        if not self.has_api:
            raise UserError(
                self.env._(
                    "%s has no API access. Its invoices are registered by bulk upload "
                    "on the e-Invoice portal: select them in the list and choose "
                    "Actions / Export for Bulk Upload.",
                    self.company_id.name,
                )
            )
        return super()._connect(base_url, renews=renews)
