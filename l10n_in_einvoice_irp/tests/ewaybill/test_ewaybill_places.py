import json

from odoo import Command
from odoo.tests import tagged

from ..common import FaultyTransport
from .common import EwaybillCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEwaybillPlaces(EwaybillCommon):
    """Values that the portal would ignore are refused or reported, never dropped
    silently."""

    def goods(self, name, hsn, taxes):
        return Command.create(
            {
                "name": name,
                "quantity": 1,
                "price_unit": 100,
                "product_uom_id": self.env.ref("uom.product_uom_unit").id,
                "l10n_in_hsn_code": hsn,
                "tax_ids": [Command.set(taxes.ids)],
            }
        )

    # ------------------------------------------------------------------
    # Places
    # ------------------------------------------------------------------

    def test_made_again_keeps_the_place_of_the_irn(self):
        first = self.sent_with_the_irn(
            transport={"dispatch_partner_id": self.warehouse().id}
        )
        self.assertEqual(first.state, "registered", first.error)
        move = self.cancelled(first)
        transport = FaultyTransport()
        other = self.warehouse("Second Shed", step=2)
        second = self.prepare(move, transport, dispatch_partner_id=other.id)
        self.assertIn("generated with Warehouse, 7 Dock Road", second.portal_notes)
        second.action_generate()
        self.assertEqual(second.state, "rejected")
        self.assertFalse(transport.urls, "nothing was sent")
        self.assertFalse(second.error_code)
        self.assertIn("Dispatch From: ", second.error)
        self.assertIn("Warehouse, 7 Dock Road", second.error)
        second.dispatch_partner_id = False
        second.action_generate()
        self.assertEqual(second.state, "registered", second.error)
        self.assertTrue(second.route.startswith(first.dispatch_partner_id.zip))

    def test_same_place_again_is_no_contradiction(self):
        warehouse = self.warehouse()
        first = self.sent_with_the_irn(transport={"dispatch_partner_id": warehouse.id})
        second = self.prepare(self.cancelled(first), dispatch_partner_id=warehouse.id)
        second.action_generate()
        self.assertEqual(second.state, "registered", second.error)

    def test_company_instead_of_the_registered_warehouse(self):
        first = self.sent_with_the_irn(
            transport={"dispatch_partner_id": self.warehouse().id}
        )
        company = self.default_company.partner_id
        second = self.prepare(self.cancelled(first), dispatch_partner_id=company.id)
        second.action_generate()
        self.assertEqual(second.state, "rejected")
        self.assertIn("Warehouse, 7 Dock Road", second.error)

    def test_company_itself_is_no_other_place(self):
        company = self.default_company.partner_id
        move = self.registered_invoice()
        ewaybill = self.prepare(move, dispatch_partner_id=company.id)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertNotIn("DispDtls", json.loads(ewaybill.sudo().request))

    def test_another_place_for_an_irn_without_one(self):
        warehouse = self.warehouse()
        move = self.registered_invoice()
        ewaybill = self.prepare(move, dispatch_partner_id=warehouse.id)
        self.assertFalse(ewaybill.portal_notes)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertTrue(ewaybill.route.startswith(warehouse.zip))

    def test_port_of_what_is_no_export(self):
        """It is neither in the e-invoice nor mistaken for the goods' destination."""
        port = self.warehouse("Port")
        ewaybill = self.sent_with_the_irn(transport={"port_partner_id": port.id})
        request = json.loads(ewaybill.move_id.l10n_in_irp_document_id.request)
        self.assertNotIn("ShipDtls", request)
        self.assertEqual(ewaybill.state, "rejected")
        self.assertIn("Port of Export: ", ewaybill.error)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "rejected")
        ewaybill.port_partner_id = False
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)

    def test_port_of_an_export_by_irn(self):
        move = self.registered_invoice(self.partner_foreign, self.igst_sale_18_sez_exp)
        port = self.warehouse("Port")
        ewaybill = self.prepare(move, port_partner_id=port.id)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertTrue(ewaybill.route.endswith(port.zip))

    def test_fault_of_a_place_names_its_contact(self):
        abroad = self.warehouse()
        abroad.write({"country_id": self.env.ref("base.us").id, "state_id": False})
        move = self.registered_invoice()
        ewaybill = self.prepare(move, dispatch_partner_id=abroad.id)
        ewaybill.action_generate()
        self.assertIn("4035: Warehouse, Country: ", ewaybill.error)

    # ------------------------------------------------------------------
    # Transport
    # ------------------------------------------------------------------

    def test_long_document_number(self):
        ewaybill = self.prepare(
            self.registered_invoice(), trans_doc_number="AWB/2026/000123456"
        )
        self.assertIn("/2026/000123456", ewaybill.portal_notes)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        sent = json.loads(ewaybill.sudo().request)
        self.assertEqual(sent["TransDocNo"], "/2026/000123456")
        self.assertIn("/2026/000123456", ewaybill.portal_notes, "it stays said")

    def test_long_document_number_with_the_irn(self):
        ewaybill = self.sent_with_the_irn(
            transport={"trans_doc_number": "AWB/2026/000123456"}
        )
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        request = json.loads(ewaybill.move_id.l10n_in_irp_document_id.request)
        self.assertEqual(request["EwbDtls"]["TransDocNo"], "/2026/000123456")

    def test_document_number_of_the_right_length_needs_no_word(self):
        ewaybill = self.prepare(
            self.registered_invoice(), trans_doc_number="123456789012345"
        )
        self.assertFalse(ewaybill.portal_notes)

    def test_vehicle_that_rail_and_air_do_not_have(self):
        for mode in ("2", "3"):
            ewaybill = self.prepare(
                self.registered_invoice(),
                trans_mode=mode,
                trans_doc_number="RR7",
                trans_doc_date="2026-01-15",
            )
            ewaybill.action_generate()
            self.assertEqual(ewaybill.state, "registered", ewaybill.error)
            self.assertNotIn("VehNo", json.loads(ewaybill.sudo().request))

    def test_common_enrolment_number(self):
        # production is where check digits are judged before the call
        self.default_company.sudo().l10n_in_irp_environment = "production"
        ewaybill = self.prepare(self.registered_invoice())
        for number, is_right in (
            ("88AAACD8017H1ZX", True),
            ("88 aaacd 8017h-1zx", True),
            ("3717UNO00064UNS", True),
            ("88AAACD8017H1Z", False),
            ("88AAAC18017H1ZX", False),
            ("29AAAAA0000A1ZX", False),
        ):
            ewaybill.transporter_gstin = number
            faults = ewaybill._violations(None, "0" * 64)
            with self.subTest(number):
                self.assertEqual(
                    [fault.code for fault in faults], [] if is_right else ["4018"]
                )

    def test_transporter_without_any_number(self):
        transporter = self.warehouse("Bullock Cart")
        transporter.vat = "/"
        ewaybill = self.prepare(
            self.registered_invoice(), transporter_id=transporter.id
        )
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)

    def test_finding_names_the_field_as_the_form_does(self):
        ewaybill = self.prepare(
            self.registered_invoice(), trans_mode="4", vehicle_number=False
        )
        ewaybill.action_generate()
        self.assertTrue(
            ewaybill.error.startswith("4040: Transporter Doc. No.: Transport by"),
            ewaybill.error,
        )

    def test_check_shows_values_as_the_form_does(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        ewaybill = self.prepare(
            move,
            trans_mode="3",
            trans_doc_number="AWB 7",
            trans_doc_date="2026-01-14",
        )
        findings = self.env["l10n_in.irp.validator"]._check(move)
        shown = {
            finding.code: (finding.field, finding.value, finding.blocking)
            for finding in findings
            if finding.record == ewaybill
        }
        self.assertEqual(
            shown,
            {
                "5002": ("Transporter Doc. No.", "AWB 7", False),
                "4021": ("Transporter Doc. Date", "01/14/2026", False),
            },
        )

    # ------------------------------------------------------------------
    # Goods that the e-invoice does not list
    # ------------------------------------------------------------------

    def service_beside_rice(self):
        self.default_company.sudo().l10n_in_irp_untaxed_lines = "other_charges"
        return self.make_invoice(
            self.partner_b,
            post=False,
            invoice_line_ids=[
                self.goods("Milling", "998819", self.igst_sale_18),
                self.goods("Rice", "100630", self.exempt),
            ],
        )

    def test_goods_as_other_charges_are_no_services(self):
        move = self.service_beside_rice()
        ewaybill = self.prepare(move)
        move.action_post()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        self.assertEqual(ewaybill.error_code, "4009")
        self.assertIn("Rice", ewaybill.error)
        self.assertIn("other charges", ewaybill.error)
        self.assertNotIn("all lines are services", ewaybill.error)

    def test_goods_whose_line_is_reported_as_other_charge(self):
        move = self.make_invoice(
            self.partner_b,
            post=False,
            invoice_line_ids=[
                self.goods("Milling", "998819", self.igst_sale_18),
                self.goods("Rice", "100630", self.exempt),
            ],
        )
        ewaybill = self.prepare(move)
        self.assertFalse(ewaybill.portal_notes)
        rice = move.invoice_line_ids[1]
        rice.l10n_in_irp_report_as = "other_charge"
        ewaybill.invalidate_recordset()
        self.assertIn("Rice", ewaybill.portal_notes)
        move.action_post()
        self.process()
        self.assertIn("Report As", ewaybill.error)

    def test_discount_is_no_goods(self):
        move = self.make_invoice(
            self.partner_b,
            post=False,
            invoice_line_ids=[
                self.goods("Husker", "843780", self.igst_sale_18),
                Command.create(
                    {
                        "name": "Loyal customer",
                        "quantity": 1,
                        "price_unit": -5,
                        "l10n_in_hsn_code": "843780",
                        "tax_ids": [Command.clear()],
                    }
                ),
            ],
        )
        self.assertFalse(self.prepare(move).portal_notes)

    def test_services_are_services(self):
        move = self.make_invoice(
            self.partner_b,
            post=False,
            invoice_line_ids=[self.goods("Husker", "843780", self.igst_sale_18)],
        )
        ewaybill = self.prepare(move)
        # none is offered for services; these were goods before
        move.invoice_line_ids.l10n_in_hsn_code = "998819"
        move.action_post()
        self.process()
        self.assertEqual(ewaybill.error_code, "4009")
        self.assertIn("All lines are services", ewaybill.error)

    def test_goods_that_travel_beside_the_ewaybill_are_named(self):
        self.default_company.sudo().l10n_in_irp_untaxed_lines = "other_charges"
        move = self.make_invoice(
            self.partner_b,
            post=False,
            invoice_line_ids=[
                self.goods("Husker", "843780", self.igst_sale_18),
                self.goods("Rice", "100630", self.exempt),
            ],
        )
        ewaybill = self.prepare(move)
        self.assertIn("Not on the e-way bill", ewaybill.portal_notes)
        self.assertIn("Rice", ewaybill.portal_notes)
        self.assertNotIn("Husker", ewaybill.portal_notes)

    # ------------------------------------------------------------------
    # Another addon's e-way bill
    # ------------------------------------------------------------------

    def test_nothing_else_makes_eway_bills(self):
        move = self.registered_invoice()
        self.assertEqual(move._l10n_in_irp_other_ewaybill(), "")
        self.assertEqual(move._l10n_in_irp_other_ewaybill(lock=True), "")
