from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import FaultyTransport
from .common import (
    BUYER,
    NOBODY,
    OTHER,
    THIRD,
    GstinCommon,
    ScriptedTransport,
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTaxpayerRefresh(GstinCommon):
    """Refreshing the records of recently invoiced partners."""

    def setUp(self):
        super().setUp()
        self.company = self.default_company.sudo()
        self.company.l10n_in_irp_register_on = "manual"
        self.other = self.make_partner("Other", OTHER)
        self.third = self.make_partner("Third", THIRD)

    def refresher(self, transport=None):
        taxpayers = self.env["l10n_in.irp.taxpayer"].sudo()
        return taxpayers.with_context(l10n_in_irp_wrap_transport=transport)

    def due(self):
        return self.refresher()._due_gstins(self.company)

    def run_chunks(self, transport=None, gstins=None):
        """Run the scheduled action for one company, which commits."""
        gstins = self.due() if gstins is None else gstins
        return sum(self.refresher(transport)._refresh_in_chunks(self.company, gstins))

    def test_due_are_those_invoiced_lately(self):
        self.assertNotIn(BUYER, self.due())
        self.make_invoice(self.buyer, post=False)
        self.assertNotIn(BUYER, self.due(), "a draft is no invoice")
        self.make_invoice(self.buyer)
        self.make_invoice(self.other, invoice_date="2025-10-01")
        self.assertIn(BUYER, self.due())
        self.assertNotIn(OTHER, self.due(), "106 days ago")
        self.company.l10n_in_irp_gstin_invoiced_days = 120
        self.assertIn(OTHER, self.due())

    def test_fresh_records_are_left_alone(self):
        self.make_invoice(self.buyer)
        self.run_chunks()
        self.assertNotIn(BUYER, self.due())
        with freeze_time("2026-02-13 06:30:00"):
            self.assertNotIn(BUYER, self.due())
        with freeze_time("2026-02-15 06:30:00"):
            self.assertIn(BUYER, self.due())
        self.company.l10n_in_irp_gstin_days = 0
        with freeze_time("2026-02-15 06:30:00"):
            self.assertFalse(self.due(), "0: never")

    def test_unasked_first_then_the_oldest(self):
        for partner in (self.buyer, self.other, self.third):
            self.make_invoice(partner)
        with freeze_time("2025-11-01 06:30:00"):
            self.run_chunks(gstins=[OTHER])
        with freeze_time("2025-11-02 06:30:00"):
            self.run_chunks(gstins=[BUYER])
        ours = [gstin for gstin in self.due() if gstin in (BUYER, OTHER, THIRD)]
        self.assertEqual(ours, [THIRD, OTHER, BUYER])

    def test_one_gstin_of_several_partners_is_asked_once(self):
        self.make_partner("Twin", BUYER.lower())
        for partner in self.env["res.partner"].search([("name", "in", ("Twin",))]):
            self.make_invoice(partner)
        self.make_invoice(self.buyer)
        self.assertEqual(self.due().count(BUYER), 1)

    def test_production_is_not_asked_what_nobody_has(self):
        self.buyer.sudo().vat = NOBODY
        self.make_invoice(self.buyer)
        self.assertIn(NOBODY, self.due())
        self.company.l10n_in_irp_environment = "production"
        self.assertNotIn(NOBODY, self.due())

    def test_change_is_reported_to_the_partners(self):
        self.buyer.sudo().company_id = self.company
        self.make_invoice(self.buyer)
        self.run_chunks()
        self.enter(BUYER, "CNL", DtReg="2018-04-01", DtDReg="2025-12-31")
        with freeze_time("2026-02-16 06:30:00"):
            self.run_chunks()
        self.assertIn(
            "Cancelled with effect from 2025-12-31", self.buyer.message_ids[0].body
        )
        self.assertTrue(self.buyer.l10n_in_irp_is_doubtful)

    def test_demo_answers_do_not_stand_as_verified(self):
        self.make_invoice(self.buyer)
        self.run_chunks()
        self.assertEqual(self.buyer.l10n_in_irp_standing, "Active")
        self.assertFalse(self.buyer.l10n_in_gstin_verified_date)

    def record_of(self, environment):
        """Return a record of the buyer as an environment's portal would answer it."""
        self.review(self.buyer)
        record = self.buyer.l10n_in_irp_taxpayer_id.sudo()
        return record.copy({"environment": environment, "is_change": False})

    def test_answers_of_a_trial_portal_do_not_stand_as_verified(self):
        self.record_of("sandbox")._follow_up()
        self.assertFalse(self.buyer.l10n_in_gstin_verified_date)

    def test_answers_of_a_portal_do_without_noise(self):
        record = self.record_of("production")
        messages = self.buyer.message_ids
        record._follow_up()
        self.assertTrue(self.buyer.l10n_in_gstin_verified_status)
        self.assertEqual(str(self.buyer.l10n_in_gstin_verified_date), "2026-01-15")
        self.env.flush_all()
        self.assertEqual(self.buyer.message_ids, messages)

    # -- rate, budget, trouble --------------------------------------------------------

    def numbers(self):
        taxpayers = self.env["l10n_in.irp.taxpayer"]
        lookups = taxpayers._lookups_left(self.company)
        return lookups, taxpayers._budget_left(self.company)

    def test_rate_counts_the_calls_of_a_minute(self):
        self.company.l10n_in_irp_gstin_rate = 5
        self.assertEqual(self.numbers()[0], 2)
        transport = FaultyTransport()
        self.assertEqual(self.run_chunks(transport, [BUYER, OTHER, THIRD]), 3)
        # two, then one as three calls were left; one GSTIN may take two calls
        self.assertEqual(transport.count("/gstin/"), 3)
        self.assertEqual(self.numbers()[0], 1)
        self.assertEqual(self.run_chunks(transport, [BUYER, OTHER]), 1)
        self.assertEqual(self.numbers()[0], 0)
        with freeze_time("2026-01-15 06:31:01"):
            self.assertEqual(self.numbers()[0], 2)

    def test_what_the_rate_held_back_is_taken_up_in_a_minute(self):
        self.company.l10n_in_irp_gstin_rate = 2
        self.assertEqual(self.run_chunks(gstins=[BUYER, OTHER]), 1)
        cron = self.env.ref("l10n_in_einvoice_irp.ir_cron_irp_gstin").sudo()
        triggers = self.env["ir.cron.trigger"].sudo()
        (trigger,) = triggers.search([("cron_id", "=", cron.id)])
        self.assertEqual(trigger.call_at, fields.Datetime.now() + timedelta(minutes=1))

    def test_budget_is_for_a_day_in_india(self):
        self.company.l10n_in_irp_gstin_budget = 3
        self.assertEqual(self.run_chunks(gstins=[BUYER, OTHER]), 2)
        self.assertEqual(self.numbers(), (0, 1))
        cron = self.env.ref("l10n_in_einvoice_irp.ir_cron_irp_gstin").sudo()
        triggers = self.env["ir.cron.trigger"].sudo()
        self.assertFalse(triggers.search([("cron_id", "=", cron.id)]))
        with freeze_time("2026-01-15 18:29:00"):
            self.assertEqual(self.numbers(), (0, 1))
        with freeze_time("2026-01-15 18:31:00"):
            self.assertEqual(self.numbers(), (1, 3))

    def test_portal_out_of_reach_is_not_asked_on_and_on(self):
        transport = FaultyTransport("not_sent", times=99)
        gstins = [BUYER] * 25
        self.assertEqual(self.run_chunks(transport, gstins), 0)
        self.assertEqual(transport.count("/gstin/"), 20)
        self.assertFalse(self.env["l10n_in.irp.taxpayer"].search([]))

    def test_single_failure_does_not_hold_up_the_others(self):
        transport = FaultyTransport("lost", times=1)
        self.assertEqual(self.run_chunks(transport, [BUYER, OTHER, THIRD]), 3)
        self.assertEqual(len(self.env["l10n_in.irp.taxpayer"].search([])), 2)

    def test_what_gets_no_answer_makes_way_for_the_others(self):
        """The rest of a stopped run is not deferred for ever by its first GSTINs."""
        for partner in (self.buyer, self.other, self.third):
            self.make_invoice(partner)
        self.assertEqual(self.due()[:2], [BUYER, OTHER])
        self.run_chunks(FaultyTransport("not_sent", times=99), [BUYER, OTHER])
        self.assertFalse(self.env["l10n_in.irp.taxpayer"].search([]))
        ours = [gstin for gstin in self.due() if gstin in (BUYER, OTHER, THIRD)]
        self.assertEqual(ours, [THIRD, BUYER, OTHER])

    def test_refusals_do_not_stop_a_run(self):
        refusals = {"kind": "refuse", "endpoint": "get_gstin", "times": 20}
        transport = ScriptedTransport(self.portal(), {**refusals, "code": "5001"})
        self.assertEqual(self.run_chunks(transport, [BUYER] * 20 + [OTHER]), 21)
        known = self.env["l10n_in.irp.taxpayer"].search([])
        self.assertEqual(known.mapped("gstin"), [OTHER])

    def test_limit_of_sync_does_not_stop_a_run(self):
        self.buyer.sudo().vat = NOBODY
        self.make_invoice(self.buyer)
        limited = {"kind": "refuse", "endpoint": "sync_gstin", "code": "3108"}
        transport = ScriptedTransport(self.portal(), limited)
        gstins = [NOBODY] + [BUYER] * 20
        self.assertEqual(self.run_chunks(transport, gstins), 21)
        record = self.env["l10n_in.irp.taxpayer"]._cached(self.company, NOBODY)
        self.assertEqual((record.is_found, record.source), (False, "get"))
        self.assertIn(NOBODY, self.due(), "the common portal was not asked yet")
        self.run_chunks(gstins=[NOBODY])
        self.assertNotIn(NOBODY, self.due())

    def test_portal_that_asks_to_slow_down_is_left_alone(self):
        slow = {"kind": "refuse", "endpoint": "get_gstin", "code": "3095"}
        transport = ScriptedTransport(self.portal(), slow)
        self.assertEqual(self.run_chunks(transport, [BUYER, OTHER, THIRD]), 0)

    def test_missing_credential_is_no_failure(self):
        self.company.l10n_in_irp_environment = "production"
        self.assertEqual(self.run_chunks(gstins=[BUYER]), 0)

    def test_limits_that_make_no_sense(self):
        for name, value in (
            ("l10n_in_irp_gstin_days", -1),
            ("l10n_in_irp_gstin_invoiced_days", 0),
            ("l10n_in_irp_gstin_rate", 1),
            ("l10n_in_irp_gstin_budget", -1),
        ):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.company[name] = value
