import base64

from odoo import api, fields, models

from ...irp.document import clean_identifier, clean_text

MAX_DOCS = 1000


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
        help="Sent only if it is at most 750 bytes (1000 characters of base64).",
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

    def _prepare_values(self):
        """Return one entry of AddlDocDtls."""
        self.ensure_one()
        return {
            "Url": clean_identifier(self.url, longest=100, shortest=3),
            "Docs": self._content() if self._is_small() else None,
            "Info": clean_text(self.info, longest=1000, shortest=3),
        }

    def _content(self):
        """Return the file in base64, even if the context asks for the size of binary
        fields."""
        raw = base64.b64decode(self.with_context(bin_size=False).file or b"")
        return base64.b64encode(raw).decode()

    def _is_small(self):
        return len(self._content()) <= MAX_DOCS
