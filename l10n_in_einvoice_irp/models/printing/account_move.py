from odoo import models
from odoo.tools import html2plaintext

from ...irp.reference import is_service_code
from ...irp.rules import is_liable
from ..clock import printed_date
from ..taxpayer.treatments import UNREGISTERED
from .irn import grouped_irn
from .legal_texts import COPIES, DECLARATION, ENDORSEMENTS, plain_words
from .res_lang import INDIAN_PRINT

TAX_INVOICES = ("Tax Invoice", "Invoice-cum-Bill of Supply")


class AccountMove(models.Model):
    """Particulars that GST law wants on a printed document, beside those of Odoo."""

    _inherit = "account.move"

    # ------------------------------------------------------------------
    # What Odoo prints otherwise
    # ------------------------------------------------------------------

    def _get_l10n_in_invoice_label(self):
        # EXTENDS 'l10n_in': a debit note names its nature (rule 53)
        label = super()._get_l10n_in_invoice_label()
        is_debit_note = self.move_type == "out_invoice" and self.debit_origin_id
        return self.env._("Debit Note") if label and is_debit_note else label

    def _compute_amount_total_words(self):
        # EXTENDS 'account': in English; rupees in crore and lakh
        indian = self.filtered(lambda move: move.country_code == "IN")
        for move in indian:
            currency = move._l10n_in_irp_for_print().currency_id
            currency = currency.with_context(lang="en_US")
            words = currency.amount_to_text(move.amount_total).replace(",", "")
            move.amount_total_words = words and f"{words} Only"
        return super(AccountMove, self - indian)._compute_amount_total_words()

    def _l10n_in_irp_print_values(self):
        """Return the registration's values for the invoice report, if there is one."""
        self.ensure_one()
        values = self.l10n_in_irp_document_id.sudo()._print_values()
        return values and {**values, "irn": grouped_irn(values["irn"])}

    def _l10n_in_irp_for_print(self):
        """Return the document with dates and amounts in Indian form."""
        return self.with_context(**{INDIAN_PRINT: self._l10n_in_irp_grouping()})

    def _l10n_in_irp_grouping(self):
        """Return how its amounts are grouped, a value of `INDIAN_PRINT`."""
        return self.currency_id._l10n_in_irp_grouping()

    # ------------------------------------------------------------------
    # What it lacks
    # ------------------------------------------------------------------

    def _l10n_in_irp_print_particulars(self):
        """Return what a document under GST prints beside Odoo's and the IRN's blocks;
        empty if it is none.

        :return: `reverse_charge` (in words), `state` and `gstin` (the supplier's;
            "" where the letterhead has it), `facts` (label and value each),
            `endorsement`, `hides_note` (Odoo's note would repeat or contradict it),
            `declaration`, `signature`, `pending`.
        """
        self.ensure_one()
        company = self.company_id
        is_indian = company.account_fiscal_country_id.code == "IN"
        is_sale = self.is_sale_document() and company.l10n_in_is_gst_registered
        if not is_indian or not is_sale:
            return {}
        # the invoice is the customer's, but not everything that it is built from
        move = self.sudo()
        payload = move.env["l10n_in.irp.payload"]
        cache = payload._new_build_cache()
        return {
            # stated where it is not payable too (rule 46(p))
            "reverse_charge": self.env._("Yes")
            if payload._is_reverse_charge(move, cache)
            else self.env._("No"),
            "state": company.state_id._l10n_in_irp_code_and_name(),
            "gstin": company.sudo()._l10n_in_irp_gstin_to_print(),
            "facts": move._l10n_in_irp_print_facts(payload),
            **move._l10n_in_irp_endorsement(payload, cache),
            "declaration": move._l10n_in_irp_declaration(),
            "signature": company.sudo().l10n_in_irp_print_signature,
            "pending": move._l10n_in_irp_is_pending(),
        }

    def _l10n_in_irp_print_facts(self, payload):
        """Return pairs of label and value: country of destination, and the corrected
        documents (rule 53(1A))."""
        facts = [
            (self.env._("Country of Destination"), self._l10n_in_irp_destination()),
            (self.env._("Original Invoice"), self._l10n_in_irp_originals(payload)),
        ]
        return [(label, value) for label, value in facts if value]

    def _l10n_in_irp_destination(self):
        """Return the name of the country that an export goes to; "" if it is none."""
        if self.l10n_in_gst_treatment != "overseas":
            return ""
        countries = (self.partner_shipping_id | self.partner_id).country_id
        return countries.filtered(lambda country: country.code != "IN")[:1].name or ""

    def _l10n_in_irp_originals(self, payload):
        """Return number and date of the documents that a credit or debit note
        corrects, a line each; "" if it is no note or Odoo has none."""
        if self._l10n_in_irp_doc_type() == "INV":
            return ""
        return "\n".join(
            self.env._(
                "%(number)s dated %(date)s",
                number=origin.name,
                date=printed_date(origin.invoice_date),
            )
            for origin in payload._preceding_documents(self)
            if origin.name and origin.invoice_date
        )

    def _l10n_in_irp_endorsement(self, payload, cache):
        """Return the endorsement of an export or a supply to SEZ, and whether it stands
        in place of the note of the fiscal position."""
        is_invoice = self.move_type == "out_invoice"
        if not is_invoice or not payload._is_zero_rated(self):
            return {"endorsement": "", "hides_note": False}
        text = ENDORSEMENTS[payload._is_with_payment(self, cache)]
        note = plain_words(html2plaintext(self.fiscal_position_id.note or ""))
        # not where the note says it beside something else, such as the LUT's number
        hides_note = note in map(plain_words, ENDORSEMENTS.values())
        is_said = plain_words(text) in note and not hides_note
        return {"endorsement": "" if is_said else text, "hides_note": hides_note}

    def _l10n_in_irp_declaration(self):
        """Return the declaration of rule 46(s) where the company prints it: it is above
        the limit, and this invoice needs no e-Invoice; else ""."""
        company = self.company_id
        day = self.invoice_date
        if not company.l10n_in_irp_print_declaration or not day:
            return ""
        is_without_irn = (
            company.l10n_in_irp_exemption or self.l10n_in_gst_treatment in UNREGISTERED
        )
        is_bound = (
            self.move_type == "out_invoice"
            and self._get_l10n_in_invoice_label() in TAX_INVOICES
            and is_liable(int(company.l10n_in_irp_turnover), day)
            and is_without_irn
            and not self._l10n_in_irp_is_einvoice()
        )
        return DECLARATION if is_bound else ""

    def _l10n_in_irp_is_einvoice(self):
        """Return whether it has an IRN or has to have one."""
        return bool(self.l10n_in_irp_applicable or self._l10n_in_irp_print_values())

    def _l10n_in_irp_is_pending(self):
        """Return whether the print is marked because the IRN is missing."""
        return (
            self.company_id.l10n_in_irp_print_pending
            and self.state == "posted"
            and self.l10n_in_irp_applicable
            and not self._l10n_in_irp_print_values()
        )

    # ------------------------------------------------------------------
    # Copies
    # ------------------------------------------------------------------

    def _l10n_in_irp_copy_marks(self, all_copies=False):
        """Return the mark of each copy to print, "" for one without (rule 48; not for
        e-invoices, sub-rule 6).

        :param all_copies: those for transporter and supplier as well.
        """
        move = self.sudo()
        is_marked = all_copies or move.company_id.l10n_in_irp_print_copy_marks
        is_invoice = move.move_type == "out_invoice" and move.state == "posted"
        if not is_marked or not is_invoice or move._l10n_in_irp_is_einvoice():
            return [""]
        lines = move.invoice_line_ids.filtered(
            lambda one: one.display_type == "product"
        )
        has_goods = not all(
            is_service_code(line.l10n_in_hsn_code or "")
            or (not line.l10n_in_hsn_code and line.product_id.type == "service")
            for line in lines
        )
        marks = COPIES[has_goods]
        return list(marks if all_copies else marks[:1])
