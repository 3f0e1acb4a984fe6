from lxml import etree

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.l10n_in_einvoice_irp.hooks import _release_messages
from odoo.addons.l10n_in_einvoice_irp.models.evidence import permits

from .common import TransferCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTransfer(TransferCommon):
    """E-way bills of transfers without an invoice."""

    def test_storekeeper_has_list_and_cards(self):
        """With Inventory / User and e-Invoice (India) / User, and no Invoicing."""
        company = self.default_company
        user = new_test_user(
            self.env(su=True),
            "storekeeper",
            groups="stock.group_stock_user,l10n_in_einvoice_irp.group_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(user.has_group("account.group_account_invoice"))
        picking = self.transfer("internal", end=self.depot.lot_stock_id)
        picking = picking.with_user(user).with_company(company)
        action = picking.action_l10n_in_irp_ewaybill()
        bill = picking.env[action["res_model"]].browse(action["res_id"])
        bill.vehicle_number = "MH12AB1234"
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        for kind in ("list", "kanban", "form"):
            arch = etree.fromstring(bill.get_view(view_type=kind)["arch"])
            # those of lists within the form are of other models
            names = set(arch.xpath("//field[not(ancestor::field)]/@name"))
            spec = {
                name: {"fields": {"display_name": {}}} if field.relational else {}
                for name, field in bill._fields.items()
                if name in names
            }
            [row] = bill.web_search_read([("id", "=", bill.id)], spec)["records"]
            self.assertEqual(row["number"], bill.number)
        menu = self.env.ref("l10n_in_einvoice_irp_stock.menu_ewaybill")
        self.assertIn(menu.id, menu.with_user(user)._visible_menu_ids())

    def test_to_a_branch(self):
        picking = self.transfer("internal", end=self.depot.lot_stock_id)
        part_a, bill = self.made(picking)
        kind = [part_a[name] for name in ("supplyType", "subSupplyType", "docType")]
        self.assertEqual(kind, ["O", "5", "CHL"])
        own = self.default_company.vat
        self.assertEqual((part_a["fromGstin"], part_a["toGstin"]), (own, own))
        self.assertEqual(part_a["toPincode"], 560025)
        self.assertEqual((part_a["totalValue"], part_a["igstValue"]), (60000, 0))
        self.assertEqual(bill.display_name, f"{bill.number} ({picking.name})")
        self.assertFalse(picking.l10n_in_irp_offers_ewaybill)
        self.part_b(bill, "MH31AA0001")
        self.assertEqual(bill.vehicle_number, "MH31AA0001")

    def test_to_a_job_worker_and_back(self):
        picking = self.transfer("outgoing", self.partner_b)
        part_a, _bill = self.made(
            picking, sub_supply_type="4", sub_supply_description=False
        )
        self.assertEqual((part_a["subSupplyType"], part_a["docType"]), ("4", "CHL"))
        self.assertEqual(part_a["toGstin"], self.partner_b.vat)
        customers = self.env.ref("stock.stock_location_customers")
        back = self.transfer("incoming", self.partner_b, start=customers)
        part_a, _bill = self.made(back)
        self.assertEqual((part_a["supplyType"], part_a["subSupplyType"]), ("I", "7"))
        self.assertEqual(part_a["fromGstin"], self.partner_b.vat)

    def test_notes_outlive_the_addon(self):
        _part_a, bill = self.made(
            self.transfer("outgoing", self.partner_b),
            sub_supply_type="4",
            sub_supply_description=False,
        )
        note = bill.message_ids.filtered("l10n_in_irp_is_evidence")[:1]
        self.assertTrue(note)
        _release_messages(self.env(su=True))
        owner = self.default_company.partner_id
        self.assertEqual((note.model, note.res_id), ("res.partner", owner.id))

    def test_need_of_a_transfer_is_said(self):
        action = self.transfer(
            "internal", end=self.depot.lot_stock_id
        ).action_l10n_in_irp_ewaybill()
        bill = self.env[action["res_model"]].browse(action["res_id"])
        self.assertRegex(bill.need_note, "Needed: .*60,000")
        bill.action_generate()
        self.assertEqual(bill.state, "rejected")
        self.assertIn("619: ", bill.error)

    def test_one_made_elsewhere_is_matched_with_its_transfer(self):
        picking = self.transfer("outgoing", self.partner_b)
        bill = self.elsewhere(picking.name.lower(), self.partner_b.vat)
        self.assertTrue(bill.is_unmatched)
        bill.action_match()
        self.assertEqual(bill.picking_id, picking)
        self.assertFalse(bill.is_unmatched or bill.search([("is_unmatched", "=", 1)]))
        self.assertFalse(picking.l10n_in_irp_offers_ewaybill)
        bill.action_unmatch()
        self.assertTrue(bill.is_unmatched)
        other = self.transfer("outgoing", self.partner_b)
        wizard = self.env["l10n_in.irp.ewaybill.match"].create({"ewaybill_id": bill.id})
        wizard.picking_id = other
        wizard.action_link()
        self.assertEqual(bill.picking_id, other)
        other.action_cancel()
        # beside E-waybill Stock, only administrators of Inventory delete transfers
        other.sudo().unlink()
        self.assertFalse(bill.picking_id)

    def test_a_number_of_the_other_party_is_not_that_of_a_transfer(self):
        picking, party = self.transfer("outgoing", self.partner_b), self.partner_b.vat
        own = self.default_company.vat
        theirs = {"generator_gstin": party, "supplier_gstin": party}
        bill = self.elsewhere(picking.name, party, **theirs, recipient_gstin=own)
        bill.action_match()
        self.assertFalse(bill.picking_id)
        self.forge(bill, supplier_gstin=own, recipient_gstin=party)
        bill.action_match()
        self.assertEqual(bill.picking_id, picking, "the buyer has made it for ours")

    def elsewhere(self, number, party, **changes):
        """Return an e-way bill that we have made on the website."""
        company = self.default_company
        values = {
            "basis": "elsewhere",
            "company_id": company.id,
            "state": "registered",
            "with_irn": False,
            "number": "391000012345",
            "doc_number": number,
            "party_gstin": party,
            "generator_gstin": company.vat,
            "fetched_at": "2026-01-15 06:30:00",
            **changes,
        }
        bills = self.env["l10n_in.irp.ewaybill"].sudo()
        with permits.permitted(bills.browse(), values):
            return bills.create(values).sudo(False)
