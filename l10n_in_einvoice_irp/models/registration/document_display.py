from odoo import fields, models
from odoo.tools import format_datetime
from odoo.tools.image import image_data_uri

from ..queue.settlement import MANAGER
from ..queue.submission_mixin import (
    CANCEL_STATES,
    QUEUED_STATES,
    SETTLED_STATES,
    UNCLEAR_STATES,
)


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
        record = self._error_record(document)
        ask = self.env["l10n_in.irp.validator"]._whom_to_ask(record)
        said = [document.notice, document.error, document.advice, ask]
        parts = [headline, *said, note, pause]
        if not any(parts):
            return None
        return {
            "level": self._level(document),
            "message": "\n".join(filter(None, parts)),
            **self._button(document),
        }

    def _ewaybill_alert(self, ewaybill):
        """The banner above an invoice whose e-way bill needs a person; None if it does
        not, because all else stands on the e-way bill."""
        if not ewaybill.notice and ewaybill.state not in UNCLEAR_STATES:
            return None
        parts = [ewaybill.notice, ewaybill.error, ewaybill.advice]
        title = f"{ewaybill.display_name}: {ewaybill._state_label()}"
        return {
            "level": self._level(ewaybill),
            "message": "\n".join([title, *filter(None, parts)]),
            **self._button(ewaybill),
        }

    def _button(self, record):
        """The button of a banner: what this user does next."""
        if record.can_be_settled and not record._is_by_word():
            if self.env.user.has_group(MANAGER):
                return self._action(self.env._("Settle by Hand"), record, "settle")
            return {}
        if record._is_cancel_undone():
            return self._undone_button(record)
        faulty = self._error_record(record)
        if not faulty or not faulty.has_access("read"):
            return {}
        text = self.env._("Open the record to correct")
        return {"action_text": text, "action": record._error_action()}

    def _undone_button(self, record):
        if not record._is_too_late():
            return self._action(self.env._("Cancel Again"), record, "cancel")
        if record._name == "l10n_in.irp.document" and record.doc_type == "INV":
            return self._action(self.env._("Issue Credit Note"), record, "credit")
        return {}

    def _action(self, text, record, work):
        """A button that runs one of our server actions on the invoice or e-way bill."""
        thread = record._thread()
        prefix = "ewaybill" if thread == record else "move"
        xmlid = f"l10n_in_einvoice_irp.action_l10n_in_irp_{prefix}_{work}"
        context = {
            "active_model": thread._name,
            "active_id": thread.id,
            "active_ids": thread.ids,
        }
        action_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        action = {"type": "ir.actions.server", "id": action_id, "context": context}
        return {"action_text": text, "action": action}

    def _error_record(self, record):
        """Return the record to correct, with the rights of who looks, or None."""
        if not record.error_res_id:
            return None
        return self.env[record.error_model].browse(record.error_res_id).exists()

    def _pause_note(self, document):
        """That the portal is left alone for a while, and how long."""
        if document.state not in QUEUED_STATES:
            return ""
        line = self.env["l10n_in.irp.circuit.breaker"]._find(
            document.environment, document.gstin
        )
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
            "unclear": self.env._(
                "Odoo cannot find out from the portal whether this invoice was "
                "registered, and has stopped asking."
            ),
            "cancelling": self.env._("Being cancelled at the IRP."),
            "cancel_unclear": self.env._(
                "Odoo cannot find out from the portal whether the IRN was cancelled, "
                "and has stopped asking."
            ),
            "cancelled": self.env._(
                "Cancelled at the IRP. Its number can never be registered again: use "
                "'Issue anew' for an invoice under another one."
            ),
        }.get(state, "")

    @staticmethod
    def _level(document):
        is_open = document._is_cancel_undone() and not document._is_too_late()
        if is_open or document.state in ("rejected", "conflict", *UNCLEAR_STATES):
            return "danger"
        is_unchecked = getattr(document, "signature_state", "") == "unchecked"
        is_warning = document.error or document.notice or is_unchecked
        return "warning" if is_warning else "info"

    def _print_values(self, move):
        """What the invoice report prints of the registration; empty if there is none.

        Dates are Indian time, whatever the zone of the person who prints.
        """
        move.ensure_one()
        document = move.l10n_in_irp_document_id.sudo()
        if document.state not in SETTLED_STATES:
            return {}
        is_sample = document.environment != "production"
        return {
            "irn": document.irn,
            "ack_number": document.ack_number,
            "ack_date": document._indian_time(document.ack_date),
            "is_cancelled": document.state == "cancelled",
            "cancelled": document._indian_time(document.cancel_date),
            "cancel_asked": document._indian_time(document.cancel_asked_at),
            "by_hand": document._word_print(),
            "qr": document.qr_image and image_data_uri(document.qr_image),
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
        is_cancelling = ewaybill.state in CANCEL_STATES
        if ewaybill.state != "registered" and not is_cancelling:
            return {}
        document = self.env["l10n_in.irp.document"]
        return {
            "number": ewaybill.number,
            "is_cancelling": is_cancelling,
            "date": document._indian_time(ewaybill.ewb_date),
            "valid_until": document._indian_time(ewaybill.valid_until),
        }
