import base64
import os
import tempfile
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate
from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ...models.clock import now_utc
from ...models.portal.demo import DemoPortal
from ..common import IrpCommon

ADMINISTRATOR = "base.group_system,account.group_account_manager"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSigningKey(IrpCommon):
    @classmethod
    def setUpClass(cls):
        # `cryptography` makes certificates only in real time: before it is frozen
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        other = DemoPortal(os.path.join(folder, "other.sqlite"), now_utc).portal
        cls.other_certificate = other.signing_certificate
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.credential = self.make_credential()

    def make_credential(self, company=None, environment="sandbox"):
        company = company or self.default_company
        return (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": company.id,
                    "gstin": company.vat or "27AAACC4175D1Z4",
                    "environment": environment,
                    "username": "user",
                    "password": "secret",
                    "client_id": "client",
                    "client_secret": "client-secret",
                    "auth_key": self.auth_key(),
                }
            )
        )

    def user_of(self, login, groups, **values):
        return new_test_user(
            self.env(su=True),
            login,
            groups=groups,
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
            **values,
        )

    def certificate(self):
        return self.portal().signing_certificate

    def bare(self, certificate):
        """Return the public key of a certificate, without the certificate."""
        key = load_pem_x509_certificate(certificate).public_key()
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.assertTrue(load_pem_public_key(pem))
        return pem

    def add(self, content, credential=None, user=None, **values):
        keys = self.env["l10n_in.irp.signing.key"]
        keys = keys.with_user(user) if user else keys.sudo()
        credential = credential or self.credential
        return keys.create(
            {
                "credential_id": credential.id,
                "file": base64.b64encode(content),
                **values,
            }
        )

    # ------------------------------------------------------------------
    # Whose name a key has
    # ------------------------------------------------------------------

    def test_fingerprint_is_that_of_openssl(self):
        key = self.add(self.certificate())
        self.assertRegex(key.fingerprint, r"^([0-9A-F]{2}:){31}[0-9A-F]{2}$")
        self.assertNotEqual(
            key.fingerprint, self.add(self.other_certificate).fingerprint
        )

    def test_no_key_takes_the_id_of_another(self):
        key = self.add(self.certificate())
        theirs = self.make_credential(self.outside_in_company)
        for content in (self.bare(self.other_certificate), self.other_certificate):
            for credential in (self.credential, theirs):
                for kid in (key.kid, key.kid.lower()):
                    with (
                        self.subTest(kid, credential=credential),
                        self.assertRaisesRegex(ValidationError, "another key already"),
                        self.env.cr.savepoint(),
                    ):
                        self.add(content, credential, kid=kid)
        other = self.add(self.bare(self.other_certificate))
        with (
            self.assertRaisesRegex(ValidationError, "another key already"),
            self.env.cr.savepoint(),
        ):
            other.kid = key.kid
        # the same certificate for the next company, and another environment's keys
        self.assertEqual(self.add(self.certificate(), theirs).kid, key.kid)
        production = self.make_credential(environment="production")
        self.add(self.bare(self.other_certificate), production, kid="SOMETHING")

    # ------------------------------------------------------------------
    # Who adds one, and who learns of it
    # ------------------------------------------------------------------

    def test_keys_are_for_system_administrators(self):
        key = self.add(self.certificate())
        manager = self.user_of("irp_boss", "account.group_account_manager")
        access = self.user_of("irp_access", "base.group_erp_manager")
        # as an administrator of access rights can grant himself
        self.env["ir.model.access"].sudo().create(
            [
                {
                    "name": model,
                    "model_id": self.env["ir.model"].sudo()._get_id(model),
                    "group_id": self.env.ref("base.group_user").id,
                    **dict.fromkeys(
                        ("perm_read", "perm_write", "perm_create", "perm_unlink"), True
                    ),
                }
                for model in ("l10n_in.irp.signing.key", "l10n_in.irp.credential")
            ]
        )
        for user in (self.accountant, manager, access):
            theirs = key.with_user(user)
            with self.subTest(user.login):
                with self.assertRaisesRegex(AccessError, "system administrators"):
                    self.add(self.other_certificate, user=user)
                for values in ({"kid": "OTHER"}, {"file": theirs.file}):
                    with self.assertRaisesRegex(AccessError, "system administrators"):
                        theirs.write(values)
                with self.assertRaisesRegex(AccessError, "system administrators"):
                    theirs.unlink()

    def test_other_administrators_learn_of_it(self):
        user = self.user_of("irp_one", ADMINISTRATOR, email="one@example.com")
        other = self.user_of("irp_two", ADMINISTRATOR, email="two@example.com")
        mails = self.env["mail.mail"].sudo()
        before = mails.search([])
        key = self.add(self.certificate(), user=user)
        fingerprint = key.fingerprint
        self.assert_announced(before, "added", fingerprint, user, other)
        before = mails.search([])
        key.write({"file": base64.b64encode(self.other_certificate), "kid": False})
        self.assertNotEqual(key.fingerprint, fingerprint)
        self.assert_announced(before, "changed", key.fingerprint, user, other)
        before, fingerprint = mails.search([]), key.fingerprint
        key.unlink()
        self.assert_announced(before, "deleted", fingerprint, user, other)

    def assert_announced(self, before, event, fingerprint, user, other):
        mail = self.env["mail.mail"].sudo().search([]) - before
        self.assertEqual(len(mail), 1)
        self.assertIn(other.partner_id, mail.recipient_ids)
        self.assertNotIn(user.partner_id, mail.recipient_ids)
        self.assertNotIn(self.accountant.partner_id, mail.recipient_ids)
        note = self.credential.message_ids[0]
        for text in (mail.body_html, note.body):
            self.assertIn(fingerprint, text)
            self.assertIn(user.login, text)
            self.assertIn(event, text)

    # ------------------------------------------------------------------
    # When it is valid
    # ------------------------------------------------------------------

    def unchecked(self):
        """Return the registration that an answer to our call made, whose key was
        missing."""
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id.sudo()
        self.assertEqual(document.received_at, datetime(2026, 1, 15, 6, 30))
        self.forge(document, environment="sandbox", signature_state="unchecked")
        return document

    def after_the_end(self):
        end = load_pem_x509_certificate(self.certificate()).not_valid_after_utc
        return freeze_time(end.replace(tzinfo=None, year=end.year + 1))

    def test_answer_is_judged_at_the_time_when_it_came(self):
        document = self.unchecked()
        with self.after_the_end():
            self.add(self.certificate())
        self.assertEqual(document.signature_state, "verified")
        self.assertFalse(document.signature_note)

    def test_leaked_key_of_the_past_verifies_no_answer_of_today(self):
        document = self.unchecked()
        with self.after_the_end():
            self.forge(document, received_at=fields.Datetime.now())
            self.add(self.certificate())
        self.assertEqual(document.signature_state, "unchecked")
        self.assertIn("was not valid", document.signature_note)

    def test_old_invoice_that_was_looked_up_needs_the_old_key(self):
        document = self.unchecked()
        with self.after_the_end():
            self.forge(document, received_at=fields.Datetime.now(), adopted=True)
            self.add(self.certificate())
        self.assertEqual(document.signature_state, "verified")
        self.assertIn("Signed with a retired key", document.signature_note)

    def test_unchecked_registration_is_marked_everywhere(self):
        document = self.unchecked()
        move = document.move_id
        self.assertEqual(move.l10n_in_irp_signature_state, "unchecked")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", move.ids
        )[0]
        self.assertIn("IRP signature not checked", html.decode())
        self.forge(document, signature_state="verified")
        self.assertFalse(move._l10n_in_irp_print_values()["unchecked"])

    # ------------------------------------------------------------------
    # Before it expires
    # ------------------------------------------------------------------

    def warn(self):
        self.env["l10n_in.irp.credential"]._cron_warn_of_expiry()
        return self.credential.activity_ids

    def test_administrators_are_warned_once(self):
        user = self.user_of("irp_one", ADMINISTRATOR, email="one@example.com")
        key = self.add(self.certificate())
        self.assertFalse(self.warn())
        with self.before_the_end(31):
            self.assertFalse(self.warn())
        with self.before_the_end(29):
            activities = self.warn()
            self.assertIn(user, activities.user_id)
            self.assertNotIn(self.accountant, activities.user_id)
            self.assertIn(key.kid, activities[0].note)
            self.assertEqual(self.warn(), activities)
            activities.unlink()
            self.assertFalse(self.warn(), "once")

    def before_the_end(self, days):
        end = load_pem_x509_certificate(self.certificate()).not_valid_after_utc
        return freeze_time(end.replace(tzinfo=None) - timedelta(days=days))

    def test_days_of_the_warning_are_a_parameter(self):
        self.user_of("irp_one", ADMINISTRATOR)
        self.add(self.certificate())
        self.env["ir.config_parameter"].sudo().set_param(
            "l10n_in_einvoice_irp.signing_key_warning_days", "5"
        )
        with self.before_the_end(29):
            self.assertFalse(self.warn())
        with self.before_the_end(4):
            self.assertTrue(self.warn())

    def test_nothing_of_the_chatter_is_for_others(self):
        self.add(self.certificate())
        with self.assertRaises(UserError):
            self.credential.with_user(self.accountant).message_ids.read(["body"])
