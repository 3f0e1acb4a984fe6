from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...irp.operations import states
from ..clock import utc
from ..consignment.ewaybill import ELSEWHERE
from ..evidence import permits
from ..ewaybill.numbers import in_capitals
from ..movement.portal_bill import CORRECTED, UNTOUCHED

# the status of a cancelled e-way bill at the portal
CANCELLED = "CNL"
# what the record of the portal adds to an e-way bill that a list alone has shown
OF_DETAILS = (
    *("distance", "supply_type", "sub_supply_type", "doc_type", "doc_number"),
    *("doc_date", "party_name", "party_gstin", "total_value"),
)


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
    lacks_details = fields.Boolean(
        string="Details Missing",
        compute="_compute_lacks_details",
        search="_search_lacks_details",
        help="A list of the portal has it, but its details could not be fetched yet.",
    )

    @api.depends("basis", "fetched_at")
    def _compute_lacks_details(self):
        for bill in self:
            bill.lacks_details = bill.basis == ELSEWHERE and not bill.fetched_at

    def _search_lacks_details(self, operator, value):
        if operator != "in":
            return NotImplemented
        lacking = Domain("basis", "=", ELSEWHERE) & Domain("fetched_at", "=", False)
        return lacking if True in value else ~lacking

    # ------------------------------------------------------------------
    # Taken from the portal
    # ------------------------------------------------------------------

    @api.model
    def _adopt(self, company, environment, bill, version=UNTOUCHED):
        """Return the e-way bill of a number, new if Odoo has none; as superuser.

        :param bill: `irp.protocol.ewaybill.Bill`.
        :param version: see `_take_bill`.
        """
        known = self._of_number(company, environment, bill.number)
        if not known and (waiting := self._awaiting(company, environment, bill)):
            return waiting
        values = self._adopted_values(company, environment, bill)
        if not known:
            known = self.sudo().create(values)
        elif known.lacks_details:
            values = {name: values[name] for name in OF_DETAILS}
            with permits.permitted(known, values):
                known.write(values)
        known._take_bill(bill, version)
        return known

    @api.model
    def _adopt_row(self, company, environment, row):
        """Return the e-way bill of a row of a list whose details cannot be fetched, new
        if Odoo has none; as superuser.

        :param row: a row of a list of `irp.protocol.ewaybill`.
        """
        if known := self._of_number(company, environment, row.number):
            return known
        if waiting := self._awaiting(company, environment, row):
            return waiting
        own = company.vat
        is_to = getattr(row, "from_gstin", own) == own
        party = "to" if is_to else "from"
        values = {
            **self._listed_elsewhere(company, environment, row),
            "generator_gstin": row.generator or False,
            "supplier_gstin": getattr(row, "from_gstin", False),
            "recipient_gstin": getattr(row, "to_gstin", False),
            "party_name": getattr(row, f"{party}_name", False),
            "party_gstin": getattr(row, f"{party}_gstin", False),
            "total_value": float(getattr(row, "invoice_value", 0)),
            "valid_until": utc(getattr(row, "valid_until", None)),
        }
        known = self.sudo().create(values)
        known._take_row(row)
        return known

    @api.model
    def _of_number(self, company, environment, number):
        here = Domain("company_id", "=", company.id)
        here &= Domain("environment", "=", environment)
        return self.sudo().search(here & Domain("number", "=", number), limit=1)

    @api.model
    def _awaiting(self, company, environment, one):
        """Return the e-way bill whose missing answer is about the same document: its
        look-up, or that of the registration that it went with, settles it soon.

        :param one: a row of a list, or a `Bill`, of `irp.protocol.ewaybill`.
        """
        if one.generator != company.vat:
            return self.sudo().browse()
        here = Domain("company_id", "=", company.id)
        here &= Domain("environment", "=", environment)
        here &= Domain("state", "in", states.UNANSWERED)
        number = (one.doc_number or "").upper()
        waiting = self._awaiting_answer(here, number)
        return waiting or self._awaiting_registration(here, number)

    @api.model
    def _awaiting_answer(self, here, number):
        waiting = self.sudo().search(here & Domain("number", "=", False))
        found = waiting.filtered(
            lambda bill: (bill._document_number_sent() or "").upper() == number
        )[:1]
        if found:
            found._requeue()
        return found

    @api.model
    def _awaiting_registration(self, here, number):
        """Return the prepared e-way bill that was sent with a registration."""
        documents = self.env["l10n_in.irp.document"].sudo()
        for document in documents.search(here & in_capitals("number", [number])):
            found = document.move_id._l10n_in_irp_ewaybill_to_send()
            if found and "EwbDtls" in (document._sent_request() or {}):
                document._requeue()
                return found
        return self.sudo().browse()

    def _take_over(self, document, registration):
        # EXTENDS 'l10n_in.irp.ewaybill': a list of the portal has shown it before
        self.ensure_one()
        move, known = document.move_id, self.sudo().browse()
        if number := registration.ewb_number:
            company, environment = document.company_id, document.environment
            known = self._of_number(company, environment, number) - self
        is_free = not known._has_source() or known.move_id == move
        if known.basis != ELSEWHERE or not is_free:
            super()._take_over(document, registration)
            return
        # changes may have been made to that one; this one was only prepared
        self.unlink()
        if not known.move_id:
            known._link(move)

    @api.model
    def _listed_elsewhere(self, company, environment, one):
        """Return the values that a row of a list and a record of the portal have.

        :param one: a row of a list, or a `Bill`, of `irp.protocol.ewaybill`.
        """
        is_cancelled = one.status == CANCELLED
        return {
            "basis": ELSEWHERE,
            "company_id": company.id,
            "environment": environment,
            "base_url": company._l10n_in_irp_address(environment),
            "state": states.CANCELLED if is_cancelled else states.REGISTERED,
            "with_irn": False,
            "trans_mode": False,
            "vehicle_type": False,
            "number": one.number,
            "ewb_date": utc(one.generated_at),
            "doc_number": one.doc_number,
            "doc_date": one.doc_date or False,
        }

    @api.model
    def _adopted_values(self, company, environment, bill):
        """Return the values of a new e-way bill that was made elsewhere."""
        own = company.vat
        is_outward = bill.from_gstin == own
        party = ("to" if is_outward else "from") if own in _parties(bill) else "from"
        return {
            **self._listed_elsewhere(company, environment, bill),
            "distance": bill.distance_km,
            "supply_type": self._known("supply_type", bill.supply_type),
            "sub_supply_type": self._known("sub_supply_type", bill.sub_supply_type),
            "doc_type": self._known("doc_type", bill.doc_type),
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

    def _take_rows(self, rows):
        """Store the status of e-way bills as a list of the portal shows it.

        :param rows: number -> row, see `_take_row`.
        """
        for bill in self:
            bill._take_row(rows[bill.number])

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
        if "state" in values:
            self._apart(self._act_on_state)

    def _is_out_of_date(self, row):
        """Return whether a row of a list shows that its details have changed: another
        validity, as with Part B that was not entered before."""
        if self.lacks_details:
            return True
        end = getattr(row, "valid_until", None)
        is_active = self.state == states.REGISTERED
        return bool(is_active and end and utc(end) != self.valid_until)

    def _start_place(self):
        # EXTENDS 'l10n_in.irp.ewaybill': only the portal knows where others start
        if self.basis != ELSEWHERE or self._portal_bill():
            return super()._start_place()
        return "", self._indian_state("")

    def _standing(self):
        # EXTENDS 'movement': a list does not say whether Part B is entered
        known = super()._standing()
        is_unknown = self.lacks_details and not self.valid_until
        return replace(known, has_part_b=None) if is_unknown else known

    # ------------------------------------------------------------------
    # Printed
    # ------------------------------------------------------------------

    def _check_printable(self):
        # EXTENDS 'l10n_in.irp.ewaybill': Odoo has not generated it, and the portal
        # has not shown it
        result = super()._check_printable()
        for bill in self:
            if bill.basis == ELSEWHERE and not bill._last_portal_bill():
                raise UserError(
                    self.env._(
                        "%s was made elsewhere, and Odoo has no record of it. Click "
                        "'Refresh from Portal' on the e-way bill first, then print it.",
                        bill.display_name,
                    )
                )
        return result


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        # EXTENDS 'base'
        if report.model == "l10n_in.irp.ewaybill":
            bills = self.env[report.model].browse(docids)
            # of several, the page of each says so
            if len(bills) == 1:
                bills._check_printable()
        return super()._get_rendering_context(report, docids, data)


def _parties(bill):
    return bill.from_gstin, bill.to_gstin
