import base64
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mimetypes import guess_mimetype

from ...irp.document import clean_identifier, clean_text

MAX_DOCS = 1000
# what a person can have typed, scanned or printed; nothing that runs
FILE_TYPES = frozenset(
    {
        "application/json",
        "application/pdf",
        "image/jpeg",
        "image/png",
        "text/csv",
        "text/plain",
    }
)
# scripts and markup, which look like text
ACTIVE_BEGINNINGS = ("#!", "<")
SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+-]*):")


class L10nInIrpSupportingDocument(models.Model):
    """A supporting document that an e-invoice names (AddlDocDtls)."""

    _name = "l10n_in.irp.supporting.document"
    _description = "e-Invoice Supporting Document"
    _rec_name = "info"
    _check_company_auto = True

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    url = fields.Char(
        string="Address", help="Link where the buyer can open the document."
    )
    info = fields.Char(string="Description")
    file = fields.Binary(
        help="PDF, PNG, JPEG, JSON or text. Sent only if it is at most 750 bytes (1000 "
        "characters of base64).",
    )

    is_sent = fields.Boolean(
        string="In the e-Invoice",
        compute="_compute_is_sent",
        help="Part of it is on the e-Invoice.",
    )

    @api.depends("url", "info", "file")
    def _compute_is_sent(self):
        for supporting_document in self:
            supporting_document.is_sent = any(
                supporting_document._prepare_values().values()
            )

    @api.constrains("file")
    def _check_file(self):
        """Refuse what a portal must not get, whatever its name says."""
        for supporting_document in self.filtered("file"):
            if fault := supporting_document._file_fault():
                raise ValidationError(
                    self.env._(
                        "Supporting document %(document)s of %(invoice)s, File: "
                        "%(fault)s Attach a PDF, PNG, JPEG, JSON or text file, or "
                        "enter a link under Address.",
                        document=supporting_document.info or "",
                        invoice=supporting_document.move_id.display_name,
                        fault=fault,
                    )
                )

    def _file_fault(self):
        """Return what is wrong with the type of the file; "" if nothing is."""
        raw = self._raw()
        kind = guess_mimetype(raw, default="")
        if kind not in FILE_TYPES:
            return self.env._(
                "files of this type (%s) are not sent to the portal.",
                kind or self.env._("unknown"),
            )
        if not kind.startswith(("text/", "application/json")):
            return ""
        return (
            ""
            if is_plain_text(raw)
            else self.env._("it is a script, markup or no text in UTF-8.")
        )

    @api.constrains("url")
    def _check_url(self):
        for supporting_document in self.filtered("url"):
            scheme = SCHEME.match(supporting_document.url)
            if scheme and scheme[1].lower() not in ("http", "https"):
                raise ValidationError(
                    self.env._(
                        "Supporting document %(document)s of %(invoice)s, Address: "
                        "enter a link that begins with https:// or http://.",
                        document=supporting_document.info or "",
                        invoice=supporting_document.move_id.display_name,
                    )
                )

    def _prepare_values(self):
        """Return one entry of AddlDocDtls."""
        self.ensure_one()
        return {
            "Url": clean_identifier(self.url, longest=100, shortest=3),
            "Docs": self._content() if self._is_sendable() else None,
            "Info": clean_text(self.info, longest=1000, shortest=3),
        }

    def _content(self):
        """Return the file in base64, even if the context asks for the size of binary
        fields."""
        return base64.b64encode(self._raw()).decode()

    def _raw(self):
        whole = self.with_context(bin_size=False, bin_size_file=False)
        return base64.b64decode(whole.file or b"")

    def _is_sendable(self):
        # an attachment can be changed without this record
        return self._is_small() and not (self.file and self._file_fault())

    def _is_small(self):
        return len(self._content()) <= MAX_DOCS


def is_plain_text(raw):
    """Return whether bytes are text for people to read: no script and no markup."""
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return False
    is_printable = all(one.isprintable() or one in "\t\r\n" for one in text)
    return is_printable and not text.startswith(ACTIVE_BEGINNINGS)
