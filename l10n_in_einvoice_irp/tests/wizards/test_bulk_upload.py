import base64
import io
import json
import zipfile
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ...models.rights import MANAGER
from ..common import FaultyTransport, IrpCommon
from .website import Website

NOW = datetime(2026, 1, 15, 6, 30)
FACTS = [
    *("state", "status", "attempt", "next_attempt_at", "request_hash", "error"),
    *("exported_at", "exported_by_id", "export_file", "answer_digest"),
    *("irn", "ack_number", "signed_attachment_id", "signature_state"),
]


class BulkCommon(IrpCommon):
    """A company without API access that registers at the sandbox by bulk upload."""

    def setUp(self):
        super().setUp()
        company = self.default_company.sudo()
        company.l10n_in_irp_environment = "sandbox"
        company.l10n_in_irp_register_on = "manual"
        self.credential = self.make_credential(has_api=False)
        self.website = Website(self.other_client())

    def make_credential(self, **values):
        keys = self.portal().signing_certificate
        return (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": self.default_company.id,
                    "environment": "sandbox",
                    "signing_key_ids": [(0, 0, {"file": base64.b64encode(keys)})],
                    **values,
                }
            )
        )

    def open_api(self):
        """Give the company API access, to the portal that the website belongs to."""
        portal = self.portal()
        portal.add_user(self.default_company.vat, "user", "secret", "client", "pair")
        self.credential.write(
            {
                "has_api": True,
                "username": "user",
                "password": "secret",
                "client_id": "client",
                "client_secret": "pair",
                "auth_key": self.auth_key(),
            }
        )
        self.counting = FaultyTransport()
        return lambda _inner: self.counting(self.demo_transport(portal))

    def invoices(self, count):
        moves = self.env["account.move"].union(
            *(self.make_invoice() for _turn in range(count))
        )
        return moves.sorted("id")

    def export(self, moves):
        action = self.env["l10n_in.irp.bulk.export"]._open(moves)
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.action_export()
        return wizard

    def exported(self, count=1):
        """Return invoices in an exported file, and the file's content."""
        moves = self.invoices(count)
        wizard = self.export(moves)
        self.assertFalse(wizard.left_out)
        self.assertEqual(set(moves.mapped("l10n_in_irp_status")), {"exported"})
        return moves, base64.b64decode(wizard.file)

    def imported(self, content):
        """Import a file as a manager; return number -> the line of its outcome."""
        if not self.env.user.has_group(MANAGER):
            self.become_manager()
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        wizard = self.env["l10n_in.irp.import"].create(
            {"file": base64.b64encode(content), "file_name": "answer"}
        )
        wizard.action_import()
        return {line.number: line for line in wizard.line_ids}

    def row(self, move, error="", **changes):
        return {"Doc No": move.name, "Doc Type": "INV", "Error": error, **changes}

    def facts(self, documents):
        """Return what is stored of registrations."""
        return documents.read(FACTS)

    def alert(self, move):
        return move._get_alerts()["l10n_in_irp"]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBulkExport(BulkCommon):
    def test_file_has_the_documents_as_they_will_be_compared(self):
        moves, content = self.exported(3)
        documents = moves.l10n_in_irp_document_id
        sent = [json.loads(one.request) for one in documents.sorted("id")]
        self.assertEqual(json.loads(content), sent)
        for document in documents:
            self.assertEqual(document.state, "unknown")
            self.assertEqual(document.exported_at, NOW)
            self.assertEqual(document.exported_by_id, self.accountant)
            self.assertIn(self.default_company.vat, document.export_file)
            self.assertTrue(document.export_file.startswith("TEST-"))
            self.assertFalse(document.error)
            self.assertFalse(document.next_attempt_at, "nothing can be called")
        note = moves[0].message_ids[0]
        self.assertIn(documents[0].export_file, note.body)
        self.assertTrue(note.l10n_in_irp_is_evidence)

    def test_banner_says_what_to_do(self):
        moves, _content = self.exported()
        alert = self.alert(moves)
        self.assertEqual(alert["level"], "warning")
        for words in ("Exported for bulk upload on", "Bulk Upload", "Import e-Invoice"):
            self.assertIn(words, alert["message"])
        self.assertNotIn("action", alert, "only a manager imports")
        self.become_manager()
        alert = self.alert(moves)
        self.assertEqual(alert["action_text"], "Import Answer")
        server_action = self.env["ir.actions.server"].browse(alert["action"]["id"])
        opened = server_action.with_context(**alert["action"]["context"]).run()
        self.assertEqual(opened["res_model"], "l10n_in.irp.import")

    def test_second_export_takes_none_of_them(self):
        moves, _content = self.exported()
        before = self.facts(moves.l10n_in_irp_document_id)
        with freeze_time(NOW + timedelta(minutes=5)):
            again = self.export(moves)
        self.assertFalse(again.file)
        self.assertIn("Exported for bulk upload on", again.left_out)
        self.assertEqual(self.facts(moves.l10n_in_irp_document_id), before)

    def test_no_worker_and_no_click_registers_them(self):
        transport = FaultyTransport()
        moves, _content = self.exported()
        documents = moves.l10n_in_irp_document_id
        before = documents.request_hash
        self.env["l10n_in.irp.document"].sudo()._cron_reconcile()
        self.process(transport)
        documents.sudo()._requeue()
        self.process(transport)
        self.assertFalse(transport.urls)
        self.assertEqual(documents.state, "unknown")
        self.assertFalse(documents.error, "without a credential nothing is amiss")
        self.assertFalse(documents.next_attempt_at)
        self.assertEqual(documents.request_hash, before)
        with self.assertRaisesRegex(UserError, "(?s)no API access.*Import e-Invoice"):
            moves.action_l10n_in_irp_refresh()
        with self.assertRaisesRegex(UserError, "Exported for Bulk Upload"):
            moves.button_draft()

    def test_pending_in_the_queue_is_exported_and_no_longer_due(self):
        moves = self.invoices(2)
        moves._l10n_in_irp_enqueue()
        wizard = Form(self.env["l10n_in.irp.bulk.export"]).save()
        self.assertEqual(wizard.move_ids, moves, "the menu offers what is pending")
        wizard.action_export()
        self.assertEqual(wizard.exported_count, 2)
        self.assertFalse(self.due("l10n_in.irp.document"))

    def test_pending_without_api_access_says_how_to_register_it(self):
        move = self.make_invoice()
        move._l10n_in_irp_enqueue()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        self.assertIn("Export for Bulk Upload", move.l10n_in_irp_error)
        self.assertEqual(self.export(move).exported_count, 1)
        self.assertFalse(move.l10n_in_irp_error)

    def test_others_are_left_out_with_the_reason(self):
        good = self.make_invoice()
        faulty = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.partner_b.sudo().zip = "12"
        draft = self.make_invoice(post=False)
        taken = self.make_invoice()
        self.imported([self.website_entry(taken)])
        wizard = self.export(good + faulty + draft + taken)
        self.assertEqual(wizard.exported_count, 1)
        self.assertEqual(good.l10n_in_irp_status, "exported")
        self.assertEqual(faulty.l10n_in_irp_status, "invalid")
        self.assertFalse(draft.l10n_in_irp_document_id)
        self.assertEqual(taken.l10n_in_irp_status, "registered")
        reasons = wizard.left_out.splitlines()
        self.assertIn("PIN", wizard.left_out)
        self.assertTrue(any("Confirm the invoice" in line for line in reasons))
        self.assertTrue(any("'Registered'" in line for line in reasons))

    def website_entry(self, move):
        request = self.env["l10n_in.irp.payload"]._build(move)
        self.website.upload(json.dumps([request]))
        return self.website.signed[0]

    def test_limits_of_the_website_make_several_files(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("l10n_in_einvoice_irp.bulk_max_invoices", "2")
        moves = self.invoices(3)
        wizard = self.export(moves)
        self.assertEqual(wizard.file_name[-4:], ".zip")
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.file))) as archive:
            names = archive.namelist()
            counts = [len(json.loads(archive.read(name))) for name in names]
        self.assertEqual(counts, [2, 1])
        files = moves.l10n_in_irp_document_id.mapped("export_file")
        self.assertEqual(sorted(set(files)), sorted(names))

    def test_what_fits_into_no_file_stays_pending(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("l10n_in_einvoice_irp.bulk_max_bytes", "100")
        move = self.make_invoice()
        wizard = self.export(move)
        self.assertFalse(wizard.file)
        self.assertIn("larger than a file", wizard.left_out)
        self.assertEqual(move.l10n_in_irp_state, "to_register")

    def test_demo_has_no_website(self):
        self.default_company.sudo().l10n_in_irp_environment = "demo"
        with self.assertRaisesRegex(UserError, "demo"):
            self.export(self.make_invoice())

    def test_only_invoicing_users_export(self):
        move = self.make_invoice()
        auditor = new_test_user(
            self.env(su=True),
            "irp_auditor",
            groups="base.group_user,account.group_account_readonly",
            company_id=self.default_company.id,
            company_ids=[(6, 0, self.default_company.ids)],
        )
        wizards = self.env["l10n_in.irp.bulk.export"].with_user(auditor)
        with self.assertRaises(AccessError):
            wizards._open(move.with_user(auditor))

    def test_credential_without_api_access_needs_no_log_in(self):
        self.assertFalse(self.credential.username)
        with self.assertRaisesRegex(UserError, "Export for Bulk Upload"):
            self.default_company._l10n_in_irp_connect("sandbox")
        with self.assertRaisesRegex(ValidationError, "API User|Public Key"):
            self.credential.has_api = True

    # ------------------------------------------------------------------
    # Not uploaded, and never answered
    # ------------------------------------------------------------------

    def test_manager_says_that_the_file_was_not_uploaded(self):
        moves, _content = self.exported()
        with self.assertRaises(AccessError):
            moves.action_l10n_in_irp_not_uploaded()
        self.become_manager()
        moves.action_l10n_in_irp_not_uploaded()
        document = moves.l10n_in_irp_document_id
        self.assertEqual(document.state, "to_register")
        self.assertFalse(document.exported_at)
        self.assertFalse(document.next_attempt_at)
        self.assertEqual(document.settled_by_id, self.accountant)
        self.assertIn(document.export_file, document.settle_remark)
        with freeze_time(NOW + timedelta(minutes=1)):
            self.assertEqual(self.export(moves).exported_count, 1)
        with self.assertRaisesRegex(UserError, "Pending"):
            other = self.make_invoice()
            other._l10n_in_irp_enqueue()
            other.action_l10n_in_irp_not_uploaded()

    def test_waiting_never_ends_by_time(self):
        moves, _content = self.exported()
        with freeze_time(NOW + timedelta(days=40)):
            self.look_after()
            self.env["l10n_in.irp.document"].sudo()._cron_reconcile()
            self.process()
            self.look_after()
        self.assertEqual(moves.l10n_in_irp_status, "exported")
        self.assertFalse(moves.activity_ids)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBulkExportWithApi(BulkCommon):
    """An outage: the company can call the portal again later."""

    def test_found_by_a_look_up_after_a_while(self):
        transport = self.open_api()
        moves, content = self.exported(2)
        document = moves[0].l10n_in_irp_document_id
        self.assertGreater(document.next_attempt_at, NOW)
        self.process(transport)
        self.assertFalse(self.counting.urls, "a person has to upload the file first")
        with freeze_time(NOW + timedelta(hours=3)):
            self.process(transport)
            self.assertEqual(self.counting.count("irnbydocdetails"), 2)
            self.assertEqual(moves.mapped("l10n_in_irp_status"), ["exported"] * 2)
            self.assertFalse(document.error, "it is not uploaded yet: nothing is amiss")
            self.assertGreater(document.next_attempt_at, NOW + timedelta(hours=6))
            self.assertEqual(self.counting.count("/Invoice?"), 0)
            self.website.upload(content)
            moves[0].with_context(
                l10n_in_irp_wrap_transport=transport
            ).action_l10n_in_irp_refresh()
        self.assertEqual(document.state, "registered")
        self.assertEqual(document.irn, self.website.signed[0]["Irn"])
        self.assertFalse(document.exported_at)
        self.assertEqual(moves[1].l10n_in_irp_status, "exported")
        with freeze_time(NOW + timedelta(hours=12)):
            self.process(transport)
        self.assertEqual(moves[1].l10n_in_irp_state, "registered")
        self.assertEqual(self.registrations(), 2)

    def registrations(self):
        return len(self.website.signed)

    def test_look_ups_that_fail_for_weeks_leave_it_exported(self):
        self.open_api()
        moves, _content = self.exported()
        for days in (1, 4, 8, 30):
            with freeze_time(NOW + timedelta(days=days)):
                self.process(FaultyTransport("not_sent", times=-1, spare="nothing"))
                self.look_after()
                self.assertEqual(moves.l10n_in_irp_status, "exported")

    def test_not_uploaded_registers_it_by_api(self):
        transport = self.open_api()
        self.become_manager()
        moves, _content = self.exported()
        moves.action_l10n_in_irp_not_uploaded()
        self.assertTrue(moves.l10n_in_irp_document_id.next_attempt_at)
        self.process(transport)
        self.assertEqual(moves.l10n_in_irp_state, "registered")

    def test_uploaded_all_the_same_is_adopted_not_registered_twice(self):
        transport = self.open_api()
        self.become_manager()
        moves, content = self.exported()
        self.website.upload(content)
        moves.action_l10n_in_irp_not_uploaded()
        self.process(transport)
        self.assertEqual(moves.l10n_in_irp_state, "registered")
        self.assertEqual(moves.l10n_in_irp_irn, self.website.signed[0]["Irn"])

    def test_api_access_that_comes_later_looks_them_up(self):
        moves, content = self.exported()
        self.website.upload(content)
        transport = self.open_api()
        self.process(transport)
        self.assertEqual(moves.l10n_in_irp_state, "registered")
        self.assertEqual(self.counting.count("irnbydocdetails"), 1)

    def test_duplicate_and_listed_ones_are_looked_up(self):
        transport = self.open_api()
        moves, content = self.exported(2)
        self.website.upload(content)
        first, second = moves
        irn = self.website.signed[1]["Irn"]
        lines = self.imported(
            [self.row(first, "2150 : Duplicate IRN"), self.row(second, IRN=irn)]
        )
        self.assertEqual(lines[first.name].result, "duplicate")
        self.assertEqual(lines[second.name].result, "listed")
        self.assertEqual(moves.mapped("l10n_in_irp_status"), ["exported"] * 2)
        self.process(transport)
        self.assertEqual(moves.mapped("l10n_in_irp_state"), ["registered"] * 2)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBulkAnswer(BulkCommon):
    def test_round_trip_all_registered(self):
        moves, content = self.exported(3)
        self.website.upload(content)
        self.assertEqual(len(self.website.signed), 3)
        lines = self.imported(self.website.signed_json())
        for move in moves:
            self.assertEqual(lines[move.name].result, "adopted")
            document = move.l10n_in_irp_document_id
            self.assertEqual(document.state, "registered")
            self.assertEqual(document.signature_state, "verified")
            self.assertFalse(document.exported_at)
            self.assertTrue(document.signed_attachment_id)
            self.assertTrue(move._l10n_in_irp_print_values()["irn"])
        again = self.imported(self.website.signed_json())
        self.assertEqual({one.result for one in again.values()}, {"known"})

    def test_some_are_refused_corrected_and_exported_again(self):
        for form in ("result_csv", "result_xlsx", "result_json"):
            with self.subTest(form):
                self.refused_and_exported_again(form)

    def refused_and_exported_again(self, form):
        moves, content = self.exported(2)
        good, bad = moves
        self.website.refused = {bad.name: "2189 : Invalid total invoice value"}
        self.website.upload(content)
        first_list = getattr(self.website, form)()
        self.imported(self.website.signed_json())
        lines = self.imported(first_list)
        self.assertEqual(lines[good.name].result, "known")
        self.assertEqual(lines[bad.name].result, "rejected")
        document = bad.l10n_in_irp_document_id
        self.assertEqual(bad.l10n_in_irp_status, "rejected")
        self.assertEqual(document.error_code, "2189")
        self.assertIn(f"that {self.accountant.name} imported", document.error)
        self.assertIn("Invalid total invoice value", document.error)
        self.assertTrue(document.advice, "the catalogue's remedy")
        self.assertIn("2189", bad.message_ids[0].body)
        self.assertTrue(bad.message_ids[0].l10n_in_irp_is_evidence)
        self.assertEqual(self.imported(first_list)[bad.name].result, "rejected")

        with freeze_time(NOW + timedelta(hours=1)):
            wizard = self.export(bad)
            self.assertEqual(wizard.exported_count, 1)
            lines = self.imported(first_list)
            self.assertEqual(lines[bad.name].result, "outdated")
            self.assertEqual(bad.l10n_in_irp_status, "exported")
            self.website.refused = {}
            self.website.upload(base64.b64decode(wizard.file))
            self.imported(self.website.signed_json())
        self.assertEqual(bad.l10n_in_irp_state, "registered")
        self.assertFalse(document.error)

    def test_rows_that_are_not_understood_change_nothing(self):
        moves, _content = self.exported()
        document = moves.l10n_in_irp_document_id
        before = self.facts(document)
        for row in (
            self.row(moves),
            self.row(moves, "The portal is under maintenance"),
            self.row(moves, "9998 : Something new"),
            self.row(moves, "2147 : Unable to sign invoice"),
            self.row(moves, "2189 : x; 2147 : y"),
            self.row(moves, "1005 : Invalid Token"),
            self.row(moves, IRN="f" * 64),
        ):
            with self.subTest(row):
                line = self.imported([row])[moves.name]
                self.assertEqual(line.result, "not_understood")
                self.assertIn("Nothing was changed", line.message)
                self.assertEqual(self.facts(document), before)

    def test_list_alone_registers_nothing(self):
        moves, content = self.exported()
        self.website.upload(content)
        line = self.imported(self.website.result_csv())[moves.name]
        self.assertEqual(line.result, "listed")
        self.assertIn("signed JSON", line.message)
        document = moves.l10n_in_irp_document_id
        self.assertEqual(document.state, "unknown")
        self.assertFalse(document.irn)
        self.assertFalse(document.next_attempt_at, "nothing can be called")

    def test_duplicate_is_never_a_failure(self):
        moves, content = self.exported()
        self.website.upload(content)
        self.website.upload(content)
        self.assertIn("2150", self.website.rows[0][-1])
        line = self.imported(self.website.result_csv())[moves.name]
        self.assertEqual(line.result, "duplicate")
        self.assertEqual(moves.l10n_in_irp_status, "exported")

    def test_row_changes_nothing_that_is_proven(self):
        moves, content = self.exported()
        self.website.upload(content)
        self.imported(self.website.signed_json())
        document = moves.l10n_in_irp_document_id
        before = self.facts(document)
        line = self.imported([self.row(moves, "2189 : Invalid total")])[moves.name]
        self.assertEqual(line.result, "known")
        self.assertEqual(self.facts(document), before)

    def test_row_about_an_invoice_that_is_not_exported(self):
        move = self.make_invoice()
        row = self.row(move, "2189 : Invalid total")
        self.assertEqual(self.imported([row])[move.name].result, "no_invoice")
        move._l10n_in_irp_enqueue()
        line = self.imported([row])[move.name]
        self.assertEqual(line.result, "not_exported")
        self.assertEqual(move.l10n_in_irp_state, "to_register")

    def test_rejected_one_that_has_another_number_now(self):
        moves, _content = self.exported()
        row = self.row(moves, "2189 : Invalid total")
        self.assertEqual(self.imported([row])[moves.name].result, "rejected")
        moves.button_draft()
        moves.name = "INV/25-26/7777"
        moves.action_post()
        again = {**row, "Error": "2172 : IGST"}
        self.assertEqual(self.imported([again])[row["Doc No"]].result, "no_invoice")

    def test_row_with_another_date_type_or_gstin(self):
        moves, _content = self.exported()
        for changes, result in (
            ({"Doc Date": "14/01/2026"}, "no_invoice"),
            ({"Doc Type": "CRN"}, "no_invoice"),
            ({"Supplier GSTIN": "27AAACC4175D1Z4"}, "foreign"),
            ({"File Name": "bulk_of_others.json"}, "outdated"),
            ({"Doc Date": "15/01/2026", "Date": "14/01/2026"}, "outdated"),
        ):
            with self.subTest(changes):
                row = self.row(moves, "2189 : Invalid total", **changes)
                self.assertEqual(self.imported([row])[moves.name].result, result)
                self.assertEqual(moves.l10n_in_irp_status, "exported")

    def test_tampered_signature(self):
        moves, content = self.exported()
        self.website.upload(content)
        (entry,) = self.website.signed
        head, body, signature = entry["SignedInvoice"].split(".")
        forged = f"{head}.{body}.{signature[:-6]}AAAAAA"
        line = self.imported([{**entry, "SignedInvoice": forged}])[moves.name]
        self.assertEqual(line.result, "unproven")
        self.assertEqual(moves.l10n_in_irp_status, "exported")
        self.assertFalse(moves.l10n_in_irp_irn)

    def test_other_content_than_exported_is_a_conflict(self):
        moves, content = self.exported()
        (document,) = json.loads(content)
        document["BuyerDtls"]["LglNm"] = "Somebody Else"
        self.website.upload(json.dumps([document]))
        line = self.imported(self.website.signed_json())[moves.name]
        self.assertEqual(line.result, "conflict")
        self.assertEqual(moves.l10n_in_irp_state, "conflict")

    def test_file_of_another_company(self):
        moves, content = self.exported()
        self.website.upload(content)
        self.default_company.sudo().vat = "27AAACC4175D1Z4"
        line = self.imported(self.website.signed_json())[moves.name]
        self.assertEqual(line.result, "foreign")

    def test_irn_cancelled_on_the_website(self):
        moves, content = self.exported()
        self.website.upload(content)
        (entry,) = self.website.signed
        line = self.imported([{**entry, "Status": "CNL"}])[moves.name]
        self.assertEqual(line.result, "claimed")
        document = moves.l10n_in_irp_document_id
        self.assertEqual(document.state, "registered")
        self.assertTrue(document.cancel_claim)

    def test_number_that_was_cancelled_before_is_refused(self):
        move = self.make_invoice()
        made = self.register_elsewhere(move)
        self.other_client().cancel_irn(made.irn, "1", "Duplicate")
        wizard = self.export(move)
        self.website.upload(base64.b64decode(wizard.file))
        line = self.imported(self.website.result_xlsx())[move.name]
        self.assertEqual(line.result, "rejected")
        self.assertEqual(move.l10n_in_irp_document_id.error_code, "2278")

    def test_only_managers_import(self):
        _moves, content = self.exported()
        self.website.upload(content)
        with self.assertRaises(AccessError):
            self.env["l10n_in.irp.import"].create(
                {"file": base64.b64encode(self.website.result_csv())}
            )

    def test_files_of_other_kinds(self):
        for content, words in (
            (b"Name,Place\nA,B\n", "no list of results"),
            (b"PK\x03\x04 no workbook", "cannot be read"),
            (b"<table><tr><td>A</td></tr></table>", "no list of results"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.imported(content)
