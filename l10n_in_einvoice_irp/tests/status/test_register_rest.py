from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRegisterRest(IrpCommon):
    """One click registers what a company has registered only in a test."""

    def setUp(self):
        super().setUp()
        self.company = self.default_company.sudo()
        self.company.l10n_in_irp_register_on = "manual"

    def rest(self, moves=None):
        moves = self.env["account.move"] if moves is None else moves
        context = {"l10n_in_irp_rest": self.company.id}
        return moves.with_context(**context).action_l10n_in_irp_register_rest()

    def test_another_environment_registers_the_rest(self):
        tested = self.make_invoice() + self.make_invoice()
        tested.action_l10n_in_irp_register()
        draft = self.make_invoice(post=False)
        retail = self.make_invoice(l10n_in_gst_treatment="consumer")
        self.assertEqual(set(tested.mapped("l10n_in_irp_status")), {"registered"})
        self.company.l10n_in_irp_environment = "sandbox"
        new = self.make_invoice()
        message = self.rest()["params"]["message"]
        self.assertIn("registration: 3.", message)
        moves = tested + new
        self.assertEqual(set(moves.mapped("l10n_in_irp_status")), {"to_register"})
        environments = moves.l10n_in_irp_document_id.mapped("environment")
        self.assertEqual(environments, ["sandbox"] * 3)
        self.assertFalse((draft + retail).l10n_in_irp_document_id)
        self.assertIn("registration: 0.", self.rest()["params"]["message"], "done")

    def test_list_of_the_settings_is_what_the_click_registers(self):
        self.company.l10n_in_irp_turnover = "5"
        self.make_invoice(l10n_in_gst_treatment="consumer")
        taxless = self.make_invoice(post=False)
        taxless.invoice_line_ids.tax_ids = False
        taxless.action_post()
        wanted = self.make_invoice()
        note = self.company._l10n_in_irp_backlog_note(5)
        self.assertIn("1 confirmed invoices", note)
        settings = self.env["res.config.settings"].sudo().create({})
        action = settings.action_l10n_in_irp_backlog()
        self.assertEqual(action["context"]["l10n_in_irp_rest"], self.company.id)
        self.assertEqual(self.env["account.move"].search(action["domain"]), wanted)

    def test_a_selection_is_registered_alone(self):
        first, second = self.make_invoice(), self.make_invoice()
        self.rest(first)
        self.assertEqual(first.l10n_in_irp_status, "to_register")
        self.assertEqual(second.l10n_in_irp_status, "not_registered")

    def test_without_a_selection_the_list_counts(self):
        first, second = self.make_invoice(), self.make_invoice()
        shown = {"active_domain": [("id", "=", second.id)]}
        self.rest(self.env["account.move"].with_context(**shown))
        self.assertEqual(first.l10n_in_irp_status, "not_registered")
        self.assertEqual(second.l10n_in_irp_status, "to_register")

    def test_what_is_too_old_is_left_out(self):
        self.company.l10n_in_irp_turnover = "10"
        late = self.make_invoice(invoice_date="2025-12-16")
        last = self.make_invoice(invoice_date="2025-12-17")
        message = self.rest()["params"]["message"]
        self.assertIn("past the reporting limit: 1.", message)
        self.assertEqual(late.l10n_in_irp_status, "not_registered")
        self.assertEqual(last.l10n_in_irp_status, "to_register")

    def test_others_may_not(self):
        employee = new_test_user(self.env(su=True), "irp_employee", "base.group_user")
        self.make_invoice()
        with self.assertRaises(AccessError):
            self.env["account.move"].with_user(
                employee
            ).action_l10n_in_irp_register_rest()
