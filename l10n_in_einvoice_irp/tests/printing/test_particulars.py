from odoo import Command
from odoo.tests import tagged

from .common import PrintCommon

WITH_PAYMENT = (
    "SUPPLY MEANT FOR EXPORT/SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED "
    "OPERATIONS ON PAYMENT OF INTEGRATED TAX"
)
WITHOUT_PAYMENT = (
    "SUPPLY MEANT FOR EXPORT/SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED "
    "OPERATIONS UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX"
)
COPIES = "l10n_in_einvoice_irp.report_invoice_copies"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestParticulars(PrintCommon):
    """Particulars of CGST Rules 46, 48 and 53."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"name": "Consumer", "vat": False}
        consumer = cls.partner_b.sudo().copy(values)
        consumer.l10n_in_gst_treatment = "consumer"
        cls.consumer = consumer.with_env(cls.env)

    # ------------------------------------------------------------------
    # Rule 46 (e), (n), (p)
    # ------------------------------------------------------------------

    def test_reverse_charge_is_always_stated(self):
        name = "l10n_in_irp_reverse_charge"
        self.assertEqual(self.parts(self.make_invoice(), name), ["Reverse charge: No"])
        move = self.make_invoice(self.partner_b, self.igst_sale_18_rcm)
        self.assertEqual(self.parts(move, name), ["Reverse charge: Yes"])

    def test_states_have_their_codes(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        [supplier] = self.parts(move, "l10n_in_irp_supplier_state")
        self.assertIn("Supplier State 24-Gujarat", supplier)
        page = " ".join(self.page(move).text_content().split())
        self.assertIn("Place of supply: 27-Maharashtra", page)
        self.assertEqual(
            self.parts(move, "l10n_in_irp_state"), ["State: 27-Maharashtra"]
        )

    def test_gstin_of_the_supplier_where_the_letterhead_lacks_it(self):
        move = self.make_invoice()
        gstin = self.default_company.vat
        name = "l10n_in_irp_supplier_gstin"
        self.assertEqual(self.parts(move, name), [f"GSTIN {gstin}"])
        self.default_company.sudo().report_footer = f"<p>GSTIN: <b>{gstin}</b></p>"
        self.assertFalse(self.parts(move, name))

    def test_quantity_has_its_unit_for_every_user(self):
        self.assertFalse(self.accountant.has_group("uom.group_uom"))
        page = self.page(self.make_invoice())
        [quantity] = page.xpath("//td[@name='td_quantity']")
        self.assertIn("Units", quantity.text_content())

    def test_qr_codes_are_labelled(self):
        move = self.make_invoice()
        self.process()
        [label] = self.parts(move, "l10n_in_irp_qr_label")
        self.assertEqual(label, "TEST – e-Invoice QR")
        self.assertFalse(self.parts(move, "l10n_in_irp_scan_to_pay"))
        company = self.default_company.sudo()
        company.write({"qr_code": True, "l10n_in_upi_id": "seller@bank"})
        # Odoo's own picture needs a library that not every Python has
        reports = type(self.env["ir.actions.report"])
        self.patch(reports, "barcode", lambda *_args, **_kwargs: b"picture")
        self.env.invalidate_all()
        page = self.page(move)
        [block] = page.xpath("//div[@name='l10n_in_irp']")
        [payment] = page.xpath("//div[@name='l10n_in_irp_scan_to_pay']")
        self.assertEqual(payment.text_content().strip(), "Scan to Pay")
        self.assertNotIn(block, payment.iterancestors())

    def test_foreign_state_has_no_code(self):
        move = self.make_invoice(self.partner_foreign, self.igst_sale_18_sez_exp)
        self.assertFalse(self.parts(move, "l10n_in_irp_state"))

    def test_not_on_bills(self):
        bill = self.make_invoice(post=False, move_type="in_invoice")
        self.assertFalse(self.facts(bill))
        self.assertFalse(self.parts(bill, "l10n_in_irp_signature"))

    # ------------------------------------------------------------------
    # Export and SEZ
    # ------------------------------------------------------------------

    def test_export_names_its_country(self):
        move = self.make_invoice(self.partner_foreign, self.igst_sale_18_sez_exp)
        self.assertEqual(self.facts(move)["Country of Destination"], "United States")
        self.assertNotIn("Country of Destination", self.facts(self.make_invoice()))

    def test_goods_that_go_elsewhere_than_to_the_buyer(self):
        port = self.partner_foreign.sudo().copy(
            {"country_id": self.env.ref("base.ae").id}
        )
        move = self.make_invoice(
            self.partner_foreign,
            self.igst_sale_18_sez_exp,
            partner_shipping_id=port.id,
        )
        destination = self.facts(move)["Country of Destination"]
        self.assertEqual(destination, "United Arab Emirates")

    def test_endorsement_follows_the_tax(self):
        for partner, tax, expected in (
            (self.partner_foreign, self.igst_sale_18_sez_exp, WITH_PAYMENT),
            (self.partner_foreign, self.igst_sale_18_sez_exp_lut, WITHOUT_PAYMENT),
            (self.sez_partner, self.igst_sale_18, WITH_PAYMENT),
            (self.sez_partner, self.igst_sale_18_sez_lut, WITHOUT_PAYMENT),
        ):
            with self.subTest(partner=partner.name, tax=tax.name):
                move = self.make_invoice(partner, tax, post=False)
                printed = self.parts(move, "l10n_in_irp_endorsement")
                self.assertEqual(printed, [expected])
        self.assertFalse(self.parts(self.make_invoice(), "l10n_in_irp_endorsement"))

    def test_endorsement_is_printed_once(self):
        """Odoo's fiscal positions say it too, by their own choice of the two."""
        move = self.make_invoice(
            self.partner_foreign,
            self.igst_sale_18_sez_exp_lut,
            post=False,
            fiscal_position_id=self.fp_in_export.id,
        )
        page = self.page(move).text_content()
        self.assertEqual(page.count("SUPPLY MEANT FOR EXPORT"), 1)
        self.assertIn(WITHOUT_PAYMENT, page)
        position = self.fp_in_export.sudo()
        position.note = f"<p>{WITHOUT_PAYMENT}. LUT ARN AD2403260000012</p>"
        page = self.page(move).text_content()
        self.assertEqual(page.count("SUPPLY MEANT FOR EXPORT"), 1)
        self.assertIn("AD2403260000012", page)

    # ------------------------------------------------------------------
    # Credit and debit notes: rule 53
    # ------------------------------------------------------------------

    def test_notes_name_the_original_with_its_date(self):
        invoice = self.make_invoice(invoice_date="2026-01-02")
        original = f"{invoice.name} dated 02/01/2026"
        credit_note = invoice._reverse_moves([{"invoice_date": "2026-01-15"}])
        self.assertEqual(self.facts(credit_note)["Original Invoice"], original)
        debit_note = self.debit_note(invoice)
        self.assertEqual(self.facts(debit_note)["Original Invoice"], original)
        self.assertNotIn("Original Invoice", self.facts(invoice))

    def test_debit_note_has_its_title(self):
        invoice = self.make_invoice()
        note = self.debit_note(invoice)
        self.assertEqual(note._get_l10n_in_invoice_label(), "Debit Note")
        self.assertEqual(invoice._get_l10n_in_invoice_label(), "Tax Invoice")
        note.action_post()
        self.assertIn("Debit Note", self.page(note).text_content())

    # ------------------------------------------------------------------
    # Signature and declaration: rule 46 (q), (s)
    # ------------------------------------------------------------------

    def test_signature_by_choice(self):
        move = self.make_invoice()
        [block] = self.parts(move, "l10n_in_irp_signature")
        self.assertEqual(block, "For Default Company Authorised Signatory")
        self.choose(signature="computer")
        [block] = self.parts(move, "l10n_in_irp_signature")
        self.assertIn("computer-generated", block)
        self.choose(signature="none")
        self.assertFalse(self.parts(move, "l10n_in_irp_signature"))

    def declared(self, move):
        return bool(self.parts(move, "l10n_in_irp_declaration"))

    def test_declaration_by_choice(self):
        move = self.make_invoice(self.consumer, self.igst_sale_18)
        self.assertFalse(self.declared(move))
        self.choose(declaration=True)
        self.assertTrue(self.declared(move))

    def test_declaration_only_above_the_limit_without_einvoice(self):
        self.choose(declaration=True)
        self.assertFalse(self.declared(self.make_invoice()), "an e-Invoice")
        move = self.make_invoice(self.consumer, self.igst_sale_18)
        note = move._reverse_moves([{"invoice_date": move.invoice_date}])
        self.assertFalse(self.declared(note), "rule 53 asks for none")
        company = self.default_company.sudo()
        company.l10n_in_irp_turnover = "0"
        self.assertFalse(self.declared(move), "below the limit")
        company.l10n_in_irp_turnover = "10"
        company.l10n_in_irp_exemption = "gta"
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.assertTrue(self.declared(move), "an exempted supplier")

    # ------------------------------------------------------------------
    # Marks
    # ------------------------------------------------------------------

    def test_pending_mark_by_choice(self):
        move = self.make_invoice()
        self.assertFalse(self.parts(move, "l10n_in_irp_pending"))
        self.choose(pending=True)
        [mark] = self.parts(move, "l10n_in_irp_pending")
        self.assertIn("IRN PENDING", mark)
        consumers = self.make_invoice(self.consumer, self.igst_sale_18)
        self.assertFalse(self.parts(consumers, "l10n_in_irp_pending"))
        self.process()
        self.assertFalse(self.parts(move, "l10n_in_irp_pending"))

    def test_copy_marks_by_choice(self):
        goods = self.make_invoice(self.consumer, self.igst_sale_18)
        self.assertFalse(self.parts(goods, "l10n_in_irp_copy"))
        self.choose(copy_marks=True)
        marks = self.parts(goods, "l10n_in_irp_copy")
        self.assertEqual(marks, ["ORIGINAL FOR RECIPIENT"])
        einvoice = self.make_invoice()
        self.assertFalse(self.parts(einvoice, "l10n_in_irp_copy"))

    def test_all_copies(self):
        goods = self.make_invoice(self.consumer, self.igst_sale_18)
        self.assertEqual(
            self.parts(goods, "l10n_in_irp_copy", report=COPIES),
            [
                "ORIGINAL FOR RECIPIENT",
                "DUPLICATE FOR TRANSPORTER",
                "TRIPLICATE FOR SUPPLIER",
            ],
        )
        services = self.make_invoice(self.consumer, self.igst_sale_18, post=False)
        services.invoice_line_ids.l10n_in_hsn_code = "998313"
        services.action_post()
        self.assertEqual(
            self.parts(services, "l10n_in_irp_copy", report=COPIES),
            ["ORIGINAL FOR RECIPIENT", "DUPLICATE FOR SUPPLIER"],
        )
        einvoice = self.page(self.make_invoice(), report=COPIES)
        self.assertEqual(len(einvoice.xpath("//div[@id='informations']")), 1)

    def test_no_proforma_above_an_irn(self):
        move = self.make_invoice()
        self.assertIn("Proforma", self.page(move, proforma=True).text_content())
        self.process()
        self.assertNotIn("Proforma", self.page(move, proforma=True).text_content())

    def test_print_of_many_has_one_qr_for_each(self):
        moves = self.make_invoice() + self.make_invoice() + self.make_invoice()
        self.process()
        articles = self.page(moves).find_class("article")
        self.assertEqual(len(articles), 3)
        for move, article in zip(moves, articles, strict=True):
            [irn] = article.xpath(".//span[@name='l10n_in_irp_irn']")
            self.assertEqual(irn.text_content(), move.l10n_in_irp_irn)
            self.assertEqual(len(article.xpath(".//img[contains(@alt, 'QR')]")), 1)

    # ------------------------------------------------------------------
    # Who reads it
    # ------------------------------------------------------------------

    def test_mixed_lines_of_goods_and_services_are_goods(self):
        move = self.make_invoice(self.consumer, self.igst_sale_18, post=False)
        line = {
            "name": "Fitting",
            "price_unit": 10.0,
            "l10n_in_hsn_code": "998719",
            "tax_ids": [Command.set(self.igst_sale_18.ids)],
        }
        move.invoice_line_ids = [Command.create(line)]
        move.action_post()
        self.assertEqual(len(move._l10n_in_irp_copy_marks(True)), 3)
