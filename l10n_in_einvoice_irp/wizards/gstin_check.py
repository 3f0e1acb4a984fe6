import base64
from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..irp.reference import (
    check_list,
    clean_gstin,
    decode_list,
    is_common_enrolment,
    read_list,
)
from ..models.taxpayer.lookup import CALLS_PER_GSTIN, GET
from .csv_file import make_csv
from .gstin_check_line import RESULTS
from .targets import CheckedDialog

# in the order of their look-ups
OPEN_RESULTS = ("waiting", "no_answer")


class L10nInIrpGstinCheck(CheckedDialog, models.TransientModel):
    """Checks many GSTINs at once, from a list or of partners; nothing is written."""

    _name = "l10n_in.irp.gstin.check"
    _description = "GSTIN Verification"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    text = fields.Text(
        string="GSTINs", help="One per line, or pasted from a spreadsheet."
    )
    file = fields.Binary(
        string="CSV File",
        attachment=False,
        help="The column is found by its heading, GSTIN, or by its content.",
    )
    file_name = fields.Char()
    is_asked = fields.Boolean(
        string="Get Status from GST Portal",
        default=True,
        help="If unticked, only format and check digit are checked.",
    )
    missing = fields.Char(
        string="Not Offered by the Portal", compute="_compute_missing"
    )
    is_of_partners = fields.Boolean(readonly=True)
    line_ids = fields.One2many(
        "l10n_in.irp.gstin.check.line", "check_id", readonly=True
    )
    summary = fields.Char(compute="_compute_summary")
    waiting_count = fields.Integer(compute="_compute_summary")
    open_count = fields.Integer(
        compute="_compute_summary", help="Not checked yet, or without a response."
    )
    is_budget_spent = fields.Boolean(compute="_compute_is_budget_spent")
    result_file = fields.Binary(compute="_compute_result_file")
    result_name = fields.Char(compute="_compute_result_file")

    @api.depends("company_id")
    def _compute_missing(self):
        for check in self:
            check.missing = check.company_id._l10n_in_irp_missing(GET)

    @api.depends("line_ids.result")
    def _compute_summary(self):
        labels = self.env["l10n_in.irp.gstin.check.line"]._labels()
        for check in self:
            counts = Counter(check.line_ids.mapped("result"))
            check.waiting_count = counts["waiting"]
            check.open_count = sum(counts[result] for result in OPEN_RESULTS)
            check.summary = ", ".join(
                f"{labels[result]}: {counts[result]}"
                for result, _label in RESULTS
                if counts[result]
            )

    @api.depends("line_ids.result")
    def _compute_is_budget_spent(self):
        taxpayers = self.env["l10n_in.irp.taxpayer"]
        for check in self:
            left = taxpayers._budget_left(check.company_id)
            check.is_budget_spent = left < CALLS_PER_GSTIN

    def _dialog(self):
        return {
            **self._get_records_action(
                name=self.env._("GSTIN Verification"), target="new"
            ),
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------
    # Sources of GSTINs
    # ------------------------------------------------------------------

    @api.model
    def _open(self, partners):
        """Look up the GSTINs of partners now, and show the result.

        :raises UserError: none was selected.
        """
        if not partners:
            raise UserError(self.env._("Select the contacts to verify."))
        firms = partners.commercial_partner_id
        lines = self._partner_lines(firms)
        check = self.create({"is_of_partners": True, "line_ids": lines})
        check._ask_open()
        return check._dialog()

    def _partner_lines(self, partners):
        """Return a line per partner; only the first of partners that share a GSTIN is
        looked up."""
        checked = partners.filtered(
            lambda p: p.vat and p.country_id.code in ("IN", False)
        )
        rows = check_list(enumerate((clean_gstin(p.vat) for p in checked), 1))
        lines = [
            {**self._row_values(row), "partner_id": partner.id}
            for partner, row in zip(checked, rows, strict=True)
        ]
        lines += [
            {"partner_id": partner.id, "result": "no_gstin"}
            for partner in partners - checked
        ]
        return [Command.create(line) for line in lines]

    def action_check(self):
        """Read the list, check it, and call the portal if requested."""
        self.ensure_one()
        self.company_id._l10n_in_irp_check_selected()
        rows = read_list(self._list_text())
        if not rows:
            raise UserError(self.env._("The list has no GSTIN. Paste one per line."))
        self.line_ids = [Command.create(self._row_values(row)) for row in rows]
        if self._is_asking(self.company_id):
            self._ask_open()
        return self._dialog()

    def _is_asking(self, company):
        """Return whether the portal is asked; partners are always meant to be."""
        return (self.is_asked or not self) and company._l10n_in_irp_offers(GET)

    def _list_text(self):
        """Return the list's text.

        :raises UserError: the file is not a text file.
        """
        try:
            content = decode_list(base64.b64decode(self.file or b""))
        except ValueError as error:
            raise UserError(
                self.env._(
                    "Could not read %(file)s: %(reason)s.",
                    file=self.file_name or self.env._("The file"),
                    reason=error,
                )
            ) from error
        return content or self.text or ""

    def _row_values(self, row):
        result, message = self._classify(row)
        return {
            "number": row.line,
            "gstin": row.gstin,
            "result": result,
            "message": message,
        }

    def _classify(self, row):
        """Return the status of a row before the portal is called: (result, text)."""
        lines = self.env["l10n_in.irp.gstin.check.line"]
        if row.fault != "duplicate" and is_common_enrolment(row.gstin):
            words = self.env["l10n_in.irp.taxpayer"]._enrolment_text(row.gstin)
            return "no_gstin", words
        if row.fault:
            return lines._result_of_fault(row.fault), lines._fault_text(row.fault)
        company = self.company_id or self.env.company
        return "waiting" if self._is_asking(company) else "sound", ""

    # ------------------------------------------------------------------
    # The portal
    # ------------------------------------------------------------------

    def action_continue(self):
        """Look up more of the GSTINs that rate or budget deferred, and retry those
        without an answer."""
        self.ensure_one()
        self._ask_open()
        return self._dialog()

    def _ask_open(self):
        """Look up as many open lines as rate and budget allow now."""
        self.company_id._l10n_in_irp_check_selected()
        taxpayers = self.env["l10n_in.irp.taxpayer"].with_company(self.company_id)
        taxpayers._check_lookup_allowed()
        opened = self.line_ids.filtered(lambda line: line.result in OPEN_RESULTS)
        opened = opened.sorted(lambda line: OPEN_RESULTS.index(line.result))
        lines = opened[: taxpayers._lookups_left(self.company_id)]
        if not lines:
            return
        found = taxpayers._look_up(self.company_id, lines.mapped("gstin"))
        for line in lines.sudo():
            line.write(line._values_of(found[line.gstin]))

    # ------------------------------------------------------------------
    # The result as a file
    # ------------------------------------------------------------------

    def _compute_result_file(self):
        for check in self:
            check.result_name = self.env._("GSTINs.csv")
            check.result_file = check._csv_file()

    def _csv_file(self):
        lines = self.line_ids
        columns = lines._columns()
        labels = lines.fields_get(columns, ["string"])
        return make_csv(
            [labels[name]["string"] for name in columns],
            ([line._shown(name) for name in columns] for line in lines),
        )

    def action_download(self):
        """Download the result as CSV."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/result_file?download=true"
            "&filename_field=result_name",
            "target": "download",
        }
