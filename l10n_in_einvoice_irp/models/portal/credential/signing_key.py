import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import escape_psql

from ....irp import load_signing_key
from ....irp.protocol import check_new_key
from ...clock import utc
from ...guarded import GuardedModel
from .credential_keys import unpacked

# what identifies a key; a change of it is a new key
IDENTITY = {"file", "kid", "credential_id"}
KEY_FILES = {"file": "filename"}


class L10nInIrpSigningKey(GuardedModel, models.Model):
    """A key with which the portal signs its answers, as published by the portal.

    It decides what Odoo believes: only system administrators add one, and the others
    are informed.
    """

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
        help="PEM, DER (.cer), plain base64 text, or a zip with one of them, from the "
        "portal's public key page.",
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
    fingerprint = fields.Char(
        string="SHA-256 Fingerprint",
        compute="_compute_validity",
        store=True,
        help="Compare it with the one that the portal publishes, before you save.",
    )
    valid_from = fields.Datetime(compute="_compute_validity", store=True)
    valid_to = fields.Datetime(compute="_compute_validity", store=True)
    expiry_notified = fields.Boolean(
        readonly=True, copy=False, help="Administrators were warned of its expiry."
    )

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
            record.fingerprint = key and in_pairs(key.fingerprint_sha256)
            record.valid_from = utc(key and key.not_before)
            record.valid_to = utc(key and key.not_after)

    @api.constrains("file", "kid", "credential_id")
    def _check_file(self):
        for key in self:
            parsed = key._parse()
            others = key.sudo()._search_same_environment() - key
            try:
                check_new_key(parsed, [other._parse() for other in others])
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Signing key %(file)s was not added: %(reason)s. Compare its "
                        "fingerprint with the portal's public key page, and delete the "
                        "key that is not the portal's.",
                        file=key.filename or self.env._("(pasted)"),
                        reason=error,
                    )
                ) from error

    def _search_same_environment(self):
        """Return all keys under its key ID in its environment, of any company: the ID
        names one key everywhere."""
        if not self.kid:
            return self.browse()
        return self.search(
            [
                ("kid", "=ilike", escape_psql(self.kid)),
                ("credential_id.environment", "=", self.credential_id.environment),
            ]
        )

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

    # ------------------------------------------------------------------
    # Who changes keys, and who learns of it
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_administrator()
        keys = super().create([unpacked(self, v, KEY_FILES) for v in vals_list])
        keys._announce(self.env._("Signing key added"))
        return keys

    def write(self, vals):
        if IDENTITY.isdisjoint(vals):
            return super().write(vals)
        self._check_administrator()
        result = super().write(unpacked(self, vals, KEY_FILES))
        self._announce(self.env._("Signing key changed"))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_administrator(self):
        self._check_administrator()
        self._announce(self.env._("Signing key deleted"))

    def _check_administrator(self):
        """Refuse users who do not administer Odoo.

        :raises AccessError: the user does not.
        """
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            raise AccessError(
                self.env._(
                    "Only system administrators add, change and delete signing keys of "
                    "the IRP."
                )
            )

    def _announce(self, event):
        """Note an event of the keys on the credential, and mail it to the other
        administrators."""
        for key in self:
            key.credential_id._announce(event, key._description_lines())

    def _description_lines(self):
        """Return what identifies the key to a person, as HTML."""
        facts = {
            self.env._("Key ID"): self.kid,
            self.env._("SHA-256 fingerprint"): self.fingerprint,
            self.env._("Certificate"): self.subject,
            self.env._("Valid until"): self.valid_to and self.valid_to.date(),
        }
        lines = [Markup("%s: %s") % fact for fact in facts.items() if fact[1]]
        return Markup("<br/>").join(lines)


def in_pairs(digits):
    """Return a fingerprint as it is usually written: AB:CD:…"""
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
