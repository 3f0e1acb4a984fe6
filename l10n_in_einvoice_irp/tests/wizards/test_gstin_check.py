import base64
import csv
import io

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import FaultyTransport
from ..taxpayer.common import BUYER, NOBODY, OTHER, THIRD, GstinCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGstinCheck(GstinCommon):
    """Many GSTINs at once: from a list, from a file, of partners."""

    def check(self, text="", transport=None, **values):
        checks = self.env["l10n_in.irp.gstin.check"].with_user(self.clerk)
        check = checks.create({"text": text, **values})
        check.with_context(l10n_in_irp_wrap_transport=transport).action_check()
        return check

    def refresh(self, partners):
        """Choose 'Verify GSTINs' in the list of partners."""
        action = self.env.ref("l10n_in_einvoice_irp.action_l10n_in_irp_gstin_refresh")
        opened = (
            action.with_user(self.clerk)
            .with_context(active_model="res.partner", active_ids=partners.ids)
            .run()
        )
        return self.open(opened)

    def results(self, check):
        return [(line.gstin, line.result) for line in check.line_ids]

    def test_each_line_has_its_result(self):
        self.enter(OTHER, "SUS")
        text = f"GSTIN\n{BUYER}\n{OTHER}\n\n{BUYER}\n{NOBODY}\nsoon\n"
        check = self.check(text)
        self.assertEqual(
            self.results(check),
            [
                (BUYER, "active"),
                (OTHER, "doubtful"),
                (BUYER, "duplicate"),
                (NOBODY, "invalid"),
                ("SOON", "invalid"),
            ],
        )
        self.assertEqual(check.line_ids.mapped("number"), [2, 3, 5, 6, 7])
        lines = check.line_ids
        self.assertEqual(lines[1].message, "Suspended")
        self.assertIn("typo", lines[3].message)
        self.assertIn("15 characters", lines[4].message)
        self.assertIn("Not Active: 1", check.summary)
        self.assertIn("Invalid: 2", check.summary)
        self.assertTrue(lines[0].legal_name)

    def test_common_enrolment_number_is_no_wrong_gstin(self):
        transport = FaultyTransport()
        check = self.check(f"88AAACD8017H1ZX\n{BUYER}\n88AAACD8017H1ZX", transport)
        self.assertEqual(
            check.line_ids.mapped("result"), ["no_gstin", "active", "duplicate"]
        )
        self.assertIn("common enrolment number", check.line_ids[0].message)
        self.assertFalse(transport.count("88AAACD8017H1ZX"))

    def test_only_sound_ones_are_asked_and_each_once(self):
        transport = FaultyTransport()
        self.check(f"{BUYER}\n{BUYER}\n{NOBODY}\nsoon", transport)
        self.assertEqual(transport.count("/gstin/"), 1)

    def test_without_the_portal(self):
        transport = FaultyTransport()
        check = self.check(f"{BUYER} {NOBODY}", transport, is_asked=False)
        self.assertEqual(self.results(check), [(BUYER, "sound"), (NOBODY, "invalid")])
        self.assertFalse(transport.urls)

    def test_file_of_a_spreadsheet(self):
        content = f"\ufeffName;GST No (GSTIN)\nNashik;{BUYER}\n".encode()
        check = self.check(file=base64.b64encode(content), file_name="list.csv")
        self.assertEqual(self.results(check), [(BUYER, "active")])

    def test_what_cannot_be_read_is_reported(self):
        with self.assertRaisesRegex(UserError, r"Could not read list\.xlsx"):
            self.check(file=base64.b64encode(b"PK\0\0"), file_name="list.xlsx")
        for text in ("", "\n \n", "GSTIN\n"):
            with self.subTest(text), self.assertRaisesRegex(UserError, "no GSTIN"):
                self.check(text)

    def test_rate_leaves_the_rest_for_later(self):
        self.default_company.sudo().l10n_in_irp_gstin_rate = 4
        check = self.check(f"{BUYER}\n{OTHER}\n{THIRD}")
        results = [result for _gstin, result in self.results(check)]
        self.assertEqual(results, ["active", "active", "waiting"])
        self.assertEqual(check.waiting_count, 1)
        self.default_company.sudo().l10n_in_irp_gstin_rate = 60
        check.action_continue()
        self.assertFalse(check.waiting_count)
        self.assertEqual(check.line_ids[2].result, "active")

    def test_no_answer_is_reported_by_line(self):
        check = self.check(f"{BUYER}\n{OTHER}", FaultyTransport("not_sent"))
        results = sorted(result for _gstin, result in self.results(check))
        self.assertEqual(results, ["active", "no_answer"])
        failed = check.line_ids.filtered(lambda line: line.result == "no_answer")
        self.assertIn("could not be reached", failed.message)
        self.assertIn("Try again in a few minutes", failed.message)
        self.assertFalse(failed.taxpayer_id)

    def test_what_got_no_answer_is_asked_again(self):
        check = self.check(f"{BUYER}\n{OTHER}", FaultyTransport("not_sent", times=2))
        self.assertEqual((check.waiting_count, check.open_count), (0, 2))
        transport = FaultyTransport()
        check.with_context(l10n_in_irp_wrap_transport=transport).action_continue()
        self.assertEqual(self.results(check), [(BUYER, "active"), (OTHER, "active")])
        self.assertFalse(check.open_count)
        self.assertEqual(transport.count("/gstin/"), 2)

    def test_waiting_lines_are_asked_before_those_without_an_answer(self):
        company = self.default_company.sudo()
        company.l10n_in_irp_gstin_rate = 2
        check = self.check(f"{BUYER}\n{OTHER}", FaultyTransport("not_sent"))
        self.assertEqual(
            self.results(check), [(BUYER, "no_answer"), (OTHER, "waiting")]
        )
        company.l10n_in_irp_gstin_rate = 3
        check.action_continue()
        results = [result for _gstin, result in self.results(check)]
        self.assertEqual(results, ["no_answer", "active"])

    def test_budget_that_is_used_up_is_not_there_in_a_minute(self):
        company = self.default_company.sudo()
        company.l10n_in_irp_gstin_budget = 2
        check = self.check(f"{BUYER}\n{OTHER}\n{THIRD}")
        self.assertEqual(check.waiting_count, 2)
        self.assertTrue(check.is_budget_spent)
        company.l10n_in_irp_gstin_budget = 2000
        company.l10n_in_irp_gstin_rate = 2
        check.invalidate_recordset()
        self.assertFalse(check.is_budget_spent)

    def test_partners_of_a_selection(self):
        self.enter(OTHER, "CNL", DtReg="2018-04-01", DtDReg="2025-12-31")
        other = self.make_partner("Other", OTHER)
        twin = self.make_partner("Twin", BUYER)
        foreign = self.make_partner(
            "Foreign", "US123", country_id=self.env.ref("base.us").id, state_id=False
        )
        bare = self.make_partner("Bare", False)
        contact = self.make_partner("Ravi", False, parent_id=other.id, is_company=False)
        partners = self.buyer + other + twin + foreign + bare + contact
        check = self.refresh(partners)
        found = {line.partner_id: line.result for line in check.line_ids}
        self.assertEqual(
            found,
            {
                self.buyer: "active",
                other: "doubtful",
                twin: "duplicate",
                foreign: "no_gstin",
                bare: "no_gstin",
            },
        )
        self.assertEqual(
            other.l10n_in_irp_standing, "Cancelled with effect from 2025-12-31"
        )
        self.assertEqual(other.name, "Other", "nothing of a partner is overwritten")

    def test_nothing_chosen(self):
        with self.assertRaisesRegex(UserError, "Select the contacts"):
            self.env["l10n_in.irp.gstin.check"]._open(self.env["res.partner"])

    def test_downloaded_result(self):
        self.enter(BUYER, "ACT", LegalName='=HYPERLINK("x")', TradeName="A, B")
        check = self.check(f"{BUYER}\n{NOBODY}")
        content = base64.b64decode(check.result_file).decode("utf-8-sig")
        heading, first, second = csv.reader(io.StringIO(content))
        row = dict(zip(heading, first, strict=True))
        self.assertEqual(row["GSTIN"], BUYER)
        self.assertEqual(row["Result"], "Active")
        self.assertEqual(row["Legal Name"], '\'=HYPERLINK("x")')
        self.assertEqual(row["Trade Name"], "A, B")
        self.assertEqual(dict(zip(heading, second, strict=True))["Result"], "Invalid")
        self.assertIn(str(check.id), check.action_download()["url"])

    def test_is_for_invoicing_and_for_the_person_who_made_it(self):
        check = self.check(BUYER)
        with self.assertRaises(AccessError):
            check.with_user(self.accountant).read(["summary"])
        self.clerk.sudo().group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        with self.assertRaises(AccessError):
            check.read(["summary"])
