import base64
import io
import json
from datetime import datetime

from openpyxl import Workbook

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.rights import MANAGER
from ..common import FaultyTransport
from ..wizards.test_bulk_upload import BulkCommon
from .common import ConsignmentCommon

# name in the file -> name in the request of the API
API_NAMES = {
    "transType": "transactionType",
    "actualFromStateCode": "actFromStateCode",
    "actualToStateCode": "actToStateCode",
    "TotNonAdvolVal": "cessNonAdvolValue",
    "OthValue": "otherValue",
}
HEADINGS = ("Sl No", "Doc No", "Doc Date", "EWB No", "EWB Date", "Error Details")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOffline(BulkCommon, ConsignmentCommon):
    """E-way bills in a file for the website: never made twice, and their results."""

    def offline(self, count=1):
        """Return prepared e-way bills of new invoices."""
        bills = self.env["l10n_in.irp.ewaybill"]
        for _turn in range(count):
            bills |= self.prepared(self.sale())
        return bills

    def export_bills(self, bills):
        action = bills.action_bulk_json()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.action_export()
        return wizard

    def in_file(self, count=1):
        """Return exported e-way bills, and the content of their file."""
        bills = self.offline(count)
        wizard = self.export_bills(bills)
        self.assertFalse(wizard.left_out)
        return bills, json.loads(base64.b64decode(wizard.file))

    def upload(self, content):
        """Play Generate Bulk; return the rows of its results."""
        rows = []
        for place, entry in enumerate(content["billLists"], 1):
            body = {API_NAMES.get(name, name): v for name, v in entry.items()}
            body["transDistance"] = str(body["transDistance"])
            made, errors = {}, ""
            try:
                made = self.on_web(entry["userGstin"], "GENEWAYBILL", **body)
            except ValueError as error:
                errors = str(error)
            row = [place, entry["docNo"], entry["docDate"], made.get("ewayBillNo")]
            rows.append([*row, made.get("ewayBillDate"), errors])
        return rows

    def workbook(self, rows):
        book = Workbook()
        for line in (HEADINGS, *rows):
            book.active.append(list(line))
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    def results(self, rows):
        """Import a list of results as a manager; return the dialog.

        :param rows: of the list, or the file itself.
        """
        if not self.env.user.has_group(MANAGER):
            self.become_manager()
        content = rows if isinstance(rows, bytes) else self.workbook(rows)
        file = base64.b64encode(content)
        wizard = self.env["l10n_in.irp.ewaybill.import"].create(
            {"file": file, "file_name": "results.xlsx"}
        )
        wizard.action_import()
        return wizard

    def outcomes(self, rows):
        lines = self.results(rows).line_ids
        return dict(zip(lines.mapped("number"), lines.mapped("result"), strict=True))

    # ------------------------------------------------------------------
    # Out
    # ------------------------------------------------------------------

    def test_several_go_into_one_file(self):
        bills, content = self.in_file(2)
        self.assertEqual(
            [entry["docNo"] for entry in content["billLists"]],
            bills.mapped("doc_number"),
        )
        self.assertEqual(set(bills.mapped("state")), {"unknown"})
        self.assertEqual(set(bills.mapped("status")), {"exported"})
        self.assertEqual(bills.search([("status", "=", "exported")]), bills)
        self.assertFalse(any(bills.mapped("next_attempt_at")), "nothing can be asked")
        self.assertIn("Import e-Way Bill Results", bills[0].notice)
        self.assertTrue(bills[0].export_file in bills[0].notice)
        self.assertTrue(bills[0].request_attachment_id, "what is in the file is stored")

    def test_exported_one_is_not_generated_again(self):
        bill = self.in_file()[0]
        transport = self.open_api()
        bill = bill.with_context(l10n_in_irp_wrap_transport=transport)
        bill.action_generate()
        self.assertEqual((bill.status, bill.number), ("exported", False))
        self.assertEqual(self.counting.count("GetEwayBillGeneratedByConsigner"), 1)
        gstin = self.default_company.vat
        self.assertFalse(self.portal().movements.generated(gstin, "2026-01-15"))
        with self.assertRaisesRegex(UserError, "already sent"):
            bill.vehicle_number = "MH12AB9999"
        with self.assertRaisesRegex(UserError, "cannot delete"):
            bill.unlink()
        self.assertIn("Exported for bulk upload", self.export_bills(bill).left_out)

    def test_uploaded_one_is_found_by_its_document(self):
        bill, content = self.in_file()
        ((_place, _doc, _day, number, *_rest),) = self.upload(content)
        transport = self.open_api()
        bill.with_context(l10n_in_irp_wrap_transport=transport).action_process()
        self.assertEqual((bill.state, bill.number), ("registered", str(number)))
        self.assertFalse(bill.exported_at or bill.notice)
        self.assertEqual(self.counting.count("ewayapi"), 2, "two look-ups")

    def test_user_of_the_ewaybill_system_is_enough_to_ask(self):
        bill, content = self.in_file()
        ((_place, _doc, _day, number, *_rest),) = self.upload(content)
        self.open_api()
        user = ("ewb_user", "Ewb@1", "client", "pair")
        portal = self.portal()
        portal.add_ewb_user(self.default_company.vat, *user)
        names = ("ewb_username", "ewb_password", "ewb_client_id", "ewb_client_secret")
        self.credential.write(
            {
                "has_api": False,
                "username": False,
                "ewb_auth_key": base64.b64encode(portal.ewb_auth_public_key),
                **dict(zip(names, user, strict=True)),
            }
        )
        self.assertTrue(bill._can_ask())
        transport = FaultyTransport()
        wrapped = bill.with_context(
            l10n_in_irp_wrap_transport=lambda _inner: transport(
                self.demo_transport(portal)
            )
        )
        wrapped.action_process()
        self.assertEqual((bill.state, bill.number), ("registered", str(number)))
        self.assertEqual(transport.count("eivital"), 0, "no login to the IRP")

    def test_not_uploaded_is_a_managers_word(self):
        bill = self.in_file()[0]
        with self.assertRaises(AccessError):
            bill.action_not_uploaded()
        self.become_manager()
        bill.action_not_uploaded()
        self.assertEqual((bill.state, bill.exported_at), ("draft", False))
        with self.assertRaisesRegex(UserError, "only a document that is exported"):
            bill.action_not_uploaded()
        self.assertFalse(self.export_bills(bill).left_out, "it may be exported again")

    def test_faults_and_others_are_left_out_with_the_reason(self):
        bills = self.offline(2)
        bills[0].vehicle_number = "lorry"
        wizard = self.export_bills(bills)
        self.assertEqual(wizard.exported_count, 1)
        self.assertIn(bills[0].display_name, wizard.left_out)
        self.assertEqual(bills.mapped("state"), ["rejected", "unknown"])
        self.assertIn("Vehicle", bills[0].error)
        bills[0].vehicle_number = "MH12AB1234"
        self.assertEqual(self.export_bills(bills[0]).exported_count, 1)

    def test_demo_has_no_website(self):
        bill = self.offline()
        self.default_company.sudo().l10n_in_irp_environment = "demo"
        with self.assertRaisesRegex(UserError, "no website"):
            self.export_bills(bill)
        self.assertEqual(bill.state, "draft")

    # ------------------------------------------------------------------
    # In
    # ------------------------------------------------------------------

    def test_numbers_are_recorded_as_the_managers_word(self):
        bills, content = self.in_file(2)
        rows = self.upload(content)
        rows[0][1] = rows[0][1].lower()
        wizard = self.results(rows)
        self.assertEqual(set(wizard.line_ids.mapped("result")), {"to_record"})
        self.assertEqual(set(bills.mapped("status")), {"exported"}, "a list proves it?")
        wizard.action_record()
        self.assertEqual(set(wizard.line_ids.mapped("result")), {"recorded"})
        self.assertEqual(bills.mapped("number"), [str(row[3]) for row in rows])
        self.assertEqual(bills[0].ewb_date, datetime(2026, 1, 15, 6, 30))
        self.assertEqual(bills[0].settled_by_id, self.accountant)
        self.assertIn("results.xlsx", bills[0].settle_remark)
        self.assertIn("not confirmed", bills[0].notice)
        self.assertEqual(set(self.outcomes(rows).values()), {"known"})
        rows[0][3] = "391000099999"
        self.assertEqual(self.outcomes(rows)[rows[0][1]], "conflict")

    def test_with_access_the_numbers_are_looked_up(self):
        bill, content = self.in_file()
        rows = self.upload(content)
        transport = self.open_api()
        self.assertEqual(set(self.outcomes(rows).values()), {"listed"})
        self.assertLessEqual(bill.next_attempt_at, fields.Datetime.now())
        self.due("l10n_in.irp.ewaybill", transport)._process_now()
        self.assertEqual((bill.state, bill.number), ("registered", str(rows[0][3])))
        self.assertFalse(bill.settled_as)

    def test_published_refusals_reject_and_others_do_not(self):
        bills, content = self.in_file(3)
        errors = ("360: GSTIN of recipient", "800: store is down", "604: exists")
        rows = [
            [place, entry["docNo"], entry["docDate"], None, None, error]
            for place, (entry, error) in enumerate(
                zip(content["billLists"], errors, strict=True), 1
            )
        ]
        file = self.workbook(rows)
        outcomes = self.outcomes(file)
        self.assertEqual(
            [outcomes[bill.doc_number] for bill in bills],
            ["rejected", "not_understood", "duplicate"],
        )
        self.assertEqual(bills.mapped("state"), ["rejected", "unknown", "unknown"])
        self.assertEqual(bills[0].error_code, "360")
        self.assertIn("According to the answer file", bills[0].error)
        self.assertFalse(self.export_bills(bills[0]).left_out)
        self.assertEqual(self.outcomes(file)[bills[0].doc_number], "outdated")

    def test_rows_about_something_else_change_nothing(self):
        bill = self.in_file()[0]
        self.become_manager()
        good = [
            1,
            bill.doc_number,
            "15/01/2026",
            391000000001,
            "15/01/2026 12:30:00",
            "",
        ]
        for place, value, outcome in (
            (1, "A/NONE", "no_bill"),
            (2, "14/01/2026", "not_understood"),
            (3, "39100", "not_understood"),
            (4, "15/01/2026 11:00:00", "not_understood"),
            (4, "", "not_understood"),
        ):
            row = list(good)
            row[place] = value
            with self.subTest(value):
                self.assertEqual(self.outcomes([row]), {row[1]: outcome})
        self.assertEqual((bill.status, bill.number), ("exported", False))

    def test_another_file_is_refused_in_words(self):
        self.become_manager()
        wizard = self.env["l10n_in.irp.ewaybill.import"].create(
            {"file": base64.b64encode(b"Name,Value\nA,1\n"), "file_name": "x.csv"}
        )
        with self.assertRaisesRegex(UserError, "x.csv: it is no list of e-way bills"):
            wizard.action_import()
