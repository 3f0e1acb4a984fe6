from odoo import Command
from odoo.tests import tagged

from ..common import IrpCommon

ITEM_NUMBERS = ("AssAmt", "GstRt", "IgstAmt", "CgstAmt", "SgstAmt", "TotItemVal")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPayload(IrpCommon):
    def build(self, *args, **values):
        move = self.make_invoice(*args, post=False, **values)
        return self.env["l10n_in.irp.payload"]._build(move)

    def assert_numbers(self, payload, supply, item, total):
        self.assertEqual(payload["TranDtls"]["SupTyp"], supply)
        numbers = tuple(payload["ItemList"][0][name] for name in ITEM_NUMBERS)
        self.assertEqual(numbers, item)
        self.assertEqual(payload["ValDtls"]["TotInvVal"], total)

    def test_intra_state(self):
        payload = self.build()
        self.assert_numbers(payload, "B2B", (1000, 18, 0, 90, 90, 1180), 1180)
        self.assertEqual(payload["BuyerDtls"]["Pos"], "24")

    def test_inter_state(self):
        payload = self.build(self.partner_b, self.igst_sale_18)
        self.assert_numbers(payload, "B2B", (1000, 18, 180, 0, 0, 1180), 1180)
        self.assertEqual(payload["BuyerDtls"]["Pos"], "27")

    def test_sez_with_and_without_payment(self):
        payload = self.build(self.sez_partner, self.igst_sale_18)
        self.assert_numbers(payload, "SEZWP", (1000, 18, 180, 0, 0, 1180), 1180)
        self.assertEqual(payload["TranDtls"]["IgstOnIntra"], "N")
        payload = self.build(self.sez_partner, self.igst_sale_18_sez_lut)
        self.assert_numbers(payload, "SEZWOP", (1000, 18, 0, 0, 0, 1000), 1000)

    def test_export_with_and_without_payment(self):
        payload = self.build(self.partner_foreign, self.igst_sale_18_sez_exp)
        self.assert_numbers(payload, "EXPWP", (1000, 18, 180, 0, 0, 1180), 1180)
        self.assertEqual(payload["ExpDtls"]["RefClm"], "Y")
        buyer = payload["BuyerDtls"]
        self.assertEqual(
            (buyer["Gstin"], buyer["Pin"], buyer["Stcd"], buyer["Pos"]),
            ("URP", 999999, "96", "96"),
        )
        payload = self.build(self.partner_foreign, self.igst_sale_18_sez_exp_lut)
        self.assert_numbers(payload, "EXPWOP", (1000, 18, 0, 0, 0, 1000), 1000)
        self.assertEqual(payload["ExpDtls"]["RefClm"], "N")

    def test_deemed_export(self):
        self.partner_a.sudo().l10n_in_gst_treatment = "deemed_export"
        payload = self.build()
        self.assert_numbers(payload, "DEXP", (1000, 18, 0, 90, 90, 1180), 1180)
        self.assertNotIn("ExpDtls", payload)

    def test_reverse_charge(self):
        payload = self.build(self.partner_b, self.igst_sale_18_rcm)
        self.assert_numbers(payload, "B2B", (1000, 18, 180, 0, 0, 1000), 1000)
        self.assertEqual(payload["TranDtls"]["RegRev"], "Y")

    def test_igst_within_the_state(self):
        payload = self.build(self.partner_a, self.igst_sale_18)
        self.assertEqual(payload["TranDtls"]["IgstOnIntra"], "Y")

    def test_gross_price_and_discount(self):
        payload = self.build(line={"discount": 10, "quantity": 3})
        item = payload["ItemList"][0]
        self.assertEqual(
            (item["Qty"], item["UnitPrice"], item["TotAmt"], item["Discount"]),
            (3, 1000, 3000, 300),
        )
        self.assertEqual(item["AssAmt"], 2700)

    def test_cess(self):
        item = self.build(taxes=self.gst_with_cess)["ItemList"][0]
        self.assertEqual(
            (item["CesRt"], item["CesAmt"], item["CesNonAdvlAmt"]), (5, 50, 1.59)
        )

    def test_document_discount_and_rounding(self):
        move = self.make_invoice(post=False)
        move.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Discount", "price_unit": -100.4, "tax_ids": False}
                    )
                ],
                "invoice_cash_rounding_id": self.env.ref(
                    "l10n_in.cash_rounding_in_half_up"
                ).id,
            }
        )
        payload = self.env["l10n_in.irp.payload"]._build(move)
        values = payload["ValDtls"]
        self.assertEqual(len(payload["ItemList"]), 1)
        self.assertEqual(values["Discount"], 100.4)
        self.assertEqual(values["RndOffAmt"], 0.4)
        self.assertEqual(values["TotInvVal"], 1080)
        self.assertEqual(values["TotInvVal"], move.amount_total)

    def test_foreign_currency(self):
        usd = self.env.ref("base.USD").sudo()
        usd.active = True
        self.env["res.currency.rate"].sudo().create(
            {
                "currency_id": usd.id,
                "company_id": self.default_company.id,
                "name": "2026-01-01",
                "inverse_company_rate": 83,
            }
        )
        payload = self.build(
            self.partner_foreign,
            self.igst_sale_18_sez_exp,
            currency_id=usd.id,
            line={"price_unit": 100},
        )
        self.assert_numbers(payload, "EXPWP", (8300, 18, 1494, 0, 0, 9794), 9794)
        self.assertEqual(payload["ValDtls"]["TotInvValFc"], 118)
        self.assertEqual(payload["ExpDtls"]["ForCur"], "USD")

    def test_credit_note_names_its_invoice(self):
        invoice = self.make_invoice()
        credit_note = self._create_credit_note(
            invoice, credit_note_date=invoice.invoice_date
        )
        payload = self.env["l10n_in.irp.payload"]._build(credit_note)
        self.assertEqual(payload["DocDtls"]["Typ"], "CRN")
        self.assertEqual(
            payload["RefDtls"]["PrecDocDtls"],
            [{"InvNo": invoice.name, "InvDt": "15/01/2026"}],
        )
        self.assert_numbers(payload, "B2B", (1000, 18, 0, 90, 90, 1180), 1180)

    def test_ship_to_another_address(self):
        payload = self.build(
            self.partner_b, self.igst_sale_18, partner_shipping_id=self.partner_a.id
        )
        self.assertEqual(payload["ShipDtls"]["Pin"], 360001)
        self.assertEqual(payload["ShipDtls"]["Gstin"], self.partner_a.vat)
        self.assertNotIn("DispDtls", payload)
