import json

from markupsafe import Markup

from odoo import api, models

from .l10n_in_irp_exchange import SETTLED_STATES
from .l10n_in_irp_queue import utc

TOLD_STATES = ("registered", "cancelled")


class L10nInIrpOutcome(models.AbstractModel):
    """What the portal's answer means for a registration and its invoice."""

    _name = "l10n_in.irp.outcome"
    _description = "IRP outcome"

    @api.model
    def _registration_values(self, document, outcome):
        """The field values of what the portal holds of a document."""
        values = {}
        if outcome.state == "conflict" and outcome.verdict:
            messages = self.env["l10n_in.irp.messages"]
            values = messages._conflict_values(outcome.verdict)
        if not outcome.registration:
            return values
        registration, verdict = outcome.registration, outcome.verdict
        verified = verdict.checked
        was_held = document.state in SETTLED_STATES
        found = outcome.adopted and outcome.state != "conflict"
        return {
            **values,
            "irn": registration.irn,
            "ack_number": registration.ack_number,
            "ack_date": utc(registration.ack_date),
            "signed_invoice": registration.signed_invoice,
            "signed_qr": registration.signed_qr,
            "signature_state": "verified" if verified else "unchecked",
            "signature_note": False if verified else verdict.message,
            "adopted": document.adopted if was_held else found,
        }

    def _follow_up(self, document, outcome):
        if outcome.registration and not document.signed_attachment_id:
            self._attach(document)
        if outcome.state in TOLD_STATES:
            # a PDF that was made before shows another state: keep it aside
            document.move_id.sudo()._detach_attachments()
            self._tell(document)
        if outcome.state == "cancelled" and document.cancel_move:
            document.move_id._l10n_in_irp_cancel_with_portal()

    def _attach(self, document):
        move = document.move_id
        document.signed_attachment_id = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{document.number.replace('/', '_')}_einvoice.json",
                    "raw": json.dumps(document._signed_json(), indent=2).encode(),
                    "mimetype": "application/json",
                    "res_model": move._name,
                    "res_id": move.id,
                    "company_id": move.company_id.id,
                }
            )
        )

    def _tell(self, document):
        body = Markup("<b>%s</b>: %s<br/>%s %s") % (
            self.env._("e-Invoice"),
            document._state_label(),
            self.env._("IRN"),
            document.irn,
        )
        document.move_id.sudo()._message_log(body=body)
