from odoo import models

from odoo.addons.l10n_in_einvoice_irp.models.account_move_send import IRP_EDI

ODOO_EDI = "in_edi_send"


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    def _call_web_service_before_invoice_pdf_render(self, invoices_data):
        # EXTENDS 'account': invoices queued for sending before a company changed over
        # still name the former service
        for move, data in invoices_data.items():
            chosen = set(data["extra_edis"])
            if ODOO_EDI in chosen and move._l10n_in_irp_edi_is_ours():
                data["extra_edis"] = (chosen - {ODOO_EDI}) | {IRP_EDI}
            elif IRP_EDI in chosen and move._l10n_in_irp_edi_holds():
                data["extra_edis"] = chosen - {IRP_EDI}
        return super()._call_web_service_before_invoice_pdf_render(invoices_data)

    def _get_invoice_extra_attachments(self, move):
        # EXTENDS 'account': both store the signed answer of an adopted invoice
        attachments = super()._get_invoice_extra_attachments(move)
        if move.l10n_in_irp_document_id.sudo().signed_attachment_id:
            attachments -= move.l10n_in_edi_attachment_id
        return attachments
