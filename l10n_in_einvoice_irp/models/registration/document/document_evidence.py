import json

from odoo import api, fields, models

from ...clock import portal_time, utc
from ...evidence import permits
from ...evidence.ir_attachment import SHA256, digest


class L10nInIrpDocument(models.Model):
    """The portal's signed answer, stored once: as an attachment of the invoice."""

    _inherit = "l10n_in.irp.document"
    _request_endpoint = "generate_irn"
    _evidence_fields = frozenset(
        {
            *("company_id", "move_id", "gstin", "fiscal_year", "doc_type", "number"),
            *("number_key", "environment", "request_attachment_id", "irn"),
            *("ack_number", "ack_date", "signed_attachment_id", "signature_state"),
            *("received_at", "base_url"),
        }
    )

    signed_attachment_id = fields.Many2one(
        "ir.attachment",
        string="Signed e-Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    received_at = fields.Datetime(
        string="Response Received On",
        readonly=True,
        help="The signing key of a response to Generate IRN must be valid then.",
    )
    signed_invoice = fields.Text(compute="_compute_signed", compute_sudo=True)
    signed_qr = fields.Text(
        string="Signed QR Code", compute="_compute_signed", compute_sudo=True
    )

    @api.depends("signed_attachment_id")
    def _compute_signed(self):
        for document in self:
            signed = document._signed_json()
            document.signed_invoice = signed.get("SignedInvoice")
            document.signed_qr = signed.get("SignedQRCode")

    def _signed_json(self):
        """Return the registration with the portal's own field names, as stored and
        handed out; {} if there is none, or its file is damaged."""
        try:
            signed = self.sudo().signed_attachment_id._l10n_in_irp_content()
            return json.loads(signed or b"{}")
        except ValueError:
            return {}

    def _apply_results(self, results):
        # before anything that follows from an answer reads it
        self._attach_signed(results)
        return super()._apply_results(results)

    def _attach_signed(self, results):
        """Attach the signed answers to the invoices, all at once.

        :param results: record id -> `irp.operations.Result`.
        """
        news = {}
        for document in self:
            found = results[document.id].registration
            if found and (found.signed_invoice or found.signed_qr):
                body = document._answer_body(found)
                if document.signed_attachment_id.sudo()[SHA256] != digest(body):
                    news[document] = document._attachment_values(body)
        attachments = self.env["ir.attachment"].sudo().create(list(news.values()))
        for document, attachment in zip(news, attachments, strict=True):
            values = {
                "signed_attachment_id": attachment.id,
                "received_at": fields.Datetime.now(),
            }
            with permits.permitted(document, values):
                document.write(values)

    def _answer_body(self, registration):
        # beside what is signed, so that the signatures still verify
        mark = self.with_context(lang="en_US")._test_mark()
        answer = {
            **({} if self.environment == "production" else {"Note": mark}),
            "Irn": registration.irn,
            "AckNo": registration.ack_number,
            "AckDt": portal_time(utc(registration.ack_date)),
            "SignedInvoice": registration.signed_invoice,
            "SignedQRCode": registration.signed_qr,
        }
        return json.dumps(answer, indent=2).encode()

    def _attachment_values(self, body):
        number = self.number.replace("/", "_")
        return {
            "name": f"{self._file_prefix()}{number}_einvoice.json",
            "raw": body,
            SHA256: True,
            "mimetype": "application/json",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "company_id": self.company_id.id,
        }
