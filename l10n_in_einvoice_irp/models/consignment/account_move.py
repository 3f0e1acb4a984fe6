from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp.operations import states
from ...irp.reference import ewaybill_document_days
from ..clock import indian_today
from ..rights import check_user
from ..taxpayer.treatments import UNREGISTERED
from .ewaybill import DOCUMENT, IRN

# move type -> supply, sub-supply and document type, and the description of Others
MOVEMENTS = {
    "out_invoice": ("O", "1", "INV", ""),
    "out_receipt": ("O", "1", "INV", ""),
    "out_refund": ("I", "7", "CHL", ""),
    "in_invoice": ("I", "1", "INV", ""),
    "in_refund": ("O", "8", "OTH", "Purchase Return"),
}
ABROAD = {
    "out_invoice": ("O", "3", "INV", ""),
    "in_invoice": ("I", "2", "BOE", ""),
}
BILL_OF_SUPPLY, BILL_OF_ENTRY = "BIL", "BOE"
INVOICES = ("INV", BILL_OF_SUPPLY)


class AccountMove(models.Model):
    """E-way bills of invoices, notes and vendor bills that get no IRN."""

    _inherit = "account.move"

    l10n_in_irp_offers_movement = fields.Boolean(
        string="e-Way Bill without IRN Offered",
        compute="_compute_l10n_in_irp_offers_movement",
        help="The document has goods, gets no e-way bill from an IRN, and has none.",
        groups="base.group_user",
    )

    l10n_in_irp_ewaybill_need = fields.Text(
        string="e-Way Bill Needed",
        compute="_compute_l10n_in_irp_ewaybill_need",
        help="While there is no e-way bill: why one is needed; empty if it is not.",
        groups="base.group_user",
    )

    @api.depends(
        *("country_code", "move_type", "state", "l10n_in_irp_applicable"),
        *("l10n_in_irp_ewaybill_id", "company_id.l10n_in_irp_enabled"),
        *("invoice_line_ids.l10n_in_hsn_code", "debit_origin_id"),
    )
    def _compute_l10n_in_irp_offers_movement(self):
        for move in self:
            move.l10n_in_irp_offers_movement = (
                move.state == "posted"
                and move.company_id.l10n_in_irp_enabled
                and not move.l10n_in_irp_ewaybill_id
                and not move._l10n_in_irp_no_movement_reason()
            )

    @api.depends(
        *("state", "partner_id", "partner_shipping_id", "amount_total"),
        *("debit_origin_id", "invoice_date", "l10n_in_irp_ewaybill_id"),
        *("company_id.l10n_in_irp_enabled", "invoice_line_ids.l10n_in_hsn_code"),
    )
    def _compute_l10n_in_irp_ewaybill_need(self):
        for move in self:
            move.l10n_in_irp_ewaybill_need = (
                move._l10n_in_irp_may_need_ewaybill()
                and move._l10n_in_irp_ewaybill_need_words()
            )

    def _l10n_in_irp_may_need_ewaybill(self):
        """Return whether goods move with a document that was saved, and has no e-way
        bill."""
        return bool(
            isinstance(self.id, int)
            and self.country_code == "IN"
            and self.move_type in MOVEMENTS
            and not self.debit_origin_id
            and self.partner_id
            and self.company_id.l10n_in_irp_enabled
            and (self.state == "draft" or self._l10n_in_irp_lacks_ewaybill())
            and self.env["l10n_in.irp.validator"]._has_goods(self)
        )

    def _l10n_in_irp_lacks_ewaybill(self):
        """Return whether a posted document has no e-way bill, by whatever addon, and
        can still get one (820). For extensions."""
        today = indian_today()
        days, age = ewaybill_document_days(today), today - (self.invoice_date or today)
        return (
            self.state == "posted"
            and not self.l10n_in_irp_ewaybill_id
            and not (days and age.days > days)
            and not self._l10n_in_irp_other_ewaybill()
        )

    def _l10n_in_irp_ewaybill_need_words(self):
        """Return why an e-way bill is needed, in words; "" if it is not."""
        values = self._l10n_in_irp_movement_values()
        return self.env["l10n_in.irp.ewaybill"].sudo().new(values)._need_before()

    def _l10n_in_irp_no_movement_reason(self):
        """Return why no e-way bill without an IRN is made for such a document; "" if
        one may be."""
        self.ensure_one()
        if self.country_code != "IN" or self.move_type not in MOVEMENTS:
            return self.env._(
                "An e-Way Bill without IRN is made for an invoice, a credit note or a "
                "vendor bill of an Indian company."
            )
        if self.debit_origin_id:
            return self.env._(
                "%(note)s is a debit note: it raises the value of goods that have "
                "moved with %(document)s. If more goods move, create an invoice or a "
                "vendor bill for them, and the e-Way Bill from it.",
                note=self.display_name,
                document=self.debit_origin_id.display_name,
            )
        if self.move_type == "out_invoice" and self.l10n_in_irp_applicable:
            return self.env._(
                "%s needs an IRN: its e-Way Bill is generated from the IRN.",
                self.display_name,
            )
        if not self.env["l10n_in.irp.validator"]._has_goods(self):
            return self.env._(
                "All lines of %s are services (SAC 99…), which need no e-Way Bill.",
                self.display_name,
            )
        return ""

    def _post(self, soft=True):
        # EXTENDS 'account': an e-way bill prepared before shows the paper as posted
        posted = super()._post(soft)
        posted._l10n_in_irp_align_ewaybills()
        return posted

    def _l10n_in_irp_align_ewaybills(self):
        """Bring e-way bills that were not sent in line with their posted documents,
        which may have changed since they were prepared."""
        bills = self.env["l10n_in.irp.ewaybill"].sudo()
        unsent = bills.search(
            [("move_id", "in", self.ids), ("state", "in", states.UNSENT)]
        )
        for bill in unsent.filtered(lambda bill: bill.move_id.state == "posted"):
            move = bill.move_id
            is_by_irn = move.move_type == "out_invoice" and move.l10n_in_irp_applicable
            if bill.basis == IRN and not is_by_irn and not bill.irn:
                bill.write(
                    {**move._l10n_in_irp_movement_values(), "state": states.DRAFT}
                )
            elif bill.basis == DOCUMENT and is_by_irn:
                bill.write({"basis": IRN, "state": states.DRAFT})
            elif bill.basis == DOCUMENT and bill.doc_type in INVOICES:
                # the number of a challan is another one
                paper = move._l10n_in_irp_paper(bill.doc_type)
                bill.write({name: value for name, value in paper.items() if value})

    def action_l10n_in_irp_ewaybill(self):
        # EXTENDS 'account.move': what gets no IRN has an e-way bill without one
        self.ensure_one()
        is_without = self.move_type != "out_invoice" or not self.l10n_in_irp_applicable
        if is_without and self.move_type in MOVEMENTS and self.state == "posted":
            return self.action_l10n_in_irp_movement()
        self._l10n_in_irp_align_ewaybills()
        return super().action_l10n_in_irp_ewaybill()

    def action_l10n_in_irp_movement(self):
        """Open the e-way bill of a document without IRN; prepare one if there is
        none."""
        self.ensure_one()
        ewaybill = self.l10n_in_irp_ewaybill_id
        if not ewaybill:
            check_user(self.env)
            self.check_access("write")
            other = self._l10n_in_irp_other_ewaybill()
            if reason := other or self._l10n_in_irp_no_movement_reason():
                raise UserError(reason)
            ewaybill = ewaybill.sudo().create(self._l10n_in_irp_movement_values())
        self._l10n_in_irp_align_ewaybills()
        ewaybill._show_goods()
        return ewaybill.sudo(False)._get_records_action(name=self.env._("e-Way Bill"))

    def _l10n_in_irp_movement_values(self):
        """Return the values of a new e-way bill: the usual movement of such a
        document, which a person may change."""
        is_abroad = self.l10n_in_gst_treatment == "overseas"
        usual = MOVEMENTS[self.move_type]
        kind = ABROAD.get(self.move_type, usual) if is_abroad else usual
        supply, sub, document, text = kind
        if document == "INV" and self._l10n_in_irp_is_bill_of_supply():
            document = BILL_OF_SUPPLY
        return {
            "move_id": self.id,
            "basis": DOCUMENT,
            "with_irn": False,
            "supply_type": supply,
            "sub_supply_type": sub,
            "sub_supply_description": text or False,
            "doc_type": document,
            **self._l10n_in_irp_paper(document),
        }

    def _l10n_in_irp_is_bill_of_supply(self):
        """Return whether the supplier issues a bill of supply: untaxed goods alone, or
        any goods of a composition dealer."""
        if self.move_type == "out_invoice":
            is_composition = self.company_id.l10n_in_irp_exemption == "composition"
            return is_composition or self.l10n_in_irp_reason_kind == "untaxed"
        return self.l10n_in_gst_treatment == "composition"

    def _l10n_in_irp_paper(self, document):
        """Return number and date of the paper that the goods go with.

        A supplier's number is his own; that of a bill of entry is not in Odoo.
        """
        if document == BILL_OF_ENTRY:
            return {"doc_number": False, "doc_date": False}
        is_theirs = self.move_type == "in_invoice"
        is_registered = self.l10n_in_gst_treatment not in UNREGISTERED
        number = self.ref if is_theirs and (self.ref or is_registered) else self.name
        return {"doc_number": number, "doc_date": self.invoice_date}
