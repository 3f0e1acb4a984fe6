import base64
import csv
import io
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ...models.registration.comparison import Comparison, compare
from ...wizards.csv_file import make_csv
from ..common import TODAY, FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCompare(IrpCommon):
    def compare(self, transport=None, date_from=TODAY, date_to=TODAY):
        env = self.env(
            context={**self.env.context, "l10n_in_irp_wrap_transport": transport}
        )
        return compare(env, self.default_company, date_from, date_to)

    def registered(self, **values):
        move = self.make_invoice(**values)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        return move

    def only(self, found, move):
        """Return the only difference, which must be about that invoice."""
        self.assertEqual([one.move for one in found], [move])
        return found[0]

    def document(self, move):
        return move.l10n_in_irp_document_id.sudo()

    def test_period_ends_today_in_india(self):
        with freeze_time("2026-01-31 20:00:00"):
            wizard = self.env["l10n_in.irp.compare"].create({})
        self.assertEqual(wizard.date_to, date(2026, 2, 1))
        self.assertEqual(wizard.date_from, date(2026, 2, 1))

    # ------------------------------------------------------------------
    # Agreement
    # ------------------------------------------------------------------

    def test_no_difference(self):
        moves = self.registered() + self.registered()
        self.register_and_cancel(self.registered())
        self.make_invoice(l10n_in_gst_treatment="consumer")
        transport = FaultyTransport()
        self.assertEqual(self.compare(transport), [])
        self.assertEqual(transport.count("irnbydocdetails"), len(moves) + 1)
        self.assertEqual(transport.count("irnbydocdetails"), len(transport.urls))

    def register_and_cancel(self, move):
        action = move.button_request_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"reason": "3", "remark": "Order Cancelled"})
        wizard.action_cancel()

    def test_nothing_is_written_but_the_log(self):
        moves = self.registered() + self.make_invoice()
        documents = moves.l10n_in_irp_document_id.sudo()
        calls = documents.log_ids
        before = self.stored(documents), self.stored(moves)
        self.compare()
        self.assertEqual((self.stored(documents), self.stored(moves)), before)
        self.assertEqual(
            (documents.log_ids - calls).mapped("endpoint"),
            ["get_irn_by_document"] * 2,
        )

    def stored(self, records):
        """Return the stored values of records."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT * FROM %s WHERE id IN %s ORDER BY id",
                SQL.identifier(records._table),
                records._ids,
            )
        )
        return self.env.cr.fetchall()

    def test_only_the_period(self):
        self.make_invoice()
        yesterday = TODAY - timedelta(days=1)
        self.assertEqual(self.compare(date_from=yesterday, date_to=yesterday), [])
        self.assertEqual(len(self.compare(date_from=yesterday)), 1)

    # ------------------------------------------------------------------
    # Differences
    # ------------------------------------------------------------------

    def test_not_registered(self):
        queued = self.make_invoice()
        found = self.only(self.compare(), queued)
        self.assertEqual(found.kind, "unregistered")
        self.assertIn("Pending", found.detail)
        self.assertEqual((found.irn, found.portal_irn), ("", ""))

    def test_posted_before_the_addon_came(self):
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        move = self.make_invoice()
        self.assertFalse(move.l10n_in_irp_document_id)
        self.assertEqual(self.only(self.compare(), move).kind, "unregistered")
        registration = self.register_elsewhere(move)
        found = self.only(self.compare(), move)
        self.assertEqual(found.kind, "not_in_odoo")
        self.assertEqual(found.portal_irn, registration.irn)

    def test_lost_answer(self):
        move = self.make_invoice()
        self.process(FaultyTransport("lost"))
        found = self.only(self.compare(), move)
        self.assertEqual(found.kind, "not_in_odoo")
        self.assertIn("Awaiting IRP Response", found.detail)

    def test_portal_does_not_know_it(self):
        move = self.registered()
        self.portal_path = f"{self.portal_path}.other"
        self.env["ir.config_parameter"].sudo().set_param(
            "l10n_in_einvoice_irp.demo_portal", self.portal_path
        )
        found = self.only(self.compare(), move)
        self.assertEqual(found.kind, "not_at_portal")
        self.assertEqual(found.irn, move.l10n_in_irp_irn)

    def test_cancelled_at_the_portal_only(self):
        move = self.registered()
        self.other_client().cancel_irn(move.l10n_in_irp_irn, "1", "by another program")
        found = self.only(self.compare(), move)
        self.assertEqual(found.kind, "cancelled_at_portal")

    def test_cancelled_in_odoo_only(self):
        move = self.registered()
        self.forge(self.document(move), state="cancelled")
        self.assertEqual(self.only(self.compare(), move).kind, "cancelled_in_odoo")

    def test_content_differs(self):
        move = self.registered()
        document = self.document(move)
        self.forge(
            document,
            ack_number="1",
            ack_date=document.ack_date + timedelta(minutes=1),
            request=document.request.replace('"Qty": 1', '"Qty": 2').encode(),
        )
        found = self.only(self.compare(), move)
        self.assertEqual(found.kind, "differs")
        self.assertEqual(found.detail, "ItemList[0].Qty, AckNo, AckDt")

    def test_irn_differs(self):
        move = self.registered()
        self.forge(self.document(move), irn="0" * 64)
        found = self.only(self.compare(), move)
        self.assertEqual(found.kind, "differs")
        self.assertIn("Irn", found.detail)
        self.assertNotEqual(found.irn, found.portal_irn)

    # ------------------------------------------------------------------
    # Invoices that cannot be compared
    # ------------------------------------------------------------------

    def test_no_answer(self):
        moves = self.registered() + self.registered()
        found = self.compare(FaultyTransport("not_sent", times=1))
        self.assertEqual([one.kind for one in found], ["unanswered"])
        self.assertLess(found[0].move, moves)
        self.assertIn("could not be reached", found[0].detail)

    def test_log_in_fails(self):
        move = self.registered()
        self.env["l10n_in.irp.session"].sudo().search([]).unlink()
        transport = FaultyTransport("not_sent", times=9, spare="nothing")
        self.assertEqual(self.only(self.compare(transport), move).kind, "unanswered")

    def test_too_late_to_be_asked(self):
        move = self.registered()
        with freeze_time("2026-01-25 06:30:00"):
            found = self.only(self.compare(), move)
        self.assertEqual(found.kind, "unanswered")
        self.assertIn("2283", found.detail)

    def test_missing_credential(self):
        move = self.make_invoice()
        self.default_company.sudo().l10n_in_irp_environment = "production"
        found = self.only(self.compare(), move)
        self.assertEqual(found.kind, "unanswered")
        self.assertIn("no IRP credential", found.detail)

    def test_what_production_has_rejected_is_due(self):
        move = self.make_invoice()
        self.default_company.sudo().l10n_in_irp_environment = "production"
        document = self.document(move)
        for state, is_due in (
            ("to_register", True),
            ("rejected", True),
            ("unknown", True),
            ("registered", False),
            ("cancelled", False),
        ):
            self.forge(document, environment="production", state=state)
            with self.subTest(state):
                self.assertEqual(Comparison._is_due(move), is_due)

    # ------------------------------------------------------------------
    # The dialog
    # ------------------------------------------------------------------

    def wizard(self, user=None, **values):
        wizards = self.env["l10n_in.irp.compare"].with_user(user or self.accountant)
        return wizards.create(values)

    def test_dialog(self):
        move = self.make_invoice()
        other = self.registered()
        self.forge(self.document(other), state="cancelled")
        wizard = self.wizard()
        self.assertEqual(wizard.date_from, TODAY.replace(day=1))
        action = wizard.action_compare()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.line_ids.move_id, other)
        self.assertIn("Cancelled in Odoo Only: 1", wizard.summary)
        self.assertEqual(wizard.line_ids.action_open()["res_id"], other.id)
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.forge(self.document(other), state="registered")
        wizard.action_compare()
        self.assertFalse(wizard.line_ids)
        self.assertEqual(wizard.summary, "No differences.")
        self.assertFalse(wizard.csv_file)

    def test_file(self):
        move = self.make_invoice(name="=1+1")
        wizard = self.wizard()
        wizard.action_compare()
        text = base64.b64decode(wizard.csv_file).decode("utf-8-sig")
        head, row = csv.reader(io.StringIO(text))
        self.assertEqual(head[:4], ["Difference", "Type", "Document No.", "Date"])
        self.assertEqual(row[:4], ["Not Registered", "INV", "'=1+1", str(TODAY)])
        self.assertEqual(wizard.csv_name, "irp_2026-01-01_2026-01-15.csv")
        self.assertEqual(wizard.line_ids.move_id, move)

    def listed(self, *moves):
        """Return the lines of these invoices, as the list shows them."""
        wizard = self.wizard()
        wizard.action_compare()
        action = wizard.action_list()
        lines = self.env[action["res_model"]].search(action["domain"])
        return lines.filtered(lambda line: line.move_id in moves)

    def test_list_takes_over_what_the_irp_has(self):
        gone, agreeing = self.registered(), self.registered()
        lost = self.make_invoice()
        self.process(FaultyTransport("lost"))
        self.other_client().cancel_irn(gone.l10n_in_irp_irn, "1", "by another program")
        lines = self.listed(lost, gone, agreeing)
        kinds = {line.move_id: line.kind for line in lines}
        self.assertEqual(kinds, {lost: "not_in_odoo", gone: "cancelled_at_portal"})
        self.assertTrue(all(lines.mapped("next_step")))
        lines.action_fetch()
        self.assertEqual(lost.l10n_in_irp_state, "registered")
        self.assertEqual(gone.l10n_in_irp_state, "cancelled")
        self.assertEqual(
            {line.move_id: line.outcome for line in lines},
            {lost: "Registered", gone: "Cancelled"},
        )

    def test_list_registers_the_missing(self):
        other = self.registered()
        self.forge(self.document(other), state="cancelled")
        missing = self.make_invoice()
        lines = self.listed(missing, other)
        lines.action_register()
        self.assertEqual(missing.l10n_in_irp_state, "registered")
        self.assertEqual(other.l10n_in_irp_state, "cancelled")
        with self.assertRaisesRegex(UserError, "Select lines that the IRP has"):
            lines.action_fetch()
        with self.assertRaisesRegex(UserError, "to cancel their IRN"):
            lines.action_cancel()

    def test_list_works_on_many_in_the_queue(self):
        moves = self.make_invoice() + self.make_invoice()
        lines = self.listed(*moves)
        action = lines.action_register()
        bulk = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((bulk.work, bulk.move_ids), ("register", moves))

    def test_one_failure_hinders_no_other_line(self):
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        one, two = self.make_invoice(), self.make_invoice()
        for move in (one, two):
            self.register_elsewhere(move)
        lines = self.listed(one, two)
        transport = FaultyTransport("not_sent", times=1)
        for line in lines.with_context(l10n_in_irp_wrap_transport=transport):
            line.action_fetch()
        states = (one + two).mapped("l10n_in_irp_state")
        self.assertEqual(sorted(filter(None, states)), ["registered"])
        outcomes = lines.mapped("outcome")
        self.assertTrue(any("could not be reached" in text for text in outcomes))

    def test_list_groups_by_status_and_fault(self):
        moves = self.make_invoice() + self.make_invoice()
        for move in moves:
            self.forge(self.document(move), state="rejected", error_code="2150")
        lines = self.listed(*moves)
        [(fault, count)] = lines._read_group(
            [("id", "in", lines.ids)], ["fault"], ["__count"]
        )
        self.assertEqual((fault, count), ("2150 – Duplicate IRN", 2))
        [(status, _count)] = lines._read_group(
            [("id", "in", lines.ids)], ["status"], ["__count"]
        )
        self.assertEqual(status, moves[0].l10n_in_irp_status)

    def test_only_own_results(self):
        wizard = self.wizard()
        wizard.action_compare()
        other = new_test_user(
            self.env(su=True),
            "other_accountant",
            groups="base.group_user,account.group_account_invoice",
            company_id=self.default_company.id,
            company_ids=[(6, 0, self.default_company.ids)],
        )
        with self.assertRaises(AccessError):
            wizard.with_user(other).read(["summary"])

    def test_no_cell_of_a_file_is_a_formula(self):
        texts = ["=1+1", "+1", "-1", "@A1", "\t=1+1", "\r=1+1"]
        content = base64.b64decode(make_csv(["A"], [[text] for text in texts]))
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        cells = [cell for (cell,) in csv.reader(text)]
        self.assertEqual(cells, ["A", *(f"'{text}" for text in texts)])

    def test_period_and_company_have_to_be_right(self):
        with self.assertRaisesRegex(UserError, "before the start date"):
            self.wizard(date_to=TODAY - timedelta(days=60)).action_compare()
        wizard = self.wizard()
        # the creator of a company may work with it
        companies = self.env["res.company"].with_user(SUPERUSER_ID)
        wizard.sudo().company_id = companies.create({"name": "Foreign"})
        with self.assertRaisesRegex(UserError, "your active companies"):
            wizard.action_compare()
