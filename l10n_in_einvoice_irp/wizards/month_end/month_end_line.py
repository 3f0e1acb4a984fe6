from odoo import api, fields, models

from ...models.clock import indian_today
from ...models.rights import check_user
from ..targets import CheckedDialog
from .documents import KINDS


class L10nInIrpMonthEndLine(CheckedDialog, models.TransientModel):
    """A document of the month that somebody has to look at."""

    _name = "l10n_in.irp.month.end.line"
    _description = "Month-End Check: Document"
    _rec_name = "number"

    month_end_id = fields.Many2one(
        "l10n_in.irp.month.end",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Buyer")
    number = fields.Char(string="Document No.", readonly=True)
    kind = fields.Selection(
        selection=KINDS, string="Result", required=True, readonly=True
    )
    doc_type = fields.Selection(
        selection=[
            ("INV", "Invoice"),
            ("DBN", "Debit Note"),
            ("CRN", "Credit Note"),
        ],
        string="Type",
        readonly=True,
    )
    doc_date = fields.Date(string="Date", readonly=True)
    status = fields.Selection(
        related="move_id.l10n_in_irp_status", string="e-Invoice Status"
    )
    can_register = fields.Boolean(related="move_id.l10n_in_irp_can_register")
    reason = fields.Text(readonly=True)
    next_step = fields.Text(readonly=True)
    deadline = fields.Date(string="Register By", readonly=True)
    days_left = fields.Integer(
        compute="_compute_days_left",
        help="Until the reporting limit; negative: days past it.",
    )
    company_currency_id = fields.Many2one(related="move_id.company_currency_id")
    amount_total = fields.Monetary(
        string="Total", readonly=True, currency_field="company_currency_id"
    )

    @api.depends("deadline")
    def _compute_days_left(self):
        today = indian_today()
        for line in self:
            deadline = line.deadline
            line.days_left = (deadline - today).days if deadline else 0

    def action_open(self):
        """Open the invoice."""
        self.ensure_one()
        return self.move_id._get_records_action(name=self.number)

    def action_register(self):
        """Register the invoice now, if it can be."""
        self.ensure_one()
        check_user(self.env)
        self.move_id.action_l10n_in_irp_register()
        return self.month_end_id.action_check()
