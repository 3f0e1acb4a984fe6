import json
import os
import re
import unittest
from datetime import date
from decimal import Decimal

import freezegun

from odoo.tests import tagged

from ...irp.rules import preflight
from .common import PayloadCommon, amount, sum_breaches

try:
    import hypothesis
except ImportError:
    hypothesis = None
else:
    from .payload_strategies import (
        HSNS,
        RETAIL_HSN,
        RETAIL_SUPPLIES,
        UNITS,
        invoices,
    )

    # hypothesis stops simplifying a failure after five minutes by the clock
    freezegun.configure(extend_ignore_list=["hypothesis.internal.conjecture"])

ONE = Decimal(1)
# kinds of findings
IGST_WITHIN = "igst_on_intra_reverse_charge"
NEGATIVE = ("negative_line_cess", "negative_line_discount", "negative_line_return")
NOTHING_LEFT = (
    "invoice_value",
    "out_of_range_tot_inv_val",
    "out_of_range_tot_inv_val_fc",
    "missing_item_list",
)
NEGATIVE_ZERO = re.compile(r'"(\w+)": -0\.0\b')


@tagged("post_install_l10n", "post_install", "-at_install")
@unittest.skipUnless(hypothesis, "needs the Python package hypothesis")
class TestPayloadProperty(PayloadCommon):
    """Every document is right, or its fault is named, whatever its invoice is made
    of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        included = {"price_include_override": "tax_included"}
        halves = ("sgst_sale_9", "cgst_sale_9")
        state_cess = {"tag": "l10n_in.tax_tag_state_cess"}
        cls.taxes |= {
            "intra_incl": cls.env["account.tax"].union(
                *(cls.make_tax(half, **included) for half in halves)
            ),
            "inter_incl": cls.make_tax("igst_sale_18", **included),
            "export_incl": cls.make_tax("igst_sale_18_sez_exp", **included),
            "state_cess": cls.make_tax("cess_sale_5", amount=12, **state_cess),
            "market_fee": cls.make_tax(
                "non_gst_supplies_sale", amount=1.5, l10n_in_tax_type=False
            ),
            "state_cess_per_unit": cls.make_tax("cess_sale_1591", **state_cess),
        }
        cls.products |= {
            (hsn, unit): cls.make_product(hsn, unit) for hsn in HSNS for unit in UNITS
        }

        cls.add_retail_goods()
        cls.origin = cls.make_invoice()

    @classmethod
    def add_retail_goods(cls):
        """Add goods taxed on a retail sale price of 12 rupees."""
        cls.products |= {
            (RETAIL_HSN, unit): cls.make_product(
                RETAIL_HSN, unit, l10n_in_irp_retail_price=12
            )
            for unit in UNITS
        }
        per_unit = {"amount_type": "fixed", "amount": 12 * 40 / 140}
        cls.taxes["retail_per_unit"] = cls.make_tax("igst_sale_40", **per_unit)

    def test_any_invoice(self):
        self.check_many(invoices(), 40)

    @freezegun.freeze_time("2026-02-16 06:30:00")
    def test_any_invoice_of_retail_goods(self):
        self.today = date(2026, 2, 16)
        self.check_many(invoices(RETAIL_SUPPLIES), 20)

    def check_many(self, described, examples):
        check = hypothesis.given(described=described)(self.check_described)
        settings = hypothesis.settings(
            # per cent of the number in the profile of bin/test
            max_examples=examples * hypothesis.settings().max_examples // 100,
            derandomize=not os.environ.get("IRP_SEED"),
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        settings(check)()

    def test_line_without_hsn_beside_a_fee_per_unit_below_zero(self):
        fee = {"price": -0.01, "taxes": ["retail_per_unit", "state_cess_per_unit"]}
        line = {"price": 100.0, "taxes": ["igst_sale_18"]}
        described = {
            "kind": "invoice",
            "supply": "inter",
            "partner": "inter",
            "partner_values": None,
            "lines": [
                {**fee, "quantity": 1.0, "hsn": RETAIL_HSN},
                {**line, "quantity": 1.0, "values": {"l10n_in_hsn_code": False}},
            ],
            "round": None,
            "company": {},
        }
        with self.undone():
            move = self.described_draft(described, "PROPERTY/1")
            document = self.env["l10n_in.irp.payload"]._build(move)
            findings = self.env["l10n_in.irp.validator"]._findings(move, document)
            self.assertTrue([one for one in findings if "HSN" in one.text], findings)

    def check_described(self, described):
        with self.undone():
            move = self.described_draft(described, "PROPERTY/1")
            if described["kind"] == "debit_note":
                move.debit_origin_id = self.origin
            document = self.env["l10n_in.irp.payload"]._build(move)
            self.check_document(move, document, described)

    def check_document(self, move, document, described):
        self.assertEqual(sum_breaches(document), [])
        self.assertEqual(NEGATIVE_ZERO.findall(json.dumps(document)), [])
        self.assert_printed_total(move, document)
        findings = self.env["l10n_in.irp.validator"]._findings(move, document)
        blocking = [finding for finding in findings if finding.blocking]
        for finding in blocking:
            self.assertTrue(finding.code and finding.reason, finding)
        excuses = set(self.excuses(move, described))
        unexplained = [
            (finding.kind, finding.text)
            for finding in blocking
            if finding.kind not in excuses
        ]
        self.assertEqual(unexplained, [])
        if described["supply"] == "igst_within_state" and excuses == {IGST_WITHIN}:
            self.assertEqual([finding.code for finding in blocking], ["2294"])
        self.assert_retail_taxes(move, document)
        if not blocking:
            self.assertEqual(preflight(document, today=self.today), [])

    def assert_retail_taxes(self, move, document):
        """Assert that goods taxed on their retail price have its tax and rate, whatever
        their price."""
        items = [
            item
            for item in document.get("ItemList", [])
            if item.get("HsnCd", "") == RETAIL_HSN
        ]
        self.assertLessEqual({item["GstRt"] for item in items if "GstRt" in item}, {40})
        lines = move.invoice_line_ids.filtered(
            lambda line: line.l10n_in_hsn_code == RETAIL_HSN
        )
        if document["TranDtls"]["SupTyp"] == "SEZWOP":
            return
        taxes = sum(amount(item, "IgstAmt", "CgstAmt", "SgstAmt") for item in items)
        fixed = self.taxes["retail_per_unit"]
        due = sum(
            -line.quantity
            if self.is_reversed(line) and fixed in line.tax_ids
            else line.quantity
            for line in lines
        ) * (12 * 40 / 140)
        # each line is rounded, also in the currency of the invoice
        rounding = move.currency_id.rounding / (move.invoice_currency_rate or 1)
        margin = 0.05 + len(lines) * max(0.02, rounding) + 0.0001 * abs(due)
        self.assertAlmostEqual(float(taxes), due, delta=margin)

    @staticmethod
    def is_reversed(line):
        """Return whether Odoo reverses a fixed tax: the price is below 0, and not
        because of a discount of all of it."""
        return line.price_unit * (1 - line.discount / 100) < 0

    def excuses(self, move, described):
        """Yield the kinds of findings that an invoice may have: a line below 0 that no
        other can absorb, or a whole invoice below 0, and the tax of its supply."""
        if described["supply"] == "igst_within_state":
            yield IGST_WITHIN
        taxed = [line for line in described["lines"] if line["taxes"]]
        if any(line["price"] * line.get("quantity", 1) < 0 for line in taxed):
            yield from NEGATIVE
        if move.amount_total < 1:
            yield from NOTHING_LEFT

    def assert_printed_total(self, move, document):
        """Assert that the registered total is the printed one, apart from the IGST of
        an export and tax deducted at source, which are not printed in it."""
        sign = -1 if move.move_type == "out_refund" else 1
        printed = Decimal(str(sign * move.amount_total_signed))
        if document["TranDtls"]["SupTyp"] == "EXPWP":
            printed += amount(document["ValDtls"], "IgstVal")
        deducted = move.line_ids.filtered(
            lambda line: line.tax_line_id.l10n_in_tax_type == "tds_sale"
        )
        printed += sign * Decimal(str(sum(deducted.mapped("balance"))))
        registered = amount(document["ValDtls"], "TotInvVal")
        self.assertLessEqual(abs(registered - printed), ONE)
