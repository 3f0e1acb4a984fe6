import json

from odoo import models
from odoo.exceptions import UserError

from ...irp.document import ewaybill_bulk_file
from ..movement.step_sending import violation_text


class L10nInIrpEwaybill(models.Model):
    """The file for the bulk upload on the website, for companies without API access."""

    _inherit = "l10n_in.irp.ewaybill"

    def action_bulk_json(self):
        """Download the JSON of e-way bills without an IRN for "e-Waybill, Generate
        Bulk" on ewaybillgst.gov.in.

        :raises UserError: one has faults, or was sent already.
        """
        bodies = [bill._bulk_body() for bill in self]
        content = json.dumps(ewaybill_bulk_file(bodies), ensure_ascii=False)
        attachment = self.env["ir.attachment"].create(
            {
                "name": "e-way-bills.json",
                "raw": content.encode(),
                "mimetype": "application/json",
            }
        )
        url = f"/web/content/{attachment.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _bulk_body(self):
        """Return the own GSTIN and the request of one e-way bill of the file."""
        if not (self._is_without_irn() and self._is_unsent()):
            raise UserError(
                self.env._(
                    "%s is not a prepared e-way bill without an IRN.", self.display_name
                )
            )
        request = self._generation_request()
        faults = self._generation_faults(request)
        if faults:
            texts = [violation_text(self.env, fault) for fault in faults]
            raise UserError("\n".join([self.display_name, *texts]))
        return self._sent_as(), request.body()
