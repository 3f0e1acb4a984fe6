from contextlib import contextmanager
from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...irp import IrpRateLimited
from ...models import locks
from ..common import FaultyTransport
from ..ewaybill.test_ewaybill_system import OwnSystemCommon
from .common import ElsewhereCommon

DAILY = "odoo.addons.l10n_in_einvoice_irp.models.elsewhere.daily"
PORTAL_BILL = "odoo.addons.l10n_in_einvoice_irp.models.movement.portal_bill"


class ChangedMeanwhile(FaultyTransport):
    """A transport that does something once, while an answer is on its way.

    :param part: of the URL whose answer is overtaken.
    """

    def __init__(self, part, work):
        super().__init__()
        self.part = part
        self.work = work

    def send(self, request):
        response = super().send(request)
        work, is_meant = self.work, self.part in request.url
        if work and is_meant:
            self.work = None
            work()
        return response


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCertain(ElsewhereCommon):
    """Answers of the portal are stored once, whole, and never over newer data."""

    def no_activities(self):
        """Have every activity fail, as one of another module may."""

        def fail(*_args):
            raise ValueError("no activity today")

        self.patch(type(self.env["mail.activity"]), "create", fail)

    def test_fetches_of_one_company_adopt_one_after_the_other(self):
        company = self.default_company
        self.challan()
        task = f"ewaybills {company.id} {company.l10n_in_irp_environment}"
        is_held = """
            SELECT count(*) FROM pg_locks
             WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND classid = %s
               AND objid::bigint = hashtext(%s)::bigint & 4294967295
        """

        def held():
            self.env.cr.execute(is_held, [locks.TASKS, task])
            return self.env.cr.fetchone()[0]

        self.assertFalse(held())
        self.fetch()
        self.assertTrue(held())

    def test_an_overtaken_answer_changes_nothing(self):
        bill = self.made()
        self.part_b(bill, "MH31AA0001")
        bill.action_fetch()
        transport = ChangedMeanwhile(
            "GetEwayBill?", lambda: self.part_b(bill, "MH31AA0002")
        )
        bill.with_context(l10n_in_irp_wrap_transport=transport).action_fetch()
        self.assertFalse(transport.work, "it was overtaken")
        self.assertEqual(self.entries(bill)[-1], "MH31AA0002")
        self.assertEqual(bill.vehicle_number, "MH31AA0002")
        self.assertTrue(bill.is_record_outdated)
        bill.action_fetch()
        self.assertFalse(bill.is_record_outdated)
        self.assertEqual(bill.vehicle_number, "MH31AA0002")

    def test_an_overtaken_answer_of_a_list_changes_nothing(self):
        bill = self.made()
        self.part_b(bill, "MH31AA0001")
        transport = ChangedMeanwhile(
            "GetEwayBill?", lambda: self.part_b(bill, "MH31AA0002")
        )
        self.fetch(transport, by="number", number=bill.number)
        self.assertFalse(transport.work, "it was overtaken")
        self.assertEqual(bill.vehicle_number, "MH31AA0002")
        self.fetch(by="number", number=bill.number)
        self.assertFalse(bill.is_record_outdated)

    def test_an_answer_overtaken_at_another_bill_of_the_lorry_changes_nothing(self):
        bills = self.made() | self.made()
        state = self.env.ref("base.state_in_mh").id
        values = {"vehicle_number": "MH31AA0001", "place": "Nagpur", "state_id": state}
        dialog = self.dialog(bills.action_lorry(), **values)
        bill = bills - dialog.ewaybill_id
        self.fetch(by="number", number=bill.number)
        transport = ChangedMeanwhile(
            "GetEwayBill?",
            lambda: self.change(dialog.ewaybill_id, "consolidation", dialog),
        )
        self.fetch(transport, by="number", number=bill.number)
        self.assertFalse(transport.work, "it was overtaken")
        sheet = bill.trip_sheet
        self.assertTrue(sheet and bill.is_record_outdated)
        self.assertEqual(bill.vehicle_number, "MH31AA0001")
        self.fetch(by="number", number=bill.number)
        self.assertFalse(bill.is_record_outdated)
        self.assertEqual(bill.trip_sheet, sheet)

    def test_changes_of_an_ewaybill_wait_until_its_answer_is_stored(self):
        bill = self.made()
        queries = []
        with contextmanager(self._patchExecute)(queries):
            self.fetch(by="number", number=bill.number)
        locked = [at for at, one in enumerate(queries) if "FOR NO KEY" in one]
        stored = [at for at, one in enumerate(queries) if '"fetched_at" =' in one]
        self.assertTrue(locked and stored)
        self.assertLess(locked[0], stored[0])

    @mute_logger(PORTAL_BILL)
    def test_an_answer_outlives_a_failing_activity(self):
        bill = self.made()
        buyer = self.at_portal(bill).movement.to_gstin
        self.portal().set_taxpayer(buyer)
        self.on_web(buyer, "REJEWB", ewbNo=int(bill.number))
        self.no_activities()
        bill.action_fetch()
        self.assertTrue(bill.is_rejected and bill.fetched_at)

    @mute_logger(DAILY)
    def test_a_company_that_fails_stops_no_other(self):
        company = self.default_company.sudo()
        company.l10n_in_irp_ewb_fetch = True
        self.challan()
        self.no_activities()
        with self.at("2026-01-15 06:40:00"):
            company._cron_l10n_in_irp_fetch_ewbs()
        self.assertIn("no activity today", company.l10n_in_irp_ewb_result)
        self.assertEqual(company.l10n_in_irp_ewb_failures, 1)
        again = company.l10n_in_irp_ewb_again_at
        self.assertEqual(again, datetime(2026, 1, 15, 7, 40))
        self.assertFalse(company.l10n_in_irp_ewb_fetched_on)

    def test_numbers_are_found_by_an_index(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'l10n_in_irp_ewaybill'"
        )
        indexes = str(self.env.cr.fetchall())
        for name in ("number", "trip_sheet"):
            self.assertIn(f"(company_id, environment, {name})", indexes)

    def test_documents_of_many_numbers_are_found_in_one_pass(self):
        for number in ("SUP/1", "SUP/2"):
            self.challan(number)
        bills = self.fetch()
        queries = []
        with contextmanager(self._patchExecute)(queries):
            bills.sudo()._candidates()
        self.assertFalse([one for one in queries if "ILIKE" in one.upper()])

    def test_lines_of_an_import_are_made_by_the_import_alone(self):
        self.become_manager()
        bill = self.prepared(self.sale())
        wizard = self.env["l10n_in.irp.ewaybill.import"].create({})
        line = {
            "number": bill.doc_number,
            "ewb_number": "391000000001",
            "ewb_date": "2026-01-15 06:00:00",
            "ewaybill_id": bill.id,
            "result": "to_record",
        }
        with self.assertRaises(AccessError):
            self.env["l10n_in.irp.ewaybill.import.line"].create(
                {**line, "import_id": wizard.id}
            )
        with self.assertRaises(AccessError):
            wizard.write({"line_ids": [(0, 0, line)]})
        with self.assertRaises(AccessError):
            wizard.create({"line_ids": [(0, 0, line)]})
        self.assertFalse(wizard.line_ids)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOwnUserAlone(OwnSystemCommon):
    """The e-way bill system is asked with its own user, also if the user for e-invoices
    is blocked."""

    def test_refused_login_to_the_irp_stops_no_look_up(self):
        self.give_user()
        bill, company = self.ewaybill(), self.default_company
        company = company.with_context(l10n_in_irp_wrap_transport=self.transport())
        self.credential.blocked_message = "1019: wrong password"
        for _turn in range(2):
            found = company._l10n_in_irp_fetch_ewb(bill.number)
            self.assertEqual(found, bill)
        self.assertEqual(len(self.sessions()), 1)

    def test_logins_beyond_the_allowed_ones_are_not_made(self):
        self.give_user()
        bill, company = self.ewaybill(), self.default_company
        company = company.with_context(l10n_in_irp_wrap_transport=self.transport())
        company._l10n_in_irp_fetch_ewb(bill.number)
        session = self.sessions()
        session.log_ins = session.log_ins * 5
        session._forget()
        transport = self.transport()
        company = company.with_context(l10n_in_irp_wrap_transport=transport)
        answered = company._l10n_in_irp_ask_ewb("get_ewaybill", number=bill.number)
        self.assertIsInstance(answered.error, IrpRateLimited)
        self.assertFalse(transport.urls)
