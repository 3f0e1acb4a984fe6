from odoo import Command
from odoo.tests import tagged

from ..common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestValidator(IrpCommon):
    def check(self, move):
        return self.env["l10n_in.irp.validator"]._check(move)

    def finding(self, move, kind):
        findings = [one for one in self.check(move) if one.kind == kind]
        self.assertEqual(len(findings), 1, [one.text for one in self.check(move)])
        return findings[0]

    def test_sound_invoice_has_no_finding(self):
        for move in (self.make_invoice(), self.make_invoice(post=False)):
            self.assertFalse(self.check(move))

    def test_all_faults_at_once(self):
        self.partner_a.sudo().write({"zip": False, "street": False})
        self.product_a.sudo().l10n_in_hsn_code = False
        fields = {finding.field for finding in self.check(self.make_invoice())}
        self.assertLessEqual({"Zip", "Street", "HSN/SAC Code"}, fields)

    def test_date_in_the_future(self):
        move = self.make_invoice(invoice_date="2026-01-20", post=False)
        finding = self.finding(move, "document_date_in_future")
        self.assertEqual((finding.code, finding.record), ("2163", move))

    def test_thirty_days_bind_by_turnover(self):
        move = self.make_invoice(invoice_date="2025-12-01")
        self.assertFalse(self.check(move), "below ten crore there is no limit")
        self.default_company.sudo().l10n_in_irp_turnover = "10"
        self.assertEqual([finding.code for finding in self.check(move)], ["2305"])

    def test_number_of_another_invoice(self):
        first = self.make_invoice(name="Inv/25-26/a1")
        draft = self.make_invoice(post=False)
        draft.name = "INV/25-26/A1"
        finding = self.finding(draft, "number_taken")
        self.assertTrue(finding.blocking)
        self.assertEqual(finding.rule.params, {"invoice": first.display_name})

    def test_number_of_a_posted_invoice_that_is_not_registered(self):
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        first = self.make_invoice(name="INV/25-26/7")
        second = self.make_invoice(name="inv/25-26/7")
        self.assertFalse(self.check(first))
        finding = self.finding(second, "number_taken")
        self.assertEqual((finding.code, finding.blocking), ("2150", True))
        context = self.env["l10n_in.irp.validator"]._validation_context(first | second)
        self.assertEqual(set(context.namesakes.values()), {first})
        credit_note = self.make_invoice(move_type="out_refund", name="Inv/25-26/7")
        self.assertFalse(self.check(credit_note), "another type counts by itself")

    def test_number_of_a_cancelled_irn(self):
        move = self.make_invoice()
        self.process()
        self.forge(move.l10n_in_irp_document_id, state="cancelled")
        self.assertEqual(self.finding(move, "number_cancelled").code, "2278")

    def test_negative_line_that_nobody_takes(self):
        move = self.make_invoice(post=False)
        move.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Rebate",
                            "price_unit": -100,
                            "l10n_in_hsn_code": "999999",
                            "tax_ids": [Command.set(self.sgst_sale_18.ids)],
                        }
                    )
                ]
            }
        )
        finding = self.finding(move, "negative_line_return")
        self.assertEqual(finding.record.name, "Rebate")
        move.action_post()
        transport = FaultyTransport()
        self.process(transport)
        self.assertEqual(move.l10n_in_irp_state, "rejected")
        self.assertFalse(transport.urls)

    def test_short_hsn_is_a_warning_by_turnover(self):
        self.product_a.sudo().l10n_in_hsn_code = "8207"
        move = self.make_invoice()
        self.assertFalse(self.finding(move, "hsn_too_short_for_turnover").blocking)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.default_company.sudo().l10n_in_irp_turnover = "0"
        self.assertFalse(self.check(move))

    def test_unit_without_code(self):
        unit = self.env.ref("uom.product_uom_unit").sudo()
        unit.l10n_in_code = False
        move = self.make_invoice()
        finding = next(one for one in self.check(move) if one.code == "2239")
        # a user who may not change units chooses the UQC on the line
        line = move.invoice_line_ids
        self.assertEqual((finding.record, finding.field), (line, "UQC"))
        self.assertEqual(finding.kind, "uqc_missing_on_line")
        self.assertEqual(finding.rule.params, {"unit": "Units"})
        checks = self.env["l10n_in.irp.validator"].sudo()
        by_admin = checks._check(move.sudo())
        self.assertIn(
            (unit, "uqc_missing_on_unit"), [(one.record, one.kind) for one in by_admin]
        )
        line.l10n_in_irp_uqc = "BAG"
        self.assertFalse(self.check(move))
        line.l10n_in_irp_uqc = False
        unit.l10n_in_code = "OTH-OTHERS"
        self.assertFalse(self.finding(move, "uqc_others_on_unit").blocking)

    def test_price_that_three_decimals_change(self):
        line = {"price_unit": 0.3333, "quantity": 100000}
        move = self.make_invoice(line=line)
        self.assertFalse(self.check(move), "it is stated in thousands")
        self.env.ref("uom.product_uom_unit").sudo().l10n_in_code = "BAG-BAGS"
        finding = self.finding(move, "price_decimals")
        self.assertEqual(finding.rule.params["listed"], "33300.00")
        self.assertEqual(finding.record, move.invoice_line_ids)
        self.assertFalse(finding.blocking)

    def test_same_buyer_and_seller(self):
        self.partner_a.sudo().vat = self.default_company.vat
        codes = [finding.code for finding in self.check(self.make_invoice())]
        self.assertIn("2211", codes)

    def test_pin_of_another_state(self):
        self.partner_a.sudo().zip = "560001"
        codes = [finding.code for finding in self.check(self.make_invoice())]
        self.assertEqual(codes, ["3039"])
