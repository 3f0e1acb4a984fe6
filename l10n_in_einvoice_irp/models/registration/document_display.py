from odoo import fields, models
from odoo.tools import format_datetime
from odoo.tools.image import image_data_uri

from ..queue.settlement import MANAGER
from ..queue.submission_mixin import (
    QUEUED_STATES,
    SETTLED_STATES,
    UNCLEAR_STATES,
)


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """The banner above an invoice: what registration and e-way bill have in common."""

    _inherit = "l10n_in.irp.submission.mixin"

    def _environment_label(self):
        """Return the name of the environment that it was sent to."""
        labels = dict(self._fields["environment"]._description_selection(self.env))
        return labels[self.environment]

    def _alert_level(self):
        """Return the level of the banner, as `account`'s alerts name it."""
        is_open = self._is_cancel_undone() and not self._is_too_late()
        if is_open or self.state in ("rejected", "conflict", *UNCLEAR_STATES):
            return "danger"
        return "warning" if self.error or self.notice else "info"

    def _alert_button(self):
        """Return the button of the banner: what this user does next."""
        if self.can_be_settled and not self._is_by_word():
            if self.env.user.has_group(MANAGER):
                return self._server_action_button(
                    self.env._("Settle by Hand"), "settle"
                )
            return {}
        if self._is_cancel_undone():
            return self._undone_button()
        faulty = self._error_record()
        if not faulty or not faulty.has_access("read"):
            return {}
        text = self.env._("Open Record to Correct")
        return {"action_text": text, "action": self._error_action()}

    def _undone_button(self):
        """Return the button for a cancellation that was not carried out."""
        if self._is_too_late():
            return {}
        return self._server_action_button(self.env._("Cancel Again"), "cancel")

    def _server_action_button(self, text, work):
        """Return a button that runs our server action on the invoice or e-way bill."""
        thread = self._thread()
        prefix = "ewaybill" if thread == self else "move"
        xmlid = f"l10n_in_einvoice_irp.action_l10n_in_irp_{prefix}_{work}"
        context = {
            "active_model": thread._name,
            "active_id": thread.id,
            "active_ids": thread.ids,
        }
        action_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        action = {"type": "ir.actions.server", "id": action_id, "context": context}
        return {"action_text": text, "action": action}

    def _error_record(self):
        """Return the record to correct, with the rights of the user, or None."""
        if not self.error_res_id:
            return None
        record = self.env[self.error_model].browse(self.error_res_id)
        return record.sudo(False).exists()


class L10nInIrpDocument(models.Model):
    """What people read of a registration: above the invoice and on its print."""

    _inherit = "l10n_in.irp.document"

    # ------------------------------------------------------------------
    # Above the invoice
    # ------------------------------------------------------------------

    def _alert(self):
        """Return the banner, in the form of `account`'s alerts; None if there is
        nothing to say."""
        is_unchecked = self.signature_state == "unchecked"
        note = self.signature_note if is_unchecked else ""
        # the user's rights count, not those that the registration is read with
        validator = self.env["l10n_in.irp.validator"].sudo(False)
        ask = validator._whom_to_ask(self._error_record())
        said = [self.notice, self.error, self.advice, ask]
        head = (self._test_note(), self._headline())
        parts = [*head, *said, note, self._pause_note()]
        if not any(parts):
            return None
        return {
            "level": self._alert_level(),
            "message": "\n".join(filter(None, parts)),
            **self._alert_button(),
        }

    def _alert_level(self):
        level = super()._alert_level()
        is_unchecked = self.signature_state == "unchecked"
        return "warning" if level == "info" and is_unchecked else level

    def _undone_button(self):
        if self._is_too_late() and self.doc_type == "INV":
            return self._server_action_button(
                self.env._("Create Credit Note"), "credit"
            )
        return super()._undone_button()

    def _pause_note(self):
        """Return that the portal is left alone for a while, and how long."""
        if self.state not in QUEUED_STATES:
            return ""
        line = self.env["l10n_in.irp.circuit.breaker"]._find(
            self.environment, self.gstin
        )
        if not line.open_until or line.open_until <= fields.Datetime.now():
            return ""
        return self.env._(
            "API calls are on hold until %(time)s: %(reason)s",
            time=format_datetime(self.env, line.open_until),
            reason=line.reason,
        )

    def _headline(self):
        """Return the first line of the banner; "" where the state needs none."""
        return {
            "to_register": self.env._("Waiting to be registered with the IRP."),
            "sending": self.env._("Sent to the IRP."),
            "unknown": self.env._(
                "Awaiting the IRP's response. Do not issue this invoice again."
            ),
            "rejected": self.env._("Not registered with the IRP:"),
            "conflict": self.env._("Mismatch with the IRP:"),
            "unclear": self.env._(
                "The IRP no longer shows whether this invoice was registered. Odoo "
                "has stopped checking."
            ),
            "cancelling": self.env._("Cancellation sent to the IRP."),
            "cancel_unclear": self.env._(
                "The IRP no longer shows whether the IRN was cancelled. Odoo has "
                "stopped checking."
            ),
            "cancelled": self.env._(
                "IRN cancelled. This invoice number cannot be registered again: click "
                "'Create Replacement' for an invoice with a new number."
            ),
        }.get(self.state, "")

    # ------------------------------------------------------------------
    # On the invoice
    # ------------------------------------------------------------------

    def _print_values(self):
        """Return what the invoice report prints of it; empty if there is nothing.

        Dates are Indian time, whatever the zone of the person who prints.
        """
        if self.state not in SETTLED_STATES:
            return {}
        return {
            "irn": self.irn,
            "ack_number": self.ack_number,
            "ack_date": self._indian_time(self.ack_date),
            "is_cancelled": self.state == "cancelled",
            "cancelled": self._indian_time(self.cancel_date),
            "cancel_asked": self._indian_time(self.cancel_asked_at),
            "by_hand": self._word_print(),
            "qr": self.qr_image and image_data_uri(self.qr_image),
            "ewaybill": self.move_id.l10n_in_irp_ewaybill_id._invoice_values(),
            "test_note": self._test_note(),
            "environment": self._environment_label(),
        }
