from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ...models.opening import open_to_correct
from ..common import IrpCommon

FORMULA = "quantity * product.l10n_in_irp_retail_price * 40 / 140"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRetailPrice(IrpCommon):
    """The fields with which an accountant books tax on the retail sale price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.sudo().write(
            {"l10n_in_hsn_code": "24039910", "l10n_in_irp_retail_price": 12}
        )
        cls.tax = cls.igst_sale_18.sudo().copy(
            {"name": "IGST 40 % RSP", "amount_type": "code", "formula": FORMULA}
        )
        cls.tax.l10n_in_irp_gst_rate = 40

    def percentage(self):
        chart = self.env["account.chart.template"].sudo()
        return chart.ref("igst_sale_40")

    def packs(self, line=None, taxes=None, **values):
        return self.make_invoice(
            partner=self.partner_b,
            taxes=taxes or self.tax,
            line={"quantity": 500, "price_unit": 7.5, **(line or {})},
            **values,
        )

    # ------------------------------------------------------------------
    # The rate that a tax stands for
    # ------------------------------------------------------------------

    def test_formula_has_its_rate_in_the_summary_too(self):
        """`l10n_in` prints the rate of the HSN summary from the amount."""
        self.assertEqual(self.tax.amount, 40)
        summary = self.packs()._l10n_in_get_hsn_summary_table()
        [item] = summary["items"]
        self.assertEqual((item["rate"], item["tax_amount_igst"]), (40, 1714.29))

    def test_tax_turned_from_percentage_keeps_its_rate(self):
        tax = self.igst_sale_18.sudo().copy()
        self.assertEqual(tax.l10n_in_irp_gst_rate, 18)
        with Form(tax) as form:
            form.amount_type = "fixed"
            form.amount = 3.4286
        self.assertEqual((tax.amount, tax.l10n_in_irp_gst_rate), (3.4286, 18))
        tax.amount = 3.5
        self.assertEqual(tax.l10n_in_irp_gst_rate, 18)
        self.assertEqual(tax.copy().l10n_in_irp_gst_rate, 18)

    def test_copy_at_another_rate(self):
        copied = self.tax.copy({"amount": 28})
        self.assertEqual((copied.amount, copied.l10n_in_irp_gst_rate), (28, 28))

    def test_amount_per_unit_states_no_rate(self):
        tax = self.tax.copy({"amount_type": "fixed", "l10n_in_irp_gst_rate": 0})
        tax.amount = 3.4286
        self.assertEqual(tax.l10n_in_irp_gst_rate, 0)

    def test_price_with_tax(self):
        tax = self.tax.copy({"amount_type": "division", "amount": 28.5714})
        self.assertEqual(tax.l10n_in_irp_gst_rate, 40)

    # ------------------------------------------------------------------
    # The retail price
    # ------------------------------------------------------------------

    def test_template_passes_it_to_its_variant(self):
        template = (
            self.env["product.template"]
            .sudo()
            .create({"name": "Jarda", "l10n_in_irp_retail_price": 15})
        )
        self.assertEqual(template.product_variant_id.l10n_in_irp_retail_price, 15)
        template.l10n_in_irp_retail_price = 16
        self.assertEqual(template.product_variant_id.l10n_in_irp_retail_price, 16)
        found = template.search([("l10n_in_irp_retail_price", "=", 16)])
        self.assertEqual(found, template)

    def test_accountant_does_not_change_products(self):
        with self.assertRaises(AccessError):
            self.product_a.with_env(self.env).l10n_in_irp_retail_price = 13

    def test_line_takes_it_and_its_change_the_tax(self):
        move = self.packs(post=False)
        line = move.invoice_line_ids
        self.assertEqual(line.l10n_in_irp_retail_price, 12)
        self.assertEqual((move.amount_tax, line.price_total), (1714.29, 5464.29))
        line.l10n_in_irp_retail_price = 14
        self.assertEqual((move.amount_tax, line.price_total), (2000, 5750))
        self.assertEqual(move.amount_total, 5750)
        self.assertEqual(len(move.line_ids.filtered("tax_line_id")), 1)

    def test_form_shows_it_where_the_law_wants_it(self):
        move = self.packs(post=False)
        self.assertFalse(move.l10n_in_irp_has_retail_goods)
        move.invoice_date = "2026-02-01"
        self.assertTrue(move.l10n_in_irp_has_retail_goods)
        with (
            Form(move, view="account.view_move_form") as form,
            form.invoice_line_ids.edit(0) as line,
        ):
            line.l10n_in_irp_retail_price = 14
        self.assertEqual(move.amount_tax, 2000)

    def test_new_price_of_the_product_leaves_posted_invoices(self):
        move = self.packs()
        self.product_a.sudo().l10n_in_irp_retail_price = 14
        document = self.env["l10n_in.irp.payload"]._build(move)
        self.assertEqual(document["ItemList"][0]["IgstAmt"], 1714.29)
        refund = move._reverse_moves([{"invoice_date": "2026-01-15"}])
        self.assertEqual(refund.invoice_line_ids.l10n_in_irp_retail_price, 12)
        refund.invoice_line_ids.quantity = 100
        self.assertEqual(refund.amount_tax, 342.86)

    def test_formula_in_a_foreign_currency(self):
        """6000 rupees at 83 rupees for a dollar."""
        dollar = self.env.ref("base.USD").sudo()
        dollar.active = True
        self.env["res.currency.rate"].sudo().create(
            {
                "currency_id": dollar.id,
                "company_id": self.default_company.id,
                "name": "2025-04-01",
                "inverse_company_rate": 83,
            }
        )
        move = self.packs(post=False, currency_id=dollar.id)
        self.assertEqual(move.amount_tax, 20.65)

    def test_formula_outside_of_invoices(self):
        computed = self.tax.compute_all(7.5, quantity=500, product=self.product_a)
        self.assertEqual(computed["taxes"][0]["amount"], 1714.29)
        base_line = self.tax._prepare_base_line_for_taxes_computation(
            {},
            tax_ids=self.tax,
            product_id=self.product_a,
            product_uom_id=self.env.ref("uom.product_uom_dozen"),
            price_unit=90,
            quantity=10,
            currency_id=self.default_company.currency_id,
        )
        self.tax._add_tax_details_in_base_line(base_line, self.default_company)
        [tax_data] = base_line["tax_details"]["taxes_data"]
        self.assertEqual(tax_data["tax_amount"], 411.43)
        self.assertNotIn(
            "l10n_in_irp_line_retail_price", base_line["product_id"].env.context
        )

    def test_line_without_product(self):
        line = {"product_id": False, "name": "Jarda", "l10n_in_irp_retail_price": 12}
        move = self.packs(post=False, line=line)
        self.assertEqual(move.amount_tax, 1714.29)

    @freeze_time("2026-02-16 06:30:00")
    def test_draft_without_date_is_judged_by_today(self):
        self.product_a.sudo().l10n_in_irp_retail_price = 0
        move = self.packs(post=False, taxes=self.percentage(), invoice_date=False)
        warnings = [
            finding.field
            for finding in self.env["l10n_in.irp.validator"]._check(move)
            if not finding.blocking
        ]
        self.assertEqual(warnings, ["Retail Sale Price (MRP)"])

    # ------------------------------------------------------------------
    # Corrections
    # ------------------------------------------------------------------

    def test_accountant_enters_the_rate_where_the_finding_leads(self):
        fixed = self.tax.copy({"amount_type": "fixed", "l10n_in_irp_gst_rate": 0})
        fixed.amount = 135
        move = self.make_invoice(partner=self.partner_b, taxes=fixed)
        registration = move.l10n_in_irp_document_id
        registration.sudo()._process_now()
        self.assertEqual(registration.state, "rejected")

        [finding] = self.env["l10n_in.irp.validator"]._check(move)
        line = finding.record
        self.assertEqual(finding.kind, "gst_rate_not_known")
        self.assertEqual(finding.field, "GST Rate for e-Invoice (%)")
        self.assertEqual(registration.error, finding.text)
        action = open_to_correct(line)
        self.assertTrue(action["context"]["l10n_in_irp_gst_rate"])
        [(view_id, _kind)] = action["views"]
        arch = line.get_view(view_id, "list")["arch"]
        self.assertIn("l10n_in_irp_gst_rate", arch)
        line.with_context(**action["context"]).write({"l10n_in_irp_gst_rate": 12})
        [finding] = self.env["l10n_in.irp.validator"]._check(move)
        self.assertEqual(finding.code, "2235")
