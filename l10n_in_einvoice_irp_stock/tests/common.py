from odoo import Command

from odoo.addons.l10n_in_einvoice_irp.tests.consignment.common import ConsignmentCommon


class TransferCommon(ConsignmentCommon):
    """Transfers, as an accountant with the right to Inventory makes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        root = cls.env(su=True)
        cls.accountant.sudo().group_ids += cls.env.ref("stock.group_stock_user")
        company = cls.default_company.sudo()
        cls.main = root["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        branch = cls.unregistered("Bengaluru Depot")
        cls.depot = root["stock.warehouse"].create(
            {
                "name": "Bengaluru",
                "code": "BLR",
                "company_id": company.id,
                "partner_id": branch.id,
            }
        )
        cls.product_a.sudo().write({"standard_price": 60000.0, "is_storable": False})

    def transfer(self, kind, partner=None, start=None, end=None, **values):
        """Return a confirmed transfer of one piece."""
        types = {
            "internal": self.main.int_type_id,
            "outgoing": self.main.out_type_id,
            "incoming": self.main.in_type_id,
        }
        picking_type = types[kind]
        start = start or picking_type.default_location_src_id
        end = end or picking_type.default_location_dest_id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": partner and partner.id,
                "location_id": start.id,
                "location_dest_id": end.id,
                "move_ids": [self.goods(start, end, **values)],
            }
        )
        picking.action_confirm()
        return picking

    def goods(self, start, end, **values):
        """Return the command for goods of a transfer."""
        return Command.create(
            {
                "product_id": self.product_a.id,
                "product_uom_qty": 1,
                "location_id": start.id,
                "location_dest_id": end.id,
                **values,
            }
        )

    def offered(self, picking, **values):
        """Return the prepared e-way bill of a transfer, with a vehicle."""
        self.assertTrue(picking.l10n_in_irp_offers_ewaybill)
        action = picking.action_l10n_in_irp_ewaybill()
        bill = self.env[action["res_model"]].browse(action["res_id"])
        bill.write({"vehicle_number": "MH12AB1234", **values})
        return bill

    def made(self, picking, **values):
        """Return the members that the portal holds, and the e-way bill."""
        bill = self.offered(picking, **values)
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        return self.at_portal(bill).movement.part_a, bill

    @staticmethod
    def kind(bill):
        return bill.supply_type, bill.sub_supply_type, bill.doc_type

    def done(self, picking):
        """Validate a transfer as it is."""
        picking.move_ids.picked = True
        picking._action_done()
        self.assertEqual(picking.state, "done")
        return picking

    def returned(self, picking):
        """Return the return of a transfer, made with Odoo's dialog."""
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        dialog = wizard.create({})
        for line in dialog.product_return_moves:
            line.quantity = line.move_id.quantity
        action = dialog.action_create_returns()
        return self.env["stock.picking"].browse(action["res_id"])
