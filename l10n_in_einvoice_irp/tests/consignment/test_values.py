from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import TODAY
from .common import ConsignmentCommon

TAXES = ("cgst", "sgst", "igst", "cess", "cess_non_advol")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestValues(ConsignmentCommon):
    """An e-way bill of a document declares what the document says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_b.sudo().l10n_in_hsn_code = "840734"
        service = {"name": "Fitting", "type": "service", "l10n_in_hsn_code": "998719"}
        cls.fitting = cls.env["product.product"].sudo().create(service)

    def lines(self, *lines):
        """Return commands for invoice lines of (product, price, taxes, values)."""
        return [
            Command.create(
                {
                    "product_id": product.id,
                    "price_unit": price,
                    "tax_ids": [Command.set(taxes.ids)],
                    **values,
                }
            )
            for product, price, taxes, values in lines
        ]

    def request(self, move):
        bill = self.prepared(move)
        return bill, bill._generation_request()

    def assert_as_booked(self, move):
        """Compare a request with Odoo's totals, to the paisa."""
        bill, request = self.request(move)
        total = Decimal(str(abs(move.amount_total_signed))).quantize(Decimal("0.01"))
        self.assertEqual(request.invoice_value, total)
        parts = sum(getattr(request, name) for name in TAXES)
        parts += request.total_value + request.other_value
        self.assertEqual(parts, total)
        goods = sum(item.taxable_amount for item in request.items)
        self.assertEqual(goods, request.total_value)
        shown = sum(bill.line_ids.mapped("taxable_value"))
        self.assertAlmostEqual(shown, float(request.total_value), 2)
        return request

    def test_amounts_are_those_of_the_invoice(self):
        odd = {"quantity": 3, "discount": 7.5}
        cases = {
            "goods and services": self.lines(
                (self.product_a, 33.33, self.igst_sale_18, odd),
                (self.product_b, 45000.45, self.igst_sale_5, {}),
                (self.fitting, 1999.99, self.igst_sale_18, {}),
            ),
            "many lines": self.lines(
                *[(self.product_a, 10.05, self.igst_sale_5, {})] * 7
            ),
            "taxable and exempt": self.lines(
                (self.product_a, 60000.0, self.igst_sale_18, {}),
                (self.product_b, 777.77, self.exempt, {}),
            ),
        }
        for name, lines in cases.items():
            with self.subTest(name):
                move = self.document(
                    "out_invoice",
                    self.consumer,
                    self.igst_sale_18,
                    invoice_line_ids=lines,
                )
                request = self.assert_as_booked(move)
                self.assertEqual((request.cgst, request.sgst), (0, 0))

    def test_cess_of_both_kinds(self):
        lines = self.lines(
            (self.product_b, 100.0, self.gst_with_cess, {"quantity": 10})
        )
        self.consumer.sudo().state_id = self.default_company.state_id
        move = self.document(
            "out_invoice", self.consumer, self.igst_sale_18, invoice_line_ids=lines
        )
        request = self.assert_as_booked(move)
        self.assertEqual((request.cgst, request.sgst), (60, 60))
        self.assertEqual((request.cess, request.cess_non_advol), (50, Decimal("15.91")))
        self.assertEqual(request.items[0].cess_rate, 5)

    def test_rounding_and_cash_rounding(self):
        rounding = (
            self.env["account.cash.rounding"]
            .sudo()
            .create(
                {
                    "name": "Rupee",
                    "rounding": 1.0,
                    "strategy": "add_invoice_line",
                    "profit_account_id": self.company_data[
                        "default_account_revenue"
                    ].id,
                    "loss_account_id": self.company_data["default_account_expense"].id,
                }
            )
        )
        move = self.document(
            "out_invoice",
            self.consumer,
            self.igst_sale_18,
            invoice_cash_rounding_id=rounding.id,
            invoice_line_ids=self.lines(
                (self.product_a, 1000.37, self.igst_sale_18, {})
            ),
        )
        request = self.assert_as_booked(move)
        self.assertEqual(request.invoice_value % 1, 0)
        self.assertTrue(request.other_value)

    def test_foreign_currency_is_in_rupees(self):
        dollar = self.env.ref("base.USD").sudo()
        dollar.active = True
        self.env["res.currency.rate"].sudo().create(
            {
                "name": TODAY,
                "currency_id": dollar.id,
                "company_id": self.default_company.id,
                "rate": 1 / 84.5,
            }
        )
        bill = self.document(
            "in_invoice",
            self.partner_foreign,
            self.env["account.tax"],
            currency_id=dollar.id,
            ref="INV-9",
            invoice_line_ids=self.lines(
                (self.product_a, 1000.0, self.env["account.tax"], {})
            ),
        )
        request = self.assert_as_booked(bill)
        self.assertEqual(request.total_value, 84500)

    def test_import_takes_the_value_of_the_bill_of_entry(self):
        move = self.document(
            "in_invoice", self.partner_foreign, self.env["account.tax"], ref="INV-9"
        )
        bill = self.prepared(move)
        kind = bill.supply_type, bill.sub_supply_type, bill.doc_type
        self.assertEqual(kind, ("I", "2", "BOE"))
        self.assertFalse(bill.doc_number, "that of the bill of entry is not in Odoo")
        bill.action_generate()
        self.assertIn("Document No.: 206", bill.error)
        with Form(bill) as form:
            form.doc_number = "9876543"
            form.doc_date = TODAY
            form.distance = 300
            with form.line_ids.edit(0) as line:
                line.taxable_value = 66000.5
                line.gst_rate = 18
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        part_a = self.at_portal(bill).movement.part_a
        self.assertEqual(part_a["fromGstin"], "URP")
        self.assertEqual(part_a["fromPincode"], 999999)
        self.assertEqual(part_a["totalValue"], 66000.5)
        self.assertEqual(part_a["igstValue"], 11880.09)
        self.assertEqual(part_a["totInvValue"], 77880.59)
        self.assertEqual(part_a["itemList"][0]["igstRate"], 18)

    def test_stated_values_are_locked_once_sent(self):
        bill = self.prepared(self.sale())
        line = bill.line_ids
        self.assertEqual((line.taxable_value, line.gst_rate), (60000, 18))
        with self.assertRaises(AccessError):
            line.quantity = 7
        for values in ({"is_stated": True}, {"source_values": {}}):
            with self.assertRaises(AccessError):
                line.write(values)
        with self.assertRaises(AccessError):
            line.copy()
        line.taxable_value = 0
        self.assertTrue(bill.has_stated_values)
        self.assertIn("Taxable Value is 0", bill.portal_notes)
        bill.action_reset_goods()
        self.assertEqual(bill.line_ids.taxable_value, 60000)
        self.assertFalse(bill.has_stated_values)
        bill.line_ids.taxable_value = 50000
        bill.action_generate()
        self.assertEqual(self.at_portal(bill).movement.part_a["totInvValue"], 59000)
        with self.assertRaisesRegex(UserError, "already sent"):
            bill.line_ids.taxable_value = 1
        with self.assertRaisesRegex(UserError, "already sent"):
            bill.action_reset_goods()

    def test_changed_goods_are_not_declared_with_old_values(self):
        move = self.sale()
        bill = self.prepared(move)
        bill.line_ids.taxable_value = 50000
        move.button_draft()
        move.invoice_line_ids.quantity = 2
        move.action_post()
        bill.action_generate()
        self.assertEqual(bill.state, "rejected")
        self.assertIn("have changed since values were entered", bill.error)
        bill.action_reset_goods()
        self.assertEqual(bill.line_ids.mapped("quantity"), [2])
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        self.assertEqual(self.at_portal(bill).movement.part_a["totalValue"], 120000)

    def test_changed_price_is_not_declared_with_an_old_value(self):
        move = self.sale()
        bill = self.prepared(move)
        bill.line_ids.taxable_value = 50000
        self.assertEqual(bill.line_ids.source_values, {"taxable_value": 60000})
        move.button_draft()
        move.invoice_line_ids.price_unit = 120000
        move.action_post()
        bill.action_generate()
        self.assertEqual(bill.state, "rejected")
        self.assertRegex(bill.error, "prices of .* have changed since")
        bill.action_reset_goods()
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        self.assertEqual(self.at_portal(bill).movement.part_a["totalValue"], 120000)

    def test_what_nobody_has_stated_follows_the_document(self):
        move = self.sale()
        bill = self.prepared(move)
        line = bill.line_ids
        line.gst_rate = 12
        move.button_draft()
        move.invoice_line_ids.price_unit = 120000
        move.action_post()
        request = bill._generation_request()
        self.assertFalse(bill._goods_faults())
        self.assertEqual((request.total_value, request.igst), (120000, 14400))
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        self.assertEqual((line.taxable_value, line.gst_rate), (120000, 12))

    def test_composition_dealer_issues_a_bill_of_supply(self):
        company = self.default_company.sudo()
        company.l10n_in_irp_exemption = "composition"
        self.consumer.sudo().write(
            {"state_id": company.state_id.id, "zip": "360001", "city": "Rajkot"}
        )
        move = self.document(
            "out_invoice", self.consumer, self.env["account.tax"].browse()
        )
        bill = self.prepared(move)
        self.assertEqual(bill.doc_type, "BIL")
        # not exempt: taxable goods, whose tax is not charged
        self.assertRegex(bill.need_note, "limit of .*50,000.*worth .*60,000")
        self.assertIn("50 km", bill.need_note)
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))

    def test_sez_in_the_same_state_has_igst(self):
        company = self.default_company.sudo()
        company.l10n_in_irp_turnover = "0"
        self.sez_partner.sudo().vat = "24AAAAA1234AAZA"
        bill, request = self.request(
            self.document(
                "out_invoice",
                self.sez_partner,
                self.igst_sale_18_sez_lut,
                l10n_in_gst_treatment="special_economic_zone",
            )
        )
        self.assertEqual(request.items[0].igst_rate, 18)
        self.assertEqual(request.items[0].cgst_rate, 0)
        codes = [fault.code for fault in bill._generation_faults(request)]
        self.assertNotIn("378", codes)

    # ------------------------------------------------------------------
    # Whether one is needed
    # ------------------------------------------------------------------

    def note(self, taxes, partner=None, **values):
        move = self.document(
            "out_invoice",
            partner or self.consumer,
            taxes or self.igst_sale_18,
            **values,
        )
        return self.prepared(move).need_note

    def test_exempt_by_the_tax_not_by_a_rate_of_0(self):
        self.assertIn("all goods are exempt", self.note(self.exempt))
        company = self.default_company.sudo()
        company.l10n_in_irp_exemption = "government"
        export = self.note(self.igst_sale_18_sez_exp_lut, self.partner_foreign)
        self.assertRegex(export, "^Needed: ")

    def test_annexure(self):
        self.product_a.sudo().l10n_in_hsn_code = "71131910"
        self.assertIn("annexure", self.note(None))
        self.product_a.sudo().l10n_in_hsn_code = "711719"
        self.assertRegex(self.note(None), "^Needed: ")
        self.product_a.sudo().l10n_in_hsn_code = "27111900"
        self.assertIn("LPG for households", self.note(None))

    def test_services_do_not_count(self):
        service = {"name": "Design", "type": "service", "l10n_in_hsn_code": "998391"}
        design = self.env["product.product"].sudo().create(service)
        lines = [
            Command.create({"product_id": product.id, "price_unit": price})
            for product, price in ((self.product_a, 900.0), (design, 90000.0))
        ]
        note = self.note(None, invoice_line_ids=lines)
        self.assertRegex(note, "^Not needed: .*9[0-9]{2}")

    def test_said_before_posting(self):
        move = self.make_invoice(self.consumer, self.igst_sale_18, post=False)
        move.invoice_line_ids.price_unit = 60000
        self.assertRegex(move.l10n_in_irp_ewaybill_need, "^Needed: .*70,800")
        move.invoice_line_ids.price_unit = 600
        self.assertFalse(move.l10n_in_irp_ewaybill_need)
        move.invoice_line_ids.price_unit = 60000
        move.action_post()
        self.assertRegex(move.l10n_in_irp_ewaybill_need, "^Needed: .*70,800")
        self.assertFalse(move.l10n_in_irp_ewaybill_ids, "none is made unasked")
        with self.at("2026-08-01 06:30:00"):
            move.invalidate_recordset()
            self.assertFalse(move.l10n_in_irp_ewaybill_need, "too old for one (820)")
        move.invalidate_recordset()
        bill = self.prepared(move)
        self.assertFalse(move.l10n_in_irp_ewaybill_need, "the e-way bill says it now")
        bill.unlink()
        self.assertTrue(move.l10n_in_irp_ewaybill_need)

    def test_said_of_a_registered_invoice(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        move.invoice_line_ids.price_unit = 60000
        move.action_post()
        self.process()
        self.assertTrue(move.l10n_in_irp_irn)
        self.assertRegex(move.l10n_in_irp_ewaybill_need, "^Needed: ")
        move.action_l10n_in_irp_ewaybill()
        self.assertFalse(move.l10n_in_irp_ewaybill_need)

    def test_said_on_each_kind_of_draft(self):
        line = Command.create(
            {
                "product_id": self.product_a.id,
                "price_unit": 60000.0,
                "tax_ids": [Command.set(self.igst_purchase_18.ids)],
            }
        )
        for kind in ("in_invoice", "in_refund", "out_refund", "out_receipt"):
            for partner in (self.partner_b, self.partner_foreign, self.consumer):
                with self.subTest(kind, partner=partner.name):
                    move = self.env["account.move"].create(
                        {
                            "move_type": kind,
                            "partner_id": partner.id,
                            "invoice_line_ids": [line],
                        }
                    )
                    self.assertRegex(move.l10n_in_irp_ewaybill_need, "^Needed: ")

    def test_cash_sale(self):
        move = self.document("out_receipt", self.consumer, self.igst_sale_18)
        bill = self.generated(move, doc_number=f"R/{move.id}")
        self.assertEqual((bill.state, bill.error), ("registered", False))
        part_a = self.at_portal(bill).movement.part_a
        self.assertEqual((part_a["supplyType"], part_a["subSupplyType"]), ("O", "1"))
        self.assertEqual(part_a["totInvValue"], 70800)

    # ------------------------------------------------------------------
    # A refusal names the record, its field and where to open it
    # ------------------------------------------------------------------

    def test_names_contact_field_and_document(self):
        self.consumer.sudo().zip = False
        move = self.sale()
        bill = self.generated(move)
        self.assertEqual(bill.state, "rejected")
        words = f"Asha Verma, Zip: .*no PIN Code.*from {move.name}"
        self.assertRegex(bill.error, words)

    def test_names_goods_and_product(self):
        bill = self.prepared(self.sale())
        bill.line_ids.gst_rate = 17
        bill.action_generate()
        name = bill.line_ids.name
        self.assertRegex(bill.error, f"{name}, GST Rate.*under Goods")

    def test_trial_does_not_bar_production(self):
        move = self.sale()
        self.generated(move)
        self.default_company.sudo().l10n_in_irp_environment = "production"
        move.invalidate_recordset()
        self.assertTrue(move.l10n_in_irp_offers_movement)
