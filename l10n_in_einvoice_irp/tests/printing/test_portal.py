import json

from werkzeug.test import Client
from werkzeug.wrappers import Response

from odoo.http import root
from odoo.tests import tagged

from .common import PrintCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPortal(PrintCommon):
    """The customer's page of an invoice, and the file that it offers."""

    def setUp(self):
        super().setUp()
        self.http_request_allow_all = True
        self.client = Client(root, Response, use_cookies=False)

    def ask(self, *paths):
        """Return a stranger's responses, whose only key is in the address."""
        headers = {"X-Odoo-Database": self.env.cr.dbname, "Host": "localhost"}
        self.env.flush_all()
        with self.enter_registry_test_mode():
            return [self.client.get(path, headers=headers) for path in paths]

    def place(self, move, token=None):
        token = move.sudo()._portal_ensure_token() if token is None else token
        return f"/my/invoices/{move.id}/einvoice?access_token={token}"

    def test_customer_gets_the_signed_file(self):
        move = self.make_invoice()
        self.process()
        [response] = self.ask(self.place(move))
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.mimetype, "application/json")
        name = response.headers["Content-Disposition"]
        self.assertIn("attachment", name)
        self.assertIn("TEST-", name)
        attachment = move.l10n_in_irp_document_id.sudo().signed_attachment_id
        self.assertEqual(response.data, attachment.raw)
        answer = json.loads(response.data)
        self.assertEqual(answer["Irn"], move.l10n_in_irp_irn)
        self.assertIn("TEST INVOICE", answer["Note"])

    def test_nobody_else_does(self):
        move, other = self.make_invoice(), self.make_invoice()
        self.process()
        strange = other.sudo()._portal_ensure_token()
        paths = [
            f"/my/invoices/{move.id}/einvoice",
            *(self.place(move, token) for token in ("", "guessed", strange)),
            self.place(move.browse(10**9), strange),
        ]
        for path, response in zip(paths, self.ask(*paths), strict=True):
            with self.subTest(path=path):
                self.assertEqual(response.status_code, 303)
                self.assertTrue(response.headers["Location"].endswith("/my"))
                self.assertNotIn(move.l10n_in_irp_irn.encode(), response.data)

    def test_only_what_is_registered_and_proven(self):
        move = self.make_invoice()
        [before] = self.ask(self.place(move))
        self.assertEqual(before.status_code, 404)
        self.assertEqual(move._l10n_in_irp_portal_values(), {})
        self.process()
        document = move.l10n_in_irp_document_id
        for forged in (
            {"signature_state": "unchecked"},
            {"signature_state": "verified", "state": "cancelled"},
            {"state": "cancelling"},
            {"state": "registered", "settled_as": "active"},
        ):
            with self.subTest(forged=forged):
                self.forge(document, **forged)
                [response] = self.ask(self.place(move))
                self.assertEqual(response.status_code, 404)
                self.assertFalse(move._l10n_in_irp_portal_values()["url"])

    def test_page_shows_the_registration(self):
        move = self.make_invoice()
        self.process()
        [response] = self.ask(move.sudo().get_portal_url())
        page = response.text
        self.assertIn(move.l10n_in_irp_ack_number, page)
        self.assertIn(f"/my/invoices/{move.id}/einvoice?access_token=", page)
        self.assertIn("TEST INVOICE", page)
        self.assertNotIn("text-bg-success", page.split('name="l10n_in_irp"')[1])

    def test_what_has_an_irn_is_no_proforma(self):
        move = self.make_invoice()
        name = move._get_invoice_proforma_pdf_report_filename()
        self.assertIn("proforma", name)
        self.process()
        name = move._get_invoice_proforma_pdf_report_filename()
        self.assertNotIn("proforma", name)
