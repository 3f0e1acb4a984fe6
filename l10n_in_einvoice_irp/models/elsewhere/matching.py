from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.document import financial_year
from ...irp.operations import states
from ..consignment.ewaybill import ELSEWHERE
from ..ewaybill.numbers import in_capitals
from ..rights import check_user

# of a move -> whose document it is: ours, or the other party's
OWN_TYPES = ("out_invoice", "out_refund", "in_refund")
THEIR_TYPES = ("in_invoice",)


class L10nInIrpEwaybill(models.Model):
    """The document that the goods of an e-way bill made elsewhere go with.

    It is found by number, party and financial year, where exactly one has all. Of
    several a person chooses; what he chooses, or removes, stands.
    """

    _inherit = "l10n_in.irp.ewaybill"

    is_unmatched = fields.Boolean(
        string="Without Document",
        compute="_compute_is_unmatched",
        search="_search_is_unmatched",
        help="Made elsewhere and active, and no document in Odoo is linked with it.",
    )
    has_document = fields.Boolean(
        string="With Document", compute="_compute_is_unmatched"
    )
    is_matched_by_hand = fields.Boolean(
        string="Document Chosen by Hand",
        readonly=True,
        copy=False,
        help="A person has linked the document, or removed it. Odoo does not link "
        "another one unasked.",
    )

    _unmatched = models.Index(
        "(company_id, UPPER(doc_number)) WHERE basis = 'elsewhere' AND move_id IS NULL"
    )

    @api.depends("basis", "move_id", "state", "is_rejected")
    def _compute_is_unmatched(self):
        for bill in self:
            bill.has_document = bill._has_source()
            is_open = bill.state != states.CANCELLED and not bill.is_rejected
            bill.is_unmatched = (
                bill.basis == ELSEWHERE and is_open and not bill.has_document
            )

    def _search_is_unmatched(self, operator, value):
        if operator != "in":
            return NotImplemented
        unmatched = Domain("basis", "=", ELSEWHERE) & self._no_source_domain()
        unmatched &= Domain("state", "!=", states.CANCELLED)
        unmatched &= Domain("is_rejected", "=", False)
        return unmatched if True in value else ~unmatched

    @api.model
    def _no_source_domain(self):
        """Return the domain of e-way bills that no document is linked with. For
        extensions, as `_has_source`."""
        return Domain("move_id", "=", False)

    # ------------------------------------------------------------------
    # Found by number, party and year
    # ------------------------------------------------------------------

    def _match(self):
        """Link e-way bills made elsewhere with the documents of their number, party and
        year, where exactly one has all, no e-way bill, and no other one that fits."""
        bills = self.filtered(lambda one: one.is_unmatched and one._may_be_matched())
        single = {
            bill: found[0]
            for bill, found in bills._candidates().items()
            if len(found) == 1
        }
        wanted = Counter(single.values())
        for bill, record in single.items():
            if wanted[record] == 1:
                bill._link(record)

    def _may_be_matched(self):
        """Return whether Odoo may link a document: the other party is known, and no
        person has chosen."""
        is_known = self.party_gstin or not self.lacks_details
        return is_known and not self.is_matched_by_hand

    def _candidates(self):
        """Return e-way bill -> list of the records with its number, party and year
        that have no e-way bill. For extensions."""
        found = {bill: [] for bill in self}
        for company, bills in self.grouped("company_id").items():
            moves = self._moves_of_numbers(company, bills.mapped("doc_number"))
            by_number = moves.grouped(_number_of)
            for bill in bills:
                same = by_number.get((bill.doc_number or "").upper(), moves.browse())
                found[bill] += same.filtered(bill._may_be_of)
        return found

    @api.model
    def _moves_of_numbers(self, company, numbers):
        """Return the documents of a company with these numbers and no e-way bill."""
        own = Domain("move_type", "in", OWN_TYPES) & in_capitals("name", numbers)
        theirs = Domain("move_type", "in", THEIR_TYPES) & in_capitals("ref", numbers)
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("state", "!=", "cancel") & (own | theirs)
        moves = self.env["account.move"].sudo().search(domain)
        return moves.filtered(lambda move: not move.l10n_in_irp_ewaybill_id)

    def _may_be_of(self, move):
        """Return whether the number on the e-way bill may be that of a document."""
        return (
            move.move_type in self._numbered_types()
            and self._is_year_of(move.invoice_date)
            and self._is_party_of(move)
        )

    def _numbered_types(self):
        """Return the types of the documents that the number may be of: those that go
        with goods from us or to us, as these goods go. The other party does not use
        our numbers for goods that are returned."""
        own = self.company_id.sudo().vat
        is_ours = self.generator_gstin == own
        types = []
        if self.supplier_gstin == own:
            types += ["out_invoice", "in_refund"] if is_ours else ["out_invoice"]
        if self.recipient_gstin == own:
            types += ["in_invoice", "out_refund"] if is_ours else ["in_invoice"]
        return types

    def _is_year_of(self, day):
        """Return whether a document of a day is of the financial year of the e-way
        bill's: numbers are unique in one (CGST Rules, rule 46(b)). An unknown day is
        of any year."""
        if not (day and self.doc_date):
            return True
        return financial_year(day) == financial_year(self.doc_date)

    def _is_party_of(self, move):
        """Return whether a document is with the other party of the e-way bill."""
        gstin = move.l10n_in_gstin or move.partner_id.vat or ""
        is_unregistered = self.party_gstin in (False, "URP")
        return not gstin.strip("/") if is_unregistered else gstin == self.party_gstin

    @api.model
    def _unmatched_of(self, moves):
        """Return the e-way bills made elsewhere with the numbers of these documents,
        and without a document."""
        numbers = {_number_of(move) for move in moves} - {""}
        if not numbers:
            return self.sudo()
        self.flush_model()
        query = SQL(
            """SELECT id FROM l10n_in_irp_ewaybill
                WHERE basis = 'elsewhere' AND move_id IS NULL
                  AND company_id IN %s AND UPPER(doc_number) IN %s
                  AND is_matched_by_hand IS NOT TRUE""",
            tuple(moves.company_id.ids),
            tuple(numbers),
        )
        rows = self.env.execute_query(query)
        return self.sudo().browse(id_ for (id_,) in rows)

    # ------------------------------------------------------------------
    # Linked
    # ------------------------------------------------------------------

    def _link(self, record):
        """Link a document. For extensions.

        :param record: an `account.move`.
        """
        bill = self.sudo()
        bill.move_id = record
        bill._after_link(record.sudo())

    def _after_link(self, record):
        """Note what was linked; a PDF of ours without the number is out of date."""
        self._message_log(body=self.env._("Linked with %s", record.sudo().display_name))
        if record._name == "account.move" and record.move_type in OWN_TYPES:
            record._detach_attachments()
        self._end_check()

    def _unlink_source(self):
        """Remove the link with a document. For extensions."""
        self.sudo().move_id = False

    def _check_may_link(self):
        """Refuse to link or remove a document of an e-way bill that Odoo has made.

        :raises UserError: it was not made elsewhere.
        """
        self.ensure_one()
        check_user(self.env)
        self._check_may_write()
        if self.basis != ELSEWHERE:
            raise UserError(
                self.env._(
                    "%s was generated for its document in Odoo, so the document cannot "
                    "be changed.",
                    self.display_name,
                )
            )

    def _link_by_hand(self, record):
        """Link the document that a person has chosen.

        :raises UserError: it has an e-way bill, or is not of the same company.
        """
        self._check_may_link()
        record.check_access("write")
        if record.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "%(document)s belongs to another company than %(ewaybill)s.",
                    document=record.display_name,
                    ewaybill=self.display_name,
                )
            )
        if record.state == "cancel":
            raise UserError(
                self.env._(
                    "%s is cancelled. Choose another document.", record.display_name
                )
            )
        if other := record.l10n_in_irp_ewaybill_id - self:
            raise UserError(
                self.env._(
                    "%(document)s has %(ewaybill)s already. Remove the document there "
                    "first, or delete the draft.",
                    document=record.display_name,
                    ewaybill=other.display_name,
                )
            )
        if self._has_source():
            self._unlink_source()
        self._link(record)
        self.sudo().is_matched_by_hand = True

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_match(self):
        """Look for the documents of e-way bills made elsewhere once more, also of those
        whose document a person has removed."""
        for bill in self:
            bill._check_may_write()
        bills = self.sudo()
        bills.filtered("is_unmatched").is_matched_by_hand = False
        bills._match()
        return True

    def action_unmatch(self):
        """Remove the document that is linked with an e-way bill made elsewhere.

        :raises UserError: it was not made elsewhere.
        """
        self._check_may_link()
        document = self._document_name()
        self._unlink_source()
        bill = self.sudo()
        bill.is_matched_by_hand = True
        bill._message_log(body=self.env._("Removed from %s", document))
        return True


def _number_of(move):
    """Return the number under which an e-way bill names a document, in capitals."""
    number = move.ref if move.move_type in THEIR_TYPES else move.name
    return (number or "").upper()
