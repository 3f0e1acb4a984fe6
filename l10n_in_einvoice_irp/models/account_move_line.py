from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    l10n_in_irp_free_quantity = fields.Float(
        string="Free quantity",
        digits="Product Unit",
        help="Goods given on top of the quantity charged, for the e-invoice.",
    )
