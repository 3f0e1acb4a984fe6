import base64

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConnectionTest(IrpCommon):
    """A connection test shows and stores each step."""

    def setUp(self):
        super().setUp()
        portal = self.portal()
        portal.add_user(self.default_company.vat, "user", "right", "client", "secret")
        transport = self.demo_transport(portal)
        self.wrap = {"l10n_in_irp_wrap_transport": lambda _inner: transport}
        credentials = self.env["l10n_in.irp.credential"].sudo()
        self.credential = credentials.with_context(**self.wrap).create(
            {
                "company_id": self.default_company.id,
                "username": "user",
                "password": "right",
                "client_id": "client",
                "client_secret": "secret",
                "auth_key": self.auth_key(),
                "signing_key_ids": [
                    Command.create(
                        {"file": base64.b64encode(portal.signing_certificate)}
                    )
                ],
            }
        )

    def states(self):
        return {name: state for name, state, _text in self.credential.test_steps}

    def text(self, step):
        return {name: text for name, _state, text in self.credential.test_steps}[step]

    def refusal(self, credential=None):
        # `assertRaises` would roll back what the action commits
        try:
            (credential or self.credential).action_test_connection()
        except UserError as error:
            return str(error)
        return self.fail("the connection test passed")

    def test_every_step_is_shown(self):
        self.credential.action_test_connection()
        found = self.states()
        for name in ("name", "connection", "tls", "auth_key", "log_in", "gstin"):
            self.assertEqual(found[name], "done", self.text(name))
        self.assertIn("no signed e-Invoice yet", self.text("signing_key"))
        self.assertIn(self.default_company.vat, self.text("gstin"))
        for words in ("Name Resolution", "TLS Certificate", "Signing Key", "Clock"):
            self.assertIn(words, self.credential.test_report)

    def test_failed_step_is_named(self):
        fault = FaultyTransport("not_sent", spare="nothing")
        broken = {"l10n_in_irp_wrap_transport": fault}
        message = self.refusal(self.credential.with_context(**broken))
        self.assertIn("✗ Name Resolution: Failed", message)
        self.assertIn("○ Login: Not Reached", message)
        self.assertIn("getent hosts", self.text("name"))
        self.assertEqual(self.states()["connection"], "not_reached")

    def test_wrong_password(self):
        self.credential.password = "wrong"
        message = self.refusal()
        self.assertIn("✗ Login: Failed", message)
        self.assertIn("✓ Portal's Public Key: Done", message)
        self.assertIn("1019", self.text("log_in"))
        self.assertFalse(self.credential.tested_at)

    def test_change_empties_the_report(self):
        self.credential.action_test_connection()
        self.credential.password = "other"
        self.assertFalse(self.credential.test_report)

    def test_gstin_of_no_company(self):
        other = "27DJMPM8965E1ZE"
        self.portal().add_user(other, "user", "right", "client", "secret")
        self.credential.gstin = other
        shown = self.credential.action_test_connection()["params"]
        self.assertEqual(shown["type"], "warning")
        self.assertEqual(self.states()["gstin"], "failed")
        self.assertIn("neither", shown["message"])

    def test_without_a_signing_key(self):
        self.credential.signing_key_ids.unlink()
        shown = self.credential.action_test_connection()["params"]
        self.assertEqual(shown["type"], "warning")
        self.assertIn("Signing Key", shown["message"])
        self.assertTrue(self.credential.tested_at, "the connection itself is there")

    def test_signing_key_is_tried_on_the_last_answer(self):
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        move = self.make_invoice()
        self.process(self.wrap["l10n_in_irp_wrap_transport"])
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.credential.action_test_connection()
        self.assertIn("was verified", self.text("signing_key"))
