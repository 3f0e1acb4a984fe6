import base64
import json
import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from .targets import CheckedDialog


class L10nInIrpPreview(CheckedDialog, models.TransientModel):
    """The INV-01 document of an invoice, to read and to download."""

    _name = "l10n_in.irp.preview"
    _description = "INV-01 preview"
    _rec_name = "move_id"

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    content = fields.Text(string="INV-01 JSON", required=True, readonly=True)
    is_sent = fields.Boolean(string="Sent", readonly=True)
    is_draft = fields.Boolean(string="Draft", readonly=True)
    blocking_count = fields.Integer(string="Blocking Findings", readonly=True)
    warning_count = fields.Integer(string="Warnings", readonly=True)
    # Not stored, so that no attachment stays behind.
    file = fields.Binary(compute="_compute_file")
    file_name = fields.Char(compute="_compute_file")

    @api.depends("content", "move_id", "is_sent")
    def _compute_file(self):
        for preview in self:
            number = preview.move_id.name or self.env._("draft")
            if preview.is_sent:
                number = preview.move_id.l10n_in_irp_document_id._file_prefix() + number
            preview.file = base64.b64encode(preview.content.encode())
            preview.file_name = re.sub(r"[^\w.-]+", "_", f"{number}_INV-01.json")

    @api.model
    def _open(self, move):
        """Open the document as it was sent, or else as it would be sent."""
        move.ensure_one()
        is_sent = move._l10n_in_irp_is_at_portal()
        values = self._sent_values(move) if is_sent else self._unsent_values(move)
        preview = self.create({"move_id": move.id, "is_sent": is_sent, **values})
        return preview._dialog()

    def _sent_values(self, move):
        document = move.l10n_in_irp_document_id
        return {"content": self._pretty(document.sudo()._sent_request())}

    def _unsent_values(self, move):
        """Return the values of a document that was not sent.

        :raises UserError: the invoice is not for the portal.
        """
        if move.l10n_in_irp_reason:
            raise UserError(
                self.env._(
                    "%(invoice)s: %(reason)s",
                    invoice=move.display_name,
                    reason=move.l10n_in_irp_reason,
                )
            )
        invoice, findings = self.env["l10n_in.irp.validator"]._validate(move)
        blocking = [finding for finding in findings if finding.blocking]
        return {
            "content": self._pretty(invoice),
            "is_draft": move.state == "draft",
            "blocking_count": len(blocking),
            "warning_count": len(findings) - len(blocking),
        }

    @staticmethod
    def _pretty(invoice):
        return json.dumps(invoice, indent=4, ensure_ascii=False)

    def _dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("INV-01 JSON"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_download(self):
        """Download the document as a JSON file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file?download=true"
            "&filename_field=file_name",
            "target": "download",
        }

    def action_check(self):
        """Show the findings to correct."""
        self.ensure_one()
        return self.env["l10n_in.irp.check"]._open(self.move_id)
