import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...irp.reference import PROFILES
from ...models.portal import res_company
from ...models.portal.credential.portal import effective_profile
from ..common import FaultyTransport
from .common import ElsewhereCommon


class FaultyDetails(FaultyTransport):
    """A transport through which the portal cannot be reached for some look-ups.

    :param parts: of the URLs that fail.
    """

    def __init__(self, *parts):
        super().__init__()
        self.parts = parts

    def send(self, request):
        is_failing = any(part in request.url for part in self.parts)
        self.fault, self.times = ("not_sent", 1) if is_failing else ("", 0)
        return super().send(request)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLeftOut(ElsewhereCommon):
    """A fetch says what it leaves out, and the next one asks for it again."""

    def test_details_that_fail_are_said_and_fetched_next_time(self):
        first, second = self.challan("SUP/1"), self.challan("SUP/2")
        failing = FaultyDetails(f"ewbNo={first}")
        bills = self.fetch(failing)
        self.assertEqual(set(bills.mapped("number")), {first, second})
        self.assertIn(first, self.message)
        self.assertNotIn(second, self.message)
        self.assertIn("next fetch", self.message)
        lacking = bills.search([("lacks_details", "=", True)])
        self.assertEqual(lacking.mapped("number"), [first])
        self.assertEqual(lacking.party_name, "Sthuthya Traders")
        self.assertEqual((lacking.total_value, lacking.doc_number), (70800, "SUP/1"))
        self.assertTrue(lacking.can_reject, "whether Part B is entered is not known")
        with self.assertRaisesRegex(UserError, "Refresh from Portal"):
            lacking._check_printable()
        # of another day, too
        found = self.fetch(date_from="2026-01-10", date_to="2026-01-10")
        self.assertFalse(self.message)
        self.assertFalse(lacking.lacks_details)
        self.assertEqual(found, lacking)
        self.assertEqual((lacking.doc_type, lacking.supply_type), ("INV", "O"))
        self.assertTrue(lacking.valid_until)

    def test_lists_that_fail_are_said_and_the_others_taken(self):
        self.challan()
        bills = self.fetch(FaultyDetails("GetEwayBillsRejectedByOthers"))
        self.assertEqual(len(bills), 1)
        self.assertEqual(self.message.count("rejected by others"), 2, "of two days")
        with self.assertRaises(UserError):
            self.fetch(FaultyDetails("GetEwayBill"))

    def lack(self, *services):
        """Have the portal not offer some services."""
        changes = {"ewaybill_api": {"not_offered": services}}
        profile = effective_profile("nic1", "Copy", json.dumps(changes), False)
        self.patch(res_company, "PROFILES", {**PROFILES, "nic1": profile})

    def test_lists_that_the_portal_lacks_are_said_and_the_others_fetched(self):
        self.challan()
        self.lack("rejected_bills", "transporter_bills_by_state")
        transport = FaultyTransport()
        bills = self.fetch(
            transport,
            of_own=True,
            of_assigned=True,
            state_id=self.env.ref("base.state_in_ka").id,
        )
        self.assertEqual(len(bills), 1)
        self.assertEqual(self.message.count("does not offer"), 2)
        self.assertIn("rejected by others", self.message)
        self.assertIn("assigned to us", self.message)
        self.assertEqual(transport.count("GetEwayBillsRejectedByOthers"), 0)
        self.assertEqual(transport.count("GetEwayBillsofOtherParty"), 2)
        with self.assertRaisesRegex(UserError, "does not offer"):
            self.fetch(of_others=False)

    def test_rows_are_stored_if_the_portal_lacks_details(self):
        self.lack("get_ewaybill")
        number = self.challan()
        bill = self.fetch()
        self.assertEqual((bill.number, bill.total_value), (number, 70800))
        self.assertTrue(bill.lacks_details)
        self.assertIn(number, self.message)
        self.assertIn("does not offer", self.message)

    def test_a_list_that_the_portal_lacks_is_no_failed_daily_fetch(self):
        company = self.default_company.sudo()
        company.l10n_in_irp_ewb_fetch = True
        self.challan()
        self.lack("rejected_bills")
        company._cron_l10n_in_irp_fetch_ewbs()
        self.assertEqual(str(company.l10n_in_irp_ewb_fetched_on), "2026-01-15")
        self.assertFalse(company.l10n_in_irp_ewb_failures)
        self.assertIn("does not offer", company.l10n_in_irp_ewb_result)
        self.assertIn("1 e-way bills fetched, 1", company.l10n_in_irp_ewb_result)

    def test_a_list_alone_matches_no_unregistered_party(self):
        company = self.default_company
        self.portal().set_taxpayer(company.vat)
        number = self.challan(
            "SUP/9",
            toGstin="URP",
            transporterId=company.vat,
            vehicleNo="",
            vehicleType="",
            transMode="",
        )
        taxes = self.igst_purchase_18
        self.document("in_invoice", self.unregistered("A"), taxes, ref="SUP/9")
        bill = self.fetch(
            FaultyDetails("GetEwayBill?"),
            of_others=False,
            of_rejected=False,
            of_assigned=True,
            state_id=self.env.ref("base.state_in_ka").id,
        )
        self.assertEqual((bill.number, bill.party_gstin), (number, False))
        self.assertTrue(bill.is_unmatched)

    def test_part_b_entered_later_is_fetched_with_the_list(self):
        self.part_a()
        bill = self.fetch()
        self.assertFalse(bill.valid_until or bill.can_reject)
        self.assertIn("cannot be rejected yet", bill.next_steps)
        with self.assertRaisesRegex(UserError, "348: "):
            bill.action_reject()
        self.assertFalse(bill.search([("is_to_reject", "=", True)]))
        self.supplier_enters_part_b(bill.number)
        self.fetch()
        self.assertTrue(bill.valid_until and bill.can_reject)

    def test_printed_after_a_refresh(self):
        self.challan()
        bill = self.fetch()
        report = "l10n_in_einvoice_irp.report_ewaybill"
        render = self.env["ir.actions.report"]._render_qweb_html
        self.assertIn(bill.number, render(report, bill.ids)[0].decode())
        self.forge(bill, portal_record=False)
        with self.assertRaisesRegex(UserError, "Refresh from Portal"):
            render(report, bill.ids)
        bill.action_fetch()
        self.assertIn("Drill bits", render(f"{report}_detailed", bill.ids)[0].decode())
