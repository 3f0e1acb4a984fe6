from odoo import fields, models
from odoo.tools import html2plaintext

from ..res_company import SELDOM_READ
from .legal_texts import plain_words


class ResCompany(models.Model):
    """Settings of the printed invoice."""

    _inherit = "res.company"

    l10n_in_irp_print_signature = fields.Selection(
        selection=[
            ("space", "Space for a Signature"),
            ("computer", "Computer-Generated, No Signature"),
            ("none", "Nothing"),
        ],
        string="Signature on Invoices",
        default="space",
        required=True,
        help="How invoices, credit notes and debit notes are signed, by "
        "the supplier or an authorised signatory (CGST rule 46(q)). A signature is not "
        "required on an electronic invoice under the Information Technology Act, 2000.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_print_declaration = fields.Boolean(
        string="Print Declaration of Rule 46(s)",
        help="If the turnover is above the e-Invoicing limit, tax invoices that need "
        "no e-Invoice, such as those to unregistered buyers, carry the declaration of "
        "CGST rule 46(s).",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_print_pending = fields.Boolean(
        string="Mark Invoices without IRN",
        help="Invoices that must have an IRN and have none yet are printed with the "
        "mark IRN PENDING.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_print_copy_marks = fields.Boolean(
        string="Mark Copies of Invoices",
        help="Invoices that need no e-Invoice are marked ORIGINAL FOR RECIPIENT. "
        "Print > Invoice Copies adds the copies for transporter and supplier (CGST "
        "rule 48). e-Invoices carry no marks.",
        prefetch=SELDOM_READ,
    )

    def _l10n_in_irp_gstin_to_print(self):
        """Return the GSTIN where the letterhead lacks it, "" otherwise: it may stand in
        the company's details, which Odoo fills without it (CGST rule 46(a))."""
        self.ensure_one()
        texts = (self.report_header, self.company_details, self.report_footer)
        letterhead = plain_words(" ".join(html2plaintext(text or "") for text in texts))
        is_there = plain_words(self.vat or "") in letterhead
        return "" if is_there else self.vat
