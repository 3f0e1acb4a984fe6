"""Findings open the record that their member comes from, and name its field.

`cases/places.json` has the members that the portal's published rules name, and more of
ours; a test in `tests/unit/rules` checks that it covers every rule.
"""

import json
from pathlib import Path

from odoo import Command
from odoo.tests import tagged

from ..common import TODAY, IrpCommon

PLACES = Path(__file__).parents[1] / "cases" / "places.json"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestValidatorPlaces(IrpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.partner_b.sudo().create(
            {
                "name": "Purchase office",
                "parent_id": cls.partner_b.id,
                "type": "invoice",
                "street": "1 Station Road",
                "city": "Mumbai",
                "zip": "400052",
                "state_id": cls.partner_b.state_id.id,
                "country_id": cls.partner_b.country_id.id,
            }
        )
        cls.bank = (
            cls.env["res.partner.bank"]
            .sudo()
            .create(
                {
                    "acc_number": "0012 3456 7890 12",
                    "partner_id": cls.default_company.partner_id.id,
                    "allow_out_payment": True,
                }
            )
        )

    def make_note(self):
        """Return a debit note with everything that findings may be about."""
        invoice = self.make_invoice(self.partner_b, self.igst_sale_18_rcm)
        note = self._create_debit_note(
            invoice.with_user(self.user), debit_note_date=TODAY
        ).with_user(self.accountant)
        note.button_draft()
        note.write({"partner_id": self.contact.id, "partner_bank_id": self.bank.id})
        note.invoice_line_ids.tax_ids = [Command.set(self.igst_sale_18_rcm.ids)]
        self.env["l10n_in.irp.supporting.document"].create(
            {"move_id": note.id, "url": "https://example.com/order.pdf"}
        )
        self.env["l10n_in.irp.ewaybill"].sudo().create({"move_id": note.id})
        return note

    def records(self, move):
        line = move.invoice_line_ids
        return {
            "move": move,
            "line": line,
            "product": line.product_id,
            "unit": line.product_uom_id,
            "buyer": move.partner_id,
            "concern": self.partner_b,
            "company": self.default_company.partner_id,
            "ship_to": move.partner_shipping_id,
            "bank": self.bank,
            "supporting_document": move.l10n_in_irp_supporting_document_ids,
            "origin": move.debit_origin_id,
            "ewaybill": move.l10n_in_irp_ewaybill_id,
        }

    def test_every_member_has_a_record_and_a_field(self):
        move = self.make_note()
        document = self.env["l10n_in.irp.payload"]._build(move)
        validator = self.env["l10n_in.irp.validator"]
        records = self.records(move)
        for path, expected in json.loads(PLACES.read_text(encoding="utf-8")).items():
            with self.subTest(path):
                record, field_name = validator._place(move, path, document)
                self.assertEqual(
                    (record, field_name), (records[expected[0]], expected[1])
                )
                self.assertTrue(validator._label(record, field_name))
