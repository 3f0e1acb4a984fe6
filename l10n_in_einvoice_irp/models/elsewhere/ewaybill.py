from odoo import api, fields, models
from odoo.fields import Domain

from ...irp.operations import states
from ..clock import utc
from ..consignment.ewaybill import ELSEWHERE
from ..evidence import permits
from ..movement.portal_bill import CORRECTED

# the status of a cancelled e-way bill at the portal
CANCELLED = "CNL"
# of a move -> whose document it is: ours, or the other party's
OWN_TYPES = ("out_invoice", "out_refund", "in_refund")
THEIR_TYPES = ("in_invoice",)


class L10nInIrpEwaybill(models.Model):
    """An e-way bill that was made elsewhere: by us on the website, or by another party
    with our GSTIN. It is matched with the document that its goods go with."""

    _inherit = "l10n_in.irp.ewaybill"

    party_name = fields.Char(
        string="Other Party",
        readonly=True,
        copy=False,
        help="As the e-way bill system has it, for e-way bills made elsewhere.",
    )
    party_gstin = fields.Char(string="GSTIN of Other Party", readonly=True, copy=False)
    total_value = fields.Float(
        string="Invoice Value (₹)", digits=(16, 2), readonly=True, copy=False
    )
    is_unmatched = fields.Boolean(
        string="Without Document",
        compute="_compute_is_unmatched",
        search="_search_is_unmatched",
        help="Made elsewhere, and no document in Odoo has its number and party.",
    )

    @api.depends("basis", "move_id")
    def _compute_is_unmatched(self):
        for bill in self:
            bill.is_unmatched = bill.basis == ELSEWHERE and not bill.move_id

    def _search_is_unmatched(self, operator, value):
        if operator != "in":
            return NotImplemented
        unmatched = Domain("basis", "=", ELSEWHERE) & Domain("move_id", "=", False)
        return unmatched if True in value else ~unmatched

    # ------------------------------------------------------------------
    # Taken from the portal
    # ------------------------------------------------------------------

    @api.model
    def _adopt(self, company, environment, bill):
        """Return the e-way bill of a number, new if Odoo has none; as superuser.

        :param bill: `irp.protocol.ewaybill.Bill`.
        """
        here = Domain("company_id", "=", company.id)
        here &= Domain("environment", "=", environment)
        known = self.sudo().search(here & Domain("number", "=", bill.number), limit=1)
        if not known:
            known = self.sudo().create(self._adopted_values(company, environment, bill))
        known._take_bill(bill)
        known._match()
        return known

    @api.model
    def _adopted_values(self, company, environment, bill):
        """Return the values of a new e-way bill that was made elsewhere."""
        own = company.vat
        is_outward = bill.from_gstin == own
        party = ("to" if is_outward else "from") if own in _parties(bill) else "from"
        return {
            "basis": ELSEWHERE,
            "company_id": company.id,
            "environment": environment,
            "base_url": company._l10n_in_irp_address(environment),
            "state": states.CANCELLED if bill.is_cancelled else states.REGISTERED,
            "with_irn": False,
            "trans_mode": False,
            "vehicle_type": False,
            "number": bill.number,
            "ewb_date": utc(bill.generated_at),
            "distance": bill.distance_km,
            "supply_type": self._known("supply_type", bill.supply_type),
            "sub_supply_type": self._known("sub_supply_type", bill.sub_supply_type),
            "doc_type": self._known("doc_type", bill.doc_type),
            "doc_number": bill.doc_number,
            "doc_date": bill.doc_date or False,
            "party_name": getattr(bill, f"{party}_name"),
            "party_gstin": getattr(bill, f"{party}_gstin"),
            "total_value": float(bill.invoice_value),
        }

    def _notify(self):
        # EXTENDS 'l10n_in.irp.ewaybill': the document of another party is not ours to
        # preserve, so the note is on the e-way bill
        if self.basis != ELSEWHERE:
            return super()._notify()
        body = f"{self.display_name}: {self._status_label()}"
        return self._message_log(body=body)

    def _take_row(self, row):
        """Store the status of an e-way bill as a list of the portal shows it.

        :param row: a row of a list of `irp.protocol.ewaybill`; the list of rejected
            ones has the moment in place of the mark.
        """
        rejected_at = getattr(row, "rejected_at", None)
        values = {}
        if rejected_at or getattr(row, "is_rejected", False):
            values["is_rejected"] = True
        if rejected_at:
            values["rejected_at"] = utc(rejected_at)
        if row.status == CANCELLED and self.state in CORRECTED:
            values["state"] = states.CANCELLED
        with permits.permitted(self, values):
            self.write(values)
        self._match()

    # ------------------------------------------------------------------
    # Matched
    # ------------------------------------------------------------------

    def _match(self):
        """Link e-way bills made elsewhere with the documents of their number and party,
        where exactly one has both and no e-way bill."""
        for bill in self.filtered("is_unmatched"):
            found = bill._matching_moves()
            if len(found) == 1:
                bill.sudo().move_id = found
                bill._notify()

    def _matching_moves(self):
        """Return the documents with its number and party that have no e-way bill."""
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "!=", "cancel")
        own = Domain("move_type", "in", OWN_TYPES)
        own &= Domain("name", "=ilike", _literal(self.doc_number))
        theirs = Domain("move_type", "in", THEIR_TYPES)
        theirs &= Domain("ref", "=ilike", _literal(self.doc_number))
        moves = self.env["account.move"].sudo().search(domain & (own | theirs))
        return moves.filtered(
            lambda move: not move.l10n_in_irp_ewaybill_id and self._is_party_of(move)
        )

    def _is_party_of(self, move):
        """Return whether a document is with the other party of the e-way bill."""
        gstin = move.l10n_in_gstin or move.partner_id.vat or ""
        is_unregistered = self.party_gstin in (False, "URP")
        return not gstin.strip("/") if is_unregistered else gstin == self.party_gstin

    def action_match(self):
        """Look for the documents of e-way bills made elsewhere once more."""
        for bill in self:
            bill._check_may_write()
        self.sudo()._match()
        return True


def _parties(bill):
    return bill.from_gstin, bill.to_gstin


def _literal(number):
    """Return a text for =ilike in which nothing is a wildcard."""
    escaped = (number or "").replace("\\", "\\\\")
    return escaped.replace("%", "\\%").replace("_", "\\_")
