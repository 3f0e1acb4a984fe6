from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal


class EinvoicePortal(CustomerPortal):
    """Files of the registration for the customer."""

    @http.route(
        "/my/invoices/<int:invoice_id>/einvoice",
        type="http",
        auth="public",
        methods=["GET"],
    )
    def l10n_in_irp_einvoice(self, invoice_id, access_token=None):
        """Download the signed e-invoice as JSON, as the IRP returned it.

        Who may not see the invoice is sent to the start page, as by Odoo's page of the
        invoice; without a proven registration there is no such page.
        """
        try:
            move = self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        file = move._l10n_in_irp_customer_file()
        if not file:
            raise request.not_found()
        name, content = file
        headers = {
            "Content-Type": "application/json",
            "Content-Disposition": content_disposition(name),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        return request.make_response(content, list(headers.items()))
