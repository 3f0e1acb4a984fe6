from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ...irp.operations import states
from ...irp.reference.ewaybill import LIMITS
from ...irp.rules.ewaybill import extension_window
from ..clock import aware, now_utc, utc
from .ewaybill import IRN


class L10nInIrpEwaybill(models.Model):
    """Until when an e-way bill without an IRN may go with the goods."""

    _inherit = "l10n_in.irp.ewaybill"

    def _binds_its_document(self, now):
        """Return whether the portal holds, or may hold, an e-way bill of ours that
        names the document and may still be used.

        One of the demo does not count once the company has left the demo; nor does one
        that the other party has rejected, or has made for a document of theirs.

        :param now: aware.
        """
        is_past_demo = (
            self.environment == "demo"
            and self.company_id.l10n_in_irp_environment != "demo"
        )
        is_theirs = self.generator_gstin and self.generator_gstin != self._sent_as()
        if self.basis == IRN or is_past_demo or is_theirs or self.is_rejected:
            return False
        if self.state != states.REGISTERED:
            return not self._is_unsent() and self.state != states.CANCELLED
        return now <= self._usable_until(now)

    def _usable_until(self, now):
        """Return until when it may be used: also what has expired can be extended for
        some hours."""
        if self.valid_until:
            return extension_window(aware(self.valid_until))[1]
        made = aware(self.ewb_date) if self.ewb_date else now
        return made + timedelta(days=LIMITS.part_a_days)

    def _binding_advice(self):
        """Return what a person does to change the document of an e-way bill."""
        if self.state != states.REGISTERED:
            return self.env._(
                "Open the e-way bill and click 'Refresh from Portal' until its outcome "
                "is known."
            )
        if not self._is_too_late():
            return self.env._(
                "Open the e-way bill and click 'Cancel e-Way Bill', which the portal "
                "takes for 24 hours; then change the document and generate a new one."
            )
        return self.env._(
            "The 24 hours for cancelling it are over. Correct the document with a "
            "credit or debit note, or wait until the e-way bill has run out on %s.",
            self._shown_time(utc(self._usable_until(now_utc()))),
        )


class AccountMove(models.Model):
    """Guards a document whose e-way bill, made without an IRN, is with the goods: an
    officer compares the two."""

    _inherit = "account.move"

    def _l10n_in_irp_binding_ewaybills(self):
        """Return the e-way bills that stand in the way of changing these documents."""
        now = now_utc()
        return (
            self.sudo()
            .l10n_in_irp_ewaybill_ids.sorted("id")
            .filtered(lambda bill: bill._binds_its_document(now))
        )

    def _l10n_in_irp_check_no_ewaybill(self):
        """Refuse to reopen documents with an e-way bill that may be with the goods.

        :raises UserError: with what to do first.
        """
        for bill in self._l10n_in_irp_binding_ewaybills()[:1]:
            raise UserError(
                self.env._(
                    "You cannot reset %(document)s to draft: its %(ewaybill)s "
                    "(%(state)s) names its number, date, goods and value. %(advice)s",
                    document=bill.move_id.display_name,
                    ewaybill=bill._portal_name(),
                    state=bill._status_label(),
                    advice=bill._binding_advice(),
                )
            )

    def write(self, vals):
        # EXTENDS 'account'
        if "name" in vals:
            self._l10n_in_irp_check_ewaybill_number(vals["name"])
        return super().write(vals)

    def _l10n_in_irp_check_ewaybill_number(self, name):
        """Refuse another number for documents whose e-way bill has the present one.

        :raises UserError: with what to do first.
        """
        for bill in self._l10n_in_irp_binding_ewaybills():
            if bill.move_id.name == bill.doc_number != name:
                raise UserError(
                    self.env._(
                        "You cannot renumber %(document)s: its %(ewaybill)s "
                        "(%(state)s) has this number. %(advice)s",
                        document=bill.move_id.display_name,
                        ewaybill=bill._portal_name(),
                        state=bill._status_label(),
                        advice=bill._binding_advice(),
                    )
                )
