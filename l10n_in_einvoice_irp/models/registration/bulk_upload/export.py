from dataclasses import fields as fields_of
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ....irp.document import bulk_files, file_of, fits_bulk_file
from ....irp.operations import policy, states
from ....irp.reference import BulkLimits, bulk_limits
from ... import transactions, wakeup
from ...clock import now_utc
from ...evidence import permits

PARAMETER = "l10n_in_einvoice_irp.bulk_%s"
# of a document that an export may take
EXPORTABLE = (states.TO_REGISTER, states.REJECTED)


class L10nInIrpDocument(models.Model):
    """Exports registrations to a file for the bulk upload on the portal's website.

    They are marked, and that is committed, before anybody gets the file: from then on
    the portal may register them at any time, as after a call without a response.
    """

    _inherit = "l10n_in.irp.document"

    @api.model
    def _export(self, moves):
        """Mark posted invoices of one company as exported, and commit it.

        The checks are those of the queue; what they find is stored on the registration.

        :return: (list of `irp.document.BulkFile`, invoice -> why it was left out).
        :raises UserError: the company registers in the demo, which has no website.
        """
        company = moves.company_id
        company.ensure_one()
        self._check_has_website(company)
        # a caller's defaults could fake the portal's answer
        own = self.sudo().with_context(clean_context(self.env.context))
        left_out = {}
        documents = own.with_company(company)._exportable(moves, left_out)
        ready = documents._validate_for_export(left_out)
        ready, files = ready._packed(company, left_out)
        if files:
            ready._mark_exported(files)
        transactions.commit(self.env)
        return files, left_out

    @api.model
    def _check_has_website(self, company):
        if company.l10n_in_irp_environment == "demo":
            raise UserError(
                self.env._(
                    "%s registers in the demo, which has no website for a bulk upload. "
                    "Choose Sandbox or Production in the settings of Invoicing or "
                    "Accounting, under e-Invoice (IRP).",
                    company.name,
                )
            )

    # ------------------------------------------------------------------
    # Which
    # ------------------------------------------------------------------

    def _exportable(self, moves, left_out):
        """Return the locked registrations to export, making missing ones.

        :param left_out: invoice -> the reason, to which those of others are added.
        """
        found = self.browse()
        for move in moves:
            document, why = self._to_export(move)
            if why:
                left_out[move] = why
            else:
                found |= document
        found._link()
        # refused ones are checked as new: their invoices may be corrected by now
        found.state = states.TO_REGISTER
        return found

    def _to_export(self, move):
        """Return the locked registration of an invoice, and the reason not to export
        it, or ""."""
        if why := move._l10n_in_irp_why_not_now():
            return self.browse(), why
        # two users may export one that has no registration to lock yet
        if not move.sudo().try_lock_for_update():
            return self.browse(), self._busy_text()
        try:
            document = self._existing(move) or self._make(move)
        except UserError as error:
            return self.browse(), str(error)
        return document, document._why_not_exported()

    def _busy_text(self):
        return self.env._("It is being processed right now. Try again in a minute.")

    def _why_not_exported(self):
        """Lock the registration; return the reason not to export it, or ""."""
        locked = self.try_lock_for_update()
        locked.invalidate_recordset()
        if not locked or locked._is_in_progress():
            return self._busy_text()
        if self._is_exported():
            return self._export_note()
        if self.state not in EXPORTABLE:
            return self.env._("It has the status '%s'.", self._status_label())
        return ""

    def _validate_for_export(self, left_out):
        """Return the registrations that pass the checks; store the others' faults."""
        valid = self._validate() if self else self
        for document in self - valid:
            left_out[document.move_id] = document.error
        return valid

    # ------------------------------------------------------------------
    # The files
    # ------------------------------------------------------------------

    def _packed(self, company, left_out):
        """Return the registrations that are in the files, and the files."""
        limits = company._l10n_in_irp_bulk_limits()
        contents = {
            document.id: document.request_attachment_id._l10n_in_irp_content()
            for document in self
        }
        for document in self:
            if not fits_bulk_file(contents[document.id], limits):
                del contents[document.id]
                left_out[document.move_id] = self.env._(
                    "It is larger than a file for the bulk upload may be (%s bytes). "
                    "Register it with 'Generate IRN', or split the invoice.",
                    limits.max_bytes,
                )
        prefix = self[:1]._file_prefix()
        files = [
            replace(file, name=f"{prefix}{file.name}")
            for file in bulk_files(contents, limits, company.vat, now_utc())
        ]
        return self.browse(contents), files

    def _mark_exported(self, files):
        """Store that the portal may register these from now on."""
        now = fields.Datetime.now()
        wait = policy.FIRST_EXPORT_PAUSE if self[0]._can_ask() else None
        cleared = ("error_code", "error", "advice", "error_model", "error_res_id")
        times = ("in_flight_until", "unanswered_since")
        main = self.company_id._l10n_in_irp_address(self[0].environment)
        for document in self:
            document.write(
                {
                    # an IRP that was once said to hold it has not got this upload
                    **dict.fromkeys((*cleared, *times, "irp"), False),
                    # the portal of the website, whichever registers later
                    "base_url": document._portal_address() or main or False,
                    "state": states.UNKNOWN,
                    "attempt": 0,
                    "sent_at": now,
                    "exported_at": now,
                    "exported_by_id": self.env.uid,
                    "export_file": file_of(document.id, files),
                    "next_attempt_at": self._next_attempt(wait),
                }
            )
        self._note_export()
        if wait:
            wakeup.schedule(self.env, now + wait)

    def _note_export(self):
        notes = {document.move_id.id: document._export_note() for document in self}
        with permits.recorded_messages():
            self.move_id._message_log_batch(notes)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _l10n_in_irp_bulk_limits(self):
        """Return the limits of a file for the bulk upload: those published for the
        website of the company's IRP, unless the system parameters name others."""
        irp = self._l10n_in_irp_profile(self.l10n_in_irp_environment).irp
        published = bulk_limits(irp.code if irp else "")
        parameters = self.env["ir.config_parameter"].sudo()
        own = {}
        for field in fields_of(BulkLimits):
            value = parameters.get_param(PARAMETER % field.name) or ""
            if value.isdecimal() and int(value):
                own[field.name] = int(value)
        return replace(published, **own)
