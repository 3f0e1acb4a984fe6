from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...irp import IrpNotFound
from ...irp.operations import ewaybill_system
from ..clock import INDIA, aware, now_utc, utc
from ..portal.error_messages import ErrorMessages

# what the lists of a day are called by those who fetch them
OWN, OTHERS, ASSIGNED, REJECTED = "own", "others", "assigned", "rejected"
LISTS = {
    OWN: "get_ewaybills_by_date",
    OTHERS: "other_party_bills",
    ASSIGNED: "transporter_bills",
    REJECTED: "rejected_bills",
}
BY_STATE = "transporter_bills_by_state"
QUARTER = timedelta(minutes=15)


class ResCompany(models.Model):
    """Fetches e-way bills that were made elsewhere."""

    _inherit = "res.company"

    def _l10n_in_irp_fetch_ewb(self, number):
        """Return the e-way bill of a number, fetched from the portal.

        :raises UserError: the portal does not return it.
        """
        answered = self._l10n_in_irp_ask_ewb("get_ewaybill", number=number)
        return self._l10n_in_irp_adopt_ewb([self._l10n_in_irp_found(answered)])

    def _l10n_in_irp_fetch_ewb_of_document(self, doc_type, number):
        """Return the e-way bill of one of our documents, fetched from the portal.

        :param doc_type: INV, BIL, BOE, CHL or OTH.
        :raises UserError: the portal does not return it.
        """
        answered = self._l10n_in_irp_ask_ewb(
            "get_ewaybill_by_document", doc_type=doc_type, number=number
        )
        return self._l10n_in_irp_fetch_ewb(self._l10n_in_irp_found(answered).number)

    def _l10n_in_irp_fetch_ewbs(self, kinds, days, state=""):
        """Return the e-way bills that the portal lists of some days.

        Each is fetched with its details once; later lists correct its status alone.

        :param kinds: keys of `LISTS`.
        :param days: dates in India.
        :param state: two-digit code of the generators' state; only for ASSIGNED, by
            default the company's.
        :raises UserError: a list cannot be fetched.
        """
        queries = [
            self._l10n_in_irp_list_query(kind, day, state)
            for kind in kinds
            for day in days
        ]
        self._l10n_in_irp_check_list_quota(queries)
        answers = self._l10n_in_irp_ask_all_ewb(queries)
        rows = {}
        for answered in answers:
            if not isinstance(answered.error, IrpNotFound):
                rows |= {row.number: row for row in self._l10n_in_irp_found(answered)}
        return self._l10n_in_irp_take_rows(rows)

    def _l10n_in_irp_take_rows(self, rows):
        """Return the e-way bills of listed rows, the new ones fetched with details.

        :param rows: number -> a row of a list of `irp.protocol.ewaybill`.
        """
        known = self.env["l10n_in.irp.ewaybill"].search(
            [
                ("company_id", "=", self.id),
                ("environment", "=", self.l10n_in_irp_environment),
                ("number", "in", list(rows)),
            ]
        )
        for bill in known.sudo():
            bill._take_row(rows[bill.number])
        details = [
            ewaybill_system.Query("get_ewaybill", {"number": number})
            for number in rows.keys() - set(known.mapped("number"))
        ]
        answers = self._l10n_in_irp_ask_all_ewb(details) if details else []
        # what cannot be fetched holds back no others; the next fetch asks again
        found = [answered for answered in answers if not answered.error]
        if answers and not (found or known):
            self._l10n_in_irp_found(answers[0])
        return known | self._l10n_in_irp_adopt_ewb(one.found for one in found)

    @staticmethod
    def _l10n_in_irp_list_query(kind, day, state):
        if kind == ASSIGNED and state:
            return ewaybill_system.Query(BY_STATE, {"day": day, "state": state})
        return ewaybill_system.Query(LISTS[kind], {"day": day})

    def _l10n_in_irp_check_list_quota(self, queries):
        """Refuse lists beyond those that the portal allows in a quarter of an hour.

        :raises UserError: with the time from which it allows them again.
        """
        now = now_utc()
        log = self.env["l10n_in.irp.log"].sudo()
        for method in {query.method for query in queries}:
            rows = log.search(
                [
                    ("gstin", "=", self.vat),
                    ("endpoint", "=", method),
                    ("called_at", ">", utc(now - QUARTER)),
                ]
            )
            called = [aware(moment) for moment in rows.mapped("called_at")]
            count = sum(query.method == method for query in queries)
            planned = [*called, *[now] * (count - 1)]
            free = ewaybill_system.next_list(method, planned, now)
            if free > now:
                raise UserError(
                    self.env._(
                        "658: The e-way bill system allows this list again from "
                        "%(moment)s IST. Try again then, or choose fewer days.",
                        moment=format_datetime(self.env, utc(free), INDIA, "HH:mm"),
                    )
                )

    def _l10n_in_irp_found(self, answered):
        """Return what a look-up has found.

        :raises UserError: it ended in an error.
        """
        if answered.error:
            message = ErrorMessages(self.env).describe(answered.error)
            raise UserError(message.clicked)
        return answered.found

    def _l10n_in_irp_adopt_ewb(self, bills):
        """Return the records of e-way bills at the portal, new where Odoo has none."""
        ewaybills = self.env["l10n_in.irp.ewaybill"]
        environment = self.l10n_in_irp_environment
        found = ewaybills.sudo()
        for bill in bills:
            found |= ewaybills._adopt(self, environment, bill)
        return found.sudo(False)
