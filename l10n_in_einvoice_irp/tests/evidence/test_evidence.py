import base64
import json
from itertools import product

from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.http_routing.tests.common import MockRequest

from ...models.evidence import permits
from ...models.evidence.packing import unpack
from ..common import IrpCommon

QUEUE = "odoo.addons.l10n_in_einvoice_irp.models.queue.results"
LOG = "odoo.addons.l10n_in_einvoice_irp.models.portal.log"
REFUSE = """
CREATE FUNCTION irp_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE 'text that nobody can store'; END $$;
CREATE TRIGGER irp_refuse BEFORE UPDATE ON l10n_in_irp_document
FOR EACH ROW WHEN (NEW.irn IS NOT NULL AND NEW.number = '{number}')
EXECUTE FUNCTION irp_refuse()
"""
REFUSED = "preserved by law|cannot be (changed|deleted|edited)"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEvidence(IrpCommon):
    def setUp(self):
        super().setUp()
        self.move = self.make_invoice()
        self.process()
        self.document = self.move.l10n_in_irp_document_id
        self.signed = self.document.signed_attachment_id
        self.row = self.document.log_ids.filtered("request_attachment_id")[:1]
        self.sent = self.row.sudo().request_attachment_id
        self.note = self.move.message_ids.filtered(
            lambda note: self.document.irn in (note.body or "")
        )
        self.admin = new_test_user(
            self.env(su=True),
            "irp_admin",
            groups="account.group_account_manager,base.group_system",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )

    def server_action(self, code):
        """Run code in a server action, as an administrator."""
        action = self.env["ir.actions.server"].with_user(self.admin).sudo()
        action = action.create(
            {
                "name": "Attack",
                "state": "code",
                "code": code,
                "model_id": self.env["ir.model"].sudo()._get_id("account.move"),
            }
        )
        action.sudo(False).run()
        self.env.flush_all()

    def grant_everything(self, model):
        self.env["ir.model.access"].sudo().create(
            {
                "name": "self-granted",
                "model_id": self.env["ir.model"].sudo()._get_id(model),
                "group_id": self.env.ref("base.group_system").id,
                **dict.fromkeys(
                    ("perm_read", "perm_write", "perm_create", "perm_unlink"), True
                ),
            }
        )

    def changes(self):
        """Return (record, values) of attempts to change evidence."""
        other = self.make_invoice()
        of_attachments = (
            {"raw": b"{}"},
            {"datas": base64.b64encode(b"{}")},
            {"db_datas": b"{}"},
            {"name": "renamed.json"},
            {"res_id": other.id},
            {"res_model": "res.partner", "res_id": self.partner_a.id},
            {"res_field": "invoice_pdf_report_file"},
            {"public": True},
            {"access_token": "mine"},
            {"type": "url", "url": "https://example.com"},
            {"l10n_in_irp_sha256": False},
            {"l10n_in_irp_archive_id": self.signed.id},
            {"company_id": False},
        )
        return [
            *product((self.signed, self.sent), of_attachments),
            (self.row, {"code": "2150"}),
            (self.row, {"document_id": False}),
            (self.row, {"request_attachment_id": False}),
            (self.document, {"irn": "0" * 64}),
            (self.document, {"irn": False}),
            (self.document, {"state": "cancelled"}),
            (self.document, {"state": "to_register"}),
            (self.document, {"state": "unknown"}),
            (self.document, {"state": "rejected"}),
            (self.document, {"base_url": "https://elsewhere.example"}),
            (other.l10n_in_irp_document_id, {"state": "registered"}),
            (self.document, {"ack_date": "2026-01-01 00:00:00"}),
            (self.document, {"signed_attachment_id": False}),
            (self.document, {"request_attachment_id": self.signed.id}),
            (self.document, {"number": "INV/9"}),
            (self.document, {"move_id": other.id}),
            (self.note, {"body": "nothing happened"}),
            (self.note, {"model": "res.partner", "res_id": self.partner_a.id}),
            (self.note, {"l10n_in_irp_is_evidence": False}),
        ]

    # -- who may change it

    def test_superuser_changes_no_evidence(self):
        for record, vals in self.changes():
            before = record.sudo().read(list(vals))
            with self.subTest(record=record, vals=vals):
                with self.assertRaisesRegex(UserError, REFUSED):
                    record.sudo().write(dict(vals))
                self.assertEqual(record.sudo().read(list(vals)), before)

    def test_administrator_with_self_granted_rights_changes_no_evidence(self):
        for model in ("l10n_in.irp.log", "l10n_in.irp.document"):
            self.grant_everything(model)
        for record, vals in self.changes():
            with self.subTest(record=record, vals=vals):
                with self.assertRaises(UserError):
                    record.with_user(self.admin).write(dict(vals))
                for context in ({}, {"_force_unlink": True}):
                    with self.assertRaises(UserError):
                        record.with_user(self.admin).with_context(**context).unlink()

    def test_evidence_is_deleted_by_nobody(self):
        for record in (self.signed, self.sent, self.row, self.document, self.note):
            # a caller may claim that the addon is being uninstalled
            for context in ({}, {"_force_unlink": True}):
                forced = record.sudo().with_context(**context)
                with self.subTest(record), self.assertRaises(UserError):
                    forced.unlink()
            self.assertTrue(record.exists())

    def test_server_action_changes_no_evidence(self):
        signed = f"env['ir.attachment'].sudo().browse({self.signed.id})"
        sent = f"env['ir.attachment'].sudo().browse({self.sent.id})"
        row = f"env['l10n_in.irp.log'].sudo().browse({self.row.id})"
        document = f"env['l10n_in.irp.document'].sudo().browse({self.document.id})"
        note = f"env['mail.message'].sudo().browse({self.note.id})"
        codes = (
            f"{signed}.write({{'name': 'other.json'}})",
            f"{signed}.with_context(_force_unlink=True).unlink()",
            f"{signed}._set_attachment_data(lambda one: b'forged')",
            f"{sent}._write({{'res_id': 1}})",
            f"{row}._write({{'outcome': 'rejected'}})",
            f"{row}._write_multi([{{'outcome': 'rejected'}}])",
            f"{row}.unlink()",
            f"{document}.update({{'irn': 'forged'}})",
            f"{document}._write({{'irn': 'forged'}})",
            f"{note}.write({{'body': 'forged'}})",
            f"{note}.unlink()",
        )
        for code in codes:
            with self.subTest(code), self.assertRaises(UserError):
                self.server_action(code)
        self.assertEqual(len(self.document.irn), 64)
        self.assertEqual(self.row.outcome, "ok")

    def test_safe_eval_opens_no_permit(self):
        for code, error in (
            ("from odoo.addons import l10n_in_einvoice_irp", ValidationError),
            ("with env.cr.savepoint():\n    pass", ValidationError),
            ("env['ir.attachment'].write.__globals__", NameError),
        ):
            with self.subTest(code), self.assertRaises(error):
                self.server_action(code)

    def test_permit_covers_one_change_alone(self):
        values = {"name": "allowed.json"}
        with permits.permitted(self.signed, values):
            with self.assertRaisesRegex(UserError, REFUSED):
                self.signed.sudo().write({"name": "other.json"})
            with self.assertRaisesRegex(UserError, REFUSED):
                self.sent.sudo().write(values)
            with self.assertRaisesRegex(UserError, REFUSED):
                self.signed.sudo().unlink()
            self.signed.sudo().write(values)
        self.assertEqual(self.signed.name, "allowed.json")
        with self.assertRaisesRegex(UserError, REFUSED):
            self.signed.sudo().write({"name": "later.json"})

    def test_nobody_passes_an_attachment_off_as_evidence(self):
        attachments = self.env["ir.attachment"].with_user(self.admin)
        with self.assertRaises(AccessError):
            attachments.create(
                {"name": "a.json", "raw": b"{}", "l10n_in_irp_sha256": "0" * 64}
            )
        by_default = attachments.with_context(default_l10n_in_irp_sha256="0" * 64)
        plain = by_default.create({"name": "a.json", "raw": b"{}"})
        self.assertFalse(plain.l10n_in_irp_sha256)
        for user in (self.admin, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                plain.with_user(user).write({"l10n_in_irp_sha256": "0" * 64})
        plain.unlink()

    # -- what stays possible

    def test_other_messages_and_attachments_are_free(self):
        message = self.move.message_post(body=Markup("a remark"))
        message.sudo().write({"body": "another remark"})
        message.sudo().unlink()
        copy = self.signed.sudo().copy({"res_model": False, "res_id": False})
        self.assertEqual(copy.raw, self.signed.raw)
        copy.write({"raw": b"{}", "name": "mine.json"})
        copy.unlink()

    def test_links_in_mails_get_a_token(self):
        tokens = self.signed.sudo().generate_access_token()
        self.assertEqual(tokens, self.signed.sudo().generate_access_token())
        self.assertTrue(tokens[0])

    def test_portals_later_answers_are_stored(self):
        signed = self.document.signed_attachment_id
        self.document.sudo()._request_cancel("1", "wrong amount", False)
        self.assertEqual(self.document.state, "cancelled")
        self.assertEqual(self.document.signed_attachment_id, signed)
        self.assertTrue(self.document.cancel_date)

    # -- stored once

    def test_each_is_stored_once_and_compressed(self):
        self.env.flush_all()
        for attachment in (self.signed, self.sent):
            self.assertFalse(attachment.sudo().store_fname)
            stored = attachment.sudo().db_datas
            self.assertEqual(unpack(stored), attachment.raw)
            self.assertLess(3 * len(stored), len(attachment.raw))
        self.assertEqual(self.document.request_attachment_id, self.sent)
        columns = self.document.sudo()._fields
        for name in ("request", "signed_invoice", "signed_qr"):
            self.assertFalse(columns[name].store, name)
        self.env.cr.execute(
            "SELECT to_json(d)::text FROM l10n_in_irp_document d WHERE id = %s",
            [self.document.id],
        )
        [[row]] = self.env.cr.fetchall()
        self.assertNotIn("DocDtls", row)
        self.assertNotIn(self.document.signed_qr, row)

    def test_whoever_reads_it_gets_plain_json(self):
        content = json.loads(self.signed.raw)
        self.assertEqual(content["SignedInvoice"], self.document.signed_invoice)
        self.assertEqual(content["SignedQRCode"], self.move.l10n_in_irp_signed_qr)
        self.assertEqual(base64.b64decode(self.signed.datas), self.signed.raw)
        self.assertEqual(json.loads(self.document.request), json.loads(self.sent.raw))
        self.assertTrue(self.document.qr_image)

    def test_web_client_that_asks_for_sizes_gets_contents(self):
        plain, sized = (
            self.document.with_context(bin_size=size) for size in (False, True)
        )
        expected = (plain.signed_qr, plain.sudo()._sent_request())
        self.env.invalidate_all()
        self.assertEqual((sized.signed_qr, sized.sudo()._sent_request()), expected)

    def test_download_is_plain_json(self):
        for attachment in (self.signed, self.sent):
            with MockRequest(self.env):
                stream = attachment.sudo()._to_http_stream()
            self.assertEqual(stream.read(), attachment.raw)
            self.assertEqual(stream.size, len(attachment.raw))
            self.assertEqual(stream.mimetype, "application/json")

    def test_evidence_stays_where_it_is_as_other_files_move(self):
        parameters = self.env["ir.config_parameter"].sudo()
        stored = self.signed.sudo().db_datas
        for place in ("db", "file"):
            parameters.set_param("ir_attachment.location", place)
            self.signed.sudo()._migrate()
            self.env.invalidate_all()
            self.assertFalse(self.signed.sudo().store_fname)
            self.assertEqual(self.signed.sudo().db_datas, stored)

    def test_list_of_invoices_reads_evidence_in_one_query(self):
        moves = [self.make_invoice() for _ in range(5)]
        self.process()
        self.env.flush_all()
        self.env.invalidate_all()
        signed = self.document.union(
            *(move.l10n_in_irp_document_id for move in moves)
        ).sudo()
        signed.mapped("signed_attachment_id.l10n_in_irp_sha256")
        with self.assertQueryCount(2):
            self.assertEqual(len(set(signed.mapped("signed_qr"))), 6)

    # -- the note of a registration, by choice

    def test_note_of_an_irn_by_choice(self):
        self.assertEqual(len(self.note), 1)
        self.default_company.sudo().l10n_in_irp_note_irn = False
        move = self.make_invoice()
        before = len(move.message_ids)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(len(move.message_ids), before)
        move.l10n_in_irp_document_id.sudo()._request_cancel("1", "wrong amount", False)
        [note] = move.message_ids[: len(move.message_ids) - before]
        self.assertIn("Cancelled", note.body)
        self.assertTrue(note.l10n_in_irp_is_evidence)

    # -- one bad answer

    def test_answer_that_cannot_be_stored_costs_no_other(self):
        moves = [self.make_invoice() for _ in range(3)]
        bad, *others = moves
        self.env.cr.execute(REFUSE.format(number=bad.name))
        with mute_logger(QUEUE, "odoo.sql_db"):
            self.process()
        for move in others:
            self.assertEqual(move.l10n_in_irp_state, "registered")
            self.assertTrue(move.l10n_in_irp_document_id.signed_attachment_id)
        self.assertEqual(bad.l10n_in_irp_state, "unknown")
        self.assertIn("could not be stored", bad.l10n_in_irp_error)
        for move in moves:
            calls = move.l10n_in_irp_document_id.log_ids.mapped("endpoint")
            self.assertEqual(calls, ["generate_irn"])

    def test_log_row_that_cannot_be_stored_costs_no_other(self):
        log = self.env["l10n_in.irp.log"].sudo()
        common = {"company_id": self.default_company.id, "gstin": "29AAGCB7383J1Z4"}
        rows = [
            ({**common, "endpoint": "ping", "code": code}, b"")
            for code in ("1", "refused by PostgreSQL\0", "3")
        ]
        with mute_logger(LOG, "odoo.sql_db"):
            log._commit_rows(rows)
        stored = log.search([("endpoint", "=", "ping")], order="id")
        self.assertEqual(stored.mapped("code"), ["1", "3"])
