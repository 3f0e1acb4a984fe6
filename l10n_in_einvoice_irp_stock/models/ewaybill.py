from odoo import api, fields, models

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states

# sub-supply types that are a supply or take one back: supply, import, export, sales
# return, SKD/CKD
TAXED = ("1", "2", "3", "7", "9")
OTHERS = "8"


class L10nInIrpEwaybill(models.Model):
    """The e-way bill of a transfer."""

    _inherit = "l10n_in.irp.ewaybill"

    picking_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    with_tax = fields.Boolean(
        string="With Tax Amounts",
        compute="_compute_with_tax",
        store=True,
        readonly=False,
        help="Tick it if the document charges tax: a supply does, a delivery challan "
        "for own use or job work does not.",
    )

    _unique_active_picking = models.UniqueIndex(
        "(picking_id, environment) WHERE state NOT IN ('cancelled')",
        "The transfer already has an e-way bill.",
    )

    @api.depends("sub_supply_type", "picking_id")
    def _compute_with_tax(self):
        for bill in self:
            # users of Invoicing need no right to stock
            picking = bill.picking_id.sudo()
            is_return = picking.location_dest_id.usage == "supplier"
            takes_back = is_return and bill.sub_supply_type == OTHERS
            bill.with_tax = bill.sub_supply_type in TAXED or takes_back

    @api.depends("picking_id.name")
    def _compute_document_name(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        return super()._compute_document_name()

    def _has_source(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        return bool(self.picking_id) or super()._has_source()

    def _document_name(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        return super()._document_name() or self.picking_id.sudo().name or ""

    def _dispatch_partner(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        if self.picking_id and not self.dispatch_partner_id:
            start, _end = self.picking_id.sudo()._l10n_in_irp_ends()
            return start or self.company_id.partner_id
        return super()._dispatch_partner()

    def _other_ewaybill(self, lock=False):
        # EXTENDS 'l10n_in_einvoice_irp'
        if not self.picking_id:
            return super()._other_ewaybill(lock=lock)
        return self.picking_id.sudo()._l10n_in_irp_other_ewaybill(lock=lock)

    def _notes(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        notes = super()._notes()
        if self.picking_id:
            notes += filter(None, self._picking_notes())
        return notes

    def _picking_notes(self):
        """Return notes on the transfer for the user to read."""
        picking = self.picking_id.sudo()
        if not self._is_unsent():
            return [self._cancelled_note(picking)]
        return [
            self._other_ewaybill(),
            self._same_pan_note(picking),
            self._invoice_note(picking),
        ]

    def _cancelled_note(self, picking):
        if picking.state != "cancel" or self.state == states.CANCELLED:
            return ""
        return self.env._(
            "Transfer %s is cancelled. Cancel the e-Way Bill as well, within 24 hours.",
            picking.name,
        )

    def _same_pan_note(self, picking):
        """Return a note on goods to another GSTIN of the same PAN, which need an
        invoice."""
        is_sent = not picking._l10n_in_irp_is_inward()
        if not (is_sent and picking._l10n_in_irp_is_same_pan()):
            return ""
        return self.env._(
            "%s is another GSTIN of your PAN: goods sent there are a supply (CGST Act, "
            "Schedule I). Create an invoice for them, and the e-Way Bill from it.",
            picking._l10n_in_irp_other_party().display_name,
        )

    def _invoice_note(self, picking):
        """Return a note on an e-way bill of the order's invoice, which may cover the
        same goods."""
        moves = picking._l10n_in_irp_invoices()
        bills = moves.l10n_in_irp_ewaybill_id.filtered("number")
        if not bills:
            return ""
        return self.env._(
            "The invoice of the order already has an e-Way Bill: %s. Make another one "
            "only for goods that it does not cover.",
            ", ".join(bills.mapped("display_name")),
        )
