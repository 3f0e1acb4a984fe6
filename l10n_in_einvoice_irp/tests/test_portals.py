from datetime import date, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPortals(IrpCommon):
    def credential(self, **values):
        return (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": self.default_company.id,
                    "username": "user",
                    "password": "password",
                    "client_id": "client",
                    "client_secret": "secret",
                    "auth_key": self.auth_key(),
                    **values,
                }
            )
        )

    def test_health_is_kept(self):
        health = self.env["l10n_in.irp.health"]
        row = health._check_company(self.default_company, "demo")
        self.assertTrue(row.is_up)
        down = FaultyTransport("not_sent", spare="nothing")
        again = health.with_context(l10n_in_irp_wrap_transport=down)._check_company(
            self.default_company, "demo"
        )
        self.assertEqual(again, row)
        self.assertFalse(row.is_up)
        self.assertTrue(row.detail)

    def test_gsp_adapts_the_environment(self):
        credential = self.credential(
            extra_headers="X-Key: abc\n\nX-Asp: d:e",
            path_prefixes="/eivital/v1.04 = /gsp/vital",
        )
        environment = credential._environment()
        self.assertEqual(environment.headers, {"X-Key": "abc", "X-Asp": "d:e"})
        self.assertEqual(environment.path("/eivital/v1.04/auth"), "/gsp/vital/auth")
        with self.assertRaisesRegex(ValidationError, "line 2 ") as caught:
            credential.extra_headers = "X-Key: abc\nX-Asp=secret"
        self.assertNotIn("secret", str(caught.exception))
        given = {"active": False, "username": "user", "password": "password"}
        given |= {"client_id": "client", "client_secret": "secret"}
        self.assertFalse(credential.copy(given).extra_headers)
        self.assertNotIn("abc", repr(environment))

    def test_later_calls_go_to_the_portal_that_holds_it(self):
        move = self.make_invoice()
        self.process(FaultyTransport("lost"))
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.base_url, "http://localhost")
        self.assertEqual(document._portal_address(), "http://localhost")

    def test_nightly_sweep_settles_and_names(self):
        lost = self.make_invoice()
        self.process(FaultyTransport("lost"))
        lost.l10n_in_irp_document_id.sudo().next_attempt_at = False
        registered = self.make_invoice()
        registered.action_l10n_in_irp_register()
        yesterday = date(2026, 1, 15) - timedelta(days=1)
        self.portal().reject(registered.l10n_in_irp_irn, yesterday)
        self.env["l10n_in.irp.sweep"].sudo()._cron_sweep()
        self.process()
        self.assertEqual(lost.l10n_in_irp_state, "registered")
        summaries = registered.activity_ids.mapped("summary")
        self.assertIn("The GST system rejected the IRN", summaries)
