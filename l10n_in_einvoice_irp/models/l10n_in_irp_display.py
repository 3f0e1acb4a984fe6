from odoo import fields, models
from odoo.tools import format_datetime
from odoo.tools.image import image_data_uri

from .l10n_in_irp_exchange import QUEUED_STATES


class L10nInIrpDisplay(models.AbstractModel):
    """What people read of a registration: above the invoice and on its print."""

    _name = "l10n_in.irp.display"
    _description = "IRP display"

    def _alert(self, document):
        """The banner of a registration, in the form of `account`'s alerts."""
        headline = self._headline(document.state)
        note = (
            document.signature_note if document.signature_state == "unchecked" else ""
        )
        pause = self._pause_note(document)
        parts = [headline, document.error, document.advice, note, pause]
        if not any(parts):
            return None
        alert = {
            "level": self._level(document),
            "message": "\n".join(filter(None, parts)),
        }
        if document.error_res_id:
            alert["action_text"] = self.env._("Open the record to correct")
            alert["action"] = document._error_action()
        return alert

    def _pause_note(self, document):
        """That the portal is left alone for a while, and how long."""
        if document.state not in QUEUED_STATES:
            return ""
        line = self.env["l10n_in.irp.line"]._find(document.environment, document.gstin)
        if not line.open_until or line.open_until <= fields.Datetime.now():
            return ""
        return self.env._(
            "Odoo leaves the portal alone until %(time)s: %(reason)s",
            time=format_datetime(self.env, line.open_until),
            reason=line.reason,
        )

    def _headline(self, state):
        return {
            "to_register": self.env._("Waiting to be registered at the IRP."),
            "sending": self.env._("Being registered at the IRP."),
            "unknown": self.env._(
                "Waiting for the portal's answer – do not issue this invoice again."
            ),
            "rejected": self.env._("Not registered at the IRP:"),
            "conflict": self.env._("Not settled with the IRP:"),
            "cancelling": self.env._("Being cancelled at the IRP."),
            "cancelled": self.env._(
                "Cancelled at the IRP. Its number can never be registered again: use "
                "'Issue anew' for an invoice under another one."
            ),
        }.get(state, "")

    @staticmethod
    def _level(document):
        if document.state in ("rejected", "conflict"):
            return "danger"
        is_warning = document.error or document.signature_state == "unchecked"
        return "warning" if is_warning else "info"

    def _print_values(self, move):
        """What the invoice report prints of the registration; empty if there is none.

        Dates are Indian time, whatever the zone of the person who prints.
        """
        move.ensure_one()
        document = move.l10n_in_irp_document_id.sudo()
        if document.state not in ("registered", "cancelling", "cancelled"):
            return {}
        is_sample = document.environment != "production"
        return {
            "irn": document.irn,
            "ack_number": document.ack_number,
            "ack_date": document._indian_time(document.ack_date),
            "is_cancelled": document.state == "cancelled",
            "cancelled": document._indian_time(document.cancel_date),
            "cancel_asked": document._indian_time(document.cancel_asked_at),
            "qr": image_data_uri(document.qr_image),
            "ewaybill": self._ewaybill_values(move),
            "sample": self._environment(document) if is_sample else "",
        }

    def _environment(self, document):
        """The label of the environment that a registration was made in."""
        labels = dict(document._fields["environment"]._description_selection(self.env))
        return labels[document.environment]

    def _ewaybill_values(self, move):
        """Number and dates of the e-way bill, as printed on the invoice.

        It stays active until the portal has carried out its cancellation.
        """
        ewaybill = move.l10n_in_irp_ewaybill_id.sudo()
        if ewaybill.state not in ("registered", "cancelling"):
            return {}
        document = self.env["l10n_in.irp.document"]
        return {
            "number": ewaybill.number,
            "is_cancelling": ewaybill.state == "cancelling",
            "date": document._indian_time(ewaybill.ewb_date),
            "valid_until": document._indian_time(ewaybill.valid_until),
        }
