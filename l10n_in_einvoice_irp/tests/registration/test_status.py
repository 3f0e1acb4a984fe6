from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import FaultyTransport, IrpCommon

TEST_NOTE = "TEST INVOICE – not registered with the IRP"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestStatus(IrpCommon):
    """The status of an invoice in words, and the mark of a test registration."""

    def label(self, move):
        field = move._fields["l10n_in_irp_status"]
        labels = dict(field._description_selection(move.env))
        return labels.get(move.l10n_in_irp_status)

    def test_before_a_registration(self):
        move = self.make_invoice(post=False)
        self.assertEqual(self.label(move), "Not Registered")
        move.l10n_in_gst_treatment = "consumer"
        self.assertEqual(self.label(move), "Not Applicable")

    def test_cancelled_invoice_needs_no_irn(self):
        move = self.make_invoice(post=False)
        move.button_cancel()
        self.assertEqual(self.label(move), "Not Applicable")

    def test_vendor_bill_has_none(self):
        bill = self.env["account.move"].create({"move_type": "in_invoice"})
        self.assertFalse(bill.l10n_in_irp_status)

    def test_from_pending_to_registered(self):
        move = self.make_invoice()
        self.assertEqual(self.label(move), "Pending")
        self.process(FaultyTransport("lost"))
        self.assertEqual(self.label(move), "Awaiting IRP Response")
        move.action_l10n_in_irp_refresh()
        self.assertEqual(self.label(move), "Registered")

    def test_checks_and_portal_refuse_differently(self):
        pin_code = self.partner_a.zip
        self.partner_a.sudo().zip = False
        move = self.make_invoice()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "rejected")
        self.assertEqual(self.label(move), "Failed Validation")
        self.partner_a.sudo().zip = pin_code
        self.register(move, FaultyTransport("2163", spare="/auth"))
        self.assertEqual(move.l10n_in_irp_state, "rejected")
        self.assertEqual(self.label(move), "Rejected by IRP")
        self.partner_a.sudo().zip = False
        self.register(move)
        self.assertEqual(self.label(move), "Failed Validation", "again before sending")

    def register(self, move, transport=None):
        context = {"l10n_in_irp_wrap_transport": transport or FaultyTransport()}
        move.with_context(**context).action_l10n_in_irp_register()

    def test_message_names_the_status(self):
        move = self.make_invoice()
        self.process()
        with self.assertRaisesRegex(UserError, "'Registered'"):
            move.button_draft()

    def test_test_invoice_is_marked(self):
        move = self.make_invoice()
        self.assertFalse(move.l10n_in_irp_test_note, "nothing is registered yet")
        self.process()
        self.assertEqual(move.l10n_in_irp_test_note, TEST_NOTE)
        self.assertIn(TEST_NOTE, move._get_alerts()["l10n_in_irp"]["message"])
        self.assertIn(TEST_NOTE, self.mail_body(move))
        self.assertIn(TEST_NOTE, self.portal_page(move))

    def test_production_is_not_marked(self):
        move = self.make_invoice()
        self.process()
        self.forge(move.l10n_in_irp_document_id, environment="production")
        self.assertFalse(move.l10n_in_irp_test_note)
        self.assertNotIn("l10n_in_irp", move._get_alerts())
        self.assertNotIn("TEST INVOICE", self.mail_body(move))
        self.assertNotIn("TEST INVOICE", self.portal_page(move))

    def test_only_production_is_green(self):
        move = self.make_invoice()
        self.assertEqual(move.l10n_in_irp_status_tone, "info", "pending")
        self.process()
        document = move.l10n_in_irp_document_id
        self.assertEqual(move.l10n_in_irp_status_tone, "muted", "registered as a test")
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        self.forge(document, environment="sandbox")
        self.assertEqual(move.l10n_in_irp_status_tone, "muted")
        self.forge(document, environment="production")
        self.assertEqual(move.l10n_in_irp_status_tone, "success")
        self.forge(document, signature_state="unchecked")
        self.assertEqual(move.l10n_in_irp_status_tone, "warning", "not proven")

    def test_a_test_counts_no_more_in_another_environment(self):
        move = self.make_invoice()
        self.process()
        company = self.default_company.sudo()
        company.l10n_in_irp_environment = "production"
        self.assertEqual(self.label(move), "Not Registered")
        self.assertFalse(move.l10n_in_irp_status_tone)
        self.assertTrue(move.l10n_in_irp_can_register)
        domain = company._l10n_in_irp_backlog_domain(5)
        self.assertIn(move, self.env["account.move"].search(domain))
        company.l10n_in_irp_environment = "demo"
        self.assertEqual(self.label(move), "Registered")
        domain = company._l10n_in_irp_backlog_domain(5)
        self.assertNotIn(move, self.env["account.move"].search(domain))

    def test_the_real_one_counts_in_every_environment(self):
        move = self.make_invoice()
        self.process()
        self.forge(move.l10n_in_irp_document_id, environment="production")
        self.assertEqual(self.label(move), "Registered")

    def test_what_needs_action_stays_red_in_a_test(self):
        move = self.make_invoice()
        self.process()
        self.forge(move.l10n_in_irp_document_id, state="cancel_unclear")
        self.assertEqual(move.l10n_in_irp_status_tone, "danger")
        self.assertEqual(move.l10n_in_irp_test_note, TEST_NOTE)

    def test_lists_take_no_query_per_invoice(self):
        moves = self.env["account.move"].concat(
            *(self.make_invoice() for _number in range(5))
        )
        self.process()
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"registered"})
        # the first reading also fills caches, such as that of access rights
        self.queries(moves)
        self.assertEqual(self.queries(moves), self.queries(moves[:2]))

    def queries(self, moves):
        """Return how many queries the columns of the invoice list take."""
        names = ("status", "status_tone", "test_note")
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        moves.read([f"l10n_in_irp_{name}" for name in names])
        return self.env.cr.sql_log_count - start

    def mail_body(self, move):
        data = {
            "mail_attachments_widget": [],
            "author_partner_id": False,
            "mail_body": "<p>Dear customer</p>",
            "mail_subject": "Invoice",
            "mail_partner_ids": [],
            "mail_lang": "en_US",
        }
        send = self.env["account.move.send"]
        body = send._get_mail_params(move, data)["body"]
        self.assertIn("Dear customer", body)
        return body

    def portal_page(self, move):
        """Return what the customer's page of the invoice shows of its registration."""
        page = self.env.ref("account.portal_invoice_page").sudo()._get_combined_arch()
        [node] = page.xpath("//div[@name='l10n_in_irp_test']")
        return str(self.env["ir.qweb"]._render(node, {"invoice": move.sudo()}))
