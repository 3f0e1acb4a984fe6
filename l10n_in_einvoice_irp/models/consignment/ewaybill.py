from odoo import api, fields, models

from ...irp.operations import states
from ...irp.reference.ewaybill import (
    CODES,
    document_types_of,
    sub_supply_types_of,
)

IRN, DOCUMENT, ELSEWHERE = "irn", "document", "elsewhere"
OTHERS = "8"


class L10nInIrpEwaybill(models.Model):
    """An e-way bill without an IRN: what moves, and with which document.

    The portal's 28 combinations of supply, sub-supply and document type decide what the
    form offers.
    """

    _inherit = "l10n_in.irp.ewaybill"

    basis = fields.Selection(
        selection=[
            (IRN, "From IRN"),
            (DOCUMENT, "Without IRN"),
            (ELSEWHERE, "Made Elsewhere"),
        ],
        string="Generated",
        required=True,
        default=IRN,
        readonly=True,
        copy=False,
    )
    supply_type = fields.Selection(
        selection=list(CODES["supply_types"].items()),
        help="Outward: the goods leave you. Inward: they come to you.",
    )
    sub_supply_type = fields.Selection(
        selection=list(CODES["sub_supply_types"].items()), string="Sub-Supply Type"
    )
    sub_supply_description = fields.Char(
        string="Description of Others", size=20, help="At most 20 characters."
    )
    doc_type = fields.Selection(
        selection=list(CODES["document_types"].items()), string="Document Type"
    )
    doc_number = fields.Char(
        string="Document No.", help="1 to 16 letters, digits, / and -."
    )
    doc_date = fields.Date(string="Document Date")
    offered_sub_supplies = fields.Json(compute="_compute_offered")
    offered_documents = fields.Json(compute="_compute_offered")

    @api.depends("supply_type", "sub_supply_type")
    def _compute_offered(self):
        for bill in self:
            supply, sub = bill.supply_type or "", bill.sub_supply_type or ""
            bill.offered_sub_supplies = list(sub_supply_types_of(supply))
            bill.offered_documents = list(document_types_of(supply, sub))

    @api.onchange("supply_type", "sub_supply_type")
    def _onchange_movement(self):
        """Drop what does not go with the movement any more; choose what alone goes."""
        if self.sub_supply_type not in self.offered_sub_supplies:
            self.sub_supply_type = False
        if self.doc_type not in self.offered_documents:
            only = self.offered_documents
            self.doc_type = only[0] if len(only) == 1 else False
        if self.sub_supply_type != OTHERS:
            self.sub_supply_description = False

    def _is_without_irn(self):
        """Return whether it is generated for a document without an IRN."""
        return self.basis == DOCUMENT

    def _is_of(self, document):
        # EXTENDS 'l10n_in.irp.ewaybill': without an IRN nothing else says where it is
        if document or not self._is_without_irn() or self._is_unsent():
            return super()._is_of(document)
        return self._counts()

    def _counts(self):
        """Return whether it stands for its document: in production always, in a trial
        while the company registers there."""
        here = self.company_id.sudo().l10n_in_irp_environment
        return self.environment in ("production", here)

    def _document_name(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        return super()._document_name() or self.doc_number or ""

    def _document_number_sent(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        return (
            self._is_without_irn()
            and self.doc_number
            or (super()._document_number_sent())
        )

    def _is_part_b_sent(self):
        # EXTENDS 'l10n_in.irp.ewaybill': the others have all their changes in Odoo
        return self.basis != IRN or super()._is_part_b_sent()

    def _start_place(self):
        # EXTENDS 'l10n_in.irp.ewaybill': inward goods start at the other party
        if not self._is_without_irn() or self._portal_bill():
            return super()._start_place()
        request = self._source_request()
        return request.from_place, self._indian_state(request.dispatch_state)

    # ------------------------------------------------------------------
    # Its portal
    # ------------------------------------------------------------------

    def _portal_address(self):
        # EXTENDS 'l10n_in.irp.ewaybill': no registration says where it is
        if self.basis == IRN:
            return super()._portal_address()
        held = not self._is_unsent() and self.base_url
        return held or self.company_id._l10n_in_irp_address(self.environment)

    @api.depends("basis")
    def _compute_missing(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        of_irn = self.filtered(lambda bill: bill.basis == IRN)
        result = super(L10nInIrpEwaybill, of_irn)._compute_missing()
        for bill in self - of_irn:
            missing = bill._generation_missing()
            bill.can_generate = bill.can_look_up = not missing
            bill.missing = states.is_prepared(bill.state) and missing
        return result

    def _generation_missing(self):
        company, address = self.company_id, self._portal_address() or ""
        environment = self.environment or company.l10n_in_irp_environment
        return company._l10n_in_irp_ewb_missing(
            "generate_ewaybill", environment, address
        )

    @api.depends("basis")
    def _compute_can_be_settled(self):
        # EXTENDS 'l10n_in.irp.ewaybill': generated on the website, its number recorded
        result = super()._compute_can_be_settled()
        for bill in self:
            is_prepared = states.is_prepared(bill.state) and bill._is_without_irn()
            if is_prepared and not bill.can_generate:
                bill.can_be_settled = True
        return result
