import base64

from odoo.tests import Form, tagged

from ..common import IrpCommon

LONG = "Sri Venkateswara Agricultural Implements and Spare Parts Trading Company " * 2


@tagged("post_install_l10n", "post_install", "-at_install")
class TestValidatorTexts(IrpCommon):
    def warned(self, move, kind):
        """Return record, label of the field and value of the only finding of a kind."""
        findings = self.env["l10n_in.irp.validator"]._check(move)
        self.assertFalse([one.text for one in findings if one.blocking])
        found = [one for one in findings if one.kind == kind]
        self.assertEqual(len(found), 1, [one.text for one in findings])
        return found[0].record, found[0].field, found[0].value

    def build(self, move):
        return self.env["l10n_in.irp.payload"]._build(move)

    def make_bank(self, **values):
        return (
            self.env["res.partner.bank"]
            .sudo()
            .create(
                {
                    "partner_id": self.default_company.partner_id.id,
                    "allow_out_payment": True,
                    **values,
                }
            )
        )

    def test_street(self):
        street = ("Long Street " * 12).strip()
        self.partner_a.sudo().street = street
        found = self.warned(self.make_invoice(), "text_cut")
        self.assertEqual(found, (self.partner_a, "Street", street))

    def test_legal_name_is_that_of_the_whole_concern(self):
        self.partner_a.sudo().name = LONG.strip()
        contact = self.partner_a.sudo().create(
            {"name": "Stores", "parent_id": self.partner_a.id}
        )
        found = self.warned(self.make_invoice(contact), "text_cut")
        self.assertEqual(found, (self.partner_a, "Name", LONG.strip()))

    def test_holder_of_the_account(self):
        bank = self.make_bank(acc_number="123", acc_holder_name=LONG.strip())
        move = self.make_invoice(partner_bank_id=bank.id)
        found = self.warned(move, "text_cut")
        self.assertEqual((found[0], found[2]), (bank, LONG.strip()))

    def test_payment_term(self):
        term = self.env["account.payment.term"].sudo().create({"name": LONG.strip()})
        move = self.make_invoice(invoice_payment_term_id=term.id)
        self.assertEqual(self.warned(move, "text_cut")[0], term)

    def test_account_number_is_whole_or_left_out(self):
        bank = self.make_bank(acc_number="5010-0012 3456 789-01")
        move = self.make_invoice(partner_bank_id=bank.id)
        self.assertEqual(self.build(move)["PayDtls"]["AccDet"], "50100012345678901")
        self.assertFalse(self.env["l10n_in.irp.validator"]._check(move))
        bank.acc_number = "GB29NWBK60161331926819"
        self.assertNotIn("AccDet", self.build(move)["PayDtls"])
        found = self.warned(move, "left_out_too_long_acc_det")
        self.assertEqual((found[0], found[2]), (bank, "GB29NWBK60161331926819"))

    def test_barcode_is_whole_or_left_out(self):
        self.product_a.sudo().barcode = "0123456789" * 4
        move = self.make_invoice()
        self.assertNotIn("Barcde", self.build(move)["ItemList"][0])
        found = self.warned(move, "left_out_too_long_barcde")
        self.assertEqual(found, (self.product_a, "Barcode", "0123456789" * 4))

    def test_shipping_bill_number_is_whole_or_left_out(self):
        move = self.make_invoice(
            self.partner_foreign,
            self.igst_sale_18_sez_exp_lut,
            l10n_in_shipping_bill_number="0123456789" * 3,
        )
        self.assertNotIn("ShipBNo", self.build(move)["ExpDtls"])
        self.assertEqual(self.warned(move, "left_out_too_long_ship_bno")[0], move)

    def test_order_number_is_whole_or_left_out(self):
        move = self.make_invoice(ref="PO/2025-26/WEST/000123456")
        self.assertNotIn("RefDtls", self.build(move))
        found = self.warned(move, "left_out_too_long_ext_refr")
        self.assertEqual((found[0], found[2]), (move, "PO/2025-26/WEST/000123456"))

    def test_port_code_without_the_blank_of_the_list(self):
        port = (
            self.env["l10n_in.port.code"]
            .sudo()
            .search([("code", "=like", "% ")], limit=1)
        )
        self.assertTrue(port)
        move = self.make_invoice(
            self.partner_foreign,
            self.igst_sale_18_sez_exp_lut,
            l10n_in_shipping_port_code_id=port.id,
        )
        self.assertEqual(self.build(move)["ExpDtls"]["Port"], port.code.strip())
        self.assertFalse(self.env["l10n_in.irp.validator"]._check(move))

    def test_references_and_free_goods(self):
        move = self.make_invoice(
            self.partner_foreign,
            self.igst_sale_18_sez_exp_lut,
            ref="PO-77",
            l10n_in_irp_order_date="2026-01-02",
            l10n_in_irp_contract_ref="RC/8",
            l10n_in_irp_export_duty=12.5,
            line={"quantity": 10, "l10n_in_irp_free_quantity": 2},
        )
        document = self.build(move)
        self.assertEqual(
            document["RefDtls"]["ContrDtls"],
            [{"PORefr": "PO-77", "PORefDt": "02/01/2026", "ContrRefr": "RC/8"}],
        )
        self.assertEqual(document["ExpDtls"]["ExpDuty"], 12.5)
        item = document["ItemList"][0]
        self.assertEqual((item["Qty"], item["FreeQty"]), (10, 2))
        self.assertFalse(self.env["l10n_in.irp.validator"]._check(move))

    def test_free_goods_are_reported_in_the_unit_of_the_others(self):
        unit = self.env.ref("uom.product_uom_kgm").sudo()
        unit.l10n_in_code = "KGS-KILOGRAMS"
        self.product_a.sudo().uom_id = unit
        move = self.make_invoice(
            line={
                "product_uom_id": unit.id,
                "price_unit": 0.3333,
                "quantity": 100000,
                "l10n_in_irp_free_quantity": 500,
            }
        )
        item = self.build(move)["ItemList"][0]
        self.assertEqual(
            (item["Unit"], item["Qty"], item["FreeQty"]), ("TON", 100, 0.5)
        )

    def test_supporting_documents(self):
        move = self.make_invoice()
        supporting_documents = self.env["l10n_in.irp.supporting.document"].create(
            [
                {
                    "move_id": move.id,
                    "info": "Test report",
                    "url": "https://example.com/7.pdf",
                    "file": base64.b64encode(b"passed"),
                },
                {"move_id": move.id, "file": base64.b64encode(b"x" * 800)},
            ]
        )
        self.assertEqual(
            self.build(move)["AddlDocDtls"],
            [
                {
                    "Url": "https://example.com/7.pdf",
                    "Docs": "cGFzc2Vk",
                    "Info": "Test report",
                }
            ],
        )
        self.assertEqual(
            self.warned(move, "left_out_large_file")[0], supporting_documents[1]
        )
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_accountant_enters_them_on_the_invoice(self):
        with Form(self.make_invoice(post=False)) as form:
            form.l10n_in_irp_contract_ref = "RC/8"
            form.l10n_in_irp_order_date = "2026-01-02"
            with form.l10n_in_irp_supporting_document_ids.new() as supporting_document:
                supporting_document.info = "Test report"
            with form.invoice_line_ids.edit(0) as line:
                line.l10n_in_irp_free_quantity = 2
        document = self.build(form.record)
        self.assertEqual(document["AddlDocDtls"], [{"Info": "Test report"}])
        self.assertEqual(document["RefDtls"]["ContrDtls"], [{"ContrRefr": "RC/8"}])
        self.assertEqual(document["ItemList"][0]["FreeQty"], 2)
