from odoo import api, fields, models
from odoo.tools import format_date

from ...irp.rules import is_liable, threshold_on
from ..taxpayer.treatments import UNREGISTERED

SALE_TYPES = ("out_invoice", "out_refund")
# Sections of GSTR-1 whose supplies must be registered (Notification 13/2020-CT).
APPLICABLE_SECTIONS = (
    "sale_b2b_rcm",
    "sale_b2b_regular",
    "sale_exp_wp",
    "sale_exp_wop",
    "sale_sez_wp",
    "sale_sez_wop",
    "sale_deemed_export",
    "sale_cdnr_rcm",
    "sale_cdnr_regular",
    "sale_cdnr_deemed_export",
    "sale_cdnr_sez_wp",
    "sale_cdnr_sez_wop",
    "sale_cdnur_exp_wp",
    "sale_cdnur_exp_wop",
)
UNTAXED_SECTIONS = ("sale_nil_rated", "sale_exempt", "sale_non_gst_supplies")
OPERATOR_SECTION = "sale_eco_9_5"
REASONS = [
    ("cancelled", "Cancelled in Odoo"),
    ("abroad", "Company Not in India"),
    ("not_sale", "Not a Customer Invoice or Note"),
    ("off", "e-Invoicing Switched Off"),
    ("no_gst", "Company Not Registered Under GST"),
    ("no_gstin", "Company without GSTIN"),
    ("exempt", "Company in Exempted Category"),
    ("not_in_force", "e-Invoicing Not Yet in Force"),
    ("turnover", "Turnover within Limit"),
    ("advance", "Down Payment"),
    ("unregistered", "Buyer Unregistered"),
    ("operator", "Tax Paid by e-Commerce Operator"),
    ("untaxed", "Bill of Supply"),
    ("no_tax", "No GST Tax"),
]


class AccountMove(models.Model):
    """The duty to register an invoice.

    `applicability_sql` decides the same for searches: change both.
    """

    _inherit = "account.move"

    l10n_in_irp_reason = fields.Char(
        string="Reason for No e-Invoice",
        compute="_compute_l10n_in_irp_applicable",
        help="Why this document needs no IRN.",
        groups="base.group_user",
    )
    l10n_in_irp_reason_kind = fields.Selection(
        selection=REASONS,
        string="Why Not Applicable",
        compute="_compute_l10n_in_irp_applicable",
        search="_search_l10n_in_irp_reason_kind",
        groups="base.group_user",
    )
    l10n_in_irp_applicable = fields.Boolean(
        string="e-Invoice Applicable", compute="_compute_l10n_in_irp_applicable"
    )

    @api.depends(
        "move_type",
        "state",
        "company_id",
        "company_id.vat",
        "company_id.l10n_in_irp_enabled",
        "company_id.l10n_in_irp_environment",
        "company_id.l10n_in_irp_exemption",
        "company_id.l10n_in_irp_register_advances",
        "company_id.l10n_in_irp_turnover",
        "company_id.l10n_in_is_gst_registered",
        "invoice_date",
        "l10n_in_gst_treatment",
        "l10n_in_irp_document_id.environment",
        "line_ids.l10n_in_gstr_section",
        "line_ids.tax_ids",
    )
    def _compute_l10n_in_irp_applicable(self):
        for move in self:
            kind, text = move._l10n_in_irp_inapplicable()
            move.l10n_in_irp_reason_kind = kind
            move.l10n_in_irp_reason = text
            # a cancelled invoice needs no IRN any more, but is of a kind that does
            move.l10n_in_irp_applicable = kind in (False, "cancelled")

    def _l10n_in_irp_inapplicable(self):
        """Return the first reason not to register it: (one of `REASONS`, in words);
        (False, "") if it has to be."""
        self.ensure_one()
        steps = (
            self._l10n_in_irp_document_reason,
            self._l10n_in_irp_seller_reason,
            self._l10n_in_irp_turnover_reason,
            self._l10n_in_irp_advance_reason,
            self._l10n_in_irp_supply_reason,
        )
        return next(filter(None, (step() for step in steps)), (False, ""))

    def _l10n_in_irp_document_reason(self):
        if self.company_id.account_fiscal_country_id.code != "IN":
            text = self.env._("Not applicable: the company is not in India")
            return "abroad", text
        if self.move_type not in SALE_TYPES or self.journal_id.type != "sale":
            return "not_sale", self.env._(
                "Not applicable: only customer invoices, credit notes and debit notes "
                "are registered"
            )
        if self.state == "cancel" and not self._l10n_in_irp_present():
            return "cancelled", self.env._(
                "Not applicable: the invoice is cancelled in Odoo"
            )
        return None

    def _l10n_in_irp_seller_reason(self):
        company = self.company_id
        name = company.name
        if not company.l10n_in_irp_enabled:
            return "off", self.env._(
                "Not applicable: e-Invoicing is switched off for %s", name
            )
        if not company.l10n_in_is_gst_registered:
            return "no_gst", self.env._(
                "Not applicable: %s is not registered under GST", name
            )
        if not company.vat:
            return "no_gstin", self.env._("Not applicable: %s has no GSTIN", name)
        if company.l10n_in_irp_exemption:
            return "exempt", self.env._(
                "Not applicable: the company is in an exempted category (%s)",
                company._l10n_in_irp_label("l10n_in_irp_exemption"),
            )
        return None

    def _l10n_in_irp_turnover_reason(self):
        """Return why the company's turnover class requires no registration on the
        document's date, if so."""
        company = self.company_id
        day = self.invoice_date or fields.Date.context_today(self)
        if is_liable(int(company.l10n_in_irp_turnover), day):
            return None
        threshold = threshold_on(day)
        if not threshold:
            return "not_in_force", self.env._(
                "Not applicable: e-Invoicing was not in force on %s",
                format_date(self.env, day),
            )
        return "turnover", self.env._(
            "Not applicable: on %(date)s, e-Invoicing applied above a turnover of "
            "%(crore)s crore; the turnover of %(company)s is set to '%(turnover)s'",
            date=format_date(self.env, day),
            crore=threshold.above_crore,
            company=company.name,
            turnover=company._l10n_in_irp_label("l10n_in_irp_turnover"),
        )

    def _l10n_in_irp_advance_reason(self):
        """Return why a down payment is not registered, where the company issues receipt
        vouchers (rule 50)."""
        is_advance = self._is_downpayment
        if self.company_id.l10n_in_irp_register_advances or not is_advance():
            return None
        return "advance", self.env._(
            "Not applicable: down payment; %s registers the final invoice at its full "
            "value",
            self.company_id.name,
        )

    def _l10n_in_irp_supply_reason(self):
        lines = self.line_ids.filtered(lambda line: line.display_type == "product")
        sections = set(lines.mapped("l10n_in_gstr_section"))
        if not sections.isdisjoint(APPLICABLE_SECTIONS):
            return None
        if self.l10n_in_gst_treatment in UNREGISTERED:
            text = self.env._("Not applicable: the buyer is unregistered")
            return "unregistered", text
        if OPERATOR_SECTION in sections:
            return "operator", self.env._(
                "Not applicable: the e-commerce operator pays the tax (section 9(5))"
            )
        # `l10n_in` leaves a tax that does not fit the buyer out of the return, such as
        # reverse charge abroad; it is registered, and the checks report the fault
        if any(lines.tax_ids.flatten_taxes_hierarchy().mapped("l10n_in_gst_tax_type")):
            return None
        if not sections.isdisjoint(UNTAXED_SECTIONS):
            return "untaxed", self.env._(
                "Not applicable: all lines are nil-rated, exempt or non-GST (bill of "
                "supply)"
            )
        return "no_tax", self.env._(
            "Not applicable: no line has a GST tax. If the supply is taxable or "
            "zero-rated, set the tax on the lines"
        )
