from odoo import fields, models

from ....irp import IrpDuplicate, operations
from ....irp.operations import states
from ... import wakeup
from ...queue.exported import ExportedResults
from ...rights import check_manager


class L10nInIrpDocument(ExportedResults, models.Model):
    """Takes the results of a bulk upload from the list that the website gives.

    Nothing of it is signed. A row may refuse an exported invoice, because a refusal is
    no registration; it never registers one, and changes nothing that is proven.
    """

    _inherit = "l10n_in.irp.document"

    def _take_result(self, row, digest):
        """Apply a row of an answer file to the locked registration.

        :param row: `irp.protocol.ResultRow`.
        :param digest: SHA-256 of the file.
        :return: (a result of `l10n_in.irp.import.line`, the text for the user).
        """
        if self._is_at_portal():
            return "known", ""
        if self.state == states.REJECTED and self.answer_digest == digest:
            return "rejected", self.error
        if not self._is_exported():
            return "not_exported", self._not_exported_text()
        if why := self._why_outdated(row, digest):
            return "outdated", why
        if row.irn and row.irn not in self._possible_irns():
            return "not_understood", self._other_irn_text()
        return self._take_judged(row, digest)

    def _take_judged(self, row, digest):
        result = operations.judge_row(row, self.attempt + 1)
        if result.state == states.REJECTED:
            self._store_refusal(result, digest)
            return "rejected", self.error
        if isinstance(result.error, IrpDuplicate):
            self._note_result(row.text)
            return "duplicate", f"{row.text}\n{self._signed_json_text()}"
        if row.is_registered:
            self._note_result(self.env._("Registered. %s", row.irn or row.ack_number))
            return "listed", self._signed_json_text()
        return "not_understood", self._not_understood_text(row)

    def _answer_title(self):
        return self.env._("e-Invoice: answer to the bulk upload")

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _not_exported_text(self):
        return self.env._(
            "Nothing was changed: the invoice is not exported for bulk upload; its "
            "status is '%s'.",
            self._status_label(),
        )

    def _other_irn_text(self):
        return self.env._(
            "Nothing was changed: the IRN in the file is not the one of this invoice. "
            "Its GSTIN, financial year, type and number give %s.",
            self._expected_irn(),
        )

    def _signed_json_text(self):
        """Return how a registration is proven that a list only mentions; if the portal
        can be asked, have it asked."""
        if self._can_ask():
            self.next_attempt_at = fields.Datetime.now()
            wakeup.wake(self.env)
            return self.env._(
                "The list proves no IRN. Odoo asks the IRP for it now; if the status "
                "does not change, download the signed JSON on the e-Invoice portal and "
                "import it here."
            )
        return self.env._(
            "The list proves no IRN. Download the signed JSON of the invoice on the "
            "e-Invoice portal and import it here."
        )

    def _not_understood_text(self, row):
        return self.env._(
            "Nothing was changed: this result is neither an IRN nor an error that the "
            "portal has published. Check the invoice on the e-Invoice portal. %s",
            row.text,
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_in_irp_take_result(self, row, digest):
        """Apply a row of an answer file to the invoice's registration.

        See `l10n_in.irp.document._take_result`.

        :raises AccessError: the user is no manager.
        :raises UserError: another process is working on it.
        """
        check_manager(self.env)
        document, is_new = self._l10n_in_irp_claim()
        found = document._take_result(row, digest)
        if is_new:
            # a number that has changed since has no registration
            document.unlink()
        return found
