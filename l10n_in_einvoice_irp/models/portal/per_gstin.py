from odoo import api, fields

from ..guarded import GuardedModel


class PerGstinModel(GuardedModel):
    """Base class of what is stored for a GSTIN, so for every company that has it."""

    _register = False
    # the addon of the fields below, which Odoo looks up for registered classes alone
    _module = "l10n_in_einvoice_irp"

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
