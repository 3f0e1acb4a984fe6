from odoo import api, models
from odoo.fields import Domain

from odoo.addons.l10n_in_einvoice_irp.models.consignment.ewaybill import ELSEWHERE
from odoo.addons.l10n_in_einvoice_irp.models.ewaybill.numbers import in_capitals


class L10nInIrpEwaybill(models.Model):
    """E-way bills made elsewhere are matched with transfers as well: on the website,
    the number of the document may be that of the transfer."""

    _inherit = "l10n_in.irp.ewaybill"

    @api.depends("picking_id")
    def _compute_is_unmatched(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        return super()._compute_is_unmatched()

    @api.model
    def _no_source_domain(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        return super()._no_source_domain() & Domain("picking_id", "=", False)

    def _candidates(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        found = super()._candidates()
        for company, bills in self.grouped("company_id").items():
            pickings = self._pickings_of_numbers(company, bills.mapped("doc_number"))
            by_name = pickings.grouped(lambda picking: picking.name.upper())
            for bill in bills:
                number = (bill.doc_number or "").upper()
                same = by_name.get(number, pickings.browse())
                found[bill] += same.filtered(bill._is_party_of_picking)
        return found

    @api.model
    def _pickings_of_numbers(self, company, numbers):
        """Return the transfers of a company with these names and no e-way bill."""
        pickings = self.env["stock.picking"].sudo()
        domain = Domain("company_id", "=", company.id) & Domain("state", "!=", "cancel")
        domain &= in_capitals("name", numbers)
        found = pickings.search(domain)
        return found.filtered(lambda picking: not picking.l10n_in_irp_ewaybill_id)

    def _is_party_of_picking(self, picking):
        """Return whether a transfer is with the other party; between own places both
        parties have the own GSTIN. Its number is ours: what the other party sends, and
        has made the e-way bill for, has a number of theirs."""
        own = self.company_id.sudo().vat
        if own not in (self.generator_gstin, self.supplier_gstin):
            return False
        if picking._l10n_in_irp_is_own_move():
            return self.party_gstin in (own, False, "URP")
        partner = picking.partner_id.commercial_partner_id
        gstin = (partner.vat or "").strip("/")
        is_unregistered = self.party_gstin in (False, "URP")
        return not gstin if is_unregistered else gstin == self.party_gstin

    def _link(self, record):
        # EXTENDS 'l10n_in_einvoice_irp'
        if record._name != "stock.picking":
            return super()._link(record)
        self.sudo().picking_id = record
        return self.sudo()._after_link(record)

    def _unlink_source(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        result = super()._unlink_source()
        self.sudo().picking_id = False
        return result

    def _document_name(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        is_linked = self.basis == ELSEWHERE and self.picking_id
        return self.picking_id.sudo().name if is_linked else super()._document_name()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def unlink(self):
        # EXTENDS 'stock': an e-way bill made elsewhere stays, without document
        bills = self.sudo().l10n_in_irp_ewaybill_ids
        bills.filtered(lambda bill: bill.basis == ELSEWHERE).picking_id = False
        return super().unlink()
