from ast import literal_eval

from lxml import etree

from odoo.tests import tagged

from ..movement.common import CARRIER, MovementCommon

SUPPLIER = "29AWGPV7107B1Z1"
# the filters of the list, and the card's lines
LINES = {"waiting_for_part_b", "to_extend", "expiring_today", "open_change"}
LINES |= {"to_reject"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestStage(MovementCommon):
    """Stages on the road, their filters, and the card of the sales journal.

    It is 12:00 in India on 15-01-2026.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bills = cls.env["l10n_in.irp.ewaybill"]

    def on_road(self, valid_until="2026-01-20 18:29:00", **values):
        """Return a generated e-way bill of ours, without a document."""
        number = 391000000100 + self.bills.sudo().search_count([])
        return (
            self.bills.sudo()
            .create(
                {
                    "basis": "elsewhere",
                    "company_id": self.default_company.id,
                    "environment": "demo",
                    "state": "registered",
                    "number": str(number),
                    "ewb_date": "2026-01-15 06:00:00",
                    "valid_until": valid_until,
                    "generator_gstin": self.default_company.vat,
                    "party_name": "Kaveri Steel",
                    "doc_number": f"DC/{number}",
                    **values,
                }
            )
            .with_env(self.env)
        )

    def assert_stage(self, bill, stage):
        """Assert what is computed, and that the search finds the same."""
        bill.invalidate_recordset(["stage"])
        self.assertEqual(bill.stage, stage)
        self.assertIn(bill, self.bills.search([("stage", "=", stage)]))
        others = self.bills.search([("stage", "!=", stage)])
        self.assertNotIn(bill, others)

    def test_part_a_alone_lapses(self):
        fresh = self.on_road(False, ewb_date="2026-01-02 06:00:00")
        lapsed = self.on_road(False, ewb_date="2025-12-30 06:00:00")
        theirs = self.on_road(
            False, ewb_date="2025-12-30 06:00:00", generator_gstin=SUPPLIER
        )
        self.assert_stage(fresh, "waiting")
        self.assert_stage(lapsed, "over")
        self.assert_stage(theirs, "over")

    def test_what_is_not_generated_waits_for_no_part_b(self):
        move = self.registered_invoice()
        bill = self.prepare(move)
        self.assert_stage(bill, "unsent")
        for state in ("to_register", "sending", "unknown", "unclear", "rejected"):
            self.forge(bill, state=state)
            self.assert_stage(bill, "unsent")
        for state in ("cancelling", "cancel_unclear", "cancelled"):
            self.forge(bill, state=state, number="391000000001")
            self.assert_stage(bill, "ended")
        self.forge(bill, state="registered")
        self.assert_stage(bill, "waiting")
        self.forge(bill, is_rejected=True)
        self.assert_stage(bill, "ended")

    def test_stages_follow_the_validity_in_india(self):
        cases = {
            "2026-01-20 18:29:00": "moving",
            # midnight in India is 18:30
            "2026-01-15 18:30:00": "moving",
            "2026-01-15 18:29:00": "today",
            "2026-01-15 14:30:00": "to_extend",
            "2026-01-15 06:29:00": "to_extend",
            "2026-01-14 22:30:00": "to_extend",
            "2026-01-14 22:29:00": "over",
        }
        for moment, stage in cases.items():
            with self.subTest(moment):
                self.assert_stage(self.on_road(moment), stage)
        # in the evening of the same day
        bill = self.on_road("2026-01-15 18:29:00")
        with self.at("2026-01-15 13:00:00"):
            self.assert_stage(bill, "to_extend")

    def test_who_carries_extends(self):
        own = self.default_company.vat
        end = "2026-01-15 18:29:00"
        soon = "2026-01-15 12:00:00"
        cases = (
            ({"transporter_gstin": CARRIER, "valid_until": soon}, "today"),
            ({"transporter_gstin": own, "valid_until": soon}, "to_extend"),
            ({"generator_gstin": SUPPLIER, "valid_until": soon}, "others"),
            ({"generator_gstin": SUPPLIER, "valid_until": False}, "others"),
            (
                {
                    "generator_gstin": SUPPLIER,
                    "transporter_gstin": own.lower(),
                    "valid_until": False,
                },
                "waiting",
            ),
            ({"generator_gstin": False, "valid_until": end}, "today"),
        )
        for values, stage in cases:
            with self.subTest(values):
                self.assert_stage(self.on_road(**values), stage)

    def test_expiring_today_is_a_day_in_india(self):
        today = self.on_road("2026-01-15 18:29:00")
        soon = self.on_road("2026-01-15 12:00:00")
        self.on_road("2026-01-15 18:30:00")
        self.on_road("2026-01-14 18:29:00")
        self.on_road("2026-01-15 18:29:00", generator_gstin=SUPPLIER)
        found = self.bills.search([("expires_today", "=", True)])
        self.assertEqual(found, today | soon)
        self.assertEqual(self.bills.search([]).filtered("expires_today"), found)
        rest = self.bills.search([("expires_today", "=", False)])
        self.assertEqual(rest, self.bills.search([]) - found)

    def test_open_changes_are_found(self):
        bill, other = self.made(), self.made()
        self.part_b(other, "MH31AA0009")
        self.part_b(bill, "MH31AA0001", self.lost())
        self.assertEqual(self.bills.search([("has_open_change", "=", True)]), bill)
        self.assertIn(other, self.bills.search([("has_open_change", "=", False)]))

    def test_to_reject_and_not_to_reject_are_all(self):
        theirs = self.on_road(
            generator_gstin=SUPPLIER, recipient_gstin=self.default_company.vat
        )
        ours = self.on_road()
        self.assertEqual(self.bills.search([("is_to_reject", "=", True)]), theirs)
        self.assertEqual(self.bills.search([("is_to_reject", "=", False)]), ours)

    def test_groups_are_in_the_order_of_the_work(self):
        self.on_road("2026-01-20 18:29:00")
        self.on_road("2026-01-15 12:00:00")
        self.on_road(False)
        result = self.bills.with_context(read_group_expand=True).web_read_group(
            [], ["stage"], ["__count"]
        )
        order = [group["stage"] for group in result["groups"]]
        self.assertEqual(order, ["waiting", "to_extend", "moving"])

    # ------------------------------------------------------------------
    # The card
    # ------------------------------------------------------------------

    def card(self):
        journals = self.env["account.journal"].search([])
        data = journals._get_journal_dashboard_data_batched()
        shown = [
            (journal, data[journal.id]["l10n_in_irp_ewaybills"])
            for journal in journals
            if "l10n_in_irp_ewaybills" in data[journal.id]
        ]
        [(journal, card)] = shown
        return journal, card

    def test_card_counts_what_its_links_show(self):
        self.on_road(False)
        self.on_road("2026-01-15 12:00:00")
        self.on_road("2026-01-15 18:29:00")
        self.on_road(generator_gstin=SUPPLIER, recipient_gstin=self.default_company.vat)
        self.env["account.journal"].sudo().search(
            [("type", "=", "sale")], limit=1
        ).copy({"code": "S2"})
        journal, card = self.card()
        self.assertEqual(set(card), LINES)
        self.assertEqual(card["expiring_today"], 2)
        for line in LINES:
            action = journal.with_context(
                l10n_in_irp_line=line
            ).action_l10n_in_irp_ewaybills()
            [default] = action["context"]
            name = default.removeprefix("search_default_")
            domain = self.filter_domain(name)
            found = self.bills.search_count([*action["domain"], *domain])
            self.assertEqual(found, card[line], line)

    def filter_domain(self, name):
        """Return the domain of a filter of the list."""
        arch = etree.fromstring(self.bills.get_view(view_type="search")["arch"])
        [node] = arch.xpath(f"//filter[@name='{name}']")
        return literal_eval(node.get("domain"))

    # ------------------------------------------------------------------
    # Many
    # ------------------------------------------------------------------

    def queries(self, view_type, bills):
        """Return how many queries a view of some records takes."""
        spec = {
            name: {"fields": {"display_name": {}}} if field.relational else {}
            for name, field in self.bills._fields.items()
            if name in self.shown(view_type)
        }
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.bills.web_search_read([("id", "in", bills.ids)], spec, limit=80)
        return self.env.cr.sql_log_count - before

    def shown(self, view_type):
        arch = etree.fromstring(self.bills.get_view(view_type=view_type)["arch"])
        return set(arch.xpath("//field/@name"))

    def test_no_query_per_row(self):
        self.assertIn("stage", self.shown("list"))
        made = self.made() | self.made() | self.made()
        few = made[:1] | self.on_road()
        many = made | self.bills.union(*(self.on_road() for _ in range(12)))
        for view_type in ("list", "kanban"):
            self.queries(view_type, many)
            self.assertEqual(
                self.queries(view_type, many), self.queries(view_type, few), view_type
            )
