from datetime import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...irp import IrpEwbExists, operations
from ...irp.operations import states
from .. import wakeup
from ..clock import indian_time, utc
from ..ewaybill.numbers import in_capitals
from ..queue.exported import ExportedResults
from ..rights import check_manager
from .ewaybill import DOCUMENT


class L10nInIrpEwaybill(ExportedResults, models.Model):
    """Takes the results of a bulk upload from the list that the website gives.

    A row with a number proves nothing: the e-way bill system is asked if it can be.
    Else a manager records the number as his word, as in *Settle by Hand*.
    """

    _inherit = "l10n_in.irp.ewaybill"

    @api.model
    def _of_rows(self, company, rows):
        """Return each row -> the e-way bills without an IRN that it may be about.

        :param rows: `irp.protocol.EwaybillRow`.
        """
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("environment", "=", company.l10n_in_irp_environment)
        domain &= Domain("basis", "=", DOCUMENT) & Domain(
            "state", "!=", states.CANCELLED
        )
        domain &= in_capitals("doc_number", [row.number for row in rows])
        known = self.search(domain)
        by_number = known.grouped(lambda bill: bill.doc_number.upper())
        return {row: by_number.get(row.number.upper(), self) for row in rows}

    def _take_result(self, row, digest):
        """Apply a row of a list to the e-way bill.

        :param row: `irp.protocol.EwaybillRow`.
        :param digest: SHA-256 of the file.
        :return: (a result of `l10n_in.irp.ewaybill.import.line`, the text for the
            user).
        :raises AccessError: the user is no manager.
        :raises UserError: another process is working on it.
        """
        check_manager(self.env)
        self._check_may_write()
        bill = self._locked()
        if bill._is_at_portal():
            return bill._compared_with(row)
        if bill.state == states.REJECTED and bill.answer_digest == digest:
            return "rejected", bill.error
        if not (bill._is_exported() or bill.can_be_settled):
            return "not_exported", bill._not_exported_text()
        if why := bill._is_exported() and bill._why_outdated(row, digest):
            return "outdated", why
        if not bill._is_about(row):
            return "not_understood", bill._other_document_text()
        return bill._take_judged(row, digest)

    def _take_judged(self, row, digest):
        result = operations.judge_row(row, self.attempt + 1)
        if result.state == states.REJECTED and self._is_exported():
            self._store_refusal(result, digest)
            return "rejected", self.error
        if isinstance(result.error, IrpEwbExists):
            self._note_result(row.text)
            return "duplicate", f"{row.text}\n{self._ask_text()}"
        if row.is_registered:
            return self._listed(row)
        return "not_understood", self._not_understood_text(row)

    def _listed(self, row):
        """Return the outcome of a row with a number."""
        if row.status == "cancelled":
            text = self.env._(
                "The list shows e-way bill %s as cancelled. Open the e-way bill and "
                "record it with 'Settle by Hand'.",
                row.ewb_number,
            )
            return "not_understood", text
        if self._has_number_elsewhere(row.ewb_number):
            return "conflict", self._other_number_text(row.ewb_number)
        if self._is_exported() and self._can_ask():
            self._note_result(self.env._("Generated. %s", row.ewb_number))
            return "listed", self._ask_text()
        if not row.generated_at:
            text = self.env._(
                "The list does not say when it was generated. Open the e-way bill and "
                "record number and time with 'Settle by Hand'."
            )
            return "not_understood", text
        return "to_record", self.env._(
            "The list proves nothing. If ewaybillgst.gov.in shows this number, click "
            "'Record Numbers'."
        )

    def _record_listed(self, values, remark):
        """Record a number of a list as the word of the manager who imported it.

        :param values: number, ewb_date and valid_until.
        :raises UserError: it cannot be settled by hand, or not by this user.
        """
        self.ensure_one()
        if self._has_number_elsewhere(values["number"]):
            raise UserError(self._other_number_text(values["number"]))
        if values["ewb_date"] > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "e-Way bill %s: the time of its generation is in the future.",
                    values["number"],
                )
            )
        self._settle("active", remark, values)

    @api.model
    def _listed_values(self, row):
        """Return number and times of a row, as an e-way bill stores them."""
        return {
            "number": row.ewb_number,
            "ewb_date": utc(row.generated_at),
            "valid_until": utc(row.valid_until),
        }

    # ------------------------------------------------------------------
    # Compared
    # ------------------------------------------------------------------

    def _compared_with(self, row):
        if row.ewb_number in ("", self.number):
            return "known", ""
        return "conflict", self.env._(
            "Nothing was changed: Odoo has e-way bill %(ours)s for this document, the "
            "list has %(theirs)s. Check both on ewaybillgst.gov.in.",
            ours=self.number,
            theirs=row.ewb_number,
        )

    def _is_about(self, row):
        """Return whether what a row says of its document is what the e-way bill has."""
        if row.doc_type and row.doc_type != self.doc_type:
            return False
        if row.doc_date and row.doc_date != self.doc_date:
            return False
        if self._is_older(row):
            return False
        sent = self._sent() or {}
        parties = {sent.get("fromGstin"), sent.get("toGstin")} - {None}
        return not (row.party and parties) or row.party in parties

    def _is_older(self, row):
        """Return whether a row is about an e-way bill from before the export."""
        if not (row.generated_at and self.exported_at):
            return False
        made, exported = row.generated_at, indian_time(self.exported_at)
        if made.time() == time.min:
            # the list gives the day alone
            return made.date() < exported.date()
        return made < exported.replace(second=0, microsecond=0)

    def _has_number_elsewhere(self, number):
        here = [
            ("company_id", "=", self.company_id.id),
            ("environment", "=", self.environment),
            ("number", "=", number),
            ("id", "!=", self.id),
        ]
        return bool(self.search_count(here, limit=1))

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _answer_title(self):
        return self.env._("e-Way Bill: answer to the bulk upload")

    def _ask_text(self):
        """Return how an e-way bill is settled that a list only mentions; if the e-way
        bill system can be asked, have it asked."""
        if self._is_exported() and self._can_ask():
            self.next_attempt_at = fields.Datetime.now()
            wakeup.wake(self.env)
            return self.env._(
                "The list proves nothing. Odoo asks the e-way bill system now; open "
                "the e-way bill in a minute."
            )
        return self.env._(
            "The list proves nothing. Look for the e-way bill on ewaybillgst.gov.in, "
            "then record its number with 'Settle by Hand'."
        )

    def _not_exported_text(self):
        return self.env._(
            "Nothing was changed: the e-way bill is not exported for bulk upload; its "
            "status is '%s'.",
            self._status_label(),
        )

    def _other_document_text(self):
        return self.env._(
            "Nothing was changed: type, date or GSTIN in the list are not those of "
            "%(ewaybill)s, or the list is older than its export.",
            ewaybill=self.display_name,
        )

    def _other_number_text(self, number):
        return self.env._(
            "Nothing was changed: e-way bill %s belongs to another document in Odoo.",
            number,
        )

    def _not_understood_text(self, row):
        return self.env._(
            "Nothing was changed: this result is neither a number nor an error that "
            "the portal has published. Check it on ewaybillgst.gov.in. %s",
            row.text,
        )
