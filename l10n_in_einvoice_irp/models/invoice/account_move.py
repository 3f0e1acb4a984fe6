from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..res_company import SELDOM_READ


class AccountMove(models.Model):
    """What an e-invoice may tell beside the invoice; a part of `account.move`."""

    _inherit = "account.move"

    l10n_in_irp_period_start = fields.Date(
        string="Invoice period from",
        copy=False,
        help="The period that the invoice is for, if the e-invoice is to tell it.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_period_end = fields.Date(
        string="Invoice period to", copy=False, prefetch=SELDOM_READ
    )
    l10n_in_irp_contract_ref = fields.Char(
        string="Contract reference",
        help="Number of the contract with the buyer, if the e-invoice is to tell it.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_order_date = fields.Date(
        string="Date of the buyer's order",
        copy=False,
        help="Registered beside the customer reference, which is the order's number.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_export_duty = fields.Monetary(
        string="Export duty",
        currency_field="company_currency_id",
        copy=False,
        help="Duty on exported goods, in rupees.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_supporting_document_ids = fields.One2many(
        "l10n_in.irp.supporting.document",
        "move_id",
        string="Supporting documents",
        help="What the e-invoice names beside the invoice itself.",
    )

    @api.constrains("l10n_in_irp_period_start", "l10n_in_irp_period_end")
    def _check_l10n_in_irp_period(self):
        for move in self:
            start, end = move.l10n_in_irp_period_start, move.l10n_in_irp_period_end
            if bool(start) != bool(end) or (start and end and end < start):
                raise ValidationError(
                    self.env._(
                        "%s: enter both dates of the invoice period, the earlier one "
                        "first, or none.",
                        move.display_name,
                    )
                )
