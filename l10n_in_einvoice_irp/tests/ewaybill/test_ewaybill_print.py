import json

from odoo import Command
from odoo.tests import tagged

from ..common import FaultyTransport
from .common import EwaybillCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEwaybillPrint(EwaybillCommon):
    """The print shows the portal's content, whatever has changed in Odoo since."""

    def html(self, ewaybill):
        report = self.env["ir.actions.report"].sudo()
        content = report._render_qweb_html(
            "l10n_in_einvoice_irp.report_ewaybill", ewaybill.ids
        )[0]
        return " ".join(content.decode().split())

    def invoice_html(self, move):
        report = self.env["ir.actions.report"].sudo()
        content = report._render_qweb_html("account.report_invoice", move.ids)[0]
        return " ".join(content.decode().split())

    def content(self, ewaybill):
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        return ewaybill._print_values()["content"]

    # ------------------------------------------------------------------
    # Part A
    # ------------------------------------------------------------------

    def export(self, price, **values):
        port = self.warehouse("Port of Mundra")
        return self.sent_with_the_irn(
            self.partner_foreign,
            self.igst_sale_18_sez_exp,
            transport={"port_partner_id": port.id},
            line={"price_unit": price},
            **values,
        )

    def test_value_of_an_export_has_its_tax(self):
        ewaybill = self.export(45000)
        content = self.content(ewaybill)
        self.assertEqual(content.value, "53100.00")
        self.assertEqual(content.reason, "Outward - Export")
        self.assertEqual(content.recipient_gstin, "URP")
        self.assertEqual(content.delivery.name, "Port of Mundra")
        html = self.html(ewaybill)
        self.assertIn("53,100.00", html)
        self.assertNotIn("45,000.00", html)

    def test_value_is_in_rupees(self):
        euro = self.env.ref("base.EUR").sudo()
        euro.active = True
        self.env["res.currency.rate"].sudo().create(
            {
                "currency_id": euro.id,
                "company_id": self.default_company.id,
                "name": "2025-04-01",
                "inverse_company_rate": 98,
            }
        )
        ewaybill = self.export(2500, currency_id=euro.id)
        self.assertEqual(self.content(ewaybill).value, "289100.00")
        html = self.html(ewaybill)
        self.assertIn("2,89,100.00", html)
        self.assertNotIn("€", html)

    def test_value_is_without_tax_deducted_at_source(self):
        tds = self.env["account.chart.template"].sudo().ref("tds_sale_2_us_194c")
        ewaybill = self.sent_with_the_irn(taxes=self.igst_sale_18 | tds)
        self.assertLess(ewaybill.move_id.amount_total, 1180)
        self.assertEqual(self.content(ewaybill).value, "1180.00")

    def test_goods_and_reason(self):
        move = self.make_invoice(
            self.partner_b,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": name,
                        "quantity": 1,
                        "price_unit": 100,
                        "product_uom_id": self.env.ref("uom.product_uom_unit").id,
                        "l10n_in_hsn_code": hsn,
                        "tax_ids": [Command.set(self.igst_sale_18.ids)],
                    }
                )
                for name, hsn in (
                    ("Fitting", "998719"),
                    ("Steel pipes", "730690"),
                    ("Drill bits", "820750"),
                )
            ],
        )
        self.process()
        ewaybill = self.prepare(move)
        ewaybill.action_generate()
        content = self.content(ewaybill)
        self.assertEqual(
            content.goods, (("730690", "Steel pipes"), ("820750", "Drill bits"))
        )
        self.assertEqual(content.reason, "Outward - Supply")
        html = self.html(ewaybill)
        for text in ("730690", "Steel pipes", "820750", "Outward - Supply"):
            self.assertIn(text, html)
        self.assertNotIn("998719", html)

    def test_place_of_dispatch_is_the_registered_one(self):
        warehouse = self.warehouse()
        ewaybill = self.sent_with_the_irn(
            transport={"dispatch_partner_id": warehouse.id}
        )
        old_zip = warehouse.zip
        warehouse.write({"name": "Sold", "street": "Elsewhere", "zip": "360007"})
        content = self.content(ewaybill)
        self.assertEqual(content.dispatch.name, "Warehouse")
        self.assertIn(old_zip, content.dispatch.lines[-1])
        self.assertNotIn("Elsewhere", self.html(ewaybill))

    def test_place_of_dispatch_without_another_one(self):
        ewaybill = self.prepare(self.registered_invoice())
        ewaybill.action_generate()
        name = self.content(ewaybill).dispatch.name
        self.assertEqual(name, self.default_company.partner_id.name)

    def test_data_that_change_later(self):
        ewaybill = self.prepare(
            self.registered_invoice(), dispatch_partner_id=self.warehouse().id
        )
        ewaybill.action_generate()
        before = ewaybill._print_values()
        ewaybill.dispatch_partner_id.sudo().street = "Elsewhere"
        self.partner_b.sudo().write(
            {"name": "Renamed", "street": "Moved", "vat": False}
        )
        self.default_company.sudo().partner_id.street = "Moved"
        ewaybill.invalidate_recordset()
        self.assertEqual(ewaybill._print_values(), before)

    # ------------------------------------------------------------------
    # Part B
    # ------------------------------------------------------------------

    def test_part_b_as_sent_with_the_irn(self):
        ewaybill = self.sent_with_the_irn()
        transport = self.content(ewaybill).transport
        self.assertEqual(transport["VehNo"], "MH12AB1234")
        self.assertIn("MH12AB1234", self.html(ewaybill))

    def test_part_b_of_the_second_one_is_its_own(self):
        first = self.sent_with_the_irn()
        second = self.prepare(self.cancelled(first), vehicle_number="GJ 01 CD 5678")
        second.action_generate()
        html = self.html(second)
        self.assertEqual(self.content(second).transport["VehNo"], "GJ01CD5678")
        self.assertIn("GJ01CD5678", html)
        self.assertNotIn("MH12AB1234", html)

    def test_part_a_alone(self):
        ewaybill = self.prepare(
            self.registered_invoice(),
            vehicle_number=False,
            trans_mode=False,
            transporter_gstin="88AAACD8017H1ZX",
        )
        ewaybill.action_generate()
        self.assertEqual(self.content(ewaybill).mode, "")
        html = self.html(ewaybill)
        self.assertIn("88AAACD8017H1ZX", html)
        self.assertIn("Part A only", html)

    def test_transport_that_another_program_sent(self):
        move = self.registered_invoice()
        ewaybill = self.prepare(move)
        self.portal().attach_eway_bill(
            move.l10n_in_irp_irn, 391009149369, "2026-01-17 23:59:00"
        )
        ewaybill.action_generate()
        self.assertEqual(ewaybill.number, "391009149369")
        self.assertFalse(self.content(ewaybill).transport)
        html = self.html(ewaybill)
        self.assertIn("Not entered in Odoo", html)
        self.assertNotIn("MH12AB1234", html)
        # nor is it known when it got its Part B, from which the 24 hours count
        action = ewaybill.action_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertFalse(wizard.deadline)

    def test_transport_of_a_lost_answer_is_ours(self):
        ewaybill = self.prepare(self.registered_invoice(), FaultyTransport("lost"))
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "unknown")
        ewaybill = ewaybill.with_context(l10n_in_irp_wrap_transport=None)
        ewaybill.action_refresh()
        self.assertEqual(self.content(ewaybill).transport["VehNo"], "MH12AB1234")

    def test_transport_of_a_refusal_is_nobodys(self):
        move = self.registered_invoice()
        ewaybill = self.prepare(move, distance=3999)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.error_code, "4013")
        self.assertFalse(ewaybill.sudo().request)
        self.portal().attach_eway_bill(
            move.l10n_in_irp_irn, 391009149369, "2026-01-17 23:59:00"
        )
        ewaybill.action_refresh()
        self.assertFalse(self.content(ewaybill).transport)

    def test_request_is_stored_as_it_was_sent(self):
        ewaybill = self.prepare(self.registered_invoice())
        ewaybill.action_generate()
        sent = json.loads(ewaybill.sudo().request)
        self.assertEqual(sent["Irn"], ewaybill.irn)
        self.assertEqual(sent["TransMode"], "1")

    def test_draft_is_no_ewaybill(self):
        ewaybill = self.prepare(self.registered_invoice())
        self.assertIn("NOT GENERATED", self.html(ewaybill))

    # ------------------------------------------------------------------
    # The invoice
    # ------------------------------------------------------------------

    def test_invoice_names_the_ewaybill(self):
        ewaybill = self.sent_with_the_irn()
        move = ewaybill.move_id
        html = self.invoice_html(move)
        self.assertIn(ewaybill.number, html)
        self.assertIn("Valid Until", html)
        for state in ("cancelling", "cancel_unclear"):
            self.forge(ewaybill, state=state)
            self.assertIn("cancellation requested", self.invoice_html(move))
            self.assertIn("CANCELLATION REQUESTED", self.html(ewaybill))
        self.forge(ewaybill, state="cancelled")
        self.assertNotIn(ewaybill.number, self.invoice_html(move))

    def test_invoice_says_that_part_b_is_missing(self):
        ewaybill = self.sent_with_the_irn(
            transport={
                "vehicle_number": False,
                "trans_mode": False,
                "transporter_gstin": "88AAACD8017H1ZX",
            }
        )
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertIn("Part A only", self.invoice_html(ewaybill.move_id))
