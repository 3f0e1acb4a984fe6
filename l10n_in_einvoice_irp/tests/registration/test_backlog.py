from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from ...models.queue import queue
from ..common import IrpCommon

SINCE = "2026-01-15"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBacklog(IrpCommon):
    """A company with posted invoices that switches registration on."""

    def setUp(self):
        super().setUp()
        self.company = self.default_company.sudo()
        self.company.l10n_in_irp_enabled = False

    def dated(self, day, **values):
        return self.make_invoice(invoice_date=day, **values)

    def settings(self):
        """Return the settings as an administrator sees them."""
        admin = new_test_user(
            self.env(su=True),
            "irp_admin",
            groups="base.group_system,account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        return self.env["res.config.settings"].with_user(admin).create({})

    def test_nothing_is_registered_before_someone_switches_it_on(self):
        company = self.env["res.company"].sudo().create({"name": "New"})
        self.assertFalse(company.l10n_in_irp_enabled)
        move = self.make_invoice()
        self.process()
        self.assertFalse(move.l10n_in_irp_document_id)
        self.assertFalse(move.l10n_in_irp_can_register)
        for name in ("document", "log", "ewaybill"):
            model = self.env[f"l10n_in.irp.{name}"].sudo()
            self.assertFalse(model.search([("company_id", "=", self.company.id)]), name)
        self.assertFalse(queue.due_turns(self.env))

    def test_old_invoices_stay_alone_when_it_is_switched_on(self):
        old = self.dated("2026-01-02")
        self.company.l10n_in_irp_enabled = True
        self.assertEqual(str(self.company.l10n_in_irp_register_from), SINCE)
        self.process()
        self.assertFalse(old.l10n_in_irp_document_id)
        late, new = self.dated("2026-01-14"), self.dated("2026-01-15")
        self.assertFalse(late.l10n_in_irp_document_id, "dated before the first day")
        self.assertTrue(late.l10n_in_irp_can_register, "by hand")
        self.assertEqual(new.l10n_in_irp_state, "to_register")
        (old + late).action_l10n_in_irp_register()
        self.assertEqual((old + late).mapped("l10n_in_irp_state"), ["registered"] * 2)

    def test_send_and_print_does_not_propose_an_old_one(self):
        old = self.dated("2026-01-02")
        self.company.write(
            {"l10n_in_irp_enabled": True, "l10n_in_irp_register_on": "send"}
        )
        chosen = self.env["account.move.send"]._get_default_extra_edis
        self.assertNotIn("l10n_in_irp", chosen(old))
        self.assertIn("l10n_in_irp", chosen(self.dated("2026-01-15")))

    def test_without_invoices_every_date_counts(self):
        self.company.l10n_in_irp_enabled = True
        self.assertFalse(self.company.l10n_in_irp_register_from)
        self.assertTrue(self.dated("2026-01-02").l10n_in_irp_document_id)

    def test_a_chosen_day_is_left_alone(self):
        self.dated("2026-01-02")
        day = "2026-01-10"
        self.company.write(
            {"l10n_in_irp_enabled": True, "l10n_in_irp_register_from": day}
        )
        self.assertEqual(str(self.company.l10n_in_irp_register_from), day)
        self.assertFalse(self.dated("2026-01-09").l10n_in_irp_document_id)
        self.assertTrue(self.dated("2026-01-10").l10n_in_irp_document_id)

    def test_settings_count_what_waits(self):
        self.dated("2025-12-01")
        self.dated("2025-12-17")
        self.dated("2026-01-10")
        self.dated("2026-01-10").button_draft()
        self.dated("2026-01-10", l10n_in_gst_treatment="consumer")
        # before e-Invoicing applied at this turnover
        self.dated("2023-07-31")
        form = Form(self.settings())
        self.assertFalse(form.l10n_in_irp_backlog)
        form.l10n_in_irp_enabled = True
        self.assertIn("3 confirmed invoices", form.l10n_in_irp_backlog)
        self.assertIn("12/01/2025", form.l10n_in_irp_backlog)
        self.assertNotIn("past the reporting limit", form.l10n_in_irp_backlog)
        form.l10n_in_irp_turnover = "10"
        # it applied earlier then; 15 January is the 30th day of 17 December
        self.assertIn("4 confirmed invoices", form.l10n_in_irp_backlog)
        self.assertIn("2 of them", form.l10n_in_irp_backlog)
        self.assertIn("limit of 30 days", form.l10n_in_irp_backlog)

    def test_settings_propose_the_day(self):
        self.dated("2026-01-02")
        form = Form(self.settings())
        form.l10n_in_irp_enabled = True
        self.assertEqual(str(form.l10n_in_irp_register_from), SINCE)

    def test_settings_open_what_waits(self):
        moves = self.dated("2026-01-02") + self.dated("2026-01-03")
        self.dated("2026-01-04", l10n_in_gst_treatment="consumer")
        self.company.l10n_in_irp_enabled = True
        action = self.settings().action_l10n_in_irp_backlog()
        self.assertEqual(self.env["account.move"].search(action["domain"]), moves[::-1])

    def test_exempted_company_has_no_backlog(self):
        self.dated("2026-01-02")
        self.company.write(
            {"l10n_in_irp_enabled": True, "l10n_in_irp_exemption": "composition"}
        )
        self.assertFalse(self.settings().l10n_in_irp_backlog)
