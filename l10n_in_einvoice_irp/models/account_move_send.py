from markupsafe import Markup

from odoo import api, models

from ..irp.operations import states

IRP_EDI = "l10n_in_irp"
# Marks sending from the point of sale: the customer is waiting, and a half-finished
# order must not be committed.
AT_THE_TILL = "skip_invoice_sync"


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _is_l10n_in_irp_applicable(self, move):
        return move.l10n_in_irp_can_register or states.is_unanswered(
            move.l10n_in_irp_state
        )

    def _get_default_extra_edis(self, move):
        # EXTENDS 'account': offered, but not ticked for what is registered by hand
        edis = super()._get_default_extra_edis(move)
        by_hand = move.company_id.l10n_in_irp_register_on == "manual"
        if by_hand or not move._l10n_in_irp_is_automatic():
            return edis - {IRP_EDI}
        return edis

    def _get_all_extra_edis(self):
        # EXTENDS 'account'
        edis = super()._get_all_extra_edis()
        edis[IRP_EDI] = {
            "label": self.env._("e-Invoice (IRP)"),
            "is_applicable": self._is_l10n_in_irp_applicable,
            "help": self.env._(
                "Generate the IRN before the PDF, so that IRN and QR code are printed "
                "on it."
            ),
        }
        return edis

    def _call_web_service_before_invoice_pdf_render(self, invoices_data):
        # EXTENDS 'account'
        result = super()._call_web_service_before_invoice_pdf_render(invoices_data)
        moves = self.env["account.move"].browse(
            move.id
            for move, data in invoices_data.items()
            if IRP_EDI in data["extra_edis"]
        )
        if self.env.context.get(AT_THE_TILL):
            moves._l10n_in_irp_enqueue()
        elif moves:
            moves._l10n_in_irp_register()
        for move in moves.filtered(lambda m: m.l10n_in_irp_state != states.REGISTERED):
            invoices_data[move]["error"] = {
                "error_title": self.env._(
                    "The invoice is not registered with the IRP (%s):",
                    move._l10n_in_irp_state_label(),
                ),
                "errors": list(
                    filter(None, [move.l10n_in_irp_error, move.l10n_in_irp_advice])
                ),
                # our own scheduled action retries what may be retried
                "retry": False,
            }
        return result

    def _get_mail_params(self, move, move_data):
        # EXTENDS 'account': only now is it known where the invoice is registered
        params = super()._get_mail_params(move, move_data)
        localised = move.with_context(lang=move_data.get("mail_lang") or self.env.lang)
        body = params["body"] or ""
        registration = localised._l10n_in_irp_mail_note()
        if note := localised.l10n_in_irp_document_id.sudo()._test_note():
            params["body"] = Markup("<p><strong>%s</strong></p>") % note + body
        # a template may name it already, where it was known before sending
        elif registration and move.l10n_in_irp_irn not in body:
            params["body"] = body + Markup("<p>%s</p>") % registration
        return params

    def _get_invoice_extra_attachments(self, move):
        # EXTENDS 'account'
        return (
            super()._get_invoice_extra_attachments(move)
            + move.l10n_in_irp_document_id.sudo().signed_attachment_id
        )
