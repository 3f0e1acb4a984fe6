import base64
import json

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import escape_psql

from ..irp.protocol import (
    Answer,
    identity_of,
    parse_answer_file,
    parse_result_table,
)
from ..irp.reference import IRP_TITLES
from ..models.evidence.ir_attachment import digest
from ..models.rights import check_manager
from .portal_file import PortalFileDialog
from .spreadsheet import is_workbook, read_workbook


class L10nInIrpImport(PortalFileDialog, models.TransientModel):
    """Reads a file from the portal's web page, and adopts the registrations that it
    proves, offline; for managers.

    For e-invoices that the portal no longer returns (2283), or that another portal
    registered (2295), and for the answer to a bulk upload.
    """

    _name = "l10n_in.irp.import"
    _description = "Import e-Invoice JSON"
    _rec_name = "file_name"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(
        string="File from Portal",
        attachment=False,
        help="Signed e-Invoices (JSON), or the list of results of a bulk upload (JSON, "
        "Excel or CSV), as downloaded from the e-Invoice portal.",
    )
    irp = fields.Selection(
        selection=list(IRP_TITLES.items()),
        string="Registered With",
        help="IRP with the IRNs, if not the one in the IRP credential. Later "
        "calls for them name it.",
    )
    file_name = fields.Char()
    line_ids = fields.One2many("l10n_in.irp.import.line", "import_id", readonly=True)
    summary = fields.Char(compute="_compute_summary")
    has_retired = fields.Boolean(compute="_compute_summary")

    @api.model
    def _open(self, company):
        """Return the action that opens the dialog for a company."""
        xmlid = "l10n_in_einvoice_irp.action_l10n_in_irp_import"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "context": {"default_company_id": company.id}}

    @api.depends("line_ids.result")
    def _compute_summary(self):
        for wizard in self:
            counts, wizard.summary = wizard._counted()
            wizard.has_retired = bool(counts["retired"])

    def action_import(self):
        """Adopt every registration of the file, and show each outcome."""
        return self._take_up()

    def action_accept_retired(self):
        """Adopt also what a retired key has signed: the user confirms it."""
        self.sudo().line_ids.unlink()
        return self._take_up(accepts_retired=True)

    def _take_up(self, *, accepts_retired=False):
        """Adopt the file's registrations.

        :param accepts_retired: those too that a key has signed which has expired.
        :raises AccessError: the user is no manager.
        """
        self.ensure_one()
        check_manager(self.env)
        self.company_id._l10n_in_irp_check_selected()
        company = self.company_id
        keys = company._l10n_in_irp_signing_keys(company.l10n_in_irp_environment)
        wizard = self.with_company(company)
        content = wizard._content()
        answer = wizard._answer(content)
        rows = [
            wizard._row(registration, keys, accepts_retired)
            for registration in answer.registrations
        ]
        # what the same file proves is known by now
        rows += [wizard._result_line(row, digest(content)) for row in answer.rows]
        self.line_ids = [Command.create(row) for row in rows]
        return self._dialog()

    def _answer(self, content):
        """Return the file's registrations and rows of results.

        :raises UserError: it is not a file from the portal.
        """
        try:
            if is_workbook(content):
                return Answer(rows=tuple(parse_result_table(read_workbook(content))))
            return parse_answer_file(content)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "Nothing was imported from %(file)s: %(reason)s.",
                    file=self.file_name or self.env._("The file"),
                    reason=error,
                )
            ) from error

    def _dialog(self):
        return {
            **self._get_records_action(
                name=self.env._("Import e-Invoice JSON"), target="new"
            ),
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------
    # One registration
    # ------------------------------------------------------------------

    def _row(self, registration, keys, accepts_retired):
        """Return the values of the line with the outcome of a registration."""
        identity = identity_of(registration)
        row = {
            "number": identity.number,
            "doc_type": identity.doc_type,
            "doc_date": identity.doc_date,
            "irn": registration.irn,
        }
        if identity.gstin != (self.company_id.vat or "").upper():
            return row | self._foreign(identity)
        move = self._find_move(identity)
        if not move:
            return row | self._no_invoice(identity)
        adopted = self._adopt(move, registration, keys, accepts_retired)
        return row | {"move_id": move.id} | adopted

    def _adopt(self, move, registration, keys, accepts_retired):
        try:
            with self.env.cr.savepoint():
                result, outcome, request = move._l10n_in_irp_import(
                    registration,
                    keys,
                    self.irp or "",
                    accepts_retired=accepts_retired,
                )
        except UserError as error:
            return {"result": "failed", "message": str(error)}
        rows = move._l10n_in_irp_differences(request, outcome)
        return {
            "result": result,
            "message": self._message(result, outcome),
            "difference_ids": [Command.create(row) for row in rows],
        }

    def _same_number(self, identity):
        """Return posted documents of the type and number, whatever their date."""
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("name", "=ilike", escape_psql(identity.number)),
            ]
        )
        return moves.filtered(
            lambda move: move._l10n_in_irp_doc_type() == identity.doc_type
        )

    def _find_move(self, identity):
        return self._same_number(identity).filtered(
            lambda move: move.invoice_date == identity.doc_date
        )[:1]

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _foreign(self, identity):
        return {
            "result": "foreign",
            "message": self.env._(
                "The seller is %(theirs)s, not %(ours)s of %(company)s.",
                theirs=identity.gstin or self.env._("unknown"),
                ours=self.company_id.vat or self.env._("(no GSTIN)"),
                company=self.company_id.name,
            ),
        }

    def _no_invoice(self, identity):
        others = self._same_number(identity)[:1]
        if not others:
            message = self.env._(
                "There is no posted invoice with this type, number and date."
            )
        else:
            message = self.env._(
                "The date of %(number)s in Odoo is %(date)s.",
                number=others.name,
                date=fields.Date.to_string(others.invoice_date),
            )
        return {"result": "no_invoice", "message": message}

    def _message(self, result, outcome):
        if result == "no_key":
            return self.env._(
                "Not imported: signing key %s of the IRP is missing. The signed JSON "
                "waits on the invoice. A system administrator adds the key to the IRP "
                "credential; then click 'Import Again' on the invoice.",
                outcome.error.kid or self.env._("(no key ID in the file)"),
            )
        if result == "retired":
            return self.env._(
                "Not imported yet: signing key %s is no longer valid. It was when the "
                "file claims to be signed, as for older invoices. If you trust the "
                "source of the file, click 'Import with Retired Key'.",
                outcome.verdict.kid,
            )
        if result == "unproven":
            return self.env._(
                "Not imported: the signature is not valid: %s", outcome.error
            )
        if result == "conflict":
            paths = [difference.path for difference in outcome.verdict.differences]
            return self.env._("Not imported. Differences: %s", ", ".join(paths))
        if result == "unsettled":
            return self.env._(
                "The file proves the IRN, but not that it is still active: the "
                "signature does not cover the status. Check the status on the "
                "e-Invoice portal, then open the invoice and click 'Settle by Hand'."
            )
        if result == "claimed":
            return self.env._(
                "Registered in Odoo. In the file, the IRN is cancelled, which the "
                "signature does not cover: click 'Refresh from IRP' to check it."
            )
        return outcome.verdict.message if outcome.verdict.retired else ""


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_l10n_in_irp_import_again(self):
        """Import the file again that waited for its signing key.

        :raises AccessError: the user is no manager.
        """
        self.ensure_one()
        check_manager(self.env)
        self.check_access("write")
        pending = self.sudo().l10n_in_irp_pending_id
        if not pending:
            raise UserError(
                self.env._(
                    "No signed JSON of %s waits for a signing key.", self.display_name
                )
            )
        wizard = self.env["l10n_in.irp.import"].create(
            {
                "company_id": self.company_id.id,
                "file": base64.b64encode(pending.raw),
                "file_name": pending.name,
                "irp": json.loads(pending.raw).get("RegisteredWith"),
            }
        )
        return wizard.action_import()
