from odoo import models

from ...irp.operations import states
from ..clock import indian_time, printed_date
from ..evidence.ir_attachment import SHA256, digest


class AccountMove(models.Model):
    """The registration on the page of the customer, who may hold no right at all."""

    _inherit = "account.move"

    def _l10n_in_irp_portal_values(self):
        """Return what the customer's page shows of the registration; empty if it is not
        at the portal.

        :return: the printed values, and `status` (its label), `tone` and `url` (of the
            JSON file, "" if there is none to download).
        """
        values = self._l10n_in_irp_print_values()
        if not values:
            return {}
        document = self.l10n_in_irp_document_id.sudo()
        url = self.get_portal_url(suffix="/einvoice")
        return {
            **values,
            "status": document._status_label(),
            "tone": document.status_tone,
            "url": url if self._l10n_in_irp_customer_file() else "",
        }

    def _l10n_in_irp_proven_document(self):
        """Return the registration if it is in force and proven by the portal's
        signature; an empty record otherwise."""
        return self.l10n_in_irp_document_id.sudo().filtered(
            lambda one: one.state == states.REGISTERED and one._is_proven()
        )

    def _l10n_in_irp_customer_file(self):
        """Return name and content of the signed e-invoice for the customer; None unless
        its registration is proven."""
        attachment = self._l10n_in_irp_proven_document().signed_attachment_id
        content = attachment._l10n_in_irp_content()
        is_intact = content and digest(content) == attachment[SHA256]
        return (attachment.name, content) if is_intact else None

    def _l10n_in_irp_mail_note(self):
        """Return the sentence that names the registration in a message to the customer;
        "" for a test, and unless it is proven."""
        document = self._l10n_in_irp_proven_document()
        if not document.ack_date or document._is_test():
            return ""
        return self.env._(
            "e-Invoice: IRN %(irn)s, Ack. No. %(number)s dated %(date)s.",
            irn=document.irn,
            number=document.ack_number,
            date=printed_date(indian_time(document.ack_date)),
        )

    def _get_invoice_proforma_pdf_report_filename(self):
        # EXTENDS 'account': what has an IRN is an invoice
        if self._l10n_in_irp_print_values():
            return self._get_invoice_report_filename()
        return super()._get_invoice_proforma_pdf_report_filename()
