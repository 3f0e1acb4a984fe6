from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...irp import IrpNotFound, IrpNotOffered
from ...irp.operations import ewaybill_system
from .. import transactions
from ..consignment.ewaybill import ELSEWHERE
from ..portal.error_messages import ErrorMessages

# what the lists of a day are called by those who fetch them
OWN, OTHERS, ASSIGNED, REJECTED = "own", "others", "assigned", "rejected"
# of the day on which we became the transporter
NEWLY_ASSIGNED = "newly_assigned"
LISTS = {
    OWN: "get_ewaybills_by_date",
    OTHERS: "other_party_bills",
    ASSIGNED: "transporter_bills",
    NEWLY_ASSIGNED: "transporter_bills_by_assigned_date",
    REJECTED: "rejected_bills",
}
BY_STATE = "transporter_bills_by_state"
BY_GENERATOR = "transporter_bills_by_gstin"
DETAILS = "get_ewaybill"
# how long details that could not be fetched are asked for again, in days
DETAILS_DAYS = 15
MOST_DETAILS = 200
"""Of earlier fetches, in one."""


class Generators(NamedTuple):
    """The generators whose e-way bills are listed, of those that name us as
    transporter.

    :ivar state: two-digit code of their state; "": ours.
    :ivar gstin: of a single one, for ASSIGNED; "": of all in the state.
    """

    state: str = ""
    gstin: str = ""


OF_OUR_STATE = Generators()


class Fetched(NamedTuple):
    """The result of a fetch.

    :ivar bills: `l10n_in.irp.ewaybill`.
    :ivar left_out: texts on lists that could not be fetched, and why.
    :ivar notes: texts on what else a person should know, such as missing details.
    """

    bills: object
    left_out: list
    notes: list

    @property
    def texts(self):
        """Return all texts."""
        return [*self.left_out, *self.notes]


class ResCompany(models.Model):
    """Fetches e-way bills that were made elsewhere."""

    _inherit = "res.company"

    def _l10n_in_irp_fetch_ewb(self, number):
        """Return the e-way bill of a number, fetched from the portal.

        :raises UserError: the portal does not return it.
        """
        versions = self._l10n_in_irp_ewb_versions([number])
        answered = self._l10n_in_irp_ask_ewb("get_ewaybill", number=number)
        found = self._l10n_in_irp_found(answered)
        return self._l10n_in_irp_adopt_ewb([found], versions)

    def _l10n_in_irp_fetch_ewb_of_document(self, doc_type, number):
        """Return the e-way bill of one of our documents, fetched from the portal.

        :param doc_type: INV, BIL, BOE, CHL or OTH.
        :raises UserError: the portal does not return it.
        """
        answered = self._l10n_in_irp_ask_ewb(
            "get_ewaybill_by_document", doc_type=doc_type, number=number
        )
        return self._l10n_in_irp_fetch_ewb(self._l10n_in_irp_found(answered).number)

    def _l10n_in_irp_fetch_ewbs(self, kinds, days, generators=OF_OUR_STATE):
        """Return the e-way bills that the portal lists of some days, as `Fetched`.

        Each is fetched with its details once; later lists correct its status, and have
        the details fetched again where they show a change; of what others have made,
        every fetch until Part B is entered or the time for rejecting it is over. One
        whose details cannot be fetched is there as the list has it, and the next fetch
        asks for them again.
        Lists that the portal does not offer are noted.

        :param kinds: keys of `LISTS`.
        :param days: dates in India.
        :param generators: `Generators`, for ASSIGNED and NEWLY_ASSIGNED.
        :raises UserError: no list can be fetched.
        """
        offered = [
            kind
            for kind in kinds
            if self._l10n_in_irp_offers(_list_service(kind, generators))
        ]
        asked = [(kind, day) for kind in offered or kinds for day in days]
        queries = [self._l10n_in_irp_list_query(*one, generators) for one in asked]
        self._l10n_in_irp_check_list_quota(queries)
        answers = self._l10n_in_irp_ask_all_ewb(queries)
        rows, failed = {}, {}
        for one, answered in zip(asked, answers, strict=True):
            if not answered.error:
                rows |= {row.number: row for row in answered.found}
            elif not isinstance(answered.error, IrpNotFound):
                failed[one] = answered
        if len(failed) == len(asked):
            self._l10n_in_irp_found(next(iter(failed.values())))
        bills, without = self._l10n_in_irp_take_rows(rows)
        notes = self._l10n_in_irp_lacking_lists([k for k in kinds if k not in offered])
        failures = self._l10n_in_irp_failed_lists(failed)
        return Fetched(bills, failures, [*notes, *without])

    # ------------------------------------------------------------------
    # Rows and their details
    # ------------------------------------------------------------------

    def _l10n_in_irp_take_rows(self, rows):
        """Return the e-way bills of listed rows, and texts on missing details.

        :param rows: number -> a row of a list of `irp.protocol.ewaybill`.
        """
        known = self._l10n_in_irp_ewbs_of(list(rows))
        self._l10n_in_irp_store(lambda: known.sudo()._take_rows(rows))
        changed = known.sudo().filtered(
            lambda bill: bill._is_out_of_date(rows[bill.number])
        )
        waiting = changed | self._l10n_in_irp_without_details()
        waiting |= self._l10n_in_irp_without_part_b()
        news = rows.keys() - set(known.mapped("number"))
        numbers = [*sorted(news), *waiting.mapped("number")]
        adopted, missing = self._l10n_in_irp_fetch_details(numbers)
        adopted |= self._l10n_in_irp_adopt_rows(
            [rows[number] for number in missing if number in rows]
        )
        found = known | adopted
        self._l10n_in_irp_store(found.sudo()._match)
        return found, self._l10n_in_irp_missing_details(missing)

    def _l10n_in_irp_store(self, write):
        """Write answers of the portal and commit them; no answer is lost if another
        transaction interferes."""
        transactions.commit_with_retry(self.env, write)

    def _l10n_in_irp_ewbs_of(self, numbers):
        """Return the e-way bills that Odoo has of some numbers."""
        here = [
            ("company_id", "=", self.id),
            ("environment", "=", self.l10n_in_irp_environment),
        ]
        bills = self.env["l10n_in.irp.ewaybill"]
        return bills.search([*here, ("number", "in", numbers)])

    def _l10n_in_irp_without_details(self):
        """Return the recent e-way bills that were listed, and no more."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=DETAILS_DAYS)
        domain = [
            ("company_id", "=", self.id),
            ("environment", "=", self.l10n_in_irp_environment),
            ("basis", "=", ELSEWHERE),
            ("fetched_at", "=", False),
            ("ewb_date", ">=", since),
        ]
        bills = self.env["l10n_in.irp.ewaybill"].sudo()
        return bills.search(domain, limit=MOST_DETAILS, order="ewb_date desc, id desc")

    def _l10n_in_irp_without_part_b(self):
        """Return the e-way bills of others that can be rejected once Part B is entered:
        the lists of later days do not have them. Those whose time ends first come
        first."""
        bills = self.env["l10n_in.irp.ewaybill"].sudo()
        domain = bills._rejectable_domain(self) & Domain("valid_until", "=", False)
        return bills.search(domain, limit=MOST_DETAILS, order="ewb_date, id")

    def _l10n_in_irp_fetch_details(self, numbers):
        """Return the e-way bills of numbers whose details were fetched, and number ->
        answer of the others."""
        numbers = list(dict.fromkeys(numbers))
        details = [
            ewaybill_system.Query(DETAILS, {"number": number}) for number in numbers
        ]
        versions = self._l10n_in_irp_ewb_versions(numbers)
        answers = self._l10n_in_irp_ask_details(details) if details else []
        by_number = dict(zip(numbers, answers, strict=True))
        missing = {number: one for number, one in by_number.items() if one.error}
        found = [one.found for one in answers if not one.error]
        adopted = self._l10n_in_irp_adopt_ewb(found, versions, matches=False)
        return adopted, missing

    def _l10n_in_irp_ask_details(self, queries):
        """Return the answers to look-ups of details: errors, if the portal does not
        offer them, so that what it has listed is stored."""
        portal = self._l10n_in_irp_portal()
        if portal.offers(DETAILS):
            return self._l10n_in_irp_ask_all_ewb(queries)
        error = IrpNotOffered("no details of e-way bills", endpoint=DETAILS)
        error.wire = portal.wire
        return [ewaybill_system.Answered(error=error)] * len(queries)

    def _l10n_in_irp_list_query(self, kind, day, generators):
        service = _list_service(kind, generators)
        state = generators.state or (self.vat or "")[:2]
        whose = {
            BY_STATE: {"state": state},
            BY_GENERATOR: {"generator": generators.gstin},
            LISTS[NEWLY_ASSIGNED]: {"state": state},
        }
        return ewaybill_system.Query(service, {"day": day, **whose.get(service, {})})

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _l10n_in_irp_found(self, answered):
        """Return what a look-up has found.

        :raises UserError: it ended in an error.
        """
        if answered.error:
            raise UserError(self._l10n_in_irp_why(answered))
        return answered.found

    def _l10n_in_irp_why(self, answered):
        return ErrorMessages(self.env).describe(answered.error).clicked

    def _l10n_in_irp_list_labels(self):
        return {
            OWN: self.env._("made by us"),
            OTHERS: self.env._("made by suppliers and buyers"),
            ASSIGNED: self.env._("assigned to us as transporter"),
            NEWLY_ASSIGNED: self.env._("newly assigned to us as transporter"),
            REJECTED: self.env._("rejected by others"),
        }

    def _l10n_in_irp_failed_lists(self, failed):
        """Return the texts on lists that could not be fetched.

        :param failed: (kind, day) -> the answer.
        """
        labels = self._l10n_in_irp_list_labels()
        return [
            self.env._(
                "Not fetched: e-way bills %(kind)s of %(day)s. %(reason)s",
                kind=labels[kind],
                day=format_date(self.env, day),
                reason=self._l10n_in_irp_why(answered),
            )
            for (kind, day), answered in failed.items()
        ]

    def _l10n_in_irp_lacking_lists(self, kinds):
        """Return the texts on lists that the portal does not offer.

        :param kinds: keys of `LISTS`.
        """
        labels = self._l10n_in_irp_list_labels()
        portal = self._l10n_in_irp_portal().wire.name
        return [
            self.env._(
                "Not fetched: e-way bills %(kind)s. %(portal)s does not offer this "
                "list to programs. Look for them on ewaybillgst.gov.in.",
                kind=labels[kind],
                portal=portal,
            )
            for kind in kinds
        ]

    def _l10n_in_irp_missing_details(self, missing):
        """Return the texts on e-way bills whose details could not be fetched, one for
        each reason.

        :param missing: number -> the answer.
        """
        by_reason = {}
        for number, answered in missing.items():
            reason = self._l10n_in_irp_why(answered)
            by_reason.setdefault(reason, []).append(number)
        return [
            self.env._(
                "Listed, but details not fetched: %(numbers)s. %(reason)s The next "
                "fetch asks for them again.",
                numbers=", ".join(sorted(numbers)),
                reason=reason,
            )
            for reason, numbers in by_reason.items()
        ]


def _list_service(kind, generators):
    """Return the service that a list of a day is fetched with."""
    if kind == ASSIGNED and generators.gstin:
        return BY_GENERATOR
    return BY_STATE if kind == ASSIGNED and generators.state else LISTS[kind]
