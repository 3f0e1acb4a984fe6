from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from ...models.status.applicability import APPLICABLE_SECTIONS
from ..common import FaultyTransport, IrpCommon

NAMES = ("status", "proof", "reason_kind")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestStatusSearch(IrpCommon):
    """Filters and groups say what the columns say, and no list takes a query per
    row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.env["account.move"]
        cls.company = cls.default_company.sudo()

    def keep(self, move):
        self.moves += move
        return move

    def assert_agree(self, hint=""):
        """Compare each column with its groups, its filter, and its values in Python."""
        self.env.invalidate_all()
        for name in NAMES:
            field = f"l10n_in_irp_{name}"
            shown = {move.id: move[field] for move in self.moves}
            groups = self.moves._read_group(
                [("id", "in", self.moves.ids)], [field], ["id:array_agg"]
            )
            grouped = {id_: value for value, ids in groups for id_ in ids}
            self.assertEqual(grouped, shown, f"groups by {name} {hint}")
            for value in {False, *shown.values()}:
                mine = [id_ for id_, one in shown.items() if one == value]
                self.assertCountEqual(self.found(field, "=", value), mine, value)
            self.assertCountEqual(
                self.found(field, "not in", [False]),
                [id_ for id_, one in shown.items() if one],
            )
        self.assert_agree_together(hint)

    def assert_agree_together(self, hint):
        """Compare filters of several statuses, and of deadlines, with the columns."""
        shown = {move.id: move.l10n_in_irp_status for move in self.moves}
        for value in sorted(filter(None, set(shown.values()))):
            pair = ("not_registered", value)
            mine = [id_ for id_, one in shown.items() if one in pair]
            self.assertCountEqual(
                self.found("l10n_in_irp_status", "in", pair), mine, f"{pair} {hint}"
            )
        dated = self.moves.filtered("l10n_in_irp_deadline")
        for operator, day in ((">=", "2000-01-01"), ("<=", "2999-12-31")):
            found = self.found("l10n_in_irp_deadline", operator, day)
            self.assertCountEqual(found, dated.ids, f"deadlines {hint}")

    def found(self, name, operator, value):
        domain = [("id", "in", self.moves.ids), (name, operator, value)]
        return self.moves.search(domain).ids

    def statuses(self):
        return {move.l10n_in_irp_status for move in self.moves}

    def make_every_kind(self):
        make = self.make_invoice
        self.keep(make())
        self.keep(make(post=False))
        self.keep(make(self.partner_b, self.igst_sale_18))
        self.keep(make(self.partner_foreign, self.igst_sale_18_sez_exp_lut))
        self.keep(make(l10n_in_gst_treatment="consumer"))
        self.keep(make(taxes=self.exempt))
        self.keep(make(post=False)).button_cancel()
        no_tax = self.keep(make(post=False))
        no_tax.invoice_line_ids.tax_ids = False
        for day in ("2020-09-30", "2021-02-01", "2022-10-01", "2023-08-01"):
            self.keep(make(invoice_date=day))
        self.keep(make(post=False, invoice_date=False))
        self.keep(self.operator_pays())
        tax = self.igst_sale_18.sudo().copy({"name": "Without Tags for the Return"})
        base = tax.repartition_line_ids.filtered(
            lambda line: line.repartition_type == "base"
        )
        base.tag_ids = False
        self.keep(self.of_no_section(tax))
        self.keep(self.of_no_section(self.group_of(tax)))
        self.keep(self.env["account.move"].create({"move_type": "in_invoice"}))
        self.keep(self.env["account.move"].create({"move_type": "entry"}))

    def operator_pays(self):
        tax = self.igst_sale_18.sudo().copy({"name": "Section 9(5)"})
        base = tax.invoice_repartition_line_ids.filtered(
            lambda line: line.repartition_type == "base"
        )
        base.tag_ids = self.env.ref("l10n_in.tax_tag_eco_9_5")
        return self.make_invoice(self.partner_b, tax)

    def of_no_section(self, tax):
        """Return an invoice whose tax does not fit its buyer: `l10n_in` leaves it out
        of the return."""
        move = self.make_invoice(self.partner_foreign, tax, post=False)
        self.assertNotIn(
            move.invoice_line_ids.l10n_in_gstr_section, APPLICABLE_SECTIONS
        )
        return move

    def group_of(self, tax, **values):
        return tax.create(
            {
                "name": f"Group of {tax.name}",
                "amount_type": "group",
                "type_tax_use": "sale",
                "children_tax_ids": [Command.set(tax.ids)],
                **values,
            }
        )

    def test_filters_and_groups_agree_with_the_columns(self):
        self.make_every_kind()
        company = self.company
        self.assert_agree()
        self.assertLessEqual(
            {False, "not_applicable", "not_registered", "to_register"}, self.statuses()
        )
        for values in (
            {"l10n_in_irp_turnover": "500"},
            {"l10n_in_irp_turnover": "0"},
            {"l10n_in_irp_turnover": "20", "l10n_in_irp_environment": "sandbox"},
            {"l10n_in_irp_exemption": "gta"},
            {"l10n_in_irp_exemption": False, "l10n_in_irp_register_advances": False},
            {"l10n_in_is_gst_registered": False},
            {"l10n_in_is_gst_registered": True, "vat": False},
            {"vat": "24AAGCC7144L6ZE", "l10n_in_irp_enabled": False},
            {"account_fiscal_country_id": self.env.ref("base.fr").id},
        ):
            company.write(values)
            self.assert_agree(f"after {values}")

    def test_every_state_of_a_registration(self):
        states = [key for key, _label in self.document_states()]
        for state in states:
            move = self.keep(self.make_invoice())
            self.forge(move.l10n_in_irp_document_id, state=state)
        rejected = self.keep(self.make_invoice())
        document = rejected.l10n_in_irp_document_id
        self.forge(document, state="rejected", sent_at="2026-01-15 06:00:00")
        exported = self.keep(self.make_invoice())
        document = exported.l10n_in_irp_document_id
        self.forge(document, state="unknown", exported_at="2026-01-15 06:00:00")
        for number, signature in enumerate(("verified", "unchecked", "verified")):
            move = self.keep(self.make_invoice())
            self.forge(
                move.l10n_in_irp_document_id,
                state="registered",
                signature_state=signature,
                settled_as="active" if number == 2 else False,
            )
        self.assert_agree()
        self.assertEqual(self.statuses(), self.known_statuses())
        self.assertEqual(
            self.moves[-3:].mapped("l10n_in_irp_proof"),
            ["verified", "unchecked", "by_hand"],
        )
        self.assert_same_as_registrations()
        self.company.l10n_in_irp_environment = "production"
        self.assert_agree("in production")
        self.assertEqual(self.statuses(), {"not_registered"})
        self.forge(self.moves.l10n_in_irp_document_id, environment="production")
        self.company.l10n_in_irp_environment = "sandbox"
        self.assert_agree("registered in production")
        self.assertEqual(self.statuses(), self.known_statuses())

    def document_states(self):
        return self.env["l10n_in.irp.document"]._fields["state"].selection

    def known_statuses(self):
        return {
            key for key, _label in self.env["l10n_in.irp.document"]._selection_status()
        }

    def assert_same_as_registrations(self):
        """Compare the groups of the registrations' list with those of the invoices'."""
        documents = self.moves.l10n_in_irp_document_id
        for name in ("status", "proof"):
            groups = documents._read_group(
                [("id", "in", documents.ids)], [name], ["move_id:array_agg"]
            )
            listed = {id_: value for value, ids in groups for id_ in ids}
            shown = {move.id: move[f"l10n_in_irp_{name}"] for move in self.moves}
            self.assertEqual(listed, shown)
            self.assertEqual(
                {one.move_id.id: one[name] for one in documents}, shown, name
            )

    def test_labels_are_unique(self):
        for model, name in (
            ("account.move", "l10n_in_irp_status"),
            ("l10n_in.irp.document", "status"),
            ("l10n_in.irp.ewaybill", "status"),
        ):
            field = self.env[model]._fields[name]
            labels = [label for _key, label in field._description_selection(self.env)]
            self.assertEqual(len(labels), len(set(labels)), labels)

    def test_no_bill_gets_a_status(self):
        bill = self.env["account.move"].create({"move_type": "in_invoice"})
        found = self.env["account.move"].search([("l10n_in_irp_status", "!=", False)])
        self.assertNotIn(bill, found)

    # ------------------------------------------------------------------
    # Deadline
    # ------------------------------------------------------------------

    def test_deadline(self):
        self.company.l10n_in_irp_turnover = "10"
        self.company.l10n_in_irp_register_on = "manual"
        late = self.keep(self.make_invoice(invoice_date="2025-12-16"))
        last = self.keep(self.make_invoice(invoice_date="2025-12-17"))
        soon = self.keep(self.make_invoice(invoice_date="2025-12-24"))
        new = self.keep(self.make_invoice())
        draft = self.keep(self.make_invoice(post=False))
        done = self.keep(self.make_invoice())
        done.action_l10n_in_irp_register()
        retail = self.keep(self.make_invoice(l10n_in_gst_treatment="consumer"))
        for move in draft + done + retail:
            self.assertFalse(move.l10n_in_irp_deadline)
        # 17 December is day one, 15 January the 30th
        self.assertEqual(last.l10n_in_irp_deadline, date(2026, 1, 15))
        name = "l10n_in_irp_deadline"
        self.assertEqual(self.found(name, "<", "2026-01-15"), late.ids)
        week = date(2026, 1, 15) + timedelta(days=7)
        due = self.moves.search(
            [(name, ">=", "2026-01-15"), (name, "<=", week), ("id", "in", new.ids)]
        )
        self.assertFalse(due)
        self.assertCountEqual(self.found(name, "<=", week), (late + last + soon).ids)
        self.assertCountEqual(self.found(name, "=", False), (draft + done + retail).ids)
        self.company.l10n_in_irp_turnover = "5"
        self.assertFalse(new.l10n_in_irp_deadline, "below 10 crore there is no limit")
        self.assertFalse(self.found(name, "!=", False))

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    def test_lists_take_no_query_per_row(self):
        for _number in range(12):
            self.keep(self.make_invoice())
        self.process(FaultyTransport("2163", times=2))
        # the first reading also fills caches, such as that of access rights
        self.queries(12)
        self.assertEqual(self.queries(12), self.queries(3))

    def queries(self, count):
        """Return how many queries a list takes that is opened, filtered and grouped."""
        ids = self.moves[:count].ids
        names = ("status", "status_tone", "test_note", "proof", "reason", "deadline")
        specification = {f"l10n_in_irp_{name}": {} for name in names}
        model = self.env["account.move"]
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        domain = [("id", "in", ids), ("l10n_in_irp_status", "!=", "not_applicable")]
        model.web_search_read(domain, specification, limit=80)
        model.web_read_group(domain, ["l10n_in_irp_status"], ["__count"])
        self.env["l10n_in.irp.document"].web_read_group(
            [("move_id", "in", ids)], ["status"], ["__count"]
        )
        return self.env.cr.sql_log_count - start
