import base64
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from . import permits
from .packing import digest, pack, unpack

SHA256 = "l10n_in_irp_sha256"
SEAL = "l10n_in_irp_seal_id"
ARCHIVE = "l10n_in_irp_archive_id"
# content, name, owner and visibility of an attachment
PROTECTED_FIELDS = (
    *("raw", "datas", "db_datas", "type", "url", "mimetype", "name", "description"),
    *("res_model", "res_id", "res_field", "company_id", "public", "access_token"),
    *(SHA256, SEAL, ARCHIVE, "store_fname", "checksum", "create_uid", "create_date"),
)
# What a seal covers; never to be changed, or earlier seals would be broken.
SEALED_FIELDS = ("name", "res_model", "res_id", "company_id", "create_date", SHA256)
NO_MARKS = dict.fromkeys((SHA256, SEAL, ARCHIVE), False)


class IrAttachment(models.Model):
    """Evidence: what was sent to a portal, and what it signed.

    It is an attachment with a SHA-256. Its content is stored compressed, in its row:
    committed, restored and replicated with what refers to it, and no file to be synced
    to a disk for each call. `raw`, `datas` and downloads have it as it was.
    """

    _inherit = "ir.attachment"

    l10n_in_irp_sha256 = fields.Char(
        string="SHA-256 as e-Invoice Evidence",
        readonly=True,
        copy=False,
        help="Set for what was sent to the portal or signed by it: it is stored "
        "compressed, and cannot be changed or deleted.",
    )
    l10n_in_irp_seal_id = fields.Many2one(
        "l10n_in.irp.seal",
        string="e-Invoice Seal",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    l10n_in_irp_archive_id = fields.Many2one(
        "ir.attachment",
        string="e-Invoice Archive",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The file of its day that holds its content.",
    )

    # a btree would repeat its 64 digits
    _l10n_in_irp_hash = models.Index(
        "USING hash (l10n_in_irp_sha256) WHERE l10n_in_irp_sha256 IS NOT NULL"
    )
    _l10n_in_irp_unsealed = models.Index(
        "(id) WHERE l10n_in_irp_sha256 IS NOT NULL AND l10n_in_irp_seal_id IS NULL"
    )

    # ------------------------------------------------------------------
    # Storing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base': evidence is made with SHA256 set to True and its content in
        # `raw`; explicit values beat the defaults of a caller's context
        return super().create(
            [
                self._l10n_in_irp_packed(vals)
                if vals.get(SHA256)
                else {**vals, **NO_MARKS}
                for vals in vals_list
            ]
        )

    @api.model
    def _l10n_in_irp_packed(self, vals):
        """Return the values of new evidence, with its content compressed."""
        if not self.env.su:
            raise AccessError(
                self.env._("Only Odoo itself stores what the IRP sends and receives.")
            )
        rest = {name: value for name, value in vals.items() if name != "raw"}
        stored = self._l10n_in_irp_stored(vals)
        return {**rest, **stored, **NO_MARKS, SHA256: digest(vals["raw"])}

    @api.model
    def _l10n_in_irp_stored(self, vals):
        """Return the field with the content of new evidence, and its stored form."""
        return {"db_datas": pack(vals["raw"])}

    def _set_attachment_data(self, asbytes):
        # EXTENDS 'base': all writing of content ends here; that of evidence is the
        # same, and stays in the database
        evidence = self.filtered(SHA256)
        for attachment in evidence:
            if digest(asbytes(attachment)) != attachment[SHA256]:
                raise attachment._l10n_in_irp_refusal()
        in_files = evidence.filtered("store_fname")
        moved = self - evidence | in_files
        return super(IrAttachment, moved)._set_attachment_data(asbytes)

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _compute_raw(self):
        # EXTENDS 'base'
        result = super()._compute_raw()
        for attachment in self:
            if attachment[SHA256] and not attachment.store_fname:
                # also where the web client asks for sizes
                whole = attachment.with_context(bin_size=False, bin_size_db_datas=False)
                attachment.raw = unpack(whole.db_datas or b"")
        return result

    def _l10n_in_irp_content(self):
        """Return the content, also where the web client asks for sizes instead."""
        return self.with_context(bin_size=False, bin_size_raw=False).raw or b""

    def _l10n_in_irp_digests(self, *, reads=False):
        """Return ID -> SHA-256 of what a seal covers of each attachment.

        :param reads: whether to read its content, instead of trusting its SHA-256.
        """
        digests = {}
        read = self._l10n_in_irp_read() if reads else {}
        for row in self.read(SEALED_FIELDS, load=None):
            id_ = row.pop("id")
            if reads and read[id_] != row[SHA256]:
                row[SHA256] = "not that of its content"
            text = json.dumps(row, default=str, sort_keys=True)
            digests[id_] = digest(text.encode())
        return digests

    def _l10n_in_irp_read(self):
        """Return ID -> SHA-256 of the content that is read."""
        found = {}
        for attachment in self:
            one = attachment.with_prefetch()
            found[one.id] = digest(one._l10n_in_irp_content())
            one.invalidate_recordset(["raw"])
        return found

    def _to_http_stream(self):
        # EXTENDS 'base', which would send it as it is stored
        stream = super()._to_http_stream()
        if self[SHA256]:
            stream.type, stream.path = "data", None
            stream.data = self.raw or b""
            stream.size = len(stream.data)
            stream.etag = self[SHA256]
        return stream

    # ------------------------------------------------------------------
    # Refusing changes
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS 'base': moving the file store writes the same content again
        if vals.keys() & set(PROTECTED_FIELDS):
            self._l10n_in_irp_check_same(vals)
        if any(vals.get(name) for name in NO_MARKS):
            self._l10n_in_irp_check_marks(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_l10n_in_irp_evidence(self):
        for attachment in self._l10n_in_irp_evidence():
            raise attachment._l10n_in_irp_refusal()

    def generate_access_token(self):
        # EXTENDS 'base': nobody chooses the token of evidence, but mails link to it
        # what follows is past the check of Odoo's own `write`
        self.check_access("write")
        for attachment in self._l10n_in_irp_evidence():
            if not attachment.access_token:
                vals = {"access_token": self._generate_access_token()}
                with permits.permitted(attachment, vals):
                    attachment.write(vals)
        return super().generate_access_token()

    def _l10n_in_irp_evidence(self):
        """Return which of these were sent to a portal, or signed by it; as
        superuser."""
        return self.filtered("id").sudo().filtered(SHA256)

    def _l10n_in_irp_check_same(self, vals):
        """Refuse values that change evidence.

        :raises UserError: one of these is evidence, and our code does not do it.
        """
        for attachment in self._l10n_in_irp_evidence():
            if attachment._l10n_in_irp_differs(vals) and not permits.is_permitted(
                attachment, vals
            ):
                raise attachment._l10n_in_irp_refusal()

    def _l10n_in_irp_check_marks(self, vals):
        """Refuse to make evidence of what is there already.

        :raises AccessError: it is not our code that writes.
        """
        if not permits.is_permitted(self, vals):
            raise AccessError(
                self.env._("Only Odoo itself stores what the IRP sends and receives.")
            )

    def _l10n_in_irp_refusal(self):
        return UserError(
            self.env._(
                "%s was sent to the portal or signed by it. It must be preserved by "
                "law and cannot be changed or deleted.",
                self.name,
            )
        )

    def _l10n_in_irp_differs(self, vals):
        """Return whether values would change content, name, owner or visibility."""
        whole = self.with_context(
            bin_size=False, bin_size_raw=False, bin_size_datas=False
        )
        if "datas" in vals:
            # the same content may have another base64 encoding
            vals = {**vals, "raw": base64.b64decode(vals["datas"] or b"")}
        for name in set(PROTECTED_FIELDS) & vals.keys() - {"datas"}:
            field = whole._fields[name]
            wanted = field.convert_to_cache(vals[name], whole)
            now = field.convert_to_cache(whole[name], whole)
            if (wanted or None) != (now or None):
                return True
        return False
