import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context, format_date

from ...irp.document import financial_year
from ...irp.rules import is_liable, shown, threshold_on
from ..clock import indian_today
from ..rights import check_manager
from .document.document import DocumentKey

# Sections of GSTR-1 whose supplies must be registered (Notification 13/2020-CT).
APPLICABLE_SECTIONS = {
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
}
# Results of an import after which no file waits for its key any more.
PROVEN = ("adopted", "claimed", "known", "unsettled")
UNTAXED_SECTIONS = {"sale_nil_rated", "sale_exempt", "sale_non_gst_supplies"}


class AccountMove(models.Model):
    """The duty to register an invoice, and registrations made by other programs."""

    _inherit = "account.move"

    l10n_in_irp_status_tone = fields.Char(
        string="Colour of e-Invoice Status",
        compute="_compute_l10n_in_irp_status_tone",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends(
        "l10n_in_irp_document_id.status_tone", "company_id.l10n_in_irp_environment"
    )
    def _compute_l10n_in_irp_status_tone(self):
        for move in self:
            move.l10n_in_irp_status_tone = move._l10n_in_irp_present().status_tone

    def _l10n_in_irp_present(self):
        """Return its registration, for superuser; none if that is a test in an
        environment which the company has left: the invoice is not registered now."""
        self.ensure_one()
        document = self.l10n_in_irp_document_id.sudo()
        is_test = document.environment != "production"
        is_past = is_test and not self._l10n_in_irp_is_current()
        return document.browse() if is_past else document

    # ------------------------------------------------------------------
    # Why it need not be registered
    # ------------------------------------------------------------------

    def _l10n_in_irp_inapplicable_reason(self):
        """Return the first reason not to register it; "" if it has to be."""
        self.ensure_one()
        steps = (
            self._l10n_in_irp_document_reason,
            self._l10n_in_irp_seller_reason,
            self._l10n_in_irp_turnover_reason,
            self._l10n_in_irp_advance_reason,
            self._l10n_in_irp_supply_reason,
        )
        return next(filter(None, (step() for step in steps)), "")

    def _l10n_in_irp_document_reason(self):
        if self.company_id.account_fiscal_country_id.code != "IN":
            return self.env._("Not applicable: the company is not in India")
        if not self.is_sale_document() or self.journal_id.type != "sale":
            return self.env._(
                "Not applicable: only customer invoices, credit notes and debit notes "
                "are registered"
            )
        return ""

    def _l10n_in_irp_seller_reason(self):
        company = self.company_id
        name = company.name
        if not company.l10n_in_irp_enabled:
            return self.env._(
                "Not applicable: e-Invoicing is switched off for %s", name
            )
        if not company.l10n_in_is_gst_registered:
            return self.env._("Not applicable: %s is not registered under GST", name)
        if not company.vat:
            return self.env._("Not applicable: %s has no GSTIN", name)
        if company.l10n_in_irp_exemption:
            return self.env._(
                "Not applicable: the company is in an exempted category (%s)",
                company._l10n_in_irp_label("l10n_in_irp_exemption"),
            )
        return ""

    def _l10n_in_irp_turnover_reason(self):
        """Return why the company's turnover class requires no registration on the
        document's date; else ""."""
        company = self.company_id
        day = self.invoice_date or fields.Date.context_today(self)
        if is_liable(int(company.l10n_in_irp_turnover), day):
            return ""
        threshold = threshold_on(day)
        if not threshold:
            return self.env._(
                "Not applicable: e-Invoicing was not in force on %s",
                format_date(self.env, day),
            )
        return self.env._(
            "Not applicable: on %(date)s, e-Invoicing applied above a turnover of "
            "%(crore)s crore; the turnover of %(company)s is set to '%(turnover)s'",
            date=format_date(self.env, day),
            crore=threshold.above_crore,
            company=company.name,
            turnover=company._l10n_in_irp_label("l10n_in_irp_turnover"),
        )

    def _l10n_in_irp_advance_reason(self):
        """Return why a down payment is not registered, where the company issues receipt
        vouchers (rule 50); else ""."""
        # the method is the `sale` addon's
        is_advance = getattr(self, "_is_downpayment", lambda: False)
        if self.company_id.l10n_in_irp_register_advances or not is_advance():
            return ""
        return self.env._(
            "Not applicable: down payment; %s registers the final invoice at its full "
            "value",
            self.company_id.name,
        )

    def _l10n_in_irp_supply_reason(self):
        lines = self.line_ids.filtered(lambda line: line.display_type == "product")
        sections = set(lines.mapped("l10n_in_gstr_section"))
        if sections & APPLICABLE_SECTIONS:
            return ""
        if self.l10n_in_gst_treatment in ("consumer", "unregistered"):
            return self.env._("Not applicable: the buyer is unregistered")
        if "sale_eco_9_5" in sections:
            return self.env._(
                "Not applicable: the e-commerce operator pays the tax (section 9(5))"
            )
        # `l10n_in` leaves a tax that does not fit the buyer out of the return, such as
        # reverse charge abroad; it is registered, and the checks report the fault
        if any(lines.tax_ids.flatten_taxes_hierarchy().mapped("l10n_in_gst_tax_type")):
            return ""
        if sections & UNTAXED_SECTIONS:
            return self.env._(
                "Not applicable: all lines are nil-rated, exempt or non-GST (bill of "
                "supply)"
            )
        return self.env._(
            "Not applicable: no line has a GST tax. If the supply is taxable or "
            "zero-rated, set the tax on the lines"
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
