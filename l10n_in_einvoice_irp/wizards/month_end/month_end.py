import base64
from datetime import date

from odoo import Command, api, fields, models
from odoo.tools import format_date, formatLang
from odoo.tools.date_utils import get_month, subtract

from ...models.clock import indian_today, now_utc, printed_date, printed_time, utc
from ...models.printing.res_lang import INDIAN_PRINT
from ..targets import CheckedDialog
from .documents import KINDS, TEST, WITHOUT, documents_of
from .numbering import gaps
from .summary import summarise
from .workbook import amount_names, make_workbook

MONTHS = 24
# until this day of a month, the month before is the one to be checked
CLOSING_DAYS = 15
REPORT = "l10n_in_einvoice_irp.action_report_month_end"
SUMMARY = "l10n_in_einvoice_irp.l10n_in_irp_month_end_summary"


class L10nInIrpMonthEnd(CheckedDialog, models.TransientModel):
    """Checks that every applicable document of a month has its IRN.

    The portal is not called: it answers for two or three days only. What counts is the
    portal's signed answer, which Odoo stores.
    """

    _name = "l10n_in.irp.month.end"
    _description = "Month-End Check"
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    month = fields.Selection(
        selection="_selection_month",
        required=True,
        default=lambda self: self._default_month(),
    )
    scope = fields.Selection(
        selection=[
            ("company", "This Company or Branch"),
            ("gstin", "All Active Companies with Its GSTIN"),
        ],
        string="Documents Of",
        required=True,
        default="company",
    )
    # a download does not say with which companies the user works
    company_ids = fields.Many2many(
        "res.company", string="Companies Checked", readonly=True
    )
    is_done = fields.Boolean(readonly=True)
    checked_at = fields.Datetime(string="Checked On", readonly=True)
    line_ids = fields.One2many(
        "l10n_in.irp.month.end.line", "month_end_id", readonly=True
    )
    # rendered by our template, which escapes what it shows
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    xlsx_file = fields.Binary(string="Excel File", compute="_compute_xlsx_file")
    file_name = fields.Char(compute="_compute_file_name")

    @api.model
    def _selection_month(self):
        first = indian_today().replace(day=1)
        months = [subtract(first, months=back) for back in range(MONTHS)]
        return [
            (f"{one:%Y-%m}", format_date(self.env, one, date_format="MMMM yyyy"))
            for one in months
        ]

    @api.model
    def _default_month(self):
        today = indian_today()
        back = 1 if today.day <= CLOSING_DAYS else 0
        return f"{subtract(today, months=back):%Y-%m}"

    def _period(self):
        """Return the first and the last day of the month."""
        return get_month(date.fromisoformat(f"{self.month}-01"))

    def _companies(self):
        """Return the companies whose documents are checked; the user works with all of
        them now, or worked with them when they were checked."""
        if self.is_done:
            return self.company_ids
        if self.scope == "company" or not self.company_id.vat:
            return self.company_id
        return self.env.companies.filtered(
            lambda company: company.vat == self.company_id.vat
        )

    # ------------------------------------------------------------------
    # The check
    # ------------------------------------------------------------------

    def action_check(self):
        """List the documents of the month that somebody has to look at."""
        self.ensure_one()
        self.company_id._l10n_in_irp_check_selected()
        self.is_done = False
        companies = self._companies()
        found = self._summarise(self._documents())
        self.line_ids.sudo().unlink()
        lines = [Command.create(self._line(one)) for one in found.attention]
        checked_at = utc(now_utc())
        self.write(
            {
                "is_done": True,
                "checked_at": checked_at,
                "company_ids": [Command.set(companies.ids)],
                "line_ids": lines,
            }
        )
        return self._dialog()

    def _documents(self):
        return documents_of(self.env, self._companies(), *self._period())

    @staticmethod
    def _summarise(documents):
        return summarise(documents)

    @staticmethod
    def _line(document):
        return {
            "move_id": document.move.id,
            "number": document.move.name,
            "kind": document.kind,
            "doc_type": document.doc_type,
            "doc_date": document.move.invoice_date,
            "reason": document.reason,
            "next_step": document.next_step,
            "deadline": document.deadline,
            "amount_total": document.booked.total,
        }

    def action_show(self):
        """Open the documents as a list of invoices, with all its actions."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Month-End Check"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.line_ids.move_id.ids)],
            "context": {"default_move_type": "out_invoice", "create": False},
        }

    def action_print(self):
        """Print the check as PDF."""
        self.ensure_one()
        self.company_id._l10n_in_irp_check_selected()
        return self.env.ref(REPORT).report_action(self, data={}, config=False)

    def action_download(self):
        """Download the check as Excel file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/xlsx_file?download=true"
            "&filename_field=file_name",
            "target": "download",
        }

    def _dialog(self):
        return {
            **self._get_records_action(
                name=self.env._("Month-End Check"), target="new"
            ),
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------
    # What is shown and printed
    # ------------------------------------------------------------------

    @api.depends("is_done", "month", "company_id", "scope")
    def _compute_summary(self):
        for wizard in self:
            values = wizard.is_done and wizard._report_values()
            wizard.summary = values and self.env["ir.qweb"]._render(
                SUMMARY, {"month_end": values}
            )

    @api.depends("is_done", "month", "company_id", "scope")
    def _compute_xlsx_file(self):
        for wizard in self:
            content = wizard.is_done and make_workbook(wizard._report_values())
            wizard.xlsx_file = content and base64.b64encode(content)

    @api.depends("month", "company_id")
    def _compute_file_name(self):
        for wizard in self:
            wizard.file_name = f"{wizard._report_name()}.xlsx"

    def _report_name(self):
        company = self.company_id
        return f"e-Invoice Check {company.vat or company.name} {self.month}"

    def _report_values(self):
        """Return what the dialog, the PDF and the Excel file show.

        Dates and amounts are in Indian form, whatever the user's language.
        """
        self.ensure_one()
        wizard = self.with_context(**{INDIAN_PRINT: "rupees"})
        documents = wizard._documents()
        found = wizard._summarise(documents)
        moves = wizard.env["account.move"]
        return {
            "check": wizard,
            "env": wizard.env,
            "companies": wizard._companies(),
            "documents": documents,
            "found": found,
            "verdict": wizard._verdict(found),
            "is_complete": found.is_complete and not wizard._switched_off(),
            "gaps": gaps(moves.union(*(one.move for one in documents))),
            "drafts": wizard._draft_count(),
            "kinds": [(kind, wizard._label("kind", kind)) for kind, _label in KINDS],
            "label": wizard._label,
            "month": wizard._month_name(),
            "now": printed_time(utc(now_utc())),
            "today": indian_today(),
            "day": lambda day: printed_date(day) if day else "",
            "time": printed_time,
            "rupees": wizard._rupees,
            "status": wizard._status_label,
            "type_name": wizard._type_name,
            "amount_names": amount_names(wizard.env),
        }

    def _verdict(self, found):
        """Return the result in one sentence."""
        if off := self._switched_off():
            return self.env._(
                "Not checked: e-Invoicing is switched off for %s.",
                ", ".join(off.mapped("name")),
            )
        missing = sum(found.total.counts[kind] for kind in (WITHOUT, TEST))
        if missing:
            return self.env._(
                "%(missing)s of %(applicable)s applicable documents have no IRN.",
                missing=missing,
                applicable=found.total.applicable,
            )
        if found.attention:
            return self.env._(
                "Every applicable document has its IRN; %s need attention.",
                len(found.attention),
            )
        if not found.total.applicable:
            return self.env._("No document of this month needs an IRN.")
        return self.env._(
            "All %s applicable documents have their IRN.", found.total.applicable
        )

    def _switched_off(self):
        """Return the companies that register nothing, so that nothing is missing."""
        return self._companies().filtered(lambda one: not one.l10n_in_irp_enabled)

    def _type_name(self, row):
        """Return the name of a row of the summary."""
        return self._label("doc_type", row.doc_type) or self.env._("Total")

    def _status_label(self, move):
        field = self.env["account.move"]._fields["l10n_in_irp_status"]
        labels = dict(field._description_selection(self.env))
        return labels.get(move.l10n_in_irp_status, "")

    def _month_name(self):
        first, _last = self._period()
        return format_date(self.env, first, date_format="MMMM yyyy")

    def _rupees(self, amount):
        return formatLang(self.env, amount, digits=2)

    def _label(self, name, value):
        """Return the label of a value of a selection of the lines; "" for none."""
        field = self.env["l10n_in.irp.month.end.line"]._fields[name]
        return dict(field._description_selection(self.env)).get(value, "")

    def _draft_count(self):
        """Return how many documents of the month are still drafts."""
        first, last = self._period()
        domain = [
            ("company_id", "in", self._companies().ids),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("state", "=", "draft"),
            ("invoice_date", ">=", first),
            ("invoice_date", "<=", last),
        ]
        return self.env["account.move"].search_count(domain)
