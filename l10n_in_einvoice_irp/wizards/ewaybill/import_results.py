import base64
from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...irp.protocol import parse_ewaybill_file, parse_ewaybill_table
from ...models.evidence.ir_attachment import digest
from ...models.rights import check_manager
from ..spreadsheet import is_workbook, read_workbook
from ..targets import CheckedDialog

RESULTS = [
    ("recorded", "Number Recorded"),
    ("known", "Already in Odoo"),
    ("listed", "Being Looked Up"),
    ("to_record", "Number to Record"),
    ("duplicate", "Exists on Portal"),
    ("rejected", "Rejected by Portal"),
    ("not_understood", "Result Not Understood"),
    ("outdated", "Answer to Earlier Upload"),
    ("not_exported", "Not Exported"),
    ("conflict", "Mismatch with Odoo"),
    ("no_bill", "e-Way Bill Not Found"),
    ("foreign", "Another GSTIN"),
    ("failed", "Not Imported"),
]


class L10nInIrpEwaybillImport(CheckedDialog, models.TransientModel):
    """Reads the results of a bulk upload of e-way bills; for managers.

    The list is that of Generate Bulk, or a report of e-way bills. It is not signed: it
    refuses what was exported, and has looked up, or recorded as the manager's word,
    what was generated.
    """

    _name = "l10n_in.irp.ewaybill.import"
    _description = "Import e-Way Bill Results"
    _rec_name = "file_name"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(
        string="File from Portal",
        attachment=False,
        help="The results of Generate Bulk, or a report of your e-way bills, as Excel, "
        "CSV or JSON.",
    )
    file_name = fields.Char()
    line_ids = fields.One2many(
        "l10n_in.irp.ewaybill.import.line", "import_id", readonly=True
    )
    summary = fields.Char(compute="_compute_summary")
    has_numbers = fields.Boolean(compute="_compute_summary")

    @api.depends("line_ids.result")
    def _compute_summary(self):
        field = self.env["l10n_in.irp.ewaybill.import.line"]._fields["result"]
        labels = dict(field._description_selection(self.env))
        for wizard in self:
            counts = Counter(wizard.line_ids.mapped("result"))
            wizard.summary = ", ".join(
                f"{labels[result]}: {counts[result]}"
                for result, _label in RESULTS
                if counts[result]
            )
            wizard.has_numbers = bool(counts["to_record"])

    def action_import(self):
        """Apply each row of the file, and show each outcome.

        :raises AccessError: the user is no manager.
        """
        self.ensure_one()
        check_manager(self.env)
        self.company_id._l10n_in_irp_check_selected()
        content = self._content()
        rows = self._rows(content)
        wizard = self.with_company(self.company_id)
        bills = wizard.env["l10n_in.irp.ewaybill"]._of_rows(self.company_id, rows)
        lines = [wizard._line(row, bills[row], digest(content)) for row in rows]
        # nobody else makes lines: what they say is recorded as in the file
        self.sudo().line_ids = [Command.create(line) for line in lines]
        return self._dialog()

    def _content(self):
        if not self.file:
            raise UserError(self.env._("Choose the file from the portal first."))
        # the web client asks for sizes instead of contents
        return base64.b64decode(self.with_context(bin_size=False).file)

    def _rows(self, content):
        """Return the rows of the file.

        :raises UserError: it is no list of e-way bills.
        """
        try:
            if is_workbook(content):
                return parse_ewaybill_table(read_workbook(content))
            return parse_ewaybill_file(content)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "Nothing was imported from %(file)s: %(reason)s.",
                    file=self.file_name or self.env._("The file"),
                    reason=error,
                )
            ) from error

    # ------------------------------------------------------------------
    # One row
    # ------------------------------------------------------------------

    def _line(self, row, bills, file_digest):
        """Return the values of the line with the outcome of a row."""
        made = bills._listed_values(row)
        values = {
            "number": row.number,
            "ewb_number": made["number"],
            "ewb_date": made["ewb_date"],
            "valid_until": made["valid_until"],
            "doc_type": row.doc_type,
            "doc_date": row.doc_date,
        }
        if row.gstin and row.gstin != (self.company_id.vat or "").upper():
            return values | {"result": "foreign", "message": self._foreign(row)}
        if len(bills) > 1:
            # the document type says which
            bills = bills.filtered(lambda bill: bill._is_about(row))
        if len(bills) != 1:
            return values | self._unmatched(bills)
        try:
            with self.env.cr.savepoint():
                result, message = bills._take_result(row, file_digest)
        except UserError as error:
            result, message = "failed", str(error)
        return values | {
            "ewaybill_id": bills.id,
            "result": result,
            "message": message,
        }

    def _foreign(self, row):
        return self.env._(
            "It was generated by %(theirs)s, not by %(ours)s of %(company)s.",
            theirs=row.gstin,
            ours=self.company_id.vat or self.env._("(no GSTIN)"),
            company=self.company_id.name,
        )

    def _unmatched(self, bills):
        if bills:
            return {
                "result": "not_understood",
                "message": self.env._(
                    "Nothing was changed: several e-way bills have this document "
                    "number, and the file gives no type and date."
                ),
            }
        return {
            "result": "no_bill",
            "message": self.env._(
                "No e-way bill without an IRN has this document number. If it was "
                "entered on the website, fetch it with Fetch e-Way Bills."
            ),
        }

    # ------------------------------------------------------------------
    # A manager's word
    # ------------------------------------------------------------------

    def action_record(self):
        """Record the numbers of the list as the manager's word, marked as such.

        :raises AccessError: the user is no manager.
        """
        self.ensure_one()
        check_manager(self.env)
        remark = self.env._(
            "In file %(file)s from ewaybillgst.gov.in", file=self.file_name or ""
        )
        for line in self.line_ids.filtered(lambda one: one.result == "to_record"):
            line._record(remark)
        return self._dialog()

    def _dialog(self):
        return {
            **self._get_records_action(
                name=self.env._("Import e-Way Bill Results"), target="new"
            ),
            "context": {"dialog_size": "extra-large"},
        }


class L10nInIrpEwaybillImportLine(CheckedDialog, models.TransientModel):
    """The outcome of one row of an imported list of e-way bills."""

    _name = "l10n_in.irp.ewaybill.import.line"
    _description = "e-Way Bill Results: Row"
    _rec_name = "number"

    import_id = fields.Many2one(
        "l10n_in.irp.ewaybill.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Char(string="Document No.", readonly=True)
    doc_type = fields.Char(string="Type", readonly=True)
    doc_date = fields.Date(string="Date", readonly=True)
    ewb_number = fields.Char(string="e-Way Bill No.", readonly=True)
    ewb_date = fields.Datetime(string="Generated On", readonly=True)
    valid_until = fields.Datetime(readonly=True)
    ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill", string="e-Way Bill", readonly=True, ondelete="cascade"
    )
    result = fields.Selection(selection=RESULTS, required=True, readonly=True)
    message = fields.Text(readonly=True)

    def _record(self, remark):
        """Record the number of the row, or why it cannot be."""
        values = {
            "number": self.ewb_number,
            "ewb_date": self.ewb_date,
            "valid_until": self.valid_until,
        }
        try:
            with self.env.cr.savepoint():
                self.ewaybill_id._record_listed(values, remark)
            outcome = {"result": "recorded", "message": False}
        except UserError as error:
            outcome = {"result": "failed", "message": str(error)}
        self.sudo().write(outcome)
