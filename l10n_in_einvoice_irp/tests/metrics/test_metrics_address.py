from werkzeug.test import Client
from werkzeug.wrappers import Response

from odoo.exceptions import AccessError
from odoo.http import root
from odoo.tests import new_test_user, tagged

from ...models.metrics import token
from ...models.metrics.families import FAMILIES
from ...models.metrics.res_config_settings import PATH
from .common import MetricsCommon, samples


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMetricsAddress(MetricsCommon):
    """The address of the metrics, as Prometheus asks it, and its token."""

    def setUp(self):
        super().setUp()
        self.http_request_allow_all = True
        self.client = Client(root, Response, use_cookies=False)
        administrator = new_test_user(
            self.env(su=True),
            "irp_metrics_administrator",
            groups="base.group_system",
            company_id=self.default_company.id,
        )
        settings = self.env(user=administrator)["res.config.settings"]
        self.settings = settings.create({})
        self.forget()
        self.addCleanup(self.forget)

    def forget(self):
        self.env.registry.__dict__.pop("l10n_in_irp_metrics", None)

    def generate(self):
        """Return the token that an administrator is shown."""
        return self.settings.action_l10n_in_irp_metrics_token()["context"][
            "default_key"
        ]

    def ask(self, authorization=None, method="GET"):
        self.env.flush_all()
        headers = {"X-Odoo-Database": self.env.cr.dbname, "Host": "localhost"}
        if authorization:
            headers["Authorization"] = authorization
        with self.enter_registry_test_mode():
            return self.client.open(PATH, method=method, headers=headers)

    def test_it_is_closed_without_a_token(self):
        for authorization in (None, "Bearer ", "Bearer None", "Bearer False"):
            self.assertEqual(self.ask(authorization).status_code, 404)

    def test_who_has_the_token_reads_the_metrics(self):
        given = self.generate()
        response = self.ask(f"Bearer {given}")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.headers["Content-Type"].startswith("text/plain"))
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertIn("l10n_in_irp_workers", samples(response.data))
        for name, family in FAMILIES.items():
            self.assertIn(f"# HELP {name}", response.text)
            self.assertIn(family.help, response.text)

    def test_others_are_refused(self):
        given = self.generate()
        for authorization in (
            *(None, given, f"Basic {given}", f"Token {given}", f"bearer{given}"),
            *("Bearer", "Bearer ", "Bearer wrong", f"Bearer {given[:-1]}"),
            *(f"Bearer {given}x", f"Bearer {token._stored(self.env)}", "Bearer \xe9"),
        ):
            response = self.ask(authorization)
            self.assertEqual(response.status_code, 401, authorization)
            self.assertEqual(response.headers["WWW-Authenticate"], "Bearer")
            self.assertEqual(response.data, b"")
        self.assertEqual(self.ask(f"Bearer {given}", "POST").status_code, 405)

    def test_a_token_is_replaced_and_revoked(self):
        first = self.generate()
        second = self.generate()
        self.assertEqual(self.ask(f"Bearer {first}").status_code, 401)
        self.assertEqual(self.ask(f"Bearer {second}").status_code, 200)
        self.settings.action_l10n_in_irp_metrics_revoke()
        self.assertEqual(self.ask(f"Bearer {second}").status_code, 404)

    def test_the_token_is_stored_nowhere(self):
        given = self.generate()
        self.env.flush_all()
        self.env.cr.execute("SELECT value FROM ir_config_parameter")
        stored = [value for (value,) in self.env.cr.fetchall()]
        self.assertNotIn(given, " ".join(filter(None, stored)))
        self.assertIn(token._stored(self.env), stored)

    def test_administrators_alone_open_and_close_it(self):
        settings = self.settings.with_user(self.accountant)
        for action in (
            settings.action_l10n_in_irp_metrics_token,
            settings.action_l10n_in_irp_metrics_revoke,
        ):
            with self.assertRaisesRegex(AccessError, "Settings"):
                action()
        self.assertFalse(token.is_set(self.env))

    def test_the_settings_show_the_address_once_it_is_open(self):
        self.assertFalse(self.settings.l10n_in_irp_has_metrics_token)
        self.generate()
        settings = self.settings.create({})
        self.assertTrue(settings.l10n_in_irp_has_metrics_token)
        self.assertRegex(settings.l10n_in_irp_metrics_address, rf"^http.*{PATH}$")
        view = self.env.ref("l10n_in_einvoice_irp.metrics_token_view_form")
        shown = self.settings.env["res.users.apikeys.show"]
        self.assertIn(
            "Prometheus", shown.get_view(view.id, "form")["arch"].replace("\n", " ")
        )

    def test_a_process_answers_with_the_same_text_for_ten_seconds(self):
        bearer = f"Bearer {self.generate()}"
        before = self.ask(bearer).data
        self.make_invoice()
        self.assertEqual(self.ask(bearer).data, before)
        self.forget()
        self.assertNotEqual(self.ask(bearer).data, before)
