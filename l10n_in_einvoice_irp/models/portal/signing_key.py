import base64

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...irp import load_signing_key
from ..clock import utc
from ..guarded import GuardedModel


class L10nInIrpSigningKey(GuardedModel, models.Model):
    """A key with which the portal signs its answers, as published by the portal."""

    _name = "l10n_in.irp.signing.key"
    _description = "IRP Signing Key"
    _order = "valid_to desc, id desc"
    _rec_name = "kid"
    _check_company_auto = True

    credential_id = fields.Many2one(
        "l10n_in.irp.credential", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="credential_id.company_id", store=True)
    file = fields.Binary(
        string="Certificate or Key",
        required=True,
        attachment=False,
        help="PEM, DER (.cer) or plain base64 text from the portal's public key page.",
    )
    filename = fields.Char(string="File Name")
    kid = fields.Char(
        string="Key ID (kid)",
        compute="_compute_kid",
        store=True,
        readonly=False,
        help="SHA-1 thumbprint of the certificate. A plain public key does not "
        "contain it: leave it empty, or enter the key ID from the portal's response.",
    )
    subject = fields.Char(compute="_compute_validity", store=True)
    valid_from = fields.Datetime(compute="_compute_validity", store=True)
    valid_to = fields.Datetime(compute="_compute_validity", store=True)

    @api.depends("file")
    def _compute_kid(self):
        for record in self:
            key = record._parse() if record.file else None
            record.kid = (key and key.kid) or record.kid

    @api.depends("file")
    def _compute_validity(self):
        # separate from `kid`, which a form may send: the ORM skips the compute method
        # of a field that it was given, and with it all that the method computes
        for record in self:
            key = record._parse() if record.file else None
            record.subject = key and key.subject
            record.valid_from = utc(key and key.not_before)
            record.valid_to = utc(key and key.not_after)

    @api.constrains("file", "kid")
    def _check_file(self):
        for key in self:
            key._parse()

    def _parse(self):
        """Read the file; a `ValidationError` describes its fault."""
        self.ensure_one()
        # the web client asks for sizes instead of contents, also while it saves
        content = self.with_context(bin_size=False, bin_size_file=False).file
        try:
            return load_signing_key(base64.b64decode(content), self.kid or "")
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "Signing key %(file)s: %(reason)s. Upload the certificate as "
                    "downloaded from the portal.",
                    file=self.filename or self.env._("(pasted)"),
                    reason=error,
                )
            ) from error
