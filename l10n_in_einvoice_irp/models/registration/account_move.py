import json

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ...irp.document import financial_year
from ...irp.rules import shown
from ..clock import indian_today
from ..rights import check_manager
from .document.document import DocumentKey

# Results of an import after which no file waits for its key any more.
PROVEN = ("adopted", "claimed", "known", "unsettled")


class AccountMove(models.Model):
    """Registrations made by other programs, and the key of an invoice at the portal."""

    _inherit = "account.move"

    # of other invoices with the same number: `l10n_in.irp.validator` asks before a call
    _l10n_in_irp_number = models.Index(
        "(sequence_number, company_id)"
        " WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"
    )

    def _l10n_in_irp_is_automatic(self):
        """Return whether it may be registered without a user asking for it: it is not
        of the time before the company's 'Register from Date'."""
        self.ensure_one()
        first = self.company_id.l10n_in_irp_register_from
        return not first or (self.invoice_date or indian_today()) >= first

    def _l10n_in_irp_document_key(self):
        """Return the key by which the portal distinguishes the document, where the
        company registers now."""
        self.ensure_one()
        return DocumentKey(
            self.name.upper(),
            self.company_id.l10n_in_irp_environment,
            self.company_id.vat,
            financial_year(self.invoice_date),
            self._l10n_in_irp_doc_type(),
        )

    # ------------------------------------------------------------------
    # Registered outside Odoo
    # ------------------------------------------------------------------

    def _l10n_in_irp_fetch(self, irn="", irp=""):
        """Ask the portal what it holds of the invoice, and adopt it if it agrees.

        :param irn: look up by IRN; empty: by type, number and date.
        :param irp: the portal of NIC that registered it, if not the one called. Only
            used in a look-up by type, number and date.
        :return: (result, the INV-01 document that it was compared with). A result with
            an error has changed nothing.
        :raises UserError: the portal cannot be asked now; the text says why.
        """
        document, is_new = self._l10n_in_irp_claim()
        return document._adopt_from_portal(irn, irp, is_new=is_new)

    def _l10n_in_irp_import(self, registration, keys, irp="", *, accepts_retired=False):
        """Adopt a registration from a file, if it agrees with the invoice.

        A valid signature proves the IRN. It does not cover the status: "cancelled" is
        stored as a claim that a look-up confirms. A file whose signing key is missing
        waits for it, attached to the invoice.

        :param irp: the portal of NIC that registered it, if not the one called.
        :param accepts_retired: the user confirms registrations that a signing key has
            signed which is no longer valid.
        :return: (outcome, result, the document that it was compared with); the first is
            a result of `l10n_in.irp.import.line`.
        :raises AccessError: the user is no manager.
        :raises UserError: it cannot be adopted now; the text says why.
        """
        check_manager(self.env)
        document, is_new = self._l10n_in_irp_claim()
        summary, result, request = document._adopt_from_file(
            registration, keys, irp, is_new=is_new, accepts_retired=accepts_retired
        )
        if summary == "no_key":
            self._l10n_in_irp_await_key(registration, result.error.kid, irp)
        elif summary in PROVEN:
            self._l10n_in_irp_forget_pending()
        return summary, result, request

    def _l10n_in_irp_claim(self):
        """Return the locked registration of a posted invoice, for superuser, and
        whether it is new.

        :raises UserError: another process is working on it, or another invoice has the
            number.
        """
        self.check_access("write")
        # a caller's defaults could fake the portal's answer
        env = self.env(context=clean_context(self.env.context))
        documents = env["l10n_in.irp.document"].sudo()
        document = documents._existing(self)
        if not document:
            return documents._make(self), True
        locked = document.try_lock_for_update()
        if not locked or locked._is_in_progress():
            raise UserError(
                self.env._(
                    "%s is being processed right now. Try again in a minute.", self.name
                )
            )
        locked.invalidate_recordset()
        return locked, False

    def _l10n_in_irp_differences(self, request, result):
        """Return the values of `l10n_in.irp.difference` for a result.

        :param request: the INV-01 document that it was compared with.
        """
        verdict = result.verdict
        if not verdict:
            return []
        return [
            {
                "place": self._l10n_in_irp_place(request, difference.path),
                "path": difference.path,
                "ours": shown_value(difference.sent),
                "theirs": shown_value(difference.signed),
                "is_blocking": difference not in verdict.asides,
            }
            for difference in (*verdict.differences, *verdict.asides)
        ]

    def _l10n_in_irp_place(self, request, path):
        """Return record and field of a member, in words; "" if there is none."""
        validator = self.env["l10n_in.irp.validator"]
        try:
            record, field_name = validator._place(self, path, request)
        except (IndexError, KeyError, ValueError):
            # an item that the invoice does not have
            return ""
        label = validator._label(record, field_name)
        if record == self and not label:
            return ""
        return f"{record.display_name}, {label}" if label else record.display_name


def shown_value(value):
    """Return a member's value in words; "" if it is missing."""
    if value is None:
        return ""
    is_text = isinstance(value, str)
    return shown(value if is_text else json.dumps(value, default=str))
