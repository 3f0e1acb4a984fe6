from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ...models.reminders.activities import DAYS, DEADLINE_ACTIVITY, next_stage
from ..common import FaultyTransport, IrpCommon

# invoices are of 15-01-2026, which is day 1 of the 30
DEADLINE = "2026-02-13"
MORNING = "03:30:00"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestReminders(IrpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.default_company.sudo().write(
            {"l10n_in_irp_register_on": "manual", "l10n_in_irp_turnover": "10"}
        )

    def on(self, day, time=MORNING):
        """Return a context manager that stops the clock on a day, at a time in UTC."""
        self.env.flush_all()
        self.env.invalidate_all()
        return freeze_time(f"{day} {time}")

    def run_cron(self):
        moves = self.env["account.move"].sudo()
        moves._cron_l10n_in_irp_remind()
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Deadlines
    # ------------------------------------------------------------------

    def activities(self, move, **context):
        activities = self.env["mail.activity"].sudo().with_context(**context)
        kind = self.env.ref(DEADLINE_ACTIVITY)
        return activities.search(
            [
                ("activity_type_id", "=", kind.id),
                ("res_model", "=", "account.move"),
                ("res_id", "=", move.id),
            ]
        )

    def due(self, move):
        return [str(one.date_deadline) for one in self.activities(move)]

    def test_countdown_says_days_and_date(self):
        move = self.make_invoice()
        for day, words, level in (
            ("2026-01-15", "29 days left to register, until 13/02/2026.", "info"),
            ("2026-02-06", "7 days left to register, until 13/02/2026.", "warning"),
            ("2026-02-12", "1 day left to register, until 13/02/2026.", "warning"),
            (DEADLINE, "Today, 13/02/2026, is the last day to register.", "warning"),
            ("2026-02-14", "The reporting limit ended on 13/02/2026", "danger"),
        ):
            with self.subTest(day), self.on(day):
                self.assertIn(words, move.l10n_in_irp_countdown)
                alerts = move.alerts
                # past the limit, that is the fault of the invoice
                alert = alerts.get("l10n_in_irp_deadline") or alerts["l10n_in_irp"]
                self.assertEqual(alert["level"], level)
                self.assertEqual(alert["message"].count(words), 1)

    def test_indian_midnight_ends_the_day(self):
        move = self.make_invoice()
        with self.on(DEADLINE, "18:29:00"):
            self.assertEqual(move.l10n_in_irp_days_left, 0)
        with self.on(DEADLINE, "18:31:00"):
            self.assertEqual(move.l10n_in_irp_days_left, -1)

    def test_countdown_stands_in_the_banner_of_a_fault(self):
        move = self.make_invoice()
        move.with_context(
            l10n_in_irp_wrap_transport=FaultyTransport("2172", times=9)
        ).action_l10n_in_irp_register()
        alerts = move.alerts
        self.assertNotIn("l10n_in_irp_deadline", alerts)
        self.assertIn("29 days left", alerts["l10n_in_irp"]["message"])
        self.assertEqual(alerts["l10n_in_irp"]["level"], "danger")

    def test_no_countdown_without_a_limit_or_with_an_irn(self):
        done, small = self.make_invoice(), self.make_invoice()
        done.action_l10n_in_irp_register()
        self.assertFalse(done.l10n_in_irp_countdown)
        self.default_company.sudo().l10n_in_irp_turnover = "5"
        self.assertFalse(small.l10n_in_irp_countdown)
        self.assertNotIn("l10n_in_irp_deadline", small.alerts or {})

    def test_nobody_is_reminded_while_registration_is_off(self):
        self.default_company.sudo().write(
            {"l10n_in_irp_enabled": False, "l10n_in_irp_digest": True}
        )
        move, mails = self.make_invoice(), self.env["mail.mail"].sudo()
        before = mails.search_count([])
        with self.on("2026-02-12"):
            self.run_cron()
            self.assertFalse(move.l10n_in_irp_countdown)
        self.assertFalse(self.due(move))
        self.assertEqual(mails.search_count([]), before)

    def test_reminders_come_seven_and_two_days_before(self):
        move = self.make_invoice()
        with self.on("2026-02-05"):
            self.run_cron()
            self.assertFalse(self.due(move))
        for day in ("2026-02-06", "2026-02-10"):
            with self.on(day):
                self.run_cron()
                self.assertEqual(self.due(move), ["2026-02-11"])
        self.assertEqual(self.activities(move).user_id, self.accountant)
        self.assertIn("13/02/2026", self.activities(move).summary)
        for day in ("2026-02-11", DEADLINE):
            with self.on(day):
                self.run_cron()
                self.assertEqual(self.due(move), [DEADLINE])

    def test_reminder_that_was_marked_done_does_not_come_back(self):
        move = self.make_invoice()
        with self.on("2026-02-07"):
            self.run_cron()
            self.activities(move).action_done()
            self.run_cron()
            self.assertFalse(self.due(move))
        with self.on("2026-02-12"):
            self.run_cron()
            self.assertEqual(self.due(move), [DEADLINE])

    def test_registration_ends_the_reminder(self):
        move, cancelled = self.make_invoice(), self.make_invoice()
        with self.on("2026-02-07"):
            self.run_cron()
            move.action_l10n_in_irp_register()
            self.assertEqual(move.l10n_in_irp_state, "registered")
            self.assertFalse(self.activities(move, active_test=False))
            cancelled.button_draft()
            self.run_cron()
            self.assertFalse(self.due(cancelled))

    def test_days_are_a_system_parameter(self):
        move = self.make_invoice()
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(DAYS, "20")
        with self.on("2026-01-24"):
            self.run_cron()
            self.assertEqual(self.due(move), [DEADLINE])
        parameters.set_param(DAYS, "some days")
        self.assertEqual(move._l10n_in_irp_reminder_days(), [2, 7])

    def test_reminder_goes_to_who_can_register(self):
        outsider = new_test_user(self.env(su=True), "irp_seller", "base.group_user")
        manager = new_test_user(
            self.env(su=True),
            "irp_manager",
            "account.group_account_invoice,l10n_in_einvoice_irp.group_manager",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )
        move = self.make_invoice()
        move.sudo().invoice_user_id = outsider
        with self.on("2026-02-07"):
            self.run_cron()
        user = self.activities(move).user_id
        self.assertNotEqual(user, outsider)
        self.assertTrue(user.has_group("l10n_in_einvoice_irp.group_manager"))
        self.assertTrue(manager)

    def test_the_present_reminder_ends_when_the_next_begins(self):
        for left, due in ((7, 2), (3, 2), (2, 0), (0, 0)):
            self.assertEqual(next_stage([2, 7], left), due)

    # ------------------------------------------------------------------
    # The daily summary
    # ------------------------------------------------------------------

    def want_digest(self):
        self.become_manager()
        self.accountant.sudo().email = "accountant@example.com"
        self.default_company.sudo().l10n_in_irp_digest = True

    def mails(self):
        partner = self.accountant.sudo().partner_id
        return (
            self.env["mail.mail"].sudo().search([("recipient_ids", "in", partner.ids)])
        )

    def make_rejected(self):
        self.want_digest()
        move = self.make_invoice()
        move.with_context(
            l10n_in_irp_wrap_transport=FaultyTransport("2172", times=9)
        ).action_l10n_in_irp_register()
        return move

    def test_one_mail_a_day_with_counts_and_links(self):
        self.make_rejected()
        self.make_invoice()._l10n_in_irp_enqueue()
        with self.on("2026-02-10"):
            self.run_cron()
            self.run_cron()
        [mail] = self.mails()
        body = str(mail.body_html)
        for words in ("Rejected by the IRP", "Pending", "within 7 days"):
            self.assertIn(words, body)
        self.assertNotIn("Failed validation", body)
        self.assertNotIn("Past the reporting limit", body)
        self.assertIn(f"/odoo/{self.default_company.id}/action-", body)
        self.assertIn("10/02/2026", mail.subject)
        with self.on("2026-02-14"):
            self.run_cron()
        self.assertEqual(len(self.mails()), 2)
        self.assertIn("Past the reporting limit", str(self.mails()[0].body_html))

    def test_none_before_eight_and_none_without_a_cause(self):
        self.want_digest()
        with self.on("2026-01-20"):
            self.run_cron()
        self.assertFalse(self.mails(), "nothing waits")
        self.make_rejected()
        with self.on("2026-01-21", "02:00:00"):
            self.run_cron()
        self.assertFalse(self.mails(), "it is 7:30 in India")
        self.default_company.sudo().l10n_in_irp_digest = False
        with self.on("2026-01-21"):
            self.run_cron()
        self.assertFalse(self.mails(), "the company does not want it")

    def test_only_for_managers(self):
        self.make_rejected()
        other = new_test_user(
            self.env(su=True),
            "irp_plain",
            "account.group_account_invoice",
            email="plain@example.com",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )
        with self.on("2026-01-20"):
            self.run_cron()
        self.assertTrue(self.mails())
        self.assertNotIn(other.partner_id, self.mails().recipient_ids)

    def test_links_open_what_is_counted(self):
        self.make_rejected()
        company, today = self.default_company.sudo(), self.make_invoice().invoice_date
        domains = company._l10n_in_irp_digest_domains(today)
        for name, domain in domains.items():
            action = self.env.ref(
                f"l10n_in_einvoice_irp.action_l10n_in_irp_digest_{name}"
            ).sudo()
            shown = self.env["account.move"].search(
                self.evaluated(action.domain, today, company)
            )
            counted = self.env["account.move"].search(domain)
            with self.subTest(name):
                self.assertEqual(shown, counted)

    @staticmethod
    def evaluated(domain, today, company):
        names = {
            "active_id": company.id,
            "context_today": lambda: today,
            "relativedelta": relativedelta,
        }
        return safe_eval(domain, names)
