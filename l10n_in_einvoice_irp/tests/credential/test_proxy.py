from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, new_test_user, tagged

from ...irp import IrpNotSent
from ...models.portal.error_messages import ErrorMessages
from ...models.portal.secrets.vault import Vault
from ..common import FaultyTransport, IrpCommon

PASSWORD = "pr0xy-pa55"
URL = "http://me@proxy.example:3128"
WITH_PASSWORD = f"http://me:{PASSWORD}@proxy.example:3128"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestProxy(IrpCommon):
    def setUp(self):
        super().setUp()
        self.admin = new_test_user(
            self.env(su=True),
            "irp_admin",
            groups="base.group_system,account.group_account_manager",
            company_id=self.default_company.id,
            company_ids=[(6, 0, self.default_company.ids)],
        )

    def make(self, **values):
        credentials = self.env["l10n_in.irp.credential"].with_user(self.admin)
        return credentials.create(
            {
                "company_id": self.default_company.id,
                "username": "user",
                "password": "secret",
                "client_id": "client",
                "client_secret": "client-secret",
                "auth_key": self.auth_key(),
                **values,
            }
        )

    def assert_hidden(self, *texts):
        for text in texts:
            self.assertNotIn(PASSWORD, repr(text))

    def proxy_of(self, credential):
        """Return the proxy of the calls to the portal and to the e-way bill system."""
        connection = self.default_company._l10n_in_irp_connect("sandbox", credential)
        connections = filter(None, [connection, connection.ewb])
        proxies = {one.client._transport._proxy for one in connections}
        self.assertEqual(len(proxies), 1)
        return proxies.pop()

    # ------------------------------------------------------------------
    # Entered and shown
    # ------------------------------------------------------------------

    def test_password_in_the_address_goes_to_the_vault(self):
        for name in ("create", "write"):
            values = {"proxy_url": WITH_PASSWORD}
            credential = self.make(**(values if name == "create" else {}))
            credential.write(values)
            with self.subTest(name):
                self.assertEqual(credential.proxy_url, URL)
                self.assertTrue(credential.has_proxy_password)
                self.assertEqual(Vault(credential).take("proxy_password"), PASSWORD)
                self.env.invalidate_all()
                self.assert_hidden(
                    credential.read(),
                    credential.export_data(["proxy_url", "proxy_password"]),
                    credential.copy_data(),
                    credential.message_ids.sudo().tracking_value_ids.read(),
                )
            credential.unlink()

    def test_log_of_calls_hides_it(self):
        credential = self.make()
        with self.assertLogs("odoo.service.model", "DEBUG") as logged:
            call_kw(
                credential.browse(),
                "write",
                [credential.ids, {"proxy_url": WITH_PASSWORD}],
                {},
            )
        self.assert_hidden(logged.output)

    def test_log_of_calls_to_a_portal_hides_those_of_its_credentials(self):
        credential = self.make()
        values = {"proxy_url": WITH_PASSWORD}
        commands = [Command.update(credential.id, values)]
        portal = credential.portal_id
        with self.assertLogs("odoo.service.model", "DEBUG") as logged:
            arguments = [portal.ids, {"credential_ids": commands}]
            call_kw(portal.browse(), "web_save", arguments, {"specification": {}})
        self.assertTrue(credential.has_proxy_password)
        self.assert_hidden(logged.output)

    def test_form(self):
        with Form(self.make()) as form:
            form.proxy_url = URL
            form.proxy_password = PASSWORD
        credential = form.record
        self.assertTrue(credential.has_proxy_password)
        with Form(credential) as form:
            self.assertEqual((form.proxy_url, form.proxy_password), (URL, False))
            form.proxy_url = "http://other.example:3128"
            self.assertFalse(form.has_proxy_password)
        self.assertFalse(credential.has_proxy_password)

    def test_password_follows_to_no_other_proxy(self):
        credential = self.make(proxy_url=WITH_PASSWORD)
        credential.proxy_url = f"{URL}/"
        self.assertTrue(credential.has_proxy_password, "the same proxy")
        for url in (
            "http://me@other.example:3128",
            "http://you@proxy.example:3128",
            "http://me@proxy.example:3129",
            False,
        ):
            with self.subTest(url):
                credential.write({"proxy_url": WITH_PASSWORD})
                self.assertTrue(credential.has_proxy_password)
                credential.write({"proxy_url": url})
                self.assertFalse(credential.has_proxy_password)
                self.assertNotIn("proxy_password", Vault(credential).names())

    def test_password_needs_a_user(self):
        credential = self.make(proxy_url="http://proxy.example:3128")
        with self.assertRaisesRegex(ValidationError, "Proxy Password needs a user"):
            credential.proxy_password = PASSWORD

    def test_what_is_no_proxy_is_refused_without_quoting_it(self):
        credential = self.make()
        for url, words in (
            (f"socks4://me:{PASSWORD}@proxy.example:1080", "http:// or https://"),
            (f"http://me:{PASSWORD}@proxy.example", "port"),
            (f"http://me:{PASSWORD}@proxy.example:3128/x", "end with the port"),
            (f"http://me:{PASSWORD}\0@proxy.example:3128", "control"),
        ):
            for write in (
                lambda u: credential.write({"proxy_url": u}),
                lambda u: self.make(gstin="27DJMPM8965E1ZE", proxy_url=u),
            ):
                with self.subTest(url), self.assertRaises(ValidationError) as caught:
                    write(url)
                self.assertIn(words, str(caught.exception))
                self.assert_hidden(str(caught.exception))

    def test_another_environment_has_the_same_proxy(self):
        credential = self.make(proxy_url=WITH_PASSWORD)
        credential.write(
            {
                "environment": "production",
                "password": "another",
                "client_secret": "another",
            }
        )
        self.assertTrue(credential.has_proxy_password)

    # ------------------------------------------------------------------
    # Used
    # ------------------------------------------------------------------

    def test_all_calls_of_the_credential_go_through_it(self):
        credential = self.make(
            proxy_url=WITH_PASSWORD, ewb_username="ewb", ewb_password="ewb"
        )
        proxy = self.proxy_of(credential)
        self.assertEqual((proxy.shown, proxy.password), (URL, PASSWORD))
        self.assert_hidden(proxy)
        credential.proxy_url = False
        self.assertIsNone(self.proxy_of(credential))

    def test_connection_test_names_it(self):
        credential = self.make(proxy_url=WITH_PASSWORD)
        self.assertEqual(
            credential._proxy_note(), "They go through proxy proxy.example:3128."
        )
        credential.write(
            {
                "base_url": "http://127.0.0.1:8800",
                "password": "again",
                "client_secret": "again",
            }
        )
        self.assertFalse(credential._proxy_note(), "this machine needs none")

    def test_successful_connection_test_names_it(self):
        credential = self.make(proxy_url=WITH_PASSWORD)
        portal = self.portal()
        portal.add_user(credential.gstin, "user", "secret", "client", "client-secret")
        transport = self.demo_transport(portal)
        credential = credential.with_context(
            l10n_in_irp_wrap_transport=lambda inner: transport
        )
        message = credential.action_test_connection()["params"]["message"]
        self.assertIn("Login successful", message)
        self.assertIn("They go through proxy proxy.example:3128.", message)
        self.assert_hidden(message)

    def test_failures_of_the_proxy_are_named(self):
        describe = ErrorMessages(self.env).describe
        for reason, words in (
            ("proxy", "proxy p.example:3128 could not be reached"),
            ("proxy_log_in", "p.example:3128 refused its user or password"),
            ("proxy_refused", "made no connection to the portal (HTTP 403)"),
        ):
            error = IrpNotSent(
                "x", reason=reason, proxy="p.example:3128", http_status=403
            )
            message = describe(error).full
            self.assertIn(words, message)
            self.assertIn("Nothing was sent", message)
            self.assertIn("Outgoing Proxy", message)

    def test_what_the_proxy_stopped_is_corrected_by_another(self):
        credential = self.make(proxy_url=URL)
        credential.sudo().blocked_message = "address not whitelisted"
        credential.proxy_url = "http://proxy.example:3129"
        self.assertFalse(credential.blocked_message)

    def test_unusable_proxy_sends_nothing(self):
        credential = self.make(proxy_url=URL)
        # as after the package of SOCKS proxies was removed
        self.env.cr.execute(
            "UPDATE l10n_in_irp_credential SET proxy_url = 'socks4://p:1'"
            " WHERE id = %s",
            [credential.id],
        )
        credential.invalidate_recordset()
        transport = FaultyTransport()
        company = self.default_company.with_context(
            l10n_in_irp_wrap_transport=transport
        )
        with self.assertRaisesRegex(UserError, "Outgoing Proxy"):
            company._l10n_in_irp_connect("sandbox", credential)
        self.assertFalse(transport.urls)
