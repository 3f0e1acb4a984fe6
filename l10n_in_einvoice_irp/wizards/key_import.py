import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import escape_psql, format_date

from ..irp import load_signing_key
from ..irp.protocol import check_new_key, read_key_files
from ..models.clock import now_utc
from ..models.portal.credential.signing_key import in_pairs
from .cancel_window import RELOAD
from .targets import CheckedDialog

NEW, KNOWN, REFUSED = "new", "known", "refused"


class L10nInIrpKeyImport(CheckedDialog, models.TransientModel):
    """Adds signing keys to a credential, from files or as the portal publishes them.

    A signing key decides what Odoo believes, and neither a file nor a download proves
    whose it is: the dialog shows the keys, and adds them once an administrator has
    compared their fingerprints.
    """

    _name = "l10n_in.irp.key.import"
    _description = "Add Signing Keys"
    _rec_name = "credential_id"

    credential_id = fields.Many2one(
        "l10n_in.irp.credential",
        string="IRP Credential",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Key Files",
        help="One or more files as downloaded from the portal: zip, PEM, DER (.cer), "
        ".p7b or base64 text.",
    )
    found = fields.Json(
        readonly=True,
        help="The keys read so far: pairs of file and key (DER in base64), and pairs "
        "of file and fault.",
    )
    source = fields.Char(string="Downloaded From", readonly=True)
    key_source = fields.Char(
        string="Where to Compare", related="credential_id.signing_key_source"
    )
    is_read = fields.Boolean(compute="_compute_report")
    has_new = fields.Boolean(compute="_compute_report")
    report = fields.Html(string="Keys", compute="_compute_report", sanitize=False)
    is_compared = fields.Boolean(
        string="Fingerprints Compared",
        help="I compared the SHA-256 fingerprints with those that the portal "
        "publishes or confirmed to me.",
    )

    @api.model
    def _open(self, credential):
        """Return the action that opens the dialog for a credential."""
        return self.create({"credential_id": credential.id})._dialog()

    @api.model
    def _open_published(self, credential):
        """Return the dialog with the keys that the credential's portal publishes.

        :raises UserError: they could not be downloaded.
        """
        dialog = self.create({"credential_id": credential.id})
        dialog._check_administrator()
        uploads = credential._download_keys()
        dialog._take(uploads)
        urls = [source.url for source in credential._published_keys()]
        dialog.source = ", ".join(urls)
        return dialog._dialog()

    def _dialog(self):
        return {
            **self._get_records_action(
                name=self.env._(
                    "Add Signing Keys: %s", self.credential_id.display_name
                ),
                target="new",
            ),
            "context": {"dialog_size": "extra-large"},
        }

    def _check_administrator(self):
        self.env["l10n_in.irp.signing.key"]._check_administrator()

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def action_read(self):
        """Read the files and show their keys; nothing is added yet."""
        self.ensure_one()
        self._check_administrator()
        files = self.attachment_ids.with_context(bin_size=False)
        if not files:
            raise UserError(self.env._("Choose the key files first."))
        upload = read_key_files([(file.name, file.raw or b"") for file in files])
        self._take([upload])
        # a private key that was chosen by mistake must not stay here
        own = files.filtered(lambda file: file.res_model == self._name)
        self.attachment_ids = False
        own.unlink()
        return self._dialog()

    def _take(self, uploads):
        self.is_compared = False
        self.found = {
            "keys": [
                [key.name, base64.b64encode(key.der).decode()]
                for upload in uploads
                for key in upload.keys
            ],
            "faults": [
                [fault.name, fault.reason]
                for upload in uploads
                for fault in upload.faults
            ],
        }

    def _found_keys(self):
        """Return file, DER and `irp.SigningKey` of each key that was read."""
        for name, text in (self.found or {}).get("keys", []):
            der = base64.b64decode(text)
            yield name, der, load_signing_key(der)

    # ------------------------------------------------------------------
    # Adding
    # ------------------------------------------------------------------

    def action_add(self):
        """Add the new ones of the shown keys, on the word of an administrator."""
        self.ensure_one()
        self._check_administrator()
        if not self.is_compared:
            raise UserError(
                self.env._(
                    "Compare the SHA-256 fingerprints with those of the portal first, "
                    "then tick Fingerprints Compared. Nothing was added."
                )
            )
        rows = [
            {
                "credential_id": self.credential_id.id,
                "file": base64.b64encode(der),
                "filename": name.rpartition("/")[2],
            }
            for name, der, key in self._found_keys()
            if self._verdict(key)[0] == NEW
        ]
        if not rows:
            raise UserError(self.env._("None of these keys can be added."))
        keys = self.env["l10n_in.irp.signing.key"].create(rows)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Signing keys added to %(credential)s: %(count)s.",
                    credential=self.credential_id.display_name,
                    count=len(keys),
                ),
                "next": RELOAD,
            },
        }

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------

    def _verdict(self, key):
        """Return whether a key is new, known or refused, and why it is refused."""
        known = self._search_known(key)
        pairs = in_pairs(key.fingerprint_sha256)
        same = known.filtered(lambda one: one.fingerprint == pairs)
        if self.credential_id in same.credential_id:
            return KNOWN, ""
        fault = (
            self._login_key_fault(key)
            or self._elsewhere_fault(same.credential_id)
            or self._collision_fault(key, known - same)
        )
        return (REFUSED, fault) if fault else (NEW, "")

    def _search_known(self, key):
        """Return all keys with its fingerprint or key ID, of any company: both name one
        key everywhere."""
        domain = [("fingerprint", "=", in_pairs(key.fingerprint_sha256))]
        if key.kid:
            domain = ["|", ("kid", "=ilike", escape_psql(key.kid)), *domain]
        return self.env["l10n_in.irp.signing.key"].sudo().search(domain)

    def _login_key_fault(self, key):
        credential = self.credential_id.sudo()
        if not credential.auth_key:
            return ""
        try:
            login = credential._load_auth_key()
        except ValidationError:
            return ""
        if login.public_numbers() != key.public_key.public_numbers():
            return ""
        return self.env._("it encrypts the login, and is not a signing key")

    def _elsewhere_fault(self, credentials):
        """Return why a key that other credentials have cannot be this one's."""
        if not credentials:
            return ""
        here = credentials.filtered(
            lambda one: one.environment == self.credential_id.environment
        )
        labels = dict(
            credentials._fields["environment"]._description_selection(self.env)
        )
        if not here:
            return self.env._(
                "it is already in use as a key of the %s environment",
                labels[credentials[0].environment],
            )
        if any(map(self._may_sign, here)):
            return ""
        return self.env._("it is already in use as a key of %s", here[0].portal_id.name)

    def _may_sign(self, other):
        """Return whether a key of another credential's portal may sign what this one's
        returns: a GSP's is the IRP's behind it, and some IRPs look into another."""
        ours, theirs = self.credential_id.sudo()._profile(), other._profile()
        if not (ours.irp and theirs.irp) or ours.irp.code == theirs.irp.code:
            return True
        return theirs.irp.code in ours.wire.criss_cross

    @staticmethod
    def _collision_fault(key, others):
        try:
            check_new_key(key, [other._parse() for other in others])
        except ValueError as error:
            return str(error)
        return ""

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    @api.depends("found", "credential_id")
    def _compute_report(self):
        for dialog in self:
            rows = [
                (name, key, *dialog._verdict(key))
                for name, _der, key in dialog._found_keys()
            ]
            faults = (dialog.found or {}).get("faults", [])
            dialog.is_read = bool(rows or faults)
            dialog.has_new = any(state == NEW for _name, _key, state, _why in rows)
            dialog.report = dialog._keys_table(rows) + dialog._faults_list(faults)

    def _keys_table(self, rows):
        if not rows:
            return Markup("<p>%s</p>") % self.env._("No usable key was found.")
        titles = [
            self.env._("Status"),
            self.env._("SHA-256 Fingerprint"),
            self.env._("Key ID (kid)"),
            self.env._("Certificate"),
            self.env._("Valid"),
            self.env._("File"),
        ]
        head = Markup().join(Markup("<th>%s</th>") % title for title in titles)
        body = Markup().join(self._key_row(*row) for row in rows)
        return Markup(
            '<table class="table table-sm"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (head, body)

    def _key_row(self, name, key, state, reason):
        colour = {NEW: "success", KNOWN: "muted", REFUSED: "danger"}[state]
        cells = [
            Markup('<span class="text-%s">%s</span>')
            % (colour, self._status(state, reason)),
            Markup('<code class="text-break">%s</code>')
            % in_pairs(key.fingerprint_sha256),
            Markup('<code class="text-break">%s</code>')
            % (key.kid or self.env._("(none: plain public key)")),
            key.subject,
            self._validity(key),
            name,
        ]
        return Markup("<tr>%s</tr>") % Markup().join(
            Markup("<td>%s</td>") % cell for cell in cells
        )

    def _status(self, state, reason):
        return {
            NEW: self.env._("New"),
            KNOWN: self.env._("Already there"),
            REFUSED: self.env._("Not added: %s", reason),
        }[state]

    def _validity(self, key):
        if not key.not_after:
            return ""
        dates = self.env._(
            "%(start)s to %(end)s",
            start=format_date(self.env, key.not_before.date()),
            end=format_date(self.env, key.not_after.date()),
        )
        if key.not_after < now_utc():
            return self.env._("%s (expired: for older invoices only)", dates)
        return dates

    def _faults_list(self, faults):
        if not faults:
            return Markup()
        items = Markup().join(
            Markup("<li><b>%s</b>: %s</li>") % (name, reason) for name, reason in faults
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (self.env._("Not read:"), items)
