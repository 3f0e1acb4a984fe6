from dataclasses import fields as fields_of
from dataclasses import replace

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ....irp.operations import states
from ....irp.reference import BulkLimits, bulk_limits
from ... import transactions

PARAMETER = "l10n_in_einvoice_irp.bulk_%s"


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
        ready, files = self._pack(contents, limits)
        for document in self - ready:
            left_out[document.move_id] = document._too_large_text(limits)
        return ready, files


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
