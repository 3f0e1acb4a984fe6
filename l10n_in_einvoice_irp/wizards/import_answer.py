from odoo import models
from odoo.exceptions import UserError


class L10nInIrpImport(models.TransientModel):
    """Takes the list of results of a bulk upload, which is not signed."""

    _inherit = "l10n_in.irp.import"

    def _result_line(self, row, digest):
        """Return the values of the line with the outcome of a row of the list.

        :param row: `irp.protocol.ResultRow`.
        :param digest: SHA-256 of the file.
        """
        line = {
            "number": row.number,
            "doc_type": row.doc_type,
            "doc_date": row.doc_date,
            "irn": row.irn,
        }
        if row.gstin and row.gstin != (self.company_id.vat or "").upper():
            return line | self._foreign(row)
        documents = self._documents_of(row)
        if len(documents) != 1:
            return line | self._unmatched(documents)
        move = documents.move_id
        try:
            with self.env.cr.savepoint():
                result, message = move._l10n_in_irp_take_result(row, digest)
        except UserError as error:
            result, message = "failed", str(error)
        return line | {"move_id": move.id, "result": result, "message": message}

    def _documents_of(self, row):
        """Return the registrations that a row may be about; it may have no type and no
        date."""
        company = self.company_id
        domain = [
            ("company_id", "=", company.id),
            ("environment", "=", company.l10n_in_irp_environment),
            ("gstin", "=", company.vat),
            ("number_key", "=", row.number.upper()),
        ]
        if row.doc_type:
            domain.append(("doc_type", "=", row.doc_type))
        if row.doc_date:
            domain.append(("move_id.invoice_date", "=", row.doc_date))
        return self.env["l10n_in.irp.document"].search(domain)

    def _unmatched(self, documents):
        if documents:
            return {
                "result": "not_understood",
                "message": self.env._(
                    "Nothing was changed: several invoices have this number, and the "
                    "file gives no type and date."
                ),
            }
        return {
            "result": "no_invoice",
            "message": self.env._(
                "No invoice with this number, type and date was exported for bulk "
                "upload."
            ),
        }
