from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common import FaultyTransport, IrpCommon


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

    def test_health_is_stored(self):
        health = self.env["l10n_in.irp.health"]
        row = health._ask(self.default_company, "demo")
        self.assertTrue(row.is_up)
        down = FaultyTransport("not_sent", spare="nothing")
        company = self.default_company.with_context(l10n_in_irp_wrap_transport=down)
        again = health._ask(company, "demo")
        self.assertEqual(again, row)
        self.assertFalse(row.is_up)
        self.assertTrue(row.detail)

    def test_check_now_button(self):
        health = self.env["l10n_in.irp.health"].with_user(self.administrator())
        self.default_company.sudo().l10n_in_irp_enabled = True
        health.action_check()
        row = health.search([("environment", "=", "demo")])
        self.assertTrue(row.is_up)
        down = FaultyTransport("not_sent", times=-1, spare="nothing")
        row.with_context(l10n_in_irp_wrap_transport=down).action_check()
        self.assertFalse(row.is_up)

    def administrator(self):
        return new_test_user(
            self.env(su=True),
            "irp_admin",
            groups="base.group_system,account.group_account_manager",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )

    def settings(self, **values):
        settings = self.env["res.config.settings"].with_user(self.administrator())
        return settings.create({"company_id": self.default_company.id, **values})

    def test_settings_say_what_the_check_brought(self):
        settings = self.settings()
        self.assertFalse(settings.l10n_in_irp_health_state)
        action = settings.action_l10n_in_irp_check_health()["params"]
        self.assertEqual(action["type"], "success")
        settings.invalidate_recordset(["l10n_in_irp_health_state"])
        self.assertEqual(settings.l10n_in_irp_health_state, "up")
        down = FaultyTransport("not_sent", spare="nothing")
        action = settings.with_context(
            l10n_in_irp_wrap_transport=down
        ).action_l10n_in_irp_check_health()["params"]
        self.assertEqual(action["type"], "danger")
        self.assertIn("Not responding", action["message"])
        settings.invalidate_recordset(["l10n_in_irp_health_state"])
        self.assertEqual(settings.l10n_in_irp_health_state, "down")

    def test_settings_say_that_nobody_can_ask(self):
        self.default_company.sudo().l10n_in_irp_environment = "production"
        action = self.settings().action_l10n_in_irp_check_health()["params"]
        self.assertEqual(action["type"], "warning")
        self.assertIn(self.default_company.vat, action["message"])

    def test_settings_say_what_the_portal_does_not_offer(self):
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        iris = self.env.ref("l10n_in_einvoice_irp.portal_iris")
        self.credential(portal_id=iris.id)
        settings = self.settings()
        self.assertFalse(settings.l10n_in_irp_has_health)
        for words in ("IRIS IRP does not offer a health check", "rejected IRNs"):
            self.assertIn(words, settings.l10n_in_irp_missing)
        with self.assertRaisesRegex(UserError, "does not offer a health check"):
            settings.action_l10n_in_irp_check_health()
        settings.l10n_in_irp_environment = "demo"
        self.assertTrue(settings.l10n_in_irp_has_health)
        self.assertFalse(settings.l10n_in_irp_missing)

    def test_gsp_adapts_the_environment(self):
        gsp = (
            self.env["l10n_in.irp.portal"]
            .sudo()
            .create(
                {
                    "name": "GSP",
                    "base_url": "https://gsp.example",
                    "path_prefixes": "/eivital/v1.04 = /gsp/vital",
                }
            )
        )
        credential = self.credential(
            extra_headers="X-Key: abc\n\nX-Asp: d:e", portal_id=gsp.id
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

    def test_nightly_reconciliation_settles_and_names(self):
        lost = self.make_invoice()
        self.process(FaultyTransport("lost"))
        lost.l10n_in_irp_document_id.sudo().next_attempt_at = False
        registered = self.make_invoice()
        registered.action_l10n_in_irp_register()
        yesterday = date(2026, 1, 15) - timedelta(days=1)
        self.portal().reject(registered.l10n_in_irp_irn, yesterday)
        self.env["l10n_in.irp.document"].sudo()._cron_reconcile()
        self.process()
        self.assertEqual(lost.l10n_in_irp_state, "registered")
        summaries = registered.activity_ids.mapped("summary")
        self.assertIn("The GST system rejected the IRN", summaries)
        self.default_company.sudo().l10n_in_irp_rejected_until = False
        self.reconcile()
        self.assertEqual(registered.activity_ids.mapped("summary"), summaries)

    def reconcile(self):
        self.env["l10n_in.irp.document"].sudo()._cron_reconcile()

    def activity(self):
        partner = self.default_company.sudo().partner_id
        return partner.activity_ids.filtered(lambda one: "IRNs" in one.summary)

    def test_rejected_irn_of_another_program_is_reported_once(self):
        irn = self.register_elsewhere(self.make_invoice()).irn
        self.portal().reject(irn, date(2026, 1, 14))
        self.reconcile()
        self.assertIn(irn, self.activity().note)
        self.assertEqual(self.activity().user_id, self.accountant)
        self.default_company.sudo().l10n_in_irp_rejected_until = False
        self.reconcile()
        self.assertEqual(len(self.activity()), 1)
        # nor again once somebody has handled it
        self.activity().action_done()
        self.default_company.sudo().l10n_in_irp_rejected_until = False
        self.reconcile()
        self.assertFalse(self.activity())

    def test_reconciliation_goes_by_the_day_in_india(self):
        irn = self.register_elsewhere(self.make_invoice()).irn
        self.portal().reject(irn, date(2026, 1, 15))
        with freeze_time("2026-01-15 20:00:00"):
            self.reconcile()
        self.assertIn(irn, self.activity().note)

    def test_missed_nights_are_caught_up(self):
        with freeze_time("2026-01-12 06:30:00"):
            self.reconcile()
        company = self.default_company.sudo()
        self.assertEqual(company.l10n_in_irp_rejected_until, date(2026, 1, 11))
        irn = self.register_elsewhere(self.make_invoice()).irn
        self.portal().reject(irn, date(2026, 1, 13))
        self.reconcile()
        self.assertIn(irn, self.activity().note)
        asked = self.env["l10n_in.irp.log"].search(
            [("endpoint", "=", "get_rejected_irns"), ("url", "!=", False)]
        )
        self.assertEqual(len(asked), 10, "a week; then the 12th to the 14th")

    def test_lists_of_another_environment_are_its_own(self):
        self.reconcile()
        company = self.default_company.sudo()
        self.assertEqual(company.l10n_in_irp_rejected_until, date(2026, 1, 14))
        company.l10n_in_irp_environment = "sandbox"
        self.assertFalse(company.l10n_in_irp_rejected_until)
        self.assertEqual(len(company._l10n_in_irp_rejection_days()), 7)

    def ewaybills_without_a_next_attempt(self):
        """E-way bills as a refused log-in left them, one of each state."""
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        ewaybills = self.env["l10n_in.irp.ewaybill"]
        for state in ("to_register", "unknown", "cancelling"):
            action = self.make_invoice().action_l10n_in_irp_ewaybill()
            ewaybill = self.env["l10n_in.irp.ewaybill"].browse(action["res_id"])
            ewaybill.sudo().write({"state": state, "next_attempt_at": False})
            ewaybills |= ewaybill
        return ewaybills

    def test_ewaybills_wait_for_a_credential_too(self):
        ewaybills = self.ewaybills_without_a_next_attempt()
        self.credential()
        self.assertEqual(len(ewaybills.filtered("next_attempt_at")), 3)

    def test_reconciliation_takes_up_ewaybills_too(self):
        ewaybills = self.ewaybills_without_a_next_attempt()
        self.reconcile()
        self.assertEqual(len(ewaybills.filtered("next_attempt_at")), 3)
