from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import TransferCommon
from .orders import OrderCases


@tagged("post_install_l10n", "post_install", "-at_install")
class TestKinds(OrderCases, TransferCommon):
    """Each kind of transfer has the parties, places and papers of its movement."""

    def contact(self, name, vat=False, **values):
        partner = self.unregistered(name)
        partner.write(
            {"vat": vat, "l10n_in_gst_treatment": "regular" if vat else "consumer"}
            | values
        )
        return partner

    def same_pan(self):
        return self.contact("Own Unit Karnataka", "29AAGCC7144L1Z4")

    # ------------------------------------------------------------------
    # Own places
    # ------------------------------------------------------------------

    def test_two_legs_through_transit_have_one(self):
        transit = self.default_company.sudo().internal_transit_location_id
        depot = self.depot.partner_id
        out = self.transfer("outgoing", depot, end=transit)
        into = self.transfer(
            "incoming",
            self.main.partner_id,
            start=transit,
            end=self.depot.lot_stock_id,
            move_orig_ids=[Command.link(out.move_ids.id)],
        )
        part_a, bill = self.made(out)
        self.assertEqual(self.kind(bill), ("O", "5", "CHL"))
        self.assertEqual((part_a["fromPincode"], part_a["toPincode"]), (365220, 560025))
        self.assertEqual(part_a["fromGstin"], part_a["toGstin"])
        self.done(out)
        with self.assertRaisesRegex(UserError, f"{bill.number}.*{out.name}"):
            into.action_l10n_in_irp_ewaybill()

    def test_second_leg_starts_where_the_first_did(self):
        transit = self.default_company.sudo().internal_transit_location_id
        out = self.transfer("outgoing", self.depot.partner_id, end=transit)
        into = self.transfer(
            "incoming",
            start=transit,
            end=self.depot.lot_stock_id,
            move_orig_ids=[Command.link(out.move_ids.id)],
        )
        self.done(out)
        part_a, _bill = self.made(into)
        self.assertEqual((part_a["fromPincode"], part_a["toPincode"]), (365220, 560025))

    def test_inward_between_own_places_goes_the_same_way(self):
        picking = self.transfer("internal", end=self.depot.lot_stock_id)
        part_a, _bill = self.made(picking, supply_type="I")
        self.assertEqual((part_a["fromPincode"], part_a["toPincode"]), (365220, 560025))

    def test_contact_with_the_own_gstin_is_an_own_place(self):
        branch = self.contact("Own Shop", self.default_company.vat)
        bill = self.offered(self.transfer("outgoing", branch))
        self.assertEqual(self.kind(bill), ("O", "5", "CHL"))

    def test_same_address_on_both_sides_is_refused(self):
        self.depot.partner_id = self.main.partner_id
        bill = self.offered(self.transfer("internal", end=self.depot.lot_stock_id))
        bill.action_generate()
        self.assertIn("starts and ends at the same address", bill.error)

    def test_another_gstin_of_the_pan_is_a_supply(self):
        group = self.env.ref("stock.stock_location_inter_company")
        unit = self.same_pan()
        bill = self.offered(self.transfer("outgoing", unit, end=group))
        self.assertEqual(self.kind(bill), ("O", "1", "INV"))
        self.assertFalse(bill.doc_number, "that of the invoice")
        self.assertIn("another GSTIN of your PAN", bill.portal_notes)
        bill.write({"doc_number": "INV/1", "doc_date": "2026-01-15"})
        bill.action_generate()
        self.assertIn("720: Register the invoice first", bill.error)
        request = bill._generation_request()
        self.assertEqual(request.to_gstin, unit.vat)
        self.assertEqual((request.igst, request.cgst), (3000, 0), "5 % on 60 000")
        back = self.offered(self.transfer("incoming", unit, start=group))
        self.assertEqual(self.kind(back), ("I", "1", "INV"))

    # ------------------------------------------------------------------
    # Returns
    # ------------------------------------------------------------------

    def test_job_work_comes_back_as_such(self):
        out = self.transfer("outgoing", self.partner_b)
        self.made(out, sub_supply_type="4", sub_supply_description=False)
        back = self.returned(self.done(out))
        part_a, bill = self.made(back)
        self.assertEqual(self.kind(bill), ("I", "6", "CHL"))
        self.assertEqual(part_a["fromGstin"], self.partner_b.vat)
        self.assertEqual(part_a["igstValue"], 0, "no supply")

    def test_exhibition_and_back(self):
        out = self.transfer("outgoing", self.unregistered("Trade Fair Bengaluru"))
        part_a, bill = self.made(
            out, sub_supply_type="12", sub_supply_description=False
        )
        own = self.default_company.vat
        self.assertEqual((part_a["fromGstin"], part_a["toGstin"]), (own, own))
        self.assertEqual(part_a["toPincode"], 560025)
        back = self.returned(self.done(out))
        _part_a, bill = self.made(back)
        self.assertEqual(self.kind(bill), ("I", "12", "CHL"))

    def test_line_sales(self):
        out = self.transfer("outgoing", self.unregistered("Route 7"))
        part_a, _bill = self.made(
            out, sub_supply_type="10", sub_supply_description=False
        )
        own = self.default_company.vat
        self.assertEqual((part_a["fromGstin"], part_a["toGstin"]), (own, own))

    def test_sales_return_takes_the_tax_back(self):
        out = self.done(self.transfer("outgoing", self.partner_b))
        part_a, bill = self.made(self.returned(out))
        self.assertEqual(self.kind(bill), ("I", "7", "CHL"))
        self.assertEqual((part_a["igstValue"], part_a["totInvValue"]), (3000, 63000))

    def test_purchase_return(self):
        received = self.done(self.transfer("incoming", self.partner_b))
        part_a, bill = self.made(self.returned(received))
        self.assertEqual(self.kind(bill), ("O", "8", "OTH"))
        self.assertEqual(bill.sub_supply_description, "Purchase Return")
        self.assertEqual(part_a["toGstin"], self.partner_b.vat)
        self.assertEqual(part_a["igstValue"], 3000)

    def test_purchase_and_import(self):
        bill = self.offered(self.transfer("incoming", self.partner_b))
        self.assertEqual(self.kind(bill), ("I", "1", "INV"))
        foreign = self.transfer("incoming", self.partner_foreign)
        bill = self.offered(foreign)
        self.assertEqual(self.kind(bill), ("I", "2", "BOE"))
        self.assertFalse(bill.doc_number or bill.doc_date)
        with Form(bill) as form:
            form.doc_number, form.doc_date = "7654321", "2026-01-15"
            form.distance = 300
            with form.line_ids.edit(0) as line:
                line.taxable_value, line.gst_rate = 71000, 18
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        part_a = self.at_portal(bill).movement.part_a
        self.assertEqual((part_a["fromGstin"], part_a["fromPincode"]), ("URP", 999999))
        self.assertEqual((part_a["totalValue"], part_a["igstValue"]), (71000, 12780))

    def test_to_a_special_zone_of_the_state_with_igst(self):
        zone = self.contact(
            "Zone Unit",
            "24AAAAA1234AAZA",
            state_id=self.default_company.state_id.id,
            zip="370230",
            l10n_in_gst_treatment="special_economic_zone",
        )
        bill = self.offered(self.transfer("outgoing", zone), sub_supply_type="1")
        item = bill._generation_request().items[0]
        self.assertEqual((item.igst_rate, item.cgst_rate), (5, 0))

    # ------------------------------------------------------------------
    # Goods
    # ------------------------------------------------------------------

    def add(self, picking, **values):
        """Add another product to a transfer."""
        goods = self.goods(
            picking.location_id,
            picking.location_dest_id,
            product_id=self.product_b.id,
            **values,
        )
        picking.write({"move_ids": [goods]})
        picking.action_confirm()

    def test_units_and_rounding(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product_a.sudo().standard_price = 33.35
        self.product_b.sudo().write({"standard_price": 33.4, "is_storable": False})
        company = self.default_company.sudo()
        company.tax_calculation_rounding_method = "round_globally"
        picking = self.transfer("outgoing", self.partner_a, product_uom=dozen.id)
        self.add(picking)
        bill = self.offered(picking, sub_supply_type="1")
        request = bill._generation_request()
        goods = [
            (item.unit, float(item.quantity), float(item.taxable_amount))
            for item in request.items
        ]
        self.assertEqual(goods, [("DOZ", 1, 400.2), ("UNT", 1, 33.4)])
        # 2.5 % of 433.60, rounded once, as Odoo rounds per tax
        self.assertEqual([float(v) for v in (request.cgst, request.sgst)], [10.84] * 2)
        company.tax_calculation_rounding_method = "round_per_line"
        # 10.005 and 0.835, each rounded half up
        self.assertEqual(float(bill._generation_request().cgst), 10.85)

    def test_backorder_has_the_rest(self):
        picking = self.transfer("outgoing", self.partner_b, product_uom_qty=10)
        bill = self.offered(picking, sub_supply_type="4", sub_supply_description=False)
        self.assertEqual(bill.line_ids.quantity, 10)
        picking.move_ids.quantity = 4
        self.done(picking)
        self.assertEqual(bill.line_ids.mapped("quantity"), [4], "as it has moved")
        part_a = bill._generation_request()
        self.assertEqual(part_a.total_value, 240000)
        rest = picking.backorder_ids
        self.assertEqual(self.offered(rest).line_ids.quantity, 6)

    def test_only_what_would_leave_counts(self):
        picking = self.transfer("outgoing", self.partner_b, product_uom_qty=10)
        self.add(picking, product_uom_qty=5)
        first, second = picking.move_ids
        first.write({"quantity": 3, "picked": True})
        second.write({"quantity": 5, "picked": False})
        self.assertEqual(self.offered(picking).line_ids.mapped("quantity"), [3])

    def test_cess_of_both_kinds(self):
        self.product_a.sudo().write(
            {"standard_price": 100.0, "taxes_id": [Command.set(self.gst_with_cess.ids)]}
        )
        picking = self.transfer("outgoing", self.partner_a, product_uom_qty=10)
        bill = self.offered(picking, sub_supply_type="1")
        request = bill._generation_request()
        self.assertEqual((request.cgst, request.sgst, request.igst), (60, 60, 0))
        self.assertEqual(float(request.cess + request.cess_non_advol), 65.91)
        self.assertEqual(float(request.invoice_value), 1185.91)

    def test_tax_under_lut_is_stated_not_charged(self):
        chart = self.env["account.chart.template"].with_company(self.default_company)
        lut = chart.sudo().ref("igst_sale_18_sez_exp_lut")
        lut.active = True
        self.product_a.sudo().taxes_id = [Command.set(lut.ids)]
        bill = self.offered(self.transfer("outgoing", self.partner_foreign))
        self.assertEqual((bill.sub_supply_type, bill.with_tax), ("3", True))
        request = bill._generation_request()
        self.assertEqual(request.items[0].igst_rate, 18)
        self.assertEqual((request.igst, request.invoice_value), (0, 60000))
        self.assertIn("60,000", bill.need_note)
        bill.line_ids.taxable_value = 90000
        request = bill._generation_request()
        self.assertEqual((request.igst, request.invoice_value), (0, 90000))

    def test_tax_under_reverse_charge_is_not_the_suppliers(self):
        chart = self.env["account.chart.template"].with_company(self.default_company)
        taxes = [chart.sudo().ref(f"{kind}_purchase_5_rc") for kind in ("igst", "cess")]
        for tax in taxes:
            tax.active = True
        ids = [tax.id for tax in taxes]
        self.product_a.sudo().supplier_taxes_id = [Command.set(ids)]
        bill = self.offered(self.transfer("incoming", self.partner_b))
        self.assertEqual((bill.sub_supply_type, bill.with_tax), ("1", True))
        request = bill._generation_request()
        item = request.items[0]
        self.assertEqual((item.igst_rate, item.cess_rate), (5, 5))
        self.assertEqual((request.igst, request.cess), (0, 0))
        self.assertEqual(request.invoice_value, 60000)

    def test_stated_values(self):
        picking = self.transfer("outgoing", self.partner_b, product_uom_qty=10)
        bill = self.offered(picking, sub_supply_type="4", sub_supply_description=False)
        bill.line_ids.write({"taxable_value": 123456.78, "gst_rate": 12})
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        part_a = self.at_portal(bill).movement.part_a
        self.assertEqual(part_a["totalValue"], 123456.78)
        self.assertEqual((part_a["igstValue"], part_a["totInvValue"]), (0, 123456.78))
        self.assertEqual(part_a["itemList"][0]["igstRate"], 12)

    def test_without_cost_a_note_says_so(self):
        self.product_a.sudo().standard_price = 0
        bill = self.offered(self.transfer("outgoing", self.partner_b))
        self.assertIn("Taxable Value is 0", bill.portal_notes)

    def test_cancelled_transfer_moves_nothing(self):
        picking = self.transfer("outgoing", self.partner_b)
        bill = self.offered(picking, sub_supply_type="4", sub_supply_description=False)
        picking.action_cancel()
        bill.action_generate()
        self.assertIn("is cancelled: no goods move", bill.error)
        other = self.transfer("outgoing", self.partner_b)
        _part_a, sent = self.made(
            other, sub_supply_type="4", sub_supply_description=False
        )
        other.action_cancel()
        self.assertIn("Cancel the e-Way Bill as well", sent.portal_notes)

    def test_need_is_said_on_the_transfer(self):
        picking = self.transfer("internal", end=self.depot.lot_stock_id)
        self.assertRegex(picking.l10n_in_irp_ewaybill_need, "^Needed: .*60,000")
        self.product_a.sudo().standard_price = 10
        small = self.transfer("internal", end=self.depot.lot_stock_id)
        self.assertFalse(small.l10n_in_irp_ewaybill_need)
        self.assertFalse(small.l10n_in_irp_ewaybill_ids)

    def test_nobody_on_the_other_side(self):
        bill = self.offered(self.transfer("outgoing"))
        bill.action_generate()
        self.assertIn("names nobody on the other side", bill.error)
