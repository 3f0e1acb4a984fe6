from markupsafe import Markup

from odoo import models

from ....irp.operations import states
from ...clock import utc
from ...evidence import permits


class L10nInIrpDocument(models.Model):
    """Stores the portal's answers about a registration, and acts on them."""

    _inherit = "l10n_in.irp.document"

    # ------------------------------------------------------------------
    # Stored first
    # ------------------------------------------------------------------

    def _answer_values(self, result):
        registration, verdict = result.registration, result.verdict
        values = {}
        if verdict and verdict.state == "mismatch":
            values = self._conflict_values(verdict)
        if not registration:
            return {**values, **self._holder_values(result)}
        found = result.adopted and result.state != states.CONFLICT
        return {
            **values,
            "irn": registration.irn,
            "ack_number": registration.ack_number,
            "ack_date": utc(registration.ack_date),
            **self._signature_values(verdict),
            "adopted": self.adopted if self._is_at_portal() else found,
            **self._holder_values(result),
        }

    def _store_related(self, result):
        taxpayers, found = self.env["l10n_in.irp.taxpayer"], result.gstin_lookups
        taxpayers._store(self.company_id, self.environment, self.base_url, found)
        taxpayers._follow_up_lookups(self.company_id, self.environment, found)
        # an e-way bill prepared later was not requested with the IRN
        if not result.registration or "EwbDtls" not in (self._sent_request() or {}):
            return
        ewaybill = self.move_id._l10n_in_irp_ewaybill_to_send()
        if result.state == states.REGISTERED and ewaybill:
            ewaybill._take_over(self, result.registration)

    # ------------------------------------------------------------------
    # Follow-up
    # ------------------------------------------------------------------

    def _act_on_state(self):
        reported = self.filtered(lambda one: states.is_followed_up(one.state))
        if reported:
            # an earlier PDF shows another state
            reported.move_id._detach_attachments()
            reported.filtered(lambda one: not one._is_settled_by_hand())._notify()
        result = super()._act_on_state()
        for document in reported:
            if document.state == states.CANCELLED and document.cancel_move:
                document.move_id._l10n_in_irp_cancel_with_portal()
        return result

    def _undone_advice(self):
        return self.env._(
            "Correct the cause. If the IRN is cancelled but the invoice is not, click "
            "'Cancel in Odoo' on the invoice."
        )

    def _notify(self):
        """Post the state and the IRN on the invoices' chatter.

        Companies may do without the note of a registration, which is most of what
        registering costs in the chatter.
        """
        noted = self.filtered(
            lambda one: (
                one.state != states.REGISTERED or one.company_id.l10n_in_irp_note_irn
            )
        )
        bodies = {document.move_id.id: document._chatter_text() for document in noted}
        with permits.recorded_messages():
            noted.move_id._message_log_batch(bodies)

    def _chatter_text(self):
        """Return its state, its IRN, and that it is a test, as HTML."""
        irn = self.irn or self._expected_irn()
        lines = (
            Markup("<b>%s</b>: %s") % (self.env._("e-Invoice"), self._status_label()),
            f"{self.env._('IRN')} {irn}",
            self._test_note(),
        )
        return Markup("<br/>").join(filter(None, lines))
