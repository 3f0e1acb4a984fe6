from datetime import date, datetime

from odoo import fields
from odoo.tests import tagged
from odoo.tools import format_date

from ..common import FaultyTransport
from .common import SUPPLIER, ElsewhereCommon
from .test_left_out import FaultyDetails


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDaily(ElsewhereCommon):
    """The daily fetch: what it brings, who is asked to check, and its pauses."""

    def setUp(self):
        super().setUp()
        self.company = self.default_company.sudo()
        self.company.write(
            {"l10n_in_irp_ewb_fetch": True, "l10n_in_irp_ewb_user_id": self.env.uid}
        )

    def run_cron(self, transport=None, moment="2026-01-15 06:40:00"):
        root = self.env(user=self.env.ref("base.user_root"))
        companies = root["res.company"].with_context(
            l10n_in_irp_wrap_transport=transport
        )
        with self.at(moment):
            companies._cron_l10n_in_irp_fetch_ewbs()

    def bills(self):
        return self.env["l10n_in.irp.ewaybill"].search([("basis", "=", "elsewhere")])

    def test_off_unless_wanted(self):
        self.company.l10n_in_irp_ewb_fetch = False
        transport = FaultyTransport()
        self.run_cron(transport)
        self.assertFalse(transport.urls)
        fields_ = self.env["res.company"]._fields
        self.assertFalse(fields_["l10n_in_irp_ewb_fetch"].default)

    def test_once_a_day_from_the_morning_on(self):
        self.challan()
        transport = FaultyTransport()
        self.run_cron(transport, "2026-01-15 01:00:00")
        self.assertFalse(transport.urls, "half past six in India")
        self.run_cron(transport)
        self.assertEqual(transport.count("GetEwayBillsofOtherParty"), 2)
        self.assertEqual(transport.count("GetEwayBillsForTransporter"), 0)
        self.assertEqual(self.company.l10n_in_irp_ewb_fetched_on, date(2026, 1, 15))
        self.assertIn("1 e-way bills fetched, 1", self.company.l10n_in_irp_ewb_result)
        before = len(transport.urls)
        self.run_cron(transport, "2026-01-15 12:00:00")
        self.assertEqual(len(transport.urls), before)
        self.company.l10n_in_irp_ewb_fetch_assigned = True
        self.run_cron(transport, "2026-01-18 06:00:00")
        self.assertEqual(transport.count("GetEwayBillsofOtherParty"), 2 + 4)
        self.assertEqual(transport.count("GetEwayBillsForTransporter"), 4)

    def test_bills_assigned_to_us_days_later_are_fetched(self):
        self.company.l10n_in_irp_ewb_fetch_assigned = True
        neighbour = "24AWGPV7107B1Z1"
        self.portal().set_taxpayer(neighbour)
        number = self.challan(
            fromGstin=neighbour,
            fromPincode=int(self.company.zip),
            fromStateCode=24,
            actFromStateCode=24,
            toGstin="URP",
            toPincode=562160,
            toStateCode=29,
            actToStateCode=29,
            transporterId=neighbour,
            vehicleNo="",
            vehicleType="",
            transMode="",
        )
        self.run_cron()
        self.run_cron(moment="2026-01-16 06:00:00")
        self.assertFalse(self.bills())
        with self.at("2026-01-17 05:00:00"):
            self.hand_to_us(neighbour, number)
        transport = FaultyTransport()
        self.run_cron(transport, "2026-01-17 06:00:00")
        self.assertEqual(self.bills().mapped("number"), [number])
        self.assertEqual(transport.count("ReportByTransporterAssignedDate"), 2)
        self.assertTrue(self.bills().can_part_b)
        self.assertEqual(self.company.l10n_in_irp_ewb_fetched_on, date(2026, 1, 17))

    def test_a_person_is_asked_to_check_in_time(self):
        self.challan()
        self.run_cron()
        bill = self.bills()
        activity = bill.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertEqual(activity.date_deadline, date(2026, 1, 18))
        self.assertIn("Sthuthya Traders", activity.summary)
        self.assertIn("SUP/77", activity.note)
        self.assertFalse(bill.is_rejected, "nothing is rejected unasked")
        self.run_cron(moment="2026-01-16 06:00:00")
        self.assertEqual(bill.activity_ids, activity)
        self.document(
            "in_invoice", self.supplier(), self.igst_purchase_18, ref="SUP/77"
        )
        self.assertFalse(bill.activity_ids)

    def test_part_b_entered_days_later_is_found_while_it_can_be_rejected(self):
        self.document("in_invoice", self.supplier(), self.igst_purchase_18, ref="SUP/2")
        numbers = [self.part_a("SUP/1"), self.part_a("SUP/2"), self.part_a("SUP/3")]
        self.run_cron()
        first, linked, last = self.bills().sorted("doc_number")
        self.assertTrue(linked.move_id)
        self.run_cron(moment="2026-01-16 06:00:00")
        self.assertFalse((first | linked | last).filtered("can_reject"))
        with self.at("2026-01-16 12:00:00"):
            self.supplier_enters_part_b(numbers[0])
            self.supplier_enters_part_b(numbers[1])
        transport = FaultyTransport()
        self.run_cron(transport, "2026-01-17 06:00:00")
        self.assertEqual(transport.count("GetEwayBill?"), 3, "none is in the lists")
        with self.at("2026-01-17 07:00:00"):
            self.assertTrue(first.can_reject and linked.can_reject)
            self.assertFalse(last.can_reject)
            self.assertTrue(first.activity_ids)
            first.action_reject()
        self.assertTrue(first.is_rejected)
        transport = FaultyTransport()
        self.run_cron(transport, "2026-01-18 06:00:00")
        self.assertEqual(transport.count("GetEwayBill?"), 1, "the last one")
        transport = FaultyTransport()
        self.run_cron(transport, "2026-01-19 06:00:00")
        self.assertEqual(transport.count("GetEwayBill?"), 0, "72 hours are over")

    def test_what_was_checked_is_not_asked_again(self):
        self.challan()
        self.run_cron()
        self.bills().activity_ids.action_done()
        self.run_cron(moment="2026-01-16 06:00:00")
        self.assertFalse(self.bills().activity_ids)

    def test_check_ends_with_the_rejection_or_its_time(self):
        self.challan("SUP/1")
        self.challan("SUP/2")
        self.run_cron()
        first, second = self.bills().sorted("doc_number")
        first.action_reject()
        self.assertFalse(first.activity_ids)
        self.assertTrue(second.activity_ids)
        self.run_cron(moment="2026-01-19 06:00:00")
        self.assertFalse(second.activity_ids)

    def test_nothing_to_check_for_ours_and_for_known_ones(self):
        self.document(
            "in_invoice", self.supplier(), self.igst_purchase_18, ref="SUP/77"
        )
        self.challan()
        own = self.default_company
        self.challan(
            "OWN/1",
            fromGstin=own.vat,
            fromPincode=int(own.zip),
            fromStateCode=24,
            actFromStateCode=24,
            toGstin=SUPPLIER,
            toPincode=562160,
            toStateCode=29,
            actToStateCode=29,
        )
        self.run_cron()
        self.assertEqual(len(self.bills()), 2)
        self.assertFalse(self.bills().activity_ids)

    def test_a_failure_pauses_longer_each_time_and_is_reported(self):
        down = FaultyTransport("not_sent", times=99)
        moments = ("06:40:00", "07:00:00", "07:45:00", "08:30:00", "09:50:00")
        ends = ("07:40:00", "07:40:00", "09:45:00", "09:45:00", "13:50:00")
        for moment, end in zip(moments, ends, strict=True):
            self.run_cron(down, f"2026-01-15 {moment}")
            again = self.company.l10n_in_irp_ewb_again_at
            self.assertEqual(again, datetime.fromisoformat(f"2026-01-15 {end}"))
        self.assertEqual(self.company.l10n_in_irp_ewb_failures, 3)
        self.assertFalse(self.company.l10n_in_irp_ewb_fetched_on)
        contact = self.company.partner_id
        activity = contact.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn("ewaybillgst.gov.in", activity.note)
        self.run_cron(moment="2026-01-15 14:00:00")
        self.assertEqual(self.company.l10n_in_irp_ewb_failures, 0)
        self.assertFalse(contact.activity_ids or self.company.l10n_in_irp_ewb_again_at)

    def test_missing_details_are_no_failed_fetch(self):
        failing = FaultyDetails(f"ewbNo={self.challan()}")
        contact = self.company.partner_id
        for day in (15, 16, 17, 18):
            before = failing.count("GetEwayBillsofOtherParty")
            self.run_cron(failing, f"2026-01-{day} 06:40:00")
            lists = failing.count("GetEwayBillsofOtherParty") - before
            self.assertEqual(lists, 2, "of yesterday and today, each day")
            self.assertEqual(
                self.company.l10n_in_irp_ewb_fetched_on, date(2026, 1, day)
            )
        self.assertFalse(self.company.l10n_in_irp_ewb_failures)
        self.assertFalse(contact.activity_ids or self.company.l10n_in_irp_ewb_again_at)
        bill = self.bills()
        self.assertTrue(bill.lacks_details)
        self.assertIn(bill.number, self.company.l10n_in_irp_ewb_result)
        self.run_cron(moment="2026-01-19 06:40:00")
        self.assertFalse(bill.lacks_details)
        self.assertNotIn(bill.number, self.company.l10n_in_irp_ewb_result)

    def test_a_failing_list_is_a_failed_fetch(self):
        self.challan()
        self.run_cron(FaultyDetails("GetEwayBillsRejectedByOthers"))
        self.assertEqual(len(self.bills()), 1)
        self.assertFalse(self.company.l10n_in_irp_ewb_fetched_on)
        self.assertEqual(self.company.l10n_in_irp_ewb_failures, 1)

    def test_days_that_a_long_pause_skips_are_said(self):
        contact = self.company.partner_id
        self.run_cron()
        self.run_cron(moment="2026-01-21 06:40:00")
        self.assertFalse(contact.activity_ids, "seven days are fetched")
        down = FaultyTransport("not_sent", times=99)
        self.run_cron(down, "2026-01-30 06:40:00")
        self.assertFalse(contact.activity_ids, "the days of a failure are not settled")
        transport = FaultyTransport()
        self.run_cron(transport, "2026-01-30 08:40:00")
        self.assertEqual(transport.count("GetEwayBillsofOtherParty"), 7)
        self.assertEqual(self.company.l10n_in_irp_ewb_fetched_on, date(2026, 1, 30))
        self.assertFalse(self.company.l10n_in_irp_ewb_failures)
        activity = contact.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        for text in (activity.note, self.company.l10n_in_irp_ewb_result):
            for day in (date(2026, 1, 21), date(2026, 1, 23)):
                self.assertIn(format_date(self.env, day), text)
        self.run_cron(moment="2026-01-31 06:40:00")
        self.assertEqual(contact.activity_ids, activity, "until it is done")

    def test_missing_access_is_shown_in_the_settings(self):
        self.company.l10n_in_irp_environment = "production"
        self.run_cron()
        self.assertIn("no API user", self.company.l10n_in_irp_ewb_result)
        settings = self.env["res.config.settings"].sudo().create({})
        self.assertIn("no API user", settings.l10n_in_irp_ewb_missing)
        self.assertGreater(self.company.l10n_in_irp_ewb_again_at, fields.Datetime.now())
