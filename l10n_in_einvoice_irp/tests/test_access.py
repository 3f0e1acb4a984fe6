import base64
from itertools import product

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from ..models.metrics import token
from ..models.portal.secrets.vault import Vault
from .common import FaultyTransport, IrpCommon

SECRETS = (
    "username",
    "password",
    "client_id",
    "client_secret",
    "ewb_username",
    "ewb_password",
    "ewb_client_id",
    "ewb_client_secret",
)


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

    def stranger(self, groups="account.group_account_invoice"):
        """Return a user of another company."""
        return new_test_user(
            self.env(su=True),
            "irp_stranger",
            groups=groups,
            company_id=self.outside_in_company.id,
            company_ids=[Command.set(self.outside_in_company.ids)],
        )

    def user_of(self, groups):
        return new_test_user(
            self.env(su=True),
            "irp_user",
            groups=groups,
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )

    def test_other_companies_see_nothing(self):
        stranger = self.stranger()
        supporting_document = self.env["l10n_in.irp.supporting.document"].create(
            {"move_id": self.move.id, "info": "Test report"}
        )
        for record in (self.document, supporting_document):
            records = record.with_user(stranger)
            self.assertFalse(records.search([("id", "=", record.id)]))

    def test_secrets_are_for_the_code_alone(self):
        with self.assertRaises(AccessError):
            self.env["l10n_in.irp.credential"].search([])
        session = self.env["l10n_in.irp.session"].sudo().search([])
        self.assertTrue(session._session().token)
        self.assertFalse({"token", "sek", "secrets"} & session._fields.keys())

    # -- the portals' health, and pauses ----------------------------------------------

    def test_checking_portals_is_for_administrators_of_accounting(self):
        root = self.env(su=True)
        transport = FaultyTransport()
        health = self.env["l10n_in.irp.health"].with_context(
            l10n_in_irp_wrap_transport=transport
        )
        portal = new_test_user(root, "irp_portal", groups="base.group_portal")
        employee = new_test_user(root, "irp_employee", groups="base.group_user")
        for user in (portal, employee, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                health.with_user(user).action_check()
        self.assertFalse(transport.urls)
        health.with_user(self.user_of("account.group_account_manager")).action_check()
        self.assertTrue(transport.urls)

    def test_portals_of_other_companies_are_not_checked(self):
        transport = FaultyTransport()
        health = self.env["l10n_in.irp.health"].with_context(
            l10n_in_irp_wrap_transport=transport
        )
        self.outside_in_company.sudo().l10n_in_irp_enabled = False
        stranger = self.stranger("account.group_account_manager")
        health.with_user(stranger).action_check()
        self.assertFalse(transport.urls)

    def paused(self):
        lines = self.env["l10n_in.irp.circuit.breaker"]
        return lines.sudo().create(
            {
                "environment": "sandbox",
                "gstin": self.default_company.vat,
                "base_url": "https://portal.example",
                "open_until": "2026-01-15 07:00:00",
                "trips": 1,
            }
        )

    def test_pauses_are_those_of_the_companys_gstin(self):
        line = self.paused()
        self.assertEqual(line.with_user(self.accountant).gstin, line.gstin)
        stranger = self.stranger("account.group_account_manager")
        theirs = self.env["l10n_in.irp.circuit.breaker"].with_user(stranger)
        self.assertFalse(theirs.search([("id", "=", line.id)]))
        with self.assertRaises(AccessError):
            line.with_user(stranger).action_resume()

    def test_auditor_ends_no_pause(self):
        line = self.paused()
        auditor = self.user_of("account.group_account_readonly")
        self.assertTrue(line.with_user(auditor).open_until)
        with self.assertRaises(AccessError):
            line.with_user(auditor).action_resume()
        line.with_user(self.accountant).action_resume()
        self.assertFalse(line.open_until)

    def test_registered_document_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "cannot delete"):
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
                self.assertRaisesRegex(UserError, "preserved by law"),
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
                    **{name: f"secret {name}" for name in SECRETS},
                    "extra_headers": "X-Key: secret",
                    "auth_key": self.auth_key(),
                }
            )
        )
        token.generate(self.env)
        self.env.flush_all()
        with file_open("l10n_in_einvoice_irp/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.assertFalse(token.is_set(self.env))
        self.assertFalse(credential.active)
        self.assertEqual(credential.environment, "sandbox")
        for field in ("username", "client_id"):
            self.assertEqual(credential[field], "neutralized")
        self.assertFalse(Vault(credential).names())
        self.env.cr.execute("SELECT * FROM l10n_in_irp_credential")
        values = [name for row in self.env.cr.dictfetchall() for name in row.items()]
        self.assertFalse([name for name, value in values if "secret" in str(value)])
        self.assertFalse(self.env["l10n_in.irp.session"].sudo().search([]))
        self.assertEqual(self.default_company.l10n_in_irp_environment, "demo")
        self.assertFalse(self.default_company.l10n_in_irp_gstin_days)
