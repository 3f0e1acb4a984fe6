from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..res_company import SELDOM_READ


class AccountMove(models.Model):
    """E-invoice details beyond the invoice's own fields; a part of `account.move`."""

    _inherit = "account.move"

    l10n_in_irp_period_start = fields.Date(
        string="Invoice Period From",
        copy=False,
        help="Period covered by the invoice, if it should appear on the e-Invoice.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_period_end = fields.Date(
        string="Invoice Period To", copy=False, prefetch=SELDOM_READ
    )
    l10n_in_irp_contract_ref = fields.Char(
        string="Contract Reference",
        help="Contract number, if it should appear on the e-Invoice.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_order_date = fields.Date(
        string="Buyer's Order Date",
        copy=False,
        help="Sent with the order number, which is the Customer Reference.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_export_duty = fields.Monetary(
        string="Export Duty",
        currency_field="company_currency_id",
        copy=False,
        help="Export duty in INR.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_supporting_document_ids = fields.One2many(
        "l10n_in.irp.supporting.document",
        "move_id",
        string="Supporting Documents",
        help="Documents to list on the e-Invoice.",
    )

    @api.constrains("l10n_in_irp_period_start", "l10n_in_irp_period_end")
    def _check_l10n_in_irp_period(self):
        for move in self:
            start, end = move.l10n_in_irp_period_start, move.l10n_in_irp_period_end
            if bool(start) != bool(end) or (start and end and end < start):
                raise ValidationError(
                    self.env._(
                        "%s: enter both dates of the invoice period, the start date "
                        "first, or leave both empty.",
                        move.display_name,
                    )
                )
