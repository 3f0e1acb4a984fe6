import base64
import gzip
import hashlib
import json
import logging
import os
import secrets
import zlib
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from . import permits

SHA256 = "l10n_in_irp_sha256"
SEAL = "l10n_in_irp_seal_id"
# content, name, owner and visibility of an attachment
PROTECTED_FIELDS = (
    *("raw", "datas", "db_datas", "type", "url", "mimetype", "name", "description"),
    *("res_model", "res_id", "res_field", "company_id", "public", "access_token"),
    *(SHA256, SEAL, "store_fname", "checksum", "create_uid", "create_date"),
)
# What a seal covers; never to be changed, or earlier seals would be broken.
SEALED_FIELDS = ("name", "res_model", "res_id", "company_id", "create_date", SHA256)

_logger = logging.getLogger(__name__)


def pack(content):
    """Return content as it is stored: compressed, always to the same bytes."""
    return gzip.compress(content, mtime=0)


def unpack(content):
    """Return the content of what `pack` stored; b"" if it is damaged."""
    if not (content or b"").startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        _logger.exception("evidence cannot be decompressed")
        return b""


def digest(content):
    """Return the SHA-256 of content, in hexadecimal digits."""
    return hashlib.sha256(content or b"").hexdigest()


class IrAttachment(models.Model):
    """Evidence: what was sent to a portal, and what it signed.

    It is an attachment with a SHA-256. Its content is stored compressed; `raw`, `datas`
    and downloads have it as it was.
    """

    _inherit = "ir.attachment"

    l10n_in_irp_sha256 = fields.Char(
        string="SHA-256 as e-Invoice Evidence",
        readonly=True,
        copy=False,
        index="btree_not_null",
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
                else {**vals, SHA256: False, SEAL: False}
                for vals in vals_list
            ]
        )

    @api.model
    def _l10n_in_irp_packed(self, vals):
        """Return the values of new evidence, with its content compressed.

        A file store that is full or out of reach must not cost an answer: the content
        goes to the database then.
        """
        if not self.env.su:
            raise AccessError(
                self.env._("Only Odoo itself stores what the IRP sends and receives.")
            )
        packed = pack(vals["raw"])
        where = "raw" if self._l10n_in_irp_is_stored(packed) else "db_datas"
        rest = {name: value for name, value in vals.items() if name != "raw"}
        return {**rest, where: packed, SHA256: digest(vals["raw"]), SEAL: False}

    @api.model
    def _l10n_in_irp_is_stored(self, packed):
        """Return whether content could be written to the file store, and to its disk.

        Odoo's own `create` writes it again after its row, in case that the file store
        was cleaned up in between.
        """
        if self._storage() == "db":
            return True
        try:
            name = self._file_write(packed, self._compute_checksum(packed))
            self._l10n_in_irp_sync(Path(self._full_path(name)))
        except OSError:
            _logger.exception("the file store is out of order: stored in the database")
            return False
        return True

    @staticmethod
    def _l10n_in_irp_sync(path):
        # the answer is nowhere else: it must survive a power cut after the commit
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())

    def _set_attachment_data(self, asbytes):
        # EXTENDS 'base': all writing of content ends here
        def packed(attachment):
            content = asbytes(attachment)
            if not attachment[SHA256]:
                return content
            if digest(unpack(content)) != attachment[SHA256]:
                raise attachment._l10n_in_irp_refusal()
            return pack(unpack(content))

        return super()._set_attachment_data(packed)

    @api.model
    def _get_path(self, bin_data, sha):
        # EXTENDS 'base': a process killed while writing leaves a partial file, and the
        # same content would be refused for ever because it collides with it
        path = Path(self._full_path(f"{sha[:2]}/{sha}"))
        if path.is_file() and path.stat().st_size < len(bin_data):
            self._l10n_in_irp_complete(path, bin_data, sha)
        return super()._get_path(bin_data, sha)

    def _l10n_in_irp_complete(self, path, bin_data, sha):
        """Replace a file of the store whose content does not match its name.

        The replacement is atomic: a crash here, or a concurrent write of the same file,
        leaves no partial file.
        """
        if self._compute_checksum(path.read_bytes()) == sha:
            return
        _logger.warning("%s was not written to its end: written anew", path)
        whole = path.with_suffix(f".{secrets.token_hex(8)}")
        whole.write_bytes(bin_data)
        whole.replace(path)
        # if the transaction is rolled back, nobody needs it
        self._mark_for_gc(f"{sha[:2]}/{sha}")

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _compute_raw(self):
        # EXTENDS 'base'
        result = super()._compute_raw()
        for attachment in self:
            if attachment[SHA256]:
                attachment.raw = unpack(attachment.raw)
        return result

    def _l10n_in_irp_content(self):
        """Return the content, also where the web client asks for sizes instead."""
        return self.with_context(bin_size=False, bin_size_raw=False).raw or b""

    def _l10n_in_irp_digests(self, *, reads=False):
        """Return ID -> SHA-256 of what a seal covers of each attachment.

        :param reads: whether to read its content, instead of trusting its SHA-256.
        """
        digests = {}
        for row in self.read(SEALED_FIELDS, load=None):
            id_ = row.pop("id")
            if reads and digest(self.browse(id_)._l10n_in_irp_content()) != row[SHA256]:
                row[SHA256] = "not that of its content"
            text = json.dumps(row, default=str, sort_keys=True)
            digests[id_] = digest(text.encode())
        return digests

    def _to_http_stream(self):
        # EXTENDS 'base', which would send the file as it is stored
        stream = super()._to_http_stream()
        if self[SHA256]:
            stream.type, stream.path = "data", None
            stream.data = self.raw or b""
            stream.size = len(stream.data)
        return stream

    # ------------------------------------------------------------------
    # Refusing changes
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS 'base': moving the file store writes the same content again
        if vals.keys() & set(PROTECTED_FIELDS):
            self._l10n_in_irp_check_same(vals)
        if vals.get(SHA256) or vals.get(SEAL):
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
