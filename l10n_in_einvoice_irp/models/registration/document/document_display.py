from odoo import models
from odoo.tools import format_datetime
from odoo.tools.image import image_data_uri

from ....irp.operations import states
from ...clock import printed_time


class L10nInIrpDocument(models.Model):
    """Texts of a registration: the banner above the invoice, and the print."""

    _inherit = "l10n_in.irp.document"

    # ------------------------------------------------------------------
    # Above the invoice
    # ------------------------------------------------------------------

    def _alert(self):
        """Return the banner, in the form of `account`'s alerts; None if there is
        nothing to report."""
        is_unchecked = self.signature_state == "unchecked"
        note = self.signature_note if is_unchecked else ""
        # the user's rights count, not the superuser's
        validator = self.env["l10n_in.irp.validator"].sudo(False)
        ask = validator._whom_to_ask(self._error_record())
        texts = [self.notice, self.error, self.advice, ask]
        head = (self._test_note(), self._headline())
        parts = [*head, *texts, note, self._pause_note()]
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
        """Return that calls to the portal are paused, and until when; "" if not."""
        if not self._is_queued():
            return ""
        company = self.company_id
        line = company._l10n_in_irp_breaker(
            self.environment, self._portal_address() or ""
        )
        if not line._is_paused():
            return ""
        note = self.env._(
            "API calls are on hold until %(time)s: %(reason)s",
            time=format_datetime(self.env, line.open_until),
            reason=line.reason,
        )
        return f"{note} {self._takeover_note(line)}".strip()

    def _takeover_note(self, line):
        """Return when a stand-by portal registers it; "" if none does.

        :param line: the circuit breaker of the main portal.
        """
        moment = self._is_unplaced() and self.company_id._l10n_in_irp_takeover_at(
            self.environment, line.down_since
        )
        if not moment:
            return ""
        return self.env._(
            "If the portal does not respond by %s, the stand-by portal registers it.",
            format_datetime(self.env, moment),
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

        Dates are Indian time, whatever the user's time zone.
        """
        if not self._is_at_portal():
            return {}
        return {
            "irn": self.irn,
            "ack_number": self.ack_number,
            "ack_date": printed_time(self.ack_date),
            "is_cancelled": self.state == states.CANCELLED,
            "cancelled": printed_time(self.cancel_date),
            "cancel_asked": printed_time(self.cancel_asked_at),
            "by_hand": self._settlement_print_note(),
            "unchecked": self._signature_warning(),
            "qr": self.qr_image and image_data_uri(self.qr_image),
            "ewaybill": self.move_id.l10n_in_irp_ewaybill_id._invoice_values(),
            "test_note": self._test_note(),
            "environment": self._environment_label(),
        }
