from odoo import Command


class OrderCases:
    """Transfers of orders, where the apps of these are installed."""

    def need(self, *models):
        if missing := [name for name in models if name not in self.env]:
            self.skipTest(f"without {', '.join(missing)}")

    def as_admin(self, model):
        return self.env[model].with_user(self.env.ref("base.user_root")).sudo()

    def sold(self, partner, *lines, **values):
        """Return a confirmed sales order."""
        order = self.as_admin("sale.order").create(
            {
                "partner_id": partner.id,
                "company_id": self.default_company.id,
                "warehouse_id": self.main.id,
                "order_line": [Command.create(line) for line in lines],
                **values,
            }
        )
        order.action_confirm()
        return order

    def picking_of(self, order):
        return order.picking_ids.with_env(self.env)

    def test_values_are_those_of_the_sales_order(self):
        self.need("sale.order", "stock.picking")
        order = self.sold(
            self.partner_b,
            *(
                {
                    "product_id": self.product_a.id,
                    "product_uom_qty": quantity,
                    "price_unit": price,
                    "discount": discount,
                    "tax_ids": [Command.set(self.igst_sale_18.ids)],
                }
                for quantity, price, discount in ((3, 33.33, 7.5), (7, 10.05, 0))
            ),
        )
        bill = self.offered(self.picking_of(order), sub_supply_type="1")
        request = bill._generation_request()
        self.assertEqual(float(request.total_value), order.amount_untaxed)
        self.assertEqual(float(request.igst), order.amount_tax)
        self.assertEqual(float(request.invoice_value), order.amount_total)

    def test_invoice_of_a_transfer_with_an_ewaybill_needs_no_other(self):
        self.need("sale.order", "stock.picking")
        values = {
            "product_id": self.product_a.id,
            "product_uom_qty": 10,
            "price_unit": 6000.0,
            "tax_ids": [Command.set(self.igst_sale_18.ids)],
        }
        order = self.sold(self.partner_b, values)
        move = order._create_invoices().with_env(self.env)
        move.action_post()
        self.assertRegex(move.l10n_in_irp_ewaybill_need, "^Needed: ")
        self.offered(self.picking_of(order), sub_supply_type="1")
        move.invalidate_recordset()
        self.assertFalse(move.l10n_in_irp_ewaybill_need)

    def kit(self):
        """Return a kit of a drill and three cases."""
        kit, part, other = (
            self.env["product.product"]
            .sudo()
            .create(
                {
                    "name": name,
                    "is_storable": False,
                    "standard_price": cost,
                    "l10n_in_hsn_code": "820750",
                    "taxes_id": [Command.set(self.igst_sale_18.ids)],
                }
            )
            for name, cost in (("Kit", 0.0), ("Drill", 70.0), ("Case", 10.0))
        )
        self.as_admin("mrp.bom").create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "company_id": False,
                "type": "phantom",
                "product_qty": 1,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": 1}),
                    Command.create({"product_id": other.id, "product_qty": 3}),
                ],
            }
        )
        return kit

    def test_kit_is_worth_its_price(self):
        self.need("sale.order", "mrp.bom")
        # the default; per line, Odoo rounds the tax of the kit, and we that of parts
        self.default_company.sudo().tax_calculation_rounding_method = "round_globally"
        kit = self.kit()
        order = self.sold(
            self.partner_b,
            {
                "product_id": kit.id,
                "product_uom_qty": 3,
                "price_unit": 999.99,
                "tax_ids": [Command.set(self.igst_sale_18.ids)],
            },
        )
        picking = self.picking_of(order)
        self.assertEqual(len(picking.move_ids), 2)
        bill = self.offered(picking, sub_supply_type="1")
        request = bill._generation_request()
        self.assertEqual(float(request.total_value), order.amount_untaxed)
        self.assertEqual(float(request.invoice_value), order.amount_total)
        values = {item.product_name: item.taxable_amount for item in request.items}
        self.assertEqual(
            [str(values[one]) for one in ("Drill", "Case")], ["2099.98", "899.99"]
        )

    def test_kit_is_bought_by_the_dozen(self):
        self.need("purchase.order", "mrp.bom")
        order = self.as_admin("purchase.order").create(
            {
                "partner_id": self.partner_b.id,
                "company_id": self.default_company.id,
                "picking_type_id": self.main.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.kit().id,
                            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                            "product_qty": 10,
                            "price_unit": 1200.0,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        request = self.offered(self.picking_of(order))._generation_request()
        self.assertEqual(len(request.items), 2)
        self.assertEqual(float(request.total_value), 12000)

    def test_foreign_currency_of_a_purchase(self):
        self.need("purchase.order", "stock.picking")
        dollar = self.env.ref("base.USD").sudo()
        dollar.active = True
        self.env["res.currency.rate"].sudo().create(
            {
                "name": "2026-01-01",
                "currency_id": dollar.id,
                "company_id": self.default_company.id,
                "rate": 1 / 84.5,
            }
        )
        order = self.as_admin("purchase.order").create(
            {
                "partner_id": self.partner_foreign.id,
                "company_id": self.default_company.id,
                "currency_id": dollar.id,
                "picking_type_id": self.main.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product_a.id,
                            "product_qty": 2,
                            "price_unit": 100.0,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        bill = self.offered(self.picking_of(order))
        self.assertEqual(self.kind(bill), ("I", "2", "BOE"))
        self.assertEqual(bill.line_ids.taxable_value, 16900)

    def test_dropshipment_goes_from_supplier_to_customer(self):
        self.need("sale.order", "purchase.order")
        if not hasattr(self.env["sale.order.line"], "_purchase_service_create"):
            self.skipTest("without dropshipping")
        route = self.env.ref("stock_dropshipping.route_drop_shipping", False)
        if not route:
            self.skipTest("without dropshipping")
        product = self.product_a.sudo()
        product.write(
            {
                "route_ids": [Command.set(route.ids)],
                "seller_ids": [
                    Command.create({"partner_id": self.partner_b.id, "price": 50000})
                ],
            }
        )
        customer = self.unregistered("Ravi Stores")
        order = self.sold(
            customer,
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "price_unit": 60000.0,
                "tax_ids": [Command.set(self.igst_sale_18.ids)],
            },
        )
        purchase = order.order_line.purchase_line_ids.order_id or self.as_admin(
            "purchase.order"
        ).search([("origin", "=", order.name)])
        purchase.button_confirm()
        bill = self.offered(purchase.picking_ids.with_env(self.env))
        self.assertEqual(self.kind(bill), ("O", "1", "INV"))
        request = bill._generation_request()
        self.assertEqual(request.from_gstin, self.default_company.vat)
        self.assertEqual(request.from_pin, self.partner_b.zip)
        self.assertEqual((request.to_gstin, request.to_pin), ("URP", "560025"))
        self.assertEqual(request.transaction_type, "3")
        self.assertEqual(request.total_value, 60000, "what the customer pays")

    def test_subcontracting_is_job_work(self):
        self.need("mrp.bom")
        location = getattr(
            self.default_company.sudo(), "subcontracting_location_id", False
        )
        if not location:
            self.skipTest("without subcontracting")
        picking = self.transfer("outgoing", self.partner_b, end=location)
        part_a, bill = self.made(picking)
        self.assertEqual(self.kind(bill), ("O", "4", "CHL"))
        self.assertEqual(part_a["toGstin"], self.partner_b.vat)
        self.assertEqual(part_a["igstValue"], 0)
        back = self.transfer("incoming", self.partner_b, start=location)
        self.assertEqual(self.kind(self.offered(back)), ("I", "6", "CHL"))
