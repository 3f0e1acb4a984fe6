import base64
import logging
import secrets
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

# model -> its field that holds an attachment
EVIDENCE = {
    "l10n_in.irp.document": "signed_attachment_id",
    "l10n_in.irp.log": "request_attachment_id",
}
# content, owner and visibility of an attachment
PROTECTED_FIELDS = (
    *("raw", "datas", "db_datas", "type", "url"),
    *("res_model", "res_id", "res_field", "company_id", "public"),
)

_logger = logging.getLogger(__name__)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

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

    def write(self, vals):
        # EXTENDS 'base': moving the file store writes the same content again
        if vals.keys() & set(PROTECTED_FIELDS) and self._l10n_in_irp_is_evidence():
            self._l10n_in_irp_check_same(vals)
        return super().write(vals)

    def _l10n_in_irp_check_same(self, vals):
        """Refuse values that change evidence.

        :raises UserError: it was sent to a portal, or signed by it.
        """
        for attachment in self.filtered("id"):
            is_evidence = attachment._l10n_in_irp_is_evidence()
            if is_evidence and attachment._l10n_in_irp_differs(vals):
                raise UserError(
                    self.env._(
                        "%s was sent to the portal or signed by it. It must be "
                        "preserved by law and cannot be changed.",
                        attachment.name,
                    )
                )

    def _l10n_in_irp_differs(self, vals):
        """Return whether values would change content, owner or visibility."""
        whole = self.sudo().with_context(
            bin_size=False, bin_size_raw=False, bin_size_datas=False
        )
        if "datas" in vals:
            # the same content may have another base64 encoding
            content = base64.b64decode(vals["datas"] or b"")
            vals = {**vals, "raw": content}
        for name in set(PROTECTED_FIELDS) & vals.keys() - {"datas"}:
            field = whole._fields[name]
            wanted = field.convert_to_cache(vals[name], whole)
            now = field.convert_to_cache(whole[name], whole)
            if (wanted or None) != (now or None):
                return True
        return False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_in_irp_evidence(self):
        if self._l10n_in_irp_is_evidence():
            raise UserError(
                self.env._(
                    "The signed e-Invoice and the data sent for it must be preserved "
                    "by law and cannot be deleted."
                )
            )

    def _l10n_in_irp_is_evidence(self):
        """Return whether any of these was sent to a portal, or signed by it."""
        return any(
            self.env[model].sudo().search_count([(field, "in", self.ids)], limit=1)
            for model, field in EVIDENCE.items()
        )
