import base64

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestReadiness(IrpCommon):
    """Production only with a connection that was tried."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_system,account.group_account_manager"
        cls.admin = new_test_user(
            cls.env(su=True),
            "irp_admin",
            groups=groups,
            company_id=cls.default_company.id,
            company_ids=[Command.set(cls.default_company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.company = self.default_company.with_user(self.admin)

    def credential(self, **values):
        portal = self.portal()
        portal.add_user(self.company.vat, "user", "password", "client", "secret")
        key = base64.b64encode(portal.signing_certificate)
        credentials = self.env["l10n_in.irp.credential"].with_user(self.admin)
        return credentials.create(
            {
                "company_id": self.company.id,
                "environment": "production",
                "username": "user",
                "password": "password",
                "client_id": "client",
                "client_secret": "secret",
                "auth_key": self.auth_key(),
                "signing_key_ids": [Command.create({"file": key})],
                **values,
            }
        )

    def try_connection(self, credential, portal=None):
        transport = self.demo_transport(portal or self.portal())
        wrap = {"l10n_in_irp_wrap_transport": lambda _inner: transport}
        credential.with_context(**wrap).action_test_connection()

    def switch(self):
        self.company.l10n_in_irp_environment = "production"

    def refused(self, text):
        with self.assertRaisesRegex(ValidationError, text):
            self.switch()

    def test_without_a_credential(self):
        self.refused("no IRP credential")

    def test_credential_of_another_gstin(self):
        self.credential(gstin="27DJMPM8965E1ZE")
        self.refused("27DJMPM8965E1ZE")

    def test_only_after_a_test(self):
        credential = self.credential()
        self.refused("Test Connection")
        self.try_connection(credential)
        self.switch()
        self.assertEqual(self.company.l10n_in_irp_environment, "production")

    def test_a_change_needs_another_test(self):
        credential = self.credential()
        for values in (
            {"username": "other"},
            {"password": "other"},
            {"client_secret": "other"},
            {"proxy_url": "http://proxy.example.com:3128"},
            {"auth_key": self.auth_key()},
        ):
            with self.subTest(values):
                self.forge(credential, tested_at="2026-01-15 06:00:00")
                credential.write(values)
                self.assertFalse(credential.tested_at)

    def test_what_was_not_tried_needs_none(self):
        credential = self.credential()
        self.forge(credential, tested_at="2026-01-15 06:00:00")
        credential.calls = 2
        self.assertTrue(credential.tested_at)

    def test_a_failed_test_takes_back_an_earlier_one(self):
        credential = self.credential()
        self.try_connection(credential)
        fault = {"l10n_in_irp_wrap_transport": FaultyTransport("not_sent", spare="-")}
        # `assertRaises` would roll back what the action commits
        try:
            credential.with_context(**fault).action_test_connection()
        except UserError:
            self.assertFalse(credential.tested_at)
        else:
            self.fail("the portal was not reached")

    def test_without_a_signing_key(self):
        credential = self.credential(signing_key_ids=[])
        self.try_connection(credential)
        self.refused("signing key")

    def test_company_in_production_stays_there(self):
        credential = self.credential()
        self.try_connection(credential)
        self.switch()
        credential.password = "other"
        # as the settings do, which write everything
        self.switch()
        self.assertEqual(self.company.l10n_in_irp_environment, "production")

    def test_settings_say_what_is_missing(self):
        settings = self.env["res.config.settings"].with_user(self.admin)
        form = Form(settings.with_company(self.company).create({}))
        form.l10n_in_irp_environment = "production"
        self.assertIn("✓ The server encrypts secrets", form.l10n_in_irp_checklist)
        self.assertIn("✗ There is no IRP credential", form.l10n_in_irp_checklist)

    def test_changed_password_is_tried(self):
        credential = self.credential()
        self.cr.precommit.run()
        self.try_connection(credential)
        sessions = self.env["l10n_in.irp.session"].sudo()
        domain = [("gstin", "=", credential.gstin), ("username", "=", "user")]
        self.assertTrue(sessions.search(domain))
        credential.password = "wrong"
        self.cr.precommit.run()
        self.assertFalse(sessions.search(domain), "the next call logs in")

    def test_changed_password_is_used_by_test_and_queue(self):
        """A living token hides a wrong password from neither of them."""
        credential = self.credential()
        self.cr.precommit.run()
        self.try_connection(credential)
        self.switch()
        transport = self.demo_transport(self.portal())
        first = self.make_invoice()
        self.process(lambda _inner: transport)
        self.assertEqual(first.l10n_in_irp_state, "registered")
        credential.password = "wrong"
        self.cr.precommit.run()
        second = self.make_invoice()
        self.process(lambda _inner: transport)
        self.assertEqual(second.l10n_in_irp_state, "to_register")
        self.assertIn("refused", second.l10n_in_irp_error)
        credential.password = "wrong again"
        self.cr.precommit.run()
        # `assertRaises` would roll back what the action commits
        try:
            self.try_connection(credential)
        except UserError:
            self.assertFalse(credential.tested_at)
        else:
            self.fail("the portal knows another password")
