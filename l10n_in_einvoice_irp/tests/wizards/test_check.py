import base64
import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.translate import code_translations

from ..common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class CheckCommon(IrpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # posting makes no registration
        cls.default_company.sudo().l10n_in_irp_register_on = "manual"
        cls.partner_b.sudo().zip = "12"
        cls.reader = new_test_user(
            cls.env(su=True),
            "irp_reader",
            groups="base.group_user,account.group_account_readonly",
            company_id=cls.default_company.id,
            company_ids=[Command.set(cls.default_company.ids)],
        )

    def make_faulty(self, **values):
        """Return an invoice to a buyer whose PIN code has two digits."""
        return self.make_invoice(self.partner_b, self.igst_sale_18, **values)

    def make_inapplicable(self):
        consumer = self.partner_a.sudo().copy(
            {"vat": False, "l10n_in_gst_treatment": "consumer"}
        )
        return self.make_invoice(consumer)

    def make_registered(self):
        move = self.make_invoice()
        move.action_l10n_in_irp_register()
        return move

    def check(self, moves):
        return self.env["l10n_in.irp.check"]._run(moves)

    def run_action(self, name, moves):
        """Run a button or an entry of the Action menu."""
        return (
            self.env.ref(f"l10n_in_einvoice_irp.{name}")
            .with_context(active_model="account.move", active_ids=moves.ids)
            .run()
        )

    def open(self, action):
        return self.env[action["res_model"]].browse(action["res_id"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCheck(CheckCommon):
    def assert_verdict(self, move, verdict, words=""):
        line = self.check(move).line_ids
        self.assertEqual(line.verdict, verdict)
        self.assertIn(words, line.reason)
        return line

    def test_sound(self):
        self.assert_verdict(self.make_invoice(), "fit")

    def test_draft(self):
        move = self.make_invoice(post=False, invoice_date=False)
        self.assert_verdict(move, "fit")
        self.assertFalse(move.invoice_date)

    def test_not_applicable(self):
        self.assert_verdict(
            self.make_inapplicable(), "not_applicable", "buyer is unregistered"
        )

    def test_cancelled_invoice(self):
        move = self.make_invoice(post=False)
        move.button_cancel()
        self.assert_verdict(move, "not_applicable", "cancelled in Odoo")

    def test_vendor_bill(self):
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.partner_a.id}
        )
        self.assert_verdict(bill, "not_applicable", "only customer invoices")

    def test_registered(self):
        self.assert_verdict(self.make_registered(), "registered", "Registered")

    def test_answer_missing(self):
        move = self.make_invoice().with_context(
            l10n_in_irp_wrap_transport=FaultyTransport("lost")
        )
        move.action_l10n_in_irp_register()
        self.assert_verdict(move, "registered", "Awaiting IRP Response")

    def test_faulty(self):
        line = self.assert_verdict(self.make_faulty(), "blocked")
        self.assertEqual(line.kind, "out_of_range_pin")
        self.assertEqual(
            (line.severity, line.code, line.record_name, line.field_label, line.value),
            ("blocking", "5002", self.partner_b.display_name, "Zip", "12"),
        )
        self.assertTrue(line.advice)

    def test_warning(self):
        self.default_company.sudo().l10n_in_irp_turnover = "500"
        line = {"l10n_in_hsn_code": "8467"}
        line = self.assert_verdict(self.make_invoice(line=line), "warning")
        self.assertEqual(
            (line.severity, line.kind), ("warning", "hsn_too_short_for_turnover")
        )

    def test_unreadable_record_is_a_finding(self):
        sound = self.make_invoice()
        hidden = self.partner_a.sudo().copy()
        move = self.make_invoice(hidden)
        self.env["ir.rule"].sudo().create(
            {
                "name": "Hide one partner",
                "model_id": self.env.ref("base.model_res_partner").sudo().id,
                "domain_force": [("id", "!=", hidden.id)],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.check(sound + move).line_ids
        self.assertEqual(lines.mapped("verdict"), ["fit", "blocked"])
        blocked = lines[1]
        self.assertIn("access", blocked.reason)
        self.assertEqual(blocked.severity, "blocking")
        self.assertEqual(blocked.action_open()["res_id"], move.id)

    def test_opens_the_record_to_correct(self):
        action = self.check(self.make_faulty()).line_ids.action_open()
        self.assertEqual(self.open(action), self.partner_b)

    def test_opens_the_line_to_correct(self):
        move = self.make_invoice(line={"l10n_in_hsn_code": "12"})
        line = self.check(move).line_ids[0]
        self.assertTrue(line.record_name.endswith(" (line 1)"), line.record_name)
        action = line.action_open()
        self.assertEqual(action["res_model"], "account.move.line")
        self.assertEqual(self.open(action), move.invoice_line_ids)

    def test_nothing_is_written_or_sent(self):
        transport = FaultyTransport()
        moves = self.make_invoice() + self.make_faulty() + self.make_inapplicable()
        moves += self.make_invoice(post=False)
        moves = moves.with_context(l10n_in_irp_wrap_transport=transport)
        before = self.traces(moves)
        self.check(moves)
        self.run_action("action_l10n_in_irp_preview", moves[0])
        self.assertEqual(self.traces(moves), before)
        self.assertFalse(transport.urls)

    def traces(self, moves):
        """Return the records that a registration would change or leave behind."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = {
            model: self.env[model].sudo().search_count([])
            for model in (
                "l10n_in.irp.document",
                "l10n_in.irp.log",
                "ir.attachment",
                "mail.message",
            )
        }
        return rows, moves.read(), moves.line_ids.read()

    def test_queries_do_not_grow_with_the_invoices(self):
        few = self.make_faulty() + self.make_faulty()
        many = few + self.make_faulty() + self.make_faulty() + self.make_faulty()
        self.check(few)

        def queries(moves):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.check(moves)
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        of_few, of_many = queries(few), queries(many)
        self.assertLessEqual(of_many, of_few)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCheckOfMany(CheckCommon):
    def setUp(self):
        super().setUp()
        self.short_hsn = self.make_invoice(line={"l10n_in_hsn_code": "12"})
        self.moves = (
            self.make_invoice()
            + self.make_faulty()
            + self.make_faulty()
            + self.short_hsn
            + self.make_inapplicable()
            + self.make_registered()
            + self.make_invoice(post=False)
        )

    def groups(self, action, groupby):
        """Return group -> number of invoices, in the order of the list."""
        groups = self.env[action["res_model"]].web_read_group(
            action["domain"],
            [groupby],
            ["move_key:count_distinct", "rank:min"],
            order="rank ASC, finding ASC",
        )["groups"]
        return {group[groupby]: group["move_key:count_distinct"] for group in groups}

    def test_result_shows_how_many_of_each(self):
        action = self.run_action("action_l10n_in_irp_check", self.moves)
        self.assertEqual(action["name"], "7 checked: 3 to correct, 2 ready")
        self.assertEqual(
            list(self.groups(action, "verdict").items()),
            [("blocked", 3), ("not_applicable", 1), ("registered", 1), ("fit", 2)],
        )

    def test_findings_of_one_kind_are_one_group(self):
        action = self.run_action("action_l10n_in_irp_check", self.moves)
        groups = self.groups(action, "finding")
        pin = [name for name in groups if "PIN" in name]
        self.assertEqual(len(pin), 1, groups)
        self.assertTrue(pin[0].startswith("5002 – "))
        self.assertEqual(groups[pin[0]], 2)
        self.assertEqual(groups["Not applicable: the buyer is unregistered"], 1)

    def test_group_shows_what_its_findings_share(self):
        other = self.make_invoice(line={"l10n_in_hsn_code": "84"})
        lines = self.check(self.short_hsn + other).line_ids
        alike = lines.filtered(lambda line: line.kind == "too_short_hsn_cd")
        self.assertEqual(len(set(alike.mapped("reason"))), 2)
        [heading] = set(alike.mapped("finding"))
        self.assertEqual(
            heading,
            "5002 – HSN/SAC Code: HSN/SAC code “…” is too short: 4 to 8 characters are "
            "needed, it has 2.",
        )

    def test_findings_of_one_kind_and_two_fields_are_two_groups(self):
        self.partner_a.sudo().write({"street": "Long " * 30, "street2": "Road " * 30})
        lines = self.check(self.make_invoice() + self.make_invoice()).line_ids
        self.assertEqual(lines.mapped("kind"), ["text_cut"] * 4)
        self.assertEqual(
            set(lines.mapped("finding")),
            {
                "Street: Only the first 99 characters are registered.",
                "Street2: Only the first 99 characters are registered.",
            },
        )

    def test_names_of_any_letters_are_no_part_of_the_heading(self):
        """A unit's name without a digit, and one that is part of the sentence."""
        units = self.env.ref("uom.product_uom_unit").sudo()
        measures = units.copy({"name": "measure", "l10n_in_code": False})
        units |= measures | units.copy({"name": "Bundle", "l10n_in_code": False})
        moves = self.env["account.move"].union(
            *(self.make_invoice(line={"product_uom_id": unit.id}) for unit in units[1:])
        )
        lines = self.check(moves).line_ids.filtered(lambda line: line.code == "2239")
        self.assertEqual(len(lines), 2)
        self.assertEqual(
            set(lines.mapped("finding")),
            {"2239 – UQC: Unit of measure … has no Unit Quantity Code (UQC)."},
        )

    def test_one_detail_that_all_share_is_named(self):
        moves = self.make_faulty() + self.make_faulty()
        [heading] = set(self.check(moves).line_ids.mapped("finding"))
        self.assertIn("5002 – Zip: PIN code is 12;", heading)

    def test_texts_are_in_the_language_of_the_reader(self):
        """Both our own kinds and the portal's rules."""
        self.env["res.lang"].sudo()._activate_lang("hi_IN")
        translated = {
            "%(title)s is %(value)s; it must be between %(least)s and %(most)s.": (
                "%(value)s: %(least)s - %(most)s (%(title)s)"
            ),
            "At your turnover, an HSN/SAC code must have at least %(digits)s digits.": (
                "%(digits)s!"
            ),
        }
        self.patch(
            code_translations,
            "python_translations",
            {("l10n_in_einvoice_irp", "hi_IN"): translated},
        )
        self.default_company.sudo().l10n_in_irp_turnover = "500"
        move = self.make_faulty(line={"l10n_in_hsn_code": "8467"})
        reader = self.env["l10n_in.irp.check"].with_context(lang="hi_IN")
        lines = reader._run(move.with_context(lang="hi_IN")).line_ids
        self.assertEqual(
            dict(zip(lines.mapped("kind"), lines.mapped("reason"), strict=True)),
            {
                "out_of_range_pin": "12: 100000 - 999999 (PIN code)",
                "hsn_too_short_for_turnover": "6!",
            },
        )
        self.assertIn("12: 100000 - 999999 (PIN code)", lines[0].finding)

    def test_one_invoice_opens_a_dialog(self):
        action = self.run_action("action_l10n_in_irp_check", self.short_hsn)
        self.assertEqual(action["target"], "new")
        check = self.open(action)
        self.assertEqual(check.verdict, "blocked")
        self.assertTrue(check.finding_ids)
        self.assertIn(self.short_hsn.name, check.summary)
        preview = self.open(check.action_preview())
        self.assertEqual(preview.move_id, self.short_hsn)

    def test_dialog_says_why_nothing_is_to_be_done(self):
        for move, words in (
            (self.moves[4], "Not applicable: the buyer is unregistered"),
            (self.moves[5], "Already with IRP (Registered)"),
        ):
            check = self.check(move)
            self.assertEqual(check.summary, f"{move.name}: {words}")
            self.assertFalse(check.finding_ids)

    def test_empty_selection(self):
        with self.assertRaisesRegex(UserError, "Select the invoices"):
            self.env["l10n_in.irp.check"]._open(self.env["account.move"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPreview(CheckCommon):
    def preview(self, move):
        return self.open(self.run_action("action_l10n_in_irp_preview", move))

    def test_shows_what_would_be_sent(self):
        move = self.make_invoice()
        preview = self.preview(move)
        self.assertEqual(
            json.loads(preview.content), self.env["l10n_in.irp.payload"]._build(move)
        )
        self.assertIn('\n    "DocDtls": {\n', preview.content)
        self.assertEqual((preview.blocking_count, preview.warning_count), (0, 0))

    def test_counts_findings(self):
        preview = self.preview(self.make_faulty())
        self.assertEqual((preview.blocking_count, preview.warning_count), (1, 0))
        check = self.open(preview.action_check())
        self.assertEqual(len(check.finding_ids), 1)

    def test_draft(self):
        preview = self.preview(self.make_invoice(post=False))
        self.assertTrue(preview.is_draft)
        self.assertEqual(preview.file_name, "draft_INV-01.json")

    def test_registered_invoice_shows_what_was_sent(self):
        move = self.make_registered()
        preview = self.preview(move)
        self.assertTrue(preview.is_sent)
        self.assertEqual(
            json.loads(preview.content),
            json.loads(move.l10n_in_irp_document_id.request),
        )

    def test_not_applicable(self):
        with self.assertRaisesRegex(UserError, "buyer is unregistered"):
            self.preview(self.make_inapplicable())

    def test_download(self):
        move = self.make_invoice()
        attachments = self.env["ir.attachment"].sudo().search_count([])
        preview = self.preview(move)
        self.env.flush_all()
        self.assertIn(
            f"/web/content/l10n_in.irp.preview/{preview.id}/file?download=true",
            preview.action_download()["url"],
        )
        self.assertEqual(
            preview.file_name, f"{move.name.replace('/', '_')}_INV-01.json"
        )
        self.assertEqual(base64.b64decode(preview.file).decode(), preview.content)
        left = self.env["ir.attachment"].sudo().search_count([])
        self.assertEqual(left, attachments)

    def test_read_only_accountant_checks_and_previews(self):
        move = self.make_faulty().with_user(self.reader)
        self.env = self.env(user=self.reader)
        check = self.open(self.run_action("action_l10n_in_irp_check", move))
        self.assertEqual(check.line_ids.code, "5002")
        self.assertTrue(check.line_ids.action_open())
        self.assertIn(self.partner_b.name, self.preview(move).content)

    def test_others_are_refused(self):
        move = self.make_invoice()
        preview = self.preview(move)
        lines = self.check(move).line_ids
        clerk = new_test_user(self.env(su=True), "irp_clerk", groups="base.group_user")
        for user in (clerk, self.reader):
            for record in (preview, lines, lines.check_id):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])
        self.env = self.env(user=clerk)
        for name in ("action_l10n_in_irp_check", "action_l10n_in_irp_preview"):
            with self.assertRaises(AccessError):
                self.run_action(name, move)
