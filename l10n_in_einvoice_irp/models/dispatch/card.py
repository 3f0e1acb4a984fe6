from odoo import api, fields, models


class L10nInIrpEwaybill(models.Model):
    """Document, other party and validity, as list and card show them of every e-way
    bill."""

    _inherit = "l10n_in.irp.ewaybill"

    document_name = fields.Char(string="Document", compute="_compute_document_name")
    party = fields.Char(compute="_compute_party")
    validity = fields.Char(
        string="Validity (IST)",
        compute="_compute_validity",
        help="In Indian Standard Time, on which the validity is based.",
    )

    @api.depends("move_id.name", "doc_number")
    def _compute_document_name(self):
        for bill in self:
            bill.document_name = bill._document_name()

    @api.depends("move_id.partner_id.name", "party_name")
    def _compute_party(self):
        for bill in self:
            partner = bill.sudo().move_id.partner_id
            bill.party = partner.display_name or bill.party_name

    @api.depends("valid_until", "state")
    def _compute_validity(self):
        for bill in self:
            bill.validity = bill._shown_time(bill.valid_until)
