from odoo.tests import tagged

from .common import IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestReport(IrpCommon):
    def html(self, move):
        report = self.env["ir.actions.report"]
        content = report._render_qweb_html("account.report_invoice", move.ids)[0]
        return content.decode()

    def test_registered_invoice(self):
        move = self.make_invoice()
        self.process()
        html = self.html(move)
        self.assertIn(move.l10n_in_irp_irn, html)
        self.assertIn(move.l10n_in_irp_ack_number, html)
        self.assertIn("15/01/2026 12:00", html)
        self.assertIn("data:image/png;base64", html)
        self.assertIn("TEST INVOICE – not registered with the IRP", html)

    def test_nothing_is_printed_before_registration(self):
        html = self.html(self.make_invoice())
        self.assertNotIn("TEST INVOICE", html)
        self.assertNotIn('name="l10n_in_irp"', html)

    def test_production_is_no_test(self):
        move = self.make_invoice()
        self.process()
        self.forge(move.l10n_in_irp_document_id, environment="production")
        self.assertNotIn("TEST INVOICE", self.html(move))

    def test_cancelled_irn_is_marked(self):
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id.sudo()
        self.assertNotIn("IRN cancelled", self.html(move))
        self.forge(document, state="cancelled")
        self.assertIn("IRN cancelled", self.html(move), "by another program")
        document.cancel_asked_at = "2026-01-15 07:00:00"
        self.assertIn("requested on", self.html(move))
        self.assertIn("15/01/2026 12:30", self.html(move))
        document.cancel_date = "2026-01-15 08:00:00"
        html = self.html(move)
        self.assertIn("15/01/2026 13:30", html)
        self.assertNotIn("requested on", html)
