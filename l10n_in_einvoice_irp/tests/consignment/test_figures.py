from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.consignment.request import is_same_place
from ..common import TODAY
from .common import ConsignmentCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFigures(ConsignmentCommon):
    """The request says what its document says, also after that has changed."""

    def tax(self, name):
        chart = self.env["account.chart.template"].with_company(self.default_company)
        return chart.sudo().ref(name).sudo(False)

    def assert_adds_up(self, request):
        parts = request.total_value + request.cgst + request.sgst + request.igst
        parts += request.cess + request.cess_non_advol + request.other_value
        self.assertEqual(parts, request.invoice_value)

    def test_tax_under_reverse_charge_is_not_charged(self):
        move = self.document(
            "in_invoice", self.partner_b, self.tax("igst_purchase_18_rc"), ref="V/7"
        )
        bill = self.prepared(move)
        request = bill._generation_request()
        self.assertEqual((request.total_value, request.igst), (60000, 0))
        self.assert_adds_up(request)
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))

    def test_stating_a_value_charges_no_other_tax(self):
        cases = {
            "reverse charge": ("in_invoice", self.partner_b, "igst_purchase_18_rc"),
            "LUT": ("out_invoice", self.partner_foreign, "igst_sale_18_sez_exp_lut"),
        }
        self.default_company.sudo().l10n_in_irp_exemption = "government"
        for name, (move_type, partner, tax) in cases.items():
            with self.subTest(name):
                move = self.document(
                    move_type,
                    partner,
                    self.tax(tax),
                    ref="V/9",
                    invoice_line_ids=self.two_lines(self.tax(tax)),
                )
                bill = self.prepared(move)
                before = bill._generation_request()
                bill.line_ids[0].taxable_value = 50000
                request = bill._generation_request()
                self.assertEqual((request.igst, before.igst), (0, 0))
                self.assertEqual(request.items[0].igst_rate, 18)
                self.assertEqual(request.invoice_value, before.invoice_value - 10000)
                self.assert_adds_up(request)

    def two_lines(self, taxes):
        """Return commands for two lines of goods, the second one of a small value."""
        return [
            Command.create(
                {
                    "product_id": product.id,
                    "price_unit": price,
                    "tax_ids": [Command.set(taxes.ids)],
                }
            )
            for product, price in ((self.product_a, 60000.0), (self.product_b, 33.33))
        ]

    def test_stated_goods_bear_the_tax_of_the_goods_beside_them(self):
        self.product_b.sudo().l10n_in_hsn_code = "840734"
        self.consumer.sudo().state_id = self.default_company.state_id
        elsewhere = self.unregistered("Asha Verma, Site")
        move = self.document(
            "out_invoice",
            self.consumer,
            self.igst_sale_18,
            partner_shipping_id=elsewhere.id,
            invoice_line_ids=self.two_lines(self.igst_sale_18),
        )
        bill = self.prepared(move)
        bill.line_ids[0].taxable_value = 50000
        request = bill._generation_request()
        self.assertEqual([item.igst_rate for item in request.items], [18, 18])
        self.assertEqual((request.cgst, request.sgst), (0, 0))
        self.assertEqual(request.igst, Decimal("9006.00"))
        self.assert_adds_up(request)

    def test_other_goods_stay_taxed_as_in_the_document(self):
        # the supplier has rounded otherwise, and the accountant has followed him
        self.product_b.sudo().l10n_in_hsn_code = "840734"
        taxes = self.igst_purchase_18
        lines = self.two_lines(taxes)
        move = self.document(
            "in_invoice", self.partner_b, taxes, ref="V/9", invoice_line_ids=lines
        )
        move.button_draft()
        move.line_ids.filtered("tax_line_id").amount_currency += 0.05
        move.action_post()
        self.assertEqual(move.amount_tax, 10806.05)
        bill = self.prepared(move)
        bill.line_ids[0].taxable_value = 50000
        request = bill._generation_request()
        self.assertEqual(float(request.igst), 9006.05)
        self.assert_adds_up(request)

    def test_other_charges_on_a_line_are_part_of_the_value(self):
        fee = self.igst_sale_18.sudo().copy(
            {
                "name": "Market Fee 1%",
                "amount": 1.0,
                "l10n_in_tax_type": False,
                "invoice_repartition_line_ids": [
                    Command.clear(),
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax"}),
                ],
            }
        )
        move = self.document("out_invoice", self.consumer, self.igst_sale_18 | fee)
        request = self.prepared(move)._generation_request()
        self.assertEqual((request.other_value, request.igst), (600, 10800))
        self.assert_adds_up(request)

    def test_no_goods_move_with_a_debit_note(self):
        cases = (
            ("out_invoice", self.consumer, self.igst_sale_18),
            ("in_invoice", self.partner_b, self.igst_purchase_18),
        )
        for move_type, partner, taxes in cases:
            with self.subTest(move_type):
                origin = self.document(move_type, partner, taxes, ref="V/1")
                note = origin.copy(
                    {"debit_origin_id": origin.id, "ref": "V/2", "invoice_date": TODAY}
                )
                self.assertFalse(note.l10n_in_irp_ewaybill_need)
                note.action_post()
                self.assertFalse(note.l10n_in_irp_offers_movement)
                words = f"is a debit note.*{origin.name}"
                with self.assertRaisesRegex(UserError, words):
                    note.action_l10n_in_irp_movement()
                self.assertTrue(origin.l10n_in_irp_offers_movement)

    def test_own_address_is_no_other_place(self):
        bill = self.prepared(self.sale())
        self.assertEqual(bill._generation_request().transaction_type, "1")
        bill.dispatch_partner_id = self.default_company.partner_id
        self.assertEqual(bill._generation_request().transaction_type, "1")
        address = {"Addr1": "1", "Pin": 400001}
        self.assertFalse(is_same_place(address, {**address, "Pin": 400002}))

    def test_gold_names_its_mode_alone(self):
        self.product_a.sudo().l10n_in_hsn_code = "71081200"
        self.consumer.sudo().write(
            {
                "state_id": self.default_company.state_id.id,
                "zip": self.default_company.zip,
                "city": self.default_company.city,
            }
        )
        move = self.document("out_invoice", self.consumer, self.tax("sgst_sale_18"))
        bill = self.prepared(
            move, vehicle_number=False, vehicle_type=False, distance=10
        )
        self.assertEqual(bill._generation_request().mode, "1")
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))

    def test_composition_binds_the_supplier_alone(self):
        company = self.default_company.sudo()
        company.l10n_in_irp_exemption = "composition"
        company.l10n_in_irp_turnover = "500"
        move = self.document(
            "in_invoice", self.partner_b, self.tax("igst_purchase_18"), ref="V/8"
        )
        bill = self.prepared(move)
        caller = bill._caller(bill._generation_request())
        self.assertEqual((caller.is_composition, caller.above_crore), (False, 0))
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))

    def test_corrected_invoice_corrects_what_was_prepared(self):
        move = self.sale()
        bill = self.prepared(move)
        move.button_draft()
        move.invoice_date = TODAY.replace(day=10)
        move.action_post()
        self.assertEqual(bill.doc_date, TODAY.replace(day=10))
        self.assertEqual(bill.doc_number, move.name)

    def test_kind_follows_the_buyer(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        move.button_draft()
        action = move.action_l10n_in_irp_ewaybill()
        bill = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(bill.basis, "irn")
        move.partner_id = self.consumer
        move.action_post()
        self.assertEqual((bill.basis, bill.doc_type), ("document", "INV"))
        self.assertEqual(bill.doc_number, move.name)
        move.button_draft()
        move.partner_id = self.partner_b
        move.action_post()
        self.assertEqual(bill.basis, "irn")

    def test_trial_leaves_room_for_the_real_one(self):
        move = self.sale()
        trial = self.generated(move)
        self.default_company.sudo().l10n_in_irp_environment = "production"
        self.assertFalse(move.l10n_in_irp_ewaybill_id)
        self.assertTrue(move.l10n_in_irp_offers_movement)
        self.assertEqual(trial.environment, "demo")

    def test_unsent_one_goes_where_the_company_goes(self):
        bill = self.generated(self.sale(), vehicle_number="LORRY")
        self.assertEqual((bill.state, bill.environment), ("rejected", "demo"))
        company = self.default_company
        self.forge(bill, base_url="https://old.example")
        self.assertEqual(
            bill._portal_address(), company._l10n_in_irp_address(bill.environment)
        )
