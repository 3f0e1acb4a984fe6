from odoo import api, fields, models


class L10nInIrpGstinMixin(models.AbstractModel):
    """What is stored for a GSTIN, and so for every company that has it."""

    _name = "l10n_in.irp.gstin.mixin"
    _description = "Stored for a GSTIN"

    gstin = fields.Char(string="GSTIN", required=True, readonly=True)
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        compute="_compute_company_ids",
        search="_search_company_ids",
        help="Those that have this GSTIN: branches may share one.",
    )

    @api.depends("gstin")
    def _compute_company_ids(self):
        companies = self.env["res.company"].sudo().search([("vat", "!=", False)])
        by_gstin = companies.grouped("vat")
        for record in self:
            record.company_ids = by_gstin.get(record.gstin)

    def _search_company_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies = self.env["res.company"].sudo().browse(value)
        return [("gstin", "in", companies.filtered("vat").mapped("vat"))]
