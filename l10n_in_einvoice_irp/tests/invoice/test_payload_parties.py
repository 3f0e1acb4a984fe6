from odoo import Command
from odoo.tests import tagged

from ..taxpayer.common import BUYER, OTHER, GstinCommon

# with the PAN of the default company, in Maharashtra
BRANCH = "27AAGCC7144L1ZC"
NO_RIGHTS = "You do not have the rights to change it"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPayloadParties(GstinCommon):
    """Names of the parties of an invoice, and who can correct them."""

    def setUp(self):
        super().setUp()
        self.default_company.sudo().l10n_in_irp_register_on = "manual"

    def know(self, partner, legal_name):
        """Set the portal's record, and have Odoo look it up."""
        self.enter(partner.vat, "ACT", LegalName=legal_name)
        self.review(partner)

    def names(self, move, section="BuyerDtls"):
        party = self.env["l10n_in.irp.payload"]._build(move)[section]
        return party["LglNm"], party.get("TrdNm")

    def findings(self, move, user=None):
        validator = self.env["l10n_in.irp.validator"].with_user(user or self.accountant)
        return validator._check(move.with_user(user or self.accountant))

    # ------------------------------------------------------------------
    # Names
    # ------------------------------------------------------------------

    def test_legal_name_is_that_of_the_gstins_record(self):
        move = self.make_invoice(self.buyer, self.igst_sale_18)
        self.assertEqual(self.names(move), ("Nashik Tools", None))
        self.know(self.buyer, "SATPURA GEARS PRIVATE LIMITED")
        self.assertEqual(
            self.names(move), ("SATPURA GEARS PRIVATE LIMITED", "Nashik Tools")
        )
        self.assertFalse(self.findings(move))
        move.action_l10n_in_irp_register()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_same_name_in_capitals_is_no_trade_name(self):
        self.know(self.buyer, "NASHIK  TOOLS")
        move = self.make_invoice(self.buyer, self.igst_sale_18)
        self.assertEqual(self.names(move), ("NASHIK TOOLS", None))

    def test_ship_to_has_a_record_too(self):
        depot = self.make_partner("Depot", OTHER)
        self.know(depot, "KONKAN STORES LLP")
        move = self.make_invoice(
            self.buyer, self.igst_sale_18, partner_shipping_id=depot.id
        )
        self.assertEqual(self.names(move, "ShipDtls"), ("KONKAN STORES LLP", "Depot"))

    def test_long_legal_name_of_the_record_is_reported(self):
        name = "SRI VENKATESWARA AGRICULTURAL IMPLEMENTS " * 3
        self.know(self.buyer, name.strip())
        move = self.make_invoice(self.buyer, self.igst_sale_18)
        (found,) = self.findings(move)
        record = self.buyer.l10n_in_irp_taxpayer_id
        self.assertEqual(
            (found.record, found.field, found.value),
            (record, "Legal Name", name.strip()),
        )

    def test_short_name_and_both_ways_out(self):
        self.buyer.sudo().name = "3M"
        move = self.make_invoice(self.buyer, self.igst_sale_18)
        (found,) = self.findings(move)
        self.assertEqual(
            (found.record, found.field, found.value, found.code),
            (self.buyer, "Name", "3M", "5002"),
        )
        self.assertEqual(found.kind, "too_short_lgl_nm")
        self.assertIn("3M India Limited", found.advice)
        self.assertIn("Get from GST Portal", found.advice)
        self.know(self.buyer, "3M INDIA LIMITED")
        self.assertEqual(self.names(move), ("3M INDIA LIMITED", None))
        (found,) = self.findings(move)
        self.assertFalse(found.blocking)
        self.assertEqual(found.kind, "left_out_too_short_trd_nm")
        self.buyer.sudo().name = "3M India"
        self.assertFalse(self.findings(move))

    def test_contact_of_a_company_that_is_typed_on_it(self):
        person = self.make_partner(
            "Asha Rao", BUYER, is_company=False, company_name="Rao Tools LLP"
        )
        move = self.make_invoice(person, self.igst_sale_18)
        self.assertEqual(self.names(move), ("Rao Tools LLP", "Asha Rao"))

    def test_branch_of_ours_has_the_name_of_the_head_office(self):
        maharashtra = self.env.ref("base.state_in_mh")
        company = self.env["res.company"].sudo()
        branch = company.create(
            {
                "name": "Default Company Pune",
                "parent_id": self.default_company.id,
                "vat": BRANCH,
                "l10n_in_irp_enabled": True,
                "street": "3 Market Yard",
                "city": "Pune",
                "zip": "411001",
                "state_id": maharashtra.id,
                "country_id": maharashtra.country_id.id,
            }
        )
        self.accountant.sudo().company_ids = [Command.link(branch.id)]
        self.env = self.env(
            context={
                **self.env.context,
                "allowed_company_ids": [branch.id, self.default_company.id],
            }
        )
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": branch.id,
                "partner_id": self.partner_a.id,
            }
        )
        document = self.env["l10n_in.irp.payload"]._build(move)
        seller = document["SellerDtls"]
        self.assertEqual(
            (seller["Gstin"], seller["LglNm"], seller["TrdNm"], seller["Loc"]),
            (BRANCH, "Default Company", "Default Company Pune", "Pune"),
        )
        self.default_company.sudo().name = "DC"
        place = self.env["l10n_in.irp.validator"]._place(move, "SellerDtls.LglNm")
        self.assertEqual(place, (self.default_company.partner_id, "name"))

    # ------------------------------------------------------------------
    # Access to corrections
    # ------------------------------------------------------------------

    def row(self, move, user):
        check = self.env["l10n_in.irp.check"].with_user(user)
        return check._run(move.with_user(user)).line_ids

    def test_who_may_not_write_partners_is_shown_whom_to_ask(self):
        self.buyer.sudo().zip = "12"
        move = self.make_invoice(self.buyer, self.igst_sale_18)
        self.assertIn(
            NO_RIGHTS,
            self.row(move, self.accountant).advice,
        )
        self.assertIn("Creation", self.row(move, self.accountant).advice)
        self.assertNotIn(NO_RIGHTS, self.row(move, self.clerk).advice)
        move.action_l10n_in_irp_register()
        self.assertEqual(move.l10n_in_irp_state, "rejected")
        banner = move._get_alerts()["l10n_in_irp"]["message"]
        self.assertIn(NO_RIGHTS, banner)
        banner = move.with_user(self.clerk)._get_alerts()["l10n_in_irp"]["message"]
        self.assertNotIn(NO_RIGHTS, banner)

    def test_what_the_accountant_may_write_needs_nobody(self):
        move = self.make_invoice(invoice_date="2026-01-20", post=False)
        self.assertNotIn(NO_RIGHTS, self.row(move, self.accountant).advice)
