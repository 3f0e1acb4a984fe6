from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...irp.reference.ewaybill import MOVEMENTS
from ..common import FaultyTransport
from ..movement.common import MADE
from .common import ConsignmentCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGeneration(ConsignmentCommon):
    """E-way bills of documents without an IRN."""

    def part_a(self, bill):
        """Return the members that the portal holds."""
        self.assertEqual((bill.state, bill.error), ("registered", False))
        return self.at_portal(bill).movement.part_a

    def test_sale_to_a_consumer(self):
        move = self.sale()
        bill = self.generated(move)
        part_a = self.part_a(bill)
        self.assertEqual(
            [part_a[name] for name in ("supplyType", "subSupplyType", "docType")],
            ["O", "1", "INV"],
        )
        self.assertEqual((part_a["toGstin"], part_a["docNo"]), ("URP", move.name))
        self.assertEqual(part_a["totInvValue"], 70800)
        self.assertEqual(part_a["igstValue"], 10800)
        self.assertEqual(bill.valid_until.hour, 18, "11:59 PM in India")
        self.assertGreater(bill.portal_distance, 0)
        self.assertEqual(move.l10n_in_irp_ewaybill_id, bill)
        self.assertFalse(move.l10n_in_irp_offers_movement)
        self.assertTrue(bill.can_part_b)

    def test_other_documents_move_the_other_way(self):
        supplier = self.unregistered("Ravi Traders")
        own = self.default_company.vat
        cases = (
            ("out_refund", self.partner_b, self.igst_sale_18, "I", "7", "CHL"),
            ("in_invoice", supplier, self.igst_purchase_18, "I", "1", "INV"),
            ("in_refund", self.partner_b, self.igst_purchase_18, "O", "8", "OTH"),
        )
        for move_type, partner, taxes, *kind in cases:
            with self.subTest(move_type):
                ref = {"ref": "SUP/77"} if move_type == "in_invoice" else {}
                move = self.document(move_type, partner, taxes, **ref)
                # the vendor's number, or one that is short enough
                number = ref.get("ref", f"N/{move.id}")
                part_a = self.part_a(self.generated(move, doc_number=number))
                names = ("supplyType", "subSupplyType", "docType")
                self.assertEqual([part_a[name] for name in names], kind)
                side = "toGstin" if kind[0] == "I" else "fromGstin"
                self.assertEqual(part_a[side], own)
                self.assertEqual(part_a["totInvValue"], 70800)
                self.assertEqual(part_a["docNo"], number)

    def test_what_needs_an_irn_gets_its_bill_from_it(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.assertFalse(move.l10n_in_irp_offers_movement)
        with self.assertRaisesRegex(UserError, "generated from the IRN"):
            move.action_l10n_in_irp_movement()

    def test_menu_finds_the_right_kind(self):
        move = self.sale()
        action = move.action_l10n_in_irp_ewaybill()
        bill = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(bill.basis, "document")

    def test_form_offers_what_goes_together(self):
        bill = self.prepared(self.sale())
        offered = {
            (supply, sub, document)
            for supply in ("O", "I")
            for sub in self.offered(bill, supply_type=supply)
            for document in self.offered(bill, supply_type=supply, sub_supply_type=sub)
        }
        known = {(m.supply_type, m.sub_supply_type, m.doc_type) for m in MOVEMENTS}
        self.assertEqual(offered, known)
        with Form(bill) as form:
            form.sub_supply_type = "8"
            self.assertFalse(form.doc_type, "two go with it")
            form.doc_type = "OTH"
            form.sub_supply_description = "Samples"

    def offered(self, bill, **values):
        new = bill.new(values)
        last = "sub_supply_type" in values
        return new.offered_documents if last else new.offered_sub_supplies

    def test_refused_before_the_call(self):
        transport = FaultyTransport()
        bill = self.generated(
            self.sale(), transport, sub_supply_type="5", vehicle_number="LORRY"
        )
        self.assertEqual((bill.state, bill.sent_at), ("rejected", False))
        for words in ("205: ", "Document Type: ", "225: "):
            self.assertIn(words, bill.error)
        self.assertEqual(transport.count("ewayapi"), 0)
        bill.write({"sub_supply_type": "1", "vehicle_number": "MH12AB1234"})
        bill.action_generate()
        self.assertEqual((bill.state, bill.error), ("registered", False))

    def test_lost_answer_is_settled_by_the_document(self):
        bill = self.generated(self.sale(), self.lost())
        self.assertEqual((bill.state, bill.number), ("unknown", False))
        bill.action_process()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        self.assertTrue(bill.number and bill.valid_until)

    def test_what_was_not_made_is_made_once(self):
        bill = self.generated(self.sale(), self.dropped())
        self.assertEqual(bill.state, "unknown")
        bill.action_process()
        bill.action_process()
        self.assertEqual((bill.state, bill.error), ("registered", False))
        gstin = self.default_company.vat
        made = self.portal().movements.generated(gstin, "2026-01-15")
        self.assertEqual([str(one.number) for one in made], [bill.number])

    def test_one_that_was_cancelled_since_is_not_made_again(self):
        bill = self.generated(self.sale(), self.lost())
        sent_at, gstin = bill.sent_at, self.default_company.vat
        [made] = self.portal().movements.generated(gstin, "2026-01-15")
        self.on_web(gstin, "CANEWB", ewbNo=made.number, cancelRsnCode=2)
        with self.at(MADE + timedelta(hours=1)):
            dropped = bill.with_context(
                l10n_in_irp_wrap_transport=FaultyTransport("dropped", 1, "/auth")
            )
            dropped.action_process()
            self.assertEqual((bill.state, bill.sent_at), ("unknown", sent_at))
        with self.at(MADE + timedelta(hours=2)):
            bill.action_process()
        self.assertEqual((bill.state, bill.number), ("cancelled", str(made.number)))
        active = self.portal().movements.generated(gstin, "2026-01-15")
        self.assertFalse(active, "nobody has asked for another one")

    def test_one_that_exists_is_taken(self):
        move = self.sale()
        first = self.generated(move)
        number = first.number
        self.forge(first, state="draft", number=False, ewb_date=False)
        first.action_generate()
        self.assertEqual((first.state, first.number), ("registered", number))

    def test_cancelled_within_a_day(self):
        move = self.sale()
        bill = self.generated(move)
        bill._request_cancel("2", "Order Cancelled")
        self.assertEqual((bill.state, bill.error), ("cancelled", False))
        again = self.generated(move)
        self.assertNotEqual(again.number, bill.number)

    def test_return_with_an_irn_is_cancelled_by_its_number(self):
        note = self.document("out_refund", self.partner_b, self.igst_sale_18)
        self.process()
        self.assertEqual(note.l10n_in_irp_state, "registered")
        bill = self.generated(note, doc_number=f"N/{note.id}")
        self.assertTrue(bill.document_id)
        bill._request_cancel("2", "Order Cancelled")
        self.assertEqual((bill.state, bill.error), ("cancelled", False))
        self.assertTrue(self.at_portal(bill).bill.cancelled_at)

    def test_lost_cancellation_is_looked_up_by_number(self):
        bill = self.generated(self.sale())
        lost = bill.with_context(l10n_in_irp_wrap_transport=self.lost())
        lost._request_cancel("2", "Order Cancelled")
        self.assertEqual(bill.state, "cancelling")
        bill.action_process()
        self.assertEqual((bill.state, bill.error), ("cancelled", False))

    def test_need_is_said_in_words(self):
        note = self.prepared(self.sale()).need_note
        self.assertRegex(note, "Needed: .*70,800.*50,000.*between states")
        small = self.document(
            "out_invoice",
            self.consumer,
            self.igst_sale_18,
            invoice_line_ids=[
                (0, 0, {"product_id": self.product_a.id, "price_unit": 900.0})
            ],
        )
        self.assertIn("Not needed", self.prepared(small).need_note)

    def test_without_api_access_there_is_the_file(self):
        self.default_company.sudo().l10n_in_irp_environment = "production"
        bill = self.prepared(self.sale())
        self.assertIn("no API user of the e-way bill system", bill.missing)
        with self.assertRaisesRegex(UserError, "ewaybillgst.gov.in"):
            bill.action_generate()
        self.assertTrue(bill.can_be_settled, "its number is recorded by hand")
