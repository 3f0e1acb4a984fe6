from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import BUYER, GstinCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTaxpayerChange(GstinCommon):
    """Partners are notified when the record of their GSTIN changes."""

    def test_change_goes_to_chatter_and_list(self):
        self.buyer.sudo().company_id = self.default_company
        self.enter(BUYER, "ACT")
        self.review(self.buyer)
        first = self.buyer.l10n_in_irp_taxpayer_id
        self.assertFalse(first.is_change)
        messages = self.buyer.message_ids
        self.enter(BUYER, "SUS")
        self.review(self.buyer)
        record = self.buyer.l10n_in_irp_taxpayer_id
        self.assertTrue(record.is_change)
        self.assertEqual(record.previous_id, first)
        self.assertEqual(record.previous_standing, "active")
        news = self.buyer.message_ids - messages
        self.assertIn("Active → Suspended", news.body)
        self.review(self.buyer)
        self.assertFalse(self.buyer.l10n_in_irp_taxpayer_id.is_change)
        self.assertEqual(self.buyer.message_ids - messages, news)
        listed = self.env["l10n_in.irp.taxpayer"].search([("is_change", "=", True)])
        self.assertEqual(listed, record)

    def test_block_of_eway_bills_is_a_change(self):
        self.buyer.sudo().company_id = self.default_company
        self.review(self.buyer)
        self.enter(BUYER, "ACT", BlkStatus="B")
        self.review(self.buyer)
        self.assertTrue(self.buyer.l10n_in_irp_taxpayer_id.is_change)
        self.assertIn("blocked", self.buyer.message_ids[0].body)

    def suspend(self):
        """Suspend the buyer at the portal, and have Odoo look it up."""
        self.enter(BUYER, "SUS")
        self.review(self.buyer)
        self.assertTrue(self.buyer.l10n_in_irp_taxpayer_id.is_change)

    def notifications(self):
        bodies = self.buyer.sudo().message_ids.mapped("body")
        return [body for body in bodies if "Suspended" in body]

    def test_chatter_that_other_companies_read_gets_no_message(self):
        """A company's look-ups are confidential."""
        self.assertFalse(self.buyer.company_id)
        self.suspend()
        self.assertFalse(self.notifications())
        listed = self.env["l10n_in.irp.taxpayer"].search([("is_change", "=", True)])
        self.assertEqual(listed.gstin, BUYER)

    def test_shared_partner_of_the_only_company_is_reported(self):
        self.env.cr.execute(
            "UPDATE res_company SET active = FALSE WHERE id != %s",
            [self.default_company.id],
        )
        self.suspend()
        self.assertEqual(len(self.notifications()), 1)

    def test_notification_is_committed_with_the_record(self):
        """A process that dies after the commit would never send it."""
        self.buyer.sudo().company_id = self.default_company
        at_commits = []
        send = type(self.env["account.move.send"])
        with patch.object(
            send, "_can_commit", lambda _: at_commits.append(self.notifications())
        ):
            self.suspend()
        self.assertTrue(at_commits[-1])

    def test_notification_that_fails_loses_no_record(self):
        self.buyer.sudo().company_id = self.default_company
        partners = type(self.env["res.partner"])
        logger = "odoo.addons.l10n_in_einvoice_irp.models.taxpayer.lookup"
        with (
            patch.object(partners, "_message_log", side_effect=ValueError("full")),
            mute_logger(logger),
        ):
            self.suspend()
        self.assertFalse(self.notifications())
