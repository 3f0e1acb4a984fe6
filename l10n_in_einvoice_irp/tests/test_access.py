import base64
from itertools import product

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from .common import IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccess(IrpCommon):
    def setUp(self):
        super().setUp()
        self.move = self.make_invoice()
        self.process()
        self.document = self.move.l10n_in_irp_document_id

    def test_nobody_writes_registrations_and_calls(self):
        for record in (self.document, self.document.log_ids):
            self.assertTrue(record.read(["display_name"]))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(record.has_access(operation), (record, operation))

    def test_people_without_accounting_rights_see_nothing(self):
        clerk = new_test_user(self.env(su=True), "irp_clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.document.with_user(clerk).read(["irn"])

    def test_other_companies_see_nothing(self):
        stranger = new_test_user(
            self.env(su=True),
            "irp_stranger",
            groups="account.group_account_invoice",
            company_id=self.outside_in_company.id,
            company_ids=[Command.set(self.outside_in_company.ids)],
        )
        documents = self.env["l10n_in.irp.document"].with_user(stranger)
        self.assertFalse(documents.search([("id", "=", self.document.id)]))

    def test_secrets_are_for_the_code_alone(self):
        with self.assertRaises(AccessError):
            self.env["l10n_in.irp.credential"].search([])
        admin = self.env.ref("base.user_admin")
        session = self.env["l10n_in.irp.session"].sudo().search([])
        self.assertTrue(session.token)
        for field in ("token", "sek"):
            with self.assertRaises(AccessError):
                session.with_user(admin).read([field])

    def test_registered_document_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.document.sudo().unlink()

    def test_a_callers_defaults_register_nothing(self):
        move = self.make_invoice(post=False)
        move.with_context(
            default_state="registered", default_irn="a" * 64
        ).action_post()
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        self.assertFalse(move.l10n_in_irp_irn)

    def test_evidence_cannot_be_changed(self):
        admin = new_test_user(
            self.env(su=True),
            "irp_admin",
            groups="account.group_account_manager,base.group_system",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )
        other = self.make_invoice()
        forged = (
            {"raw": b"{}"},
            {"datas": base64.b64encode(b"{}")},
            {"res_id": other.id},
            {"res_model": "res.partner", "res_id": self.partner_a.id},
            {"res_field": "invoice_pdf_report_file"},
            {"public": True},
            {"type": "url", "url": "https://example.com"},
        )
        sent = self.document.sudo().log_ids.request_attachment_id[:1]
        signed = self.document.signed_attachment_id
        for evidence, user, vals in product(
            (signed, sent), (self.accountant, admin), forged
        ):
            with (
                self.subTest(evidence=evidence, user=user.login, vals=vals),
                self.assertRaisesRegex(UserError, "evidence"),
            ):
                evidence.with_user(user).write(dict(vals))

    def test_evidence_may_move_to_another_store(self):
        evidence = self.document.signed_attachment_id.with_user(self.accountant)
        content = evidence.raw
        evidence.write({"raw": content, "mimetype": "application/json"})
        evidence.write({"datas": base64.b64encode(content), "res_id": self.move.id})
        self.assertEqual(evidence.raw, content)

    def test_neutralized_copy_holds_no_secret(self):
        credential = (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": self.default_company.id,
                    "environment": "production",
                    "username": "user",
                    "password": "secret",
                    "client_id": "client",
                    "client_secret": "client-secret",
                    "auth_key": self.auth_key(),
                }
            )
        )
        self.env.flush_all()
        with file_open("l10n_in_einvoice_irp/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(credential.active)
        self.assertEqual(credential.environment, "sandbox")
        for field in ("username", "password", "client_id", "client_secret"):
            self.assertEqual(credential[field], "neutralized")
        self.assertFalse(self.env["l10n_in.irp.session"].sudo().search([]))
        self.assertEqual(self.default_company.l10n_in_irp_environment, "demo")
        self.assertFalse(self.default_company.l10n_in_irp_gstin_days)
