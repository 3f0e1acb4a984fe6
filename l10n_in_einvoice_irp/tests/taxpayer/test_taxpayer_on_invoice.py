from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ..common import FaultyTransport
from .common import BUYER, OTHER, THIRD, GstinCommon

DOUBTS = {
    "cancelled": ("CNL", {"DtReg": "2018-04-01", "DtDReg": "2025-12-31"}, "Cancelled"),
    "suspended": ("SUS", {}, "Suspended"),
    "inactive": ("INA", {}, "Inactive"),
    "unknown": ("UNKNOWN", {}, "Not Found"),
    "blocked": ("ACT", {"BlkStatus": "B"}, "e-way bills are blocked"),
    "later": ("ACT", {"DtReg": "2026-01-20"}, "Registered only from 2026-01-20"),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTaxpayerOnInvoice(GstinCommon):
    """The last record as shown on an invoice, before it is posted and registered."""

    def setUp(self):
        super().setUp()
        self.default_company.sudo().l10n_in_irp_register_on = "manual"

    def know(self, status, partner=None, **details):
        """Set the portal's record, and have Odoo look it up."""
        partner = partner or self.buyer
        self.enter(partner.vat, status, **details)
        self.review(partner)

    def block(self):
        self.default_company.sudo().l10n_in_irp_gstin_check = "block"

    def alert(self, move):
        return move._get_alerts().get("l10n_in_irp_gstin")

    def findings(self, move):
        found = self.env["l10n_in.irp.validator"]._check(move)
        return [one for one in found if one.field_name == "vat"]

    def test_doubtful_buyer_is_reported_on_the_draft(self):
        for name, (status, details, text) in DOUBTS.items():
            with self.subTest(name):
                self.know(status, **details)
                draft = self.make_invoice(self.buyer, post=False)
                alert = self.alert(draft)
                self.assertEqual(alert["level"], "warning")
                self.assertIn("Nashik Tools", alert["message"])
                self.assertIn(BUYER, alert["message"])
                self.assertIn(text, alert["message"])
                self.assertEqual(alert["action"]["res_id"], self.buyer.id)
                (finding,) = self.findings(draft)
                self.assertFalse(finding.blocking)
                self.assertEqual(finding.record, self.buyer)
                self.assertIn(text, finding.reason)
                self.assertTrue(finding.advice)

    def test_company_may_choose_to_block(self):
        self.block()
        for name, (status, details, text) in DOUBTS.items():
            with self.subTest(name):
                self.know(status, **details)
                move = self.make_invoice(self.buyer)
                self.assertEqual(self.alert(move)["level"], "danger")
                (finding,) = self.findings(move)
                self.assertTrue(finding.blocking)
                transport = FaultyTransport()
                move.with_context(
                    l10n_in_irp_wrap_transport=transport
                ).action_l10n_in_irp_register()
                self.assertEqual(move.l10n_in_irp_state, "rejected")
                self.assertIn(text, move.l10n_in_irp_error)
                self.assertEqual(transport.count("/Invoice"), 0)

    def test_posting_and_checking_call_nobody(self):
        self.know("SUS")
        transport = FaultyTransport()
        move = self.make_invoice(self.buyer, post=False).with_context(
            l10n_in_irp_wrap_transport=transport
        )
        self.alert(move)
        self.findings(move)
        move.action_post()
        self.assertFalse(transport.urls)

    def test_the_documents_date_counts(self):
        self.know("CNL", DtReg="2018-04-01", DtDReg="2026-01-14")
        old = self.make_invoice(self.buyer, post=False, invoice_date="2026-01-14")
        self.assertFalse(self.alert(old))
        self.assertFalse(self.findings(old))
        new = self.make_invoice(self.buyer, post=False, invoice_date="2026-01-15")
        self.assertIn("Cancelled", self.alert(new)["message"])

    def test_sound_or_unasked_buyers_are_not_mentioned(self):
        draft = self.make_invoice(self.buyer, post=False)
        self.assertFalse(self.alert(draft), "nobody was asked")
        self.know("ACT")
        self.assertFalse(self.alert(draft))
        self.assertFalse(self.findings(draft))

    def test_services_need_no_eway_bill(self):
        self.know("ACT", BlkStatus="B")
        line = {"l10n_in_hsn_code": "998314"}
        draft = self.make_invoice(self.buyer, post=False, line=line)
        self.assertFalse(self.alert(draft))
        self.assertFalse(self.findings(draft))

    def test_who_receives_the_goods_counts_too(self):
        depot = self.make_partner("Depot", OTHER)
        self.know("SUS", depot)
        draft = self.make_invoice(self.buyer, post=False, partner_shipping_id=depot.id)
        self.assertIn("Depot", self.alert(draft)["message"])

    def test_buyer_is_opened_before_who_receives_the_goods(self):
        depot = self.make_partner("Depot", OTHER)
        self.know("SUS", depot)
        self.know("SUS")
        draft = self.make_invoice(self.buyer, post=False, partner_shipping_id=depot.id)
        alert = self.alert(draft)
        self.assertEqual(alert["action"]["res_id"], self.buyer.id)
        self.assertEqual(alert["action_text"], "Open Nashik Tools")

    def test_banner_says_what_blocks_and_what_next(self):
        self.block()
        self.know("SUS")
        message = self.alert(self.make_invoice(self.buyer, post=False))["message"]
        self.assertIn("setting 'Inactive GSTINs'", message)
        self.assertIn("Sync with GST Common Portal", message)

    def test_trial_portal_is_named(self):
        self.know("SUS")
        draft = self.make_invoice(self.buyer, post=False)
        self.assertIn("Demo (Built-in Portal)", self.alert(draft)["message"])
        (finding,) = self.findings(draft)
        self.assertIn("Demo (Built-in Portal)", finding.reason)

    def test_sync_that_was_made_is_reported(self):
        self.enter(BUYER, "UNKNOWN")
        self.review(self.buyer)
        draft = self.make_invoice(self.buyer, post=False)
        self.assertIn("synchronised on 2026-01-15", self.alert(draft)["message"])

    def test_day_of_asking_is_that_in_india(self):
        with freeze_time("2026-01-14 20:00:00"):
            self.know("SUS")
        draft = self.make_invoice(self.buyer, post=False)
        self.assertIn("checked on 2026-01-15", self.alert(draft)["message"])

    def test_invoice_that_need_not_be_registered_has_no_banner(self):
        self.know("SUS")
        draft = self.make_invoice(self.buyer, post=False)
        self.assertTrue(self.alert(draft))
        self.default_company.sudo().l10n_in_irp_exemption = "financial"
        draft.invalidate_recordset(["l10n_in_irp_applicable"])
        self.assertFalse(self.alert(draft))

    def test_registered_and_cancelled_invoices_are_left_alone(self):
        move = self.make_invoice(self.buyer, taxes=self.igst_sale_18)
        move.action_l10n_in_irp_register()
        self.know("SUS")
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertFalse(self.alert(move))
        draft = self.make_invoice(self.buyer, post=False)
        draft.button_cancel()
        self.assertFalse(self.alert(draft))

    def test_bills_of_vendors_have_no_banner(self):
        self.know("SUS")
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.buyer.id,
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 1})],
            }
        )
        self.assertFalse(self.alert(bill))

    # -- kinds of taxpayer ------------------------------------------------------------

    def codes(self, move):
        found = self.env["l10n_in.irp.validator"]._check(move)
        return {finding.code: finding for finding in found}

    def test_buyer_in_an_sez_gets_other_supplies(self):
        self.know("ACT", TxpType="SEZ")
        draft = self.make_invoice(self.buyer, post=False)
        finding = self.codes(draft)["2246"]
        self.assertEqual(finding.record, self.buyer)
        self.assertIn("SEZ", finding.reason)
        self.assertTrue(finding.advice)
        self.assertFalse(finding.blocking, "the record may be old")
        self.block()
        self.assertTrue(self.codes(draft)["2246"].blocking)
        self.know("ACT", TxpType="REG")
        self.assertNotIn("2246", self.codes(draft))

    def test_seller_that_issues_no_einvoices(self):
        seller = self.default_company.partner_id
        self.know("ACT", seller, TxpType="SEZ")
        finding = self.codes(self.make_invoice(self.buyer, post=False))["2231"]
        self.assertEqual(finding.record, seller)

    def test_line_of_an_sez_developer(self):
        self.know("ACT", self.default_company.partner_id, TxpType="SED")
        draft = self.make_invoice(self.partner_a, post=False)
        finding = self.codes(draft)["2174"]
        self.assertEqual(finding.record, draft.invoice_line_ids)
        draft = self.make_invoice(self.buyer, post=False, taxes=self.igst_sale_18)
        self.assertNotIn("2174", self.codes(draft))

    # -- the portal refuses the GSTIN -------------------------------------------------

    def refused(self, held, announced=None):
        """Return an invoice to a buyer with such a record at the portal, after
        registration."""
        buyer = self.make_partner("Belgaum Castings", THIRD, zip="560058")
        buyer.sudo().state_id = self.env.ref("base.state_in_ka")
        buyer.sudo().company_id = self.default_company
        self.enter(THIRD, held)
        if announced:
            self.portal().announce_taxpayer(THIRD, announced)
        taxes = self.igst_sale_18
        move = self.make_invoice(buyer, taxes=taxes)
        transport = FaultyTransport()
        move.with_context(
            l10n_in_irp_wrap_transport=transport
        ).action_l10n_in_irp_register()
        return move, transport

    def test_stale_buyer_is_synchronised_and_registered(self):
        move, transport = self.refused("UNKNOWN", "ACT")
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(transport.count("v1.03/Invoice"), 2)
        self.assertEqual(transport.count("syncgstin"), 1)
        record = move.partner_id.l10n_in_irp_taxpayer_id
        self.assertEqual((record.source, record.standing), ("sync", "active"))
        self.assertEqual(record.user_id, self.accountant)
        logged = move.l10n_in_irp_document_id.log_ids.mapped("endpoint")
        self.assertEqual(logged.count("generate_irn"), 2)
        self.assertEqual(logged.count("sync_gstin"), 1)

    def test_cancelled_buyer_is_refused_once_and_known(self):
        move, transport = self.refused("CNL")
        self.assertEqual(move.l10n_in_irp_state, "rejected")
        self.assertIn("3029", move.l10n_in_irp_error)
        self.assertEqual(transport.count("v1.03/Invoice"), 1)
        self.assertEqual(move.partner_id.l10n_in_irp_standing, "Cancelled")
        self.assertIn("Cancelled", move.partner_id.message_ids[0].body)
        self.assertIn("Cancelled", self.alert(move)["message"])
