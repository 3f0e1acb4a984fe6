from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from ..common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOverview(IrpCommon):
    """Counts of the overview, and the card of the sales journal."""

    def grouped(self, model, by, *measures, domain=()):
        """Return (group, measures) as a pivot asks for them."""
        return self.env[model]._read_group(list(domain), [by], ["__count", *measures])

    def journal_card(self, user=None):
        journals = self.make_invoice(post=False).journal_id
        data = journals.with_user(user or self.accountant)
        return data._get_journal_dashboard_data_batched()[journals.id].get(
            "l10n_in_irp"
        )

    # ------------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------------

    def test_calls_are_measured_by_service_and_portal(self):
        self.make_invoice()
        self.process(FaultyTransport("not_sent"))
        self.make_invoice()
        self.process()
        domain = [("endpoint", "=", "generate_irn")]
        logs = self.env["l10n_in.irp.log"].search(domain)
        labels = dict(logs._fields["endpoint"]._description_selection(self.env))
        self.assertEqual(labels["generate_irn"], "Generate IRN")
        failed = logs.filtered("failures")
        self.assertEqual(failed.mapped("outcome"), ["not_sent"])
        [(portal, count, failures, milliseconds)] = self.grouped(
            *("l10n_in.irp.log", "portal", "failures:sum", "answer_ms:avg"),
            domain=domain,
        )
        self.assertEqual((count, failures), (len(logs), 1))
        self.assertIsInstance(milliseconds, float)
        self.assertEqual(set(logs.mapped("portal")), {portal})
        titles = dict(logs._fields["portal"]._description_selection(self.env))
        self.assertIn(portal, titles)

    def test_refusals_are_grouped_by_their_published_text(self):
        self.make_invoice()
        self.process(FaultyTransport("2150"))
        self.make_invoice()
        self.process(FaultyTransport("99999"))
        logs = self.env["l10n_in.irp.log"]
        found = dict(
            self.grouped(logs._name, "refusal", domain=[("refusal", "!=", False)])
        )
        self.assertEqual(found, {"2150": 1, "other": 1})
        labels = dict(logs._fields["refusal"]._description_selection(self.env))
        self.assertEqual(labels["2150"], "2150 – Duplicate IRN")
        refused = logs.search([("refusal", "=", "2150")])
        self.assertEqual(refused.code_text, "Duplicate IRN")
        self.assertFalse(
            logs.search([("refusal", "=", "2150"), ("code", "!=", "2150")])
        )

    def test_codes_of_a_gsp_are_not_the_portals(self):
        self.make_invoice()
        self.process(FaultyTransport("2150"))
        log = self.env["l10n_in.irp.log"].search([("code", "=", "2150")]).sudo()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_in_irp_log SET outcome = 'gateway_rejected' WHERE id = %s",
            [log.id],
        )
        log.invalidate_recordset()
        self.assertEqual(log.refusal, "gateway")
        self.assertFalse(log.code_text)

    # ------------------------------------------------------------------
    # Registrations
    # ------------------------------------------------------------------

    def test_time_to_irn(self):
        waiting = self.make_invoice()
        with freeze_time("2026-01-15 06:40:00"):
            self.process()
        document = waiting.l10n_in_irp_document_id.sudo()
        self.env.cr.execute(
            "UPDATE l10n_in_irp_document SET create_date = %s WHERE id = %s",
            ["2026-01-15 06:30:00", document.id],
        )
        document.invalidate_recordset()
        self.assertAlmostEqual(document.irn_minutes, 10, places=1)
        [(day, count, minutes)] = self.grouped(
            document._name,
            "ack_date:day",
            "irn_minutes:avg",
            domain=[("id", "=", document.id)],
        )
        self.assertEqual((str(day.date()), count), ("2026-01-15", 1))
        self.assertAlmostEqual(minutes, 10, places=1)

    def test_registered_before_odoo_knew_it_has_no_time(self):
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id.sudo()
        self.env.cr.execute(
            "UPDATE l10n_in_irp_document SET create_date = %s WHERE id = %s",
            ["2026-01-20 06:30:00", document.id],
        )
        document.invalidate_recordset()
        self.assertFalse(document.irn_minutes)
        [(_all, _count, minutes)] = self.grouped(
            document._name, "doc_type", "irn_minutes:avg"
        )
        self.assertIs(minutes, False)

    # ------------------------------------------------------------------
    # The card
    # ------------------------------------------------------------------

    def test_card_counts_what_waits(self):
        self.default_company.sudo().l10n_in_irp_turnover = "100"
        self.make_invoice()
        self.make_invoice(invoice_date="2025-12-20")
        self.make_invoice(invoice_date="2025-12-01")
        refused = self.make_invoice()
        refused.l10n_in_irp_document_id._process_now()
        card = self.journal_card()
        self.assertEqual(card["pending"], 3)
        self.assertEqual((card["due"], card["past"]), (1, 1))
        self.assertEqual((card["failed"], card["rejected"]), (0, 0))

    def test_card_tells_failed_from_rejected(self):
        invalid = self.make_invoice()
        rejected = self.make_invoice(partner=self.partner_b)
        document = rejected.l10n_in_irp_document_id
        self.forge(document, state="rejected", sent_at="2026-01-15 06:30:00")
        self.forge(invalid.l10n_in_irp_document_id, state="rejected")
        card = self.journal_card()
        self.assertEqual((card["failed"], card["rejected"]), (1, 1))
        self.assertEqual(card["pending"], 0)

    def test_card_of_others_has_no_lines(self):
        self.default_company.sudo().l10n_in_irp_enabled = False
        self.assertIsNone(self.journal_card())

    def test_card_asks_once_for_all_journals(self):
        self.make_invoice()
        journals = self.env["account.journal"].search([("type", "=", "sale")])
        one = journals[:1]
        copies = one + one.sudo().copy({"code": "S2"}) + one.sudo().copy({"code": "S3"})
        copies = copies.with_env(self.env)
        copies._l10n_in_irp_counts()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        copies[:1]._l10n_in_irp_counts()
        of_one = self.env.cr.sql_log_count - before
        counts = copies._l10n_in_irp_counts()
        of_all = self.env.cr.sql_log_count - before - of_one
        self.assertEqual(of_all, of_one)
        self.assertEqual(set(counts), set(copies.ids))

    # ------------------------------------------------------------------
    # Menus
    # ------------------------------------------------------------------

    def test_menus_of_each_role(self):
        """Everyone sees what he may use, below one heading."""
        menus = {
            "invoice": {"log", "compare", "month_end", "per_day", "health"},
            "readonly": {"log", "month_end", "seal", "document"},
        }
        hidden = {"credential", "portal", "import"}
        for group, wanted in menus.items():
            groups = f"base.group_user,account.group_account_{group}"
            user = new_test_user(self.env(su=True), f"irp_{group}", groups=groups)
            seen = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for name in wanted | {"overview", "configuration"}:
                menu = self.env.ref(f"l10n_in_einvoice_irp.menu_l10n_in_irp_{name}")
                self.assertIn(menu.id, seen, (group, name))
            for name in hidden:
                menu = self.env.ref(f"l10n_in_einvoice_irp.menu_l10n_in_irp_{name}")
                self.assertNotIn(menu.id, seen, (group, name))
