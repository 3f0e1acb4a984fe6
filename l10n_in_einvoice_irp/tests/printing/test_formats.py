import re

from odoo.tests import tagged

from .common import PrintCommon

ISO_DATE = re.compile(r"\b20\d\d-\d\d-\d\d\b")
# a month beyond 12
US_DATE = re.compile(r"\b\d\d/(1[3-9]|[23]\d)/20\d\d\b")
INDIAN_DATE = re.compile(r"\b\d\d/(0\d|1[0-2])/20\d\d\b")
LANGUAGES = ("en_US", "en_IN", "hi_IN", "fr_FR")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFormats(PrintCommon):
    """Dates, amounts and words are Indian, whatever the customer's language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in LANGUAGES:
            cls.env["res.lang"].sudo()._activate_lang(code)

    def large_invoice(self, **values):
        line = {"price_unit": 10461820.34}
        return self.make_invoice(self.partner_b, self.igst_sale_18, line=line, **values)

    def printed_in(self, code, move):
        move.partner_id.sudo().lang = code
        self.env.invalidate_all()
        return " ".join(self.page(move).text_content().split())

    def test_every_language(self):
        # by instalments: their dates are texts that Odoo makes
        term = self.env["account.payment.term"].sudo()
        term = term.create(
            {
                "name": "Two Instalments",
                "display_on_invoice": True,
                "line_ids": [
                    (0, 0, {"value_amount": 50, "nb_days": 20}),
                    (0, 0, {"value_amount": 50, "nb_days": 45}),
                ],
            }
        )
        move = self.large_invoice(invoice_payment_term_id=term.id)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        for code in LANGUAGES:
            with self.subTest(language=code):
                page = self.printed_in(code, move)
                self.assertIn("1,04,61,820.34", page)
                self.assertIn("1,23,44,948.00", page)
                self.assertIn("15/01/2026", page)
                self.assertIn("01/03/2026", page, "the second instalment")
                self.assertFalse(ISO_DATE.findall(page))
                self.assertFalse(US_DATE.findall(page))
                self.assertIn(
                    "One Crore Twenty-Three Lakh Forty-Four Thousand Nine Hundred And "
                    "Forty-Eight Rupees Only",
                    page,
                )

    def test_foreign_amounts_are_grouped_for_their_readers(self):
        """Rupees on the same page stay in lakh and crore."""
        usd = self.env.ref("base.USD").sudo()
        usd.active = True
        usd.rate_ids = [
            (0, 0, {"name": "2020-01-01", "inverse_company_rate": 80.0}),
        ]
        move = self.make_invoice(
            self.partner_foreign,
            self.igst_sale_18_sez_exp_lut,
            line={"price_unit": 1234567.5},
            currency_id=usd.id,
        )
        for code in LANGUAGES:
            with self.subTest(language=code):
                page = self.printed_in(code, move)
                self.assertIn("1,234,567.50", page)
                self.assertNotIn("12,34,567", page)
                self.assertIn("9,87,65,400.00", page)
                self.assertIn("One Million Two Hundred And Thirty-Four", page)
                self.assertIn("15/01/2026", page)

    def test_every_print_has_indian_dates(self):
        """Credit notes, copies and e-way bills, as they come from our reports."""
        move = self.large_invoice()
        self.process()
        ewaybill = self.env["l10n_in.irp.ewaybill"].sudo().create({"move_id": move.id})
        document = move.l10n_in_irp_document_id
        note = move._reverse_moves([{"invoice_date": "2026-01-15"}])
        note.action_post()
        reports = {
            "account.report_invoice": move | note,
            "l10n_in_einvoice_irp.report_invoice_copies": move,
            "l10n_in_einvoice_irp.report_ewaybill": ewaybill,
        }
        self.forge(
            ewaybill,
            state="registered",
            number="321009876543",
            ewb_date="2026-01-15 15:18:00",
            valid_until="2026-01-29 18:29:00",
        )
        self.forge(document, state="cancelled", cancel_date="2026-01-15 15:18:00")
        for code in LANGUAGES:
            self.partner_b.sudo().lang = code
            self.accountant.sudo().lang = code
            self.env.invalidate_all()
            for report, records in reports.items():
                with self.subTest(language=code, report=report):
                    page = self.page(records, report=report).text_content()
                    self.assertTrue(INDIAN_DATE.search(page))
                    self.assertFalse(ISO_DATE.findall(page))
                    self.assertFalse(US_DATE.findall(page))
                    self.assertIn("1,23,44,948.00", page)

    def test_refused_dates(self):
        """The patterns above see what they are made for."""
        self.assertTrue(ISO_DATE.search("Ack. Date 2026-01-15 12:00:00"))
        self.assertTrue(US_DATE.search("Invoice Date 01/15/2026"))
        self.assertFalse(US_DATE.search("Invoice Date 15/01/2026"))
        self.assertTrue(INDIAN_DATE.search("Invoice Date 15/01/2026"))

    def test_quantities_are_grouped_too(self):
        line = {"price_unit": 1.0, "quantity": 1234567.0}
        move = self.make_invoice(self.partner_b, self.igst_sale_18, line=line)
        page = self.page(move)
        [summary] = page.xpath("//div[@name='l10n_in_hsn_summary']")
        self.assertIn("12,34,567.00", summary.text_content())
        self.assertNotIn("1234567", page.text_content())

    def test_paise_in_words(self):
        line = {"price_unit": 123456.4}
        move = self.make_invoice(self.partner_b, self.igst_sale_18, line=line)
        self.assertEqual(
            move.amount_total_words,
            "One Lakh Forty-Five Thousand Six Hundred And Seventy-Eight Rupees and "
            "Fifty-Five Paise Only",
        )

    def test_screens_keep_the_language_of_the_user(self):
        data = self.env["res.lang"]._get_data(code="en_US")
        self.assertEqual(data.date_format, "%m/%d/%Y")

    def test_ewaybill_and_cancellation_have_indian_times(self):
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id
        self.forge(document, state="cancelled", cancel_date="2026-01-15 15:18:00")
        [note] = self.parts(move, "l10n_in_irp_cancelled")
        self.assertIn("15/01/2026 20:48", note)
