from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import FaultyTransport
from ..movement.common import CARRIER
from .common import SUPPLIER, ElsewhereCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFetch(ElsewhereCommon):
    """E-way bills that were made elsewhere: fetched, matched, rejected."""

    def test_suppliers_bill_is_matched_with_the_vendor_bill(self):
        number = self.challan()
        bill = self.fetch()
        self.assertEqual((bill.number, bill.basis), (number, "elsewhere"))
        self.assertEqual(bill.party_name, "Sthuthya Traders")
        self.assertTrue(bill.is_unmatched)
        self.assertIn("Drill", str(self.at_portal(bill).movement.part_a))
        vendor_bill = self.document(
            "in_invoice", self.supplier(), self.igst_purchase_18, ref="sup/77"
        )
        bill.action_match()
        self.assertEqual(bill.move_id, vendor_bill)
        self.assertEqual(vendor_bill.l10n_in_irp_ewaybill_id, bill)
        self.assertFalse(vendor_bill.l10n_in_irp_offers_movement)
        self.assertEqual(self.fetch(), bill, "fetched again, it is the same")
        vendor_bill.button_draft()
        vendor_bill.unlink()
        self.assertTrue(bill.is_unmatched)

    def test_other_number_or_party_is_not_matched(self):
        self.challan("SUP-77")
        taxes, other = self.igst_purchase_18, self.unregistered("Somebody Else")
        self.document("in_invoice", self.supplier(), taxes, ref="SUP-778")
        self.document("in_invoice", other, taxes, ref="SUP-77")
        self.assertTrue(self.fetch().is_unmatched)

    def test_rejected_in_time(self):
        self.challan()
        bill = self.fetch()
        self.assertTrue(bill.can_reject)
        self.assertEqual(bill.search([("is_to_reject", "=", True)]), bill)
        self.assertIn("reject it until", bill.next_steps)
        self.assertFalse(bill.can_part_b)
        lost = bill.with_context(l10n_in_irp_wrap_transport=self.lost())
        lost.action_reject()
        self.assertFalse(bill.is_rejected, "the answer was lost")
        bill.action_reject()
        self.assertEqual(len(bill.step_ids), 2, "a second click is the same rejection")
        bill.action_fetch()
        self.assertTrue(bill.is_rejected)
        self.assertEqual(bill.step_ids.mapped("kind"), ["rejection", "part_b"])
        self.assertTrue(self.at_portal(bill).movement.rejected_at)
        self.assertFalse(bill.search([("is_to_reject", "=", True)]))
        bill.action_reject()
        self.assertEqual(len(bill.step_ids), 2)

    def test_rejected_on_the_website(self):
        self.challan()
        bill = self.fetch()
        number = int(bill.number)
        self.on_web(self.default_company.vat, "REJEWB", ewbNo=number)
        bill.action_fetch()
        with self.assertRaisesRegex(UserError, "824: "):
            bill.action_reject()

    def test_to_reject_is_what_can_be_rejected_now(self):
        self.challan("SUP/1")
        self.challan("SUP/2")
        self.part_a("SUP/3")
        self.document("in_invoice", self.supplier(), self.igst_purchase_18, ref="SUP/1")
        linked, unlinked, part_a = self.fetch().sorted("doc_number")
        self.assertTrue(linked.move_id and not unlinked.move_id)
        bills = self.env["l10n_in.irp.ewaybill"]
        to_reject = bills.search([("is_to_reject", "=", True)])
        self.assertEqual(to_reject, linked | unlinked)
        self.assertEqual(to_reject, to_reject.filtered("can_reject"))
        is_unmatched = [("is_to_reject", "=", True), ("is_unmatched", "=", True)]
        self.assertEqual(bills.search(is_unmatched), unlinked)
        self.supplier_enters_part_b(part_a.number)
        self.fetch()
        self.assertIn(part_a, bills.search([("is_to_reject", "=", True)]))

    def test_too_late_to_reject(self):
        self.challan()
        bill = self.fetch()
        with self.at("2026-01-18 07:00:00"), self.assertRaisesRegex(UserError, "346: "):
            bill.action_reject()
        own = self.generated(self.sale())
        with self.assertRaisesRegex(UserError, "341: "):
            own.action_reject()

    def test_own_one_is_adopted_by_number_and_document(self):
        move = self.sale()
        company = self.default_company
        number = self.challan(
            move.name,
            fromGstin=company.vat,
            fromPincode=int(company.zip),
            fromStateCode=24,
            actFromStateCode=24,
            toGstin="URP",
            toPincode=560025,
            toStateCode=29,
            actToStateCode=29,
        )
        bill = self.fetch(by="document", doc_number=move.name)
        self.assertEqual((bill.number, bill.move_id), (number, move))
        self.assertEqual(self.fetch(by="number", number=number), bill)
        self.assertEqual(
            self.fetch(of_others=False, of_rejected=False, of_own=True), bill
        )
        self.assertTrue(bill.can_part_b, "we have made it")
        self.part_b(bill, "MH31AA0001")
        self.assertEqual(bill.vehicle_number, "MH31AA0001")

    def test_bills_assigned_to_us_as_transporter(self):
        self.portal().set_taxpayer(self.default_company.vat)
        number = self.challan(
            toGstin="URP",
            transporterId=self.default_company.vat,
            vehicleNo="",
            vehicleType="",
            transMode="",
        )
        bill = self.fetch(
            of_others=False,
            of_rejected=False,
            of_assigned=True,
            state_id=self.env.ref("base.state_in_ka").id,
        )
        self.assertEqual(bill.number, number)
        self.assertTrue(bill.can_part_b)
        self.part_b(bill, "MH31AA0001", vehicle_reason="4")
        self.assertTrue(bill.valid_until)

    def test_bills_assigned_to_us_days_after_they_were_made(self):
        number = self.part_a(toGstin="URP")
        with self.at("2026-01-17 05:00:00"):
            self.hand_to_us(SUPPLIER, number)
        ours = {
            "date_from": "2026-01-17",
            "date_to": "2026-01-17",
            "of_others": False,
            "of_rejected": False,
            "state_id": self.env.ref("base.state_in_ka").id,
        }
        with self.at("2026-01-17 06:00:00"):
            self.assertFalse(self.fetch(**ours, of_assigned=True), "made on another")
            bill = self.fetch(**ours, of_newly_assigned=True)
        self.assertEqual(bill.number, number)
        self.assertEqual(bill.transporter_gstin, self.default_company.vat)
        self.assertTrue(bill.can_part_b)

    def test_bills_assigned_to_us_by_one_generator(self):
        ours = {"of_others": False, "of_rejected": False, "of_assigned": True}
        number = self.part_a(toGstin="URP")
        self.hand_to_us(SUPPLIER, number)
        transport = FaultyTransport()
        other = "37ARZPT4384Q1MT"
        self.assertFalse(self.fetch(transport, **ours, generator_gstin=other))
        bill = self.fetch(transport, **ours, generator_gstin=f" {SUPPLIER.lower()}")
        self.assertEqual(bill.number, number)
        self.assertEqual(transport.count("ForTransporterByGstin"), 4, "two days each")
        with self.assertRaisesRegex(UserError, "15 characters"):
            self.fetch(**ours, generator_gstin="29AWG")

    def test_lists_are_within_the_quota(self):
        log = self.env["l10n_in.irp.log"].sudo()
        row = {
            "company_id": self.default_company.id,
            "gstin": self.default_company.vat,
            "environment": "demo",
            "endpoint": "transporter_bills_by_state",
            "called_at": "2026-01-15 06:25:00",
        }
        log.create([row] * 50)
        transport = FaultyTransport()
        with self.assertRaisesRegex(UserError, "658: .*12:10"):
            self.fetch(
                transport,
                of_assigned=True,
                state_id=self.env.ref("base.state_in_ka").id,
            )
        self.assertFalse(transport.urls)

    def test_ours_that_others_reject_is_marked(self):
        supplier = self.supplier()
        taxes = self.igst_purchase_18
        move = self.document("in_refund", supplier, taxes)
        ours = self.generated(move, doc_number="R/1")
        self.on_web(SUPPLIER, "REJEWB", ewbNo=int(ours.number))
        transport = FaultyTransport()
        self.assertEqual(self.fetch(transport), ours)
        self.assertTrue(ours.is_rejected and ours.rejected_at)
        self.assertEqual(transport.count("GetEwayBill?"), 0, "it is known")

    def test_nothing_found_is_no_error(self):
        self.assertFalse(self.fetch())
        with self.assertRaisesRegex(UserError, "12 digits"):
            self.fetch(by="number", number="12")
        with self.assertRaisesRegex(UserError, "1 to 7 days"):
            self.fetch(date_from="2026-01-01")
        with self.assertRaises(UserError):
            self.fetch(by="number", number="391000099999")

    def test_of_no_use_to_others(self):
        self.challan()
        bill = self.fetch()
        stranger = new_test_user(
            self.env(su=True), "employee", groups="base.group_user"
        )
        with self.assertRaises(AccessError):
            bill.with_user(stranger).action_reject()
        self.assertEqual(bill.party_gstin, SUPPLIER)
        self.assertNotEqual(bill.transporter_gstin, CARRIER)
