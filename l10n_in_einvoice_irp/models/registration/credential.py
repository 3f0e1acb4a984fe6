from odoo import models

from ...irp.client import SignedSample
from ..clock import aware


class L10nInIrpCredential(models.Model):
    """Has a connection test verify what the portal has signed last."""

    _inherit = "l10n_in.irp.credential"

    def _signed_sample(self):
        # EXTENDS 'l10n_in.irp.credential'
        documents = self.env["l10n_in.irp.document"].sudo()
        domain = [
            ("company_id", "child_of", self.company_id.ids),
            ("gstin", "=", self.gstin),
            ("environment", "=", self.environment),
            ("base_url", "=", self.base_url),
            ("signed_attachment_id", "!=", False),
            ("received_at", "!=", False),
        ]
        last = documents.search(domain, order="received_at desc, id desc", limit=1)
        token = last.signed_qr or last.signed_invoice
        if not token:
            return super()._signed_sample()
        return SignedSample(token, aware(last.received_at))
