import base64
import io
import json

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMonthEnd(IrpCommon):
    """Every applicable document of January 2026 has its IRN, or is listed."""

    def check(self, user=None, **values):
        checks = self.env["l10n_in.irp.month.end"].with_user(user or self.accountant)
        check = checks.create({"month": "2026-01", **values})
        check.action_check()
        return check

    def counts(self, check):
        """Return the counts of all types together, without the zeros."""
        counts = check._report_values()["found"].total.counts
        return {kind: count for kind, count in counts.items() if count}

    def in_production(self, *moves):
        """Make registrations those of the production portal."""
        self.default_company.sudo().l10n_in_irp_environment = "production"
        for move in moves:
            self.forge(move.l10n_in_irp_document_id, environment="production")

    def registered(self, **values):
        move = self.make_invoice(**values)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        return move

    def only(self, check, move):
        """Return the only document to look at, which has to be that one."""
        self.assertEqual(check.line_ids.move_id, move)
        return check.line_ids

    # ------------------------------------------------------------------
    # Registered
    # ------------------------------------------------------------------

    def test_all_registered(self):
        invoice = self.registered()
        note = self.registered(move_type="out_refund")
        self.make_invoice(l10n_in_gst_treatment="consumer")
        self.in_production(invoice, note)
        check = self.check()
        self.assertEqual(self.counts(check), {"verified": 2, "not_applicable": 1})
        self.assertFalse(check.line_ids)
        self.assertIn("All 2 applicable documents have their IRN.", check.summary)
        found = check._report_values()["found"]
        self.assertEqual(tuple(found.types[0].sent), (1000.0, 180.0, 1180.0))
        self.assertEqual(found.types[0].booked, found.types[0].sent)
        self.assertEqual(tuple(found.total.sent), (0.0, 0.0, 0.0), "less the note")
        [(reason, count)] = found.exempt
        self.assertIn("unregistered", reason)
        self.assertEqual(count, 1)

    def test_tests_are_not_registered(self):
        move = self.registered()
        check = self.check()
        self.assertEqual(self.counts(check), {"test": 1})
        self.assertIn("1 of 1 applicable documents have no IRN", check.summary)
        self.assertIn("test portal", self.only(check, move).reason)
        self.assertFalse(check.line_ids.deadline, "no limit below 10 crore")
        self.default_company.sudo().l10n_in_irp_turnover = "100"
        self.assertEqual(str(self.check().line_ids.deadline), "2026-02-13")
        self.default_company.sudo().l10n_in_irp_environment = "production"
        self.assertEqual(self.counts(self.check()), {"without": 1})

    def test_a_company_that_registers_nothing_is_not_complete(self):
        self.make_invoice()
        self.default_company.sudo().l10n_in_irp_enabled = False
        summary = self.check().summary
        self.assertIn("Not checked: e-Invoicing is switched off", summary)
        self.assertNotIn("alert-success", summary)

    def test_what_was_left_alone_has_its_limit(self):
        company = self.default_company.sudo()
        company.write(
            {
                "l10n_in_irp_turnover": "100",
                "l10n_in_irp_register_on": "manual",
                "l10n_in_irp_register_from": "2026-02-01",
            }
        )
        move = self.make_invoice()
        self.assertFalse(move.l10n_in_irp_deadline)
        with freeze_time("2026-02-20 06:30:00"):
            line = self.only(self.check(), move)
            self.assertEqual(str(line.deadline), "2026-02-13")
            self.assertIn("no longer accepts", line.next_step)

    def test_signature_and_word(self):
        unchecked, stated = self.registered(), self.registered()
        self.in_production(unchecked, stated)
        self.forge(unchecked.l10n_in_irp_document_id, signature_state="unchecked")
        self.forge(
            stated.l10n_in_irp_document_id,
            settled_as="active",
            request_attachment_id=False,
        )
        check = self.check()
        self.assertEqual(self.counts(check), {"unchecked": 1, "by_hand": 1})
        self.assertEqual(check._report_values()["found"].unstated, 1)

    # ------------------------------------------------------------------
    # To be looked at
    # ------------------------------------------------------------------

    def test_without_irn(self):
        self.default_company.sudo().l10n_in_irp_turnover = "100"
        move = self.make_invoice()
        self.make_invoice(invoice_date="2026-02-01")
        with freeze_time("2026-02-05 06:30:00"):
            line = self.only(self.check(), move)
            self.assertEqual(line.kind, "without")
            self.assertEqual(str(line.deadline), "2026-02-13")
            self.assertEqual(line.days_left, 8)
            self.assertTrue(line.next_step)
            self.assertEqual(line.amount_total, 1180.0)
        with freeze_time("2026-02-20 06:30:00"):
            line = self.only(self.check(), move)
            self.assertEqual(line.days_left, -7)
            self.assertIn("no longer accepts", line.next_step)

    def test_cancelled_on_one_side_only(self):
        here, there, both = self.registered(), self.registered(), self.registered()
        self.in_production(here, there, both)
        self.forge(there.l10n_in_irp_document_id, state="cancelled")
        self.forge(both.l10n_in_irp_document_id, state="cancelled")
        both._l10n_in_irp_cancel_with_portal()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET state = 'cancel' WHERE id = %s", [here.id]
        )
        here.invalidate_recordset()
        check = self.check()
        self.assertEqual(self.counts(check), {"verified": 1, "cancelled": 2})
        self.assertEqual(check.line_ids.move_id, here + there)
        texts = dict(check.line_ids.mapped(lambda line: (line.move_id, line.reason)))
        self.assertIn("its IRN is active", texts[here])
        self.assertIn("still confirmed in Odoo", texts[there])

    def test_amounts_differ_to_the_paisa(self):
        move, other = self.registered(), self.registered()
        document = move.l10n_in_irp_document_id
        request = json.loads(document.sudo().request)
        request["ValDtls"]["AssVal"] += 0.01
        self.forge(document, request=json.dumps(request).encode())
        self.in_production(move, other)
        check = self.check()
        self.assertIn("differ", self.only(check, move).reason)
        difference = check._report_values()["found"].total.difference
        self.assertEqual(tuple(difference), (0.01, 0.0, 0.0))

    def test_reverse_charge_is_no_difference(self):
        """The journal books no tax that the buyer pays; the e-Invoice states it."""
        taxes = self.env["account.chart.template"].sudo().ref("igst_sale_18_rc", False)
        taxes = taxes or self.igst_sale_18.sudo().copy(
            {"name": "RC", "l10n_in_reverse_charge": True}
        )
        move = self.registered(taxes=taxes)
        self.in_production(move)
        self.assertFalse(self.check().line_ids)

    # ------------------------------------------------------------------
    # Numbers, scope and rights
    # ------------------------------------------------------------------

    def test_missing_numbers(self):
        first, gone, last = (self.make_invoice() for _ in range(3))
        self.assertFalse(self.check()._report_values()["gaps"])
        number = gone.name
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET name = '/', sequence_number = 0,"
            " sequence_prefix = '', state = 'draft' WHERE id = %s",
            [gone.id],
        )
        gone.invalidate_recordset()
        values = self.check()._report_values()
        self.assertEqual(values["gaps"], [number])
        self.assertEqual(values["drafts"], 1)
        self.assertLess(first.sequence_number, last.sequence_number)

    def test_month_before_until_it_is_closed(self):
        checks = self.env["l10n_in.irp.month.end"]
        self.assertEqual(checks.create({}).month, "2025-12")
        with freeze_time("2026-01-31 06:30:00"):
            self.assertEqual(checks.create({}).month, "2026-01")
        labels = dict(checks._selection_month())
        self.assertEqual(labels["2025-12"], "December 2025")

    def test_branches_with_the_same_gstin(self):
        values = {"name": "Branch", "parent_id": self.default_company.id}
        branch = self.env["res.company"].sudo().create(values)
        branch.vat = self.default_company.vat
        self.accountant.sudo().company_ids = [Command.link(branch.id)]
        both = [self.default_company.id, branch.id]
        checks = self.env["l10n_in.irp.month.end"].with_context(
            allowed_company_ids=both
        )
        check = checks.create({"month": "2026-01", "scope": "gstin"})
        self.assertEqual(check._companies().ids, both)
        check.scope = "company"
        self.assertEqual(check._companies(), self.default_company)

    def test_auditor(self):
        self.make_invoice()
        auditor = new_test_user(
            self.env(su=True),
            "irp_auditor",
            groups="base.group_user,account.group_account_readonly",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )
        check = self.check(auditor)
        self.assertEqual(len(check.line_ids), 1)
        with self.assertRaises(AccessError):
            check.with_user(self.accountant).read(["summary"])

    def test_no_query_per_document(self):
        few = [self.make_invoice(invoice_date="2025-12-20") for _ in range(2)]
        many = [self.make_invoice() for _ in range(6)]
        self.process()
        self.in_production(*few, *many)
        queries = {}
        for month in ("2025-12", "2026-01", "2025-12"):
            check = self.env["l10n_in.irp.month.end"].create({"month": month})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = check._summarise(check._documents())
            queries[month] = self.env.cr.sql_log_count - before
        self.assertEqual(found.total.counts, {"verified": 2})
        self.assertEqual(queries["2026-01"], queries["2025-12"])

    # ------------------------------------------------------------------
    # As files
    # ------------------------------------------------------------------

    def test_workbook(self):
        move = self.registered(line={"price_unit": 12345678.0})
        other = self.make_invoice(name="=1+1")
        self.in_production(move)
        check = self.check()
        self.assertEqual(
            check.file_name,
            f"e-Invoice Check {self.default_company.vat} 2026-01.xlsx",
        )
        book = load_workbook(io.BytesIO(base64.b64decode(check.xlsx_file)))
        rows = {
            row[0].value: row for row in book["Documents"].iter_rows(min_row=2) if row
        }
        self.assertEqual(set(rows), {"=1+1", move.name})
        self.assertEqual(rows["=1+1"][0].data_type, "s", "not a formula")
        total = rows[move.name][11]
        self.assertEqual(total.value, 14567900.04)
        self.assertIn("##\\,##\\,##\\,##0.00", total.number_format)
        self.assertEqual(rows[other.name][1].number_format, "dd/mm/yyyy")
        [to_do] = list(book["To Do"].iter_rows(min_row=2, values_only=True))
        self.assertEqual(to_do[0], other.name)

    def test_print(self):
        self.registered(line={"price_unit": 12345678.0})
        check = self.check()
        self.accountant.lang = "en_US"
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "l10n_in_einvoice_irp.report_month_end", check.ids
        )
        text = content.decode()
        for words in ("January 2026", "15/01/2026", "1,45,67,900.04", "Test Only"):
            self.assertIn(words, text)
