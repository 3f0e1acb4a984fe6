import base64
import io
import zipfile

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..irp.operations import states
from ..models.clock import now_utc
from ..models.rights import check_user
from .targets import CheckedDialog

SALES = ("out_invoice", "out_refund")


class L10nInIrpBulkExport(CheckedDialog, models.TransientModel):
    """Exports invoices to files for the bulk upload on the portal's website.

    For a company without API access, or while the API is down.
    """

    _name = "l10n_in.irp.bulk.export"
    _description = "Export for Bulk Upload"
    _rec_name = "file_name"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_move_ids",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id), ('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_refund'))]",
        help="Pending, not registered or refused invoices. Others are left out, with "
        "the reason.",
    )
    is_done = fields.Boolean(readonly=True)
    exported_count = fields.Integer(string="Invoices Exported", readonly=True)
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)
    left_out = fields.Text(readonly=True)

    @api.model
    def _open(self, moves):
        """Return the action that opens the dialog for invoices of one company.

        :raises UserError: they are of several companies, or none is selected.
        """
        if len(moves.company_id) != 1:
            raise UserError(
                self.env._("Select invoices of one company for the bulk upload.")
            )
        wizard = self.create(
            {
                "company_id": moves.company_id.id,
                "move_ids": [Command.set(moves.ids)],
            }
        )
        return wizard._dialog()

    @api.depends("company_id")
    def _compute_move_ids(self):
        for wizard in self:
            wizard.move_ids = wizard._pending()

    def _pending(self):
        """Return the company's invoices that wait for their registration."""
        company = self.company_id
        document = "l10n_in_irp_document_id"
        waiting = Domain(f"{document}.state", "=", states.TO_REGISTER)
        waiting &= Domain(
            f"{document}.environment", "=", company.l10n_in_irp_environment
        )
        domain = Domain("company_id", "=", company.id) & Domain("state", "=", "posted")
        domain &= Domain("move_type", "in", SALES)
        return self.env["account.move"].search(domain & waiting, order="id")

    def action_export(self):
        """Mark the invoices as exported, then offer the file."""
        self.ensure_one()
        check_user(self.env)
        self.company_id._l10n_in_irp_check_selected()
        files, left_out = self._export()
        self.sudo().write(
            {
                "is_done": True,
                "exported_count": sum(len(file.keys) for file in files),
                "left_out": "\n".join(
                    f"{record.display_name}: {why}" for record, why in left_out.items()
                ),
                **self._file_values(files),
            }
        )
        return self._dialog()

    def _export(self):
        """Return the files, and record -> why it was left out."""
        moves = self.move_ids
        moves.check_access("write")
        if moves.company_id != self.company_id:
            raise UserError(
                self.env._("Select invoices of %s first.", self.company_id.name)
            )
        return self.env["l10n_in.irp.document"]._export(moves)

    def _file_values(self, files):
        """Return the fields of one file; of several as a ZIP file."""
        if not files:
            return {}
        name, content = files[0].name, files[0].content
        if len(files) > 1:
            name = name.replace("_1.json", ".zip")
            content = self._zipped(files)
        return {"file_name": name, "file": base64.b64encode(content)}

    @staticmethod
    def _zipped(files):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                moment = now_utc().timetuple()[:6]
                archive.writestr(zipfile.ZipInfo(file.name, moment), file.content)
        return target.getvalue()

    def action_download(self):
        """Download the file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file?download=true"
            "&filename_field=file_name",
            "target": "download",
        }

    def _dialog(self):
        return {
            **self._get_records_action(
                name=self.env._("Export for Bulk Upload"), target="new"
            ),
            "context": {"dialog_size": "extra-large"},
        }
