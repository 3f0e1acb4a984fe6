import base64

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509 import load_pem_x509_certificate
from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import KeysCommon, zipped


@tagged("post_install_l10n", "post_install", "-at_install")
class TestKeyFiles(KeysCommon):
    """Keys as portals hand them out, and the reminder to get the next one."""

    # ------------------------------------------------------------------
    # A zip in the other fields
    # ------------------------------------------------------------------

    def test_login_key_in_a_zip(self):
        key = base64.b64decode(self.auth_key())
        credential = self.make(
            gstin="27DJMPM8965E1ZE",
            auth_key=base64.b64encode(zipped(auth=key, terms=b"text")),
            auth_key_filename="nic.zip",
        )
        login = credential._load_auth_key().public_numbers()
        self.assertEqual(login, self.credential._load_auth_key().public_numbers())
        self.assertEqual(credential.auth_key_filename, "auth.pem")
        for content, words in (
            (zipped(auth=key, sign=self.other), "holds 2 keys"),
            (zipped(terms=b"text"), "nic.zip/keys/terms.pem"),
            (zipped(), "empty"),
        ):
            values = {"auth_key_filename": "nic.zip"}
            for name in ("auth_key", "ewb_auth_key"):
                values = {
                    name: base64.b64encode(content),
                    f"{name}_filename": "nic.zip",
                }
                with self.subTest(words, name=name):
                    with self.assertRaises(ValidationError) as caught:
                        credential.write(values)
                    self.assertIn(words, str(caught.exception))
                    self.assertIn("Public Key", str(caught.exception))

    def test_private_key_is_refused_as_login_key(self):
        private = rsa.generate_private_key(65537, 2048).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        key = base64.b64decode(self.auth_key())
        for content in (private, key + private, zipped(auth=key, mine=private)):
            with self.assertRaisesRegex(ValidationError, "private key"):
                self.credential.auth_key = base64.b64encode(content)

    def test_signing_key_in_a_zip(self):
        key = (
            self.env["l10n_in.irp.signing.key"]
            .with_user(self.admin)
            .create(
                {
                    "credential_id": self.credential.id,
                    "file": base64.b64encode(zipped(einv1=self.certificate())),
                    "filename": "einv1.zip",
                }
            )
        )
        self.assertEqual((key.kid, key.filename), (self.portal().kid, "einv1.pem"))

    # ------------------------------------------------------------------
    # The reminder
    # ------------------------------------------------------------------

    def remind(self, credential):
        self.env["l10n_in.irp.signing.key"].with_user(self.admin).create(
            {
                "credential_id": credential.id,
                "file": base64.b64encode(self.other),
            }
        )
        end = load_pem_x509_certificate(self.other).not_valid_after_utc
        with freeze_time(end.replace(tzinfo=None)):
            credential.browse()._cron_warn_of_expiry()
        return credential.activity_ids[0].note

    def test_reminder_names_the_way(self):
        note = self.remind(self.make(environment="production"))
        self.assertIn("Fetch Keys", note)
        iris = self.make("iris", "production", gstin="27DJMPM8965E1ZE")
        iris.signing_key_ids.unlink()
        self.env["l10n_in.irp.signing.key"].sudo().search([]).unlink()
        note = self.remind(iris)
        self.assertIn("IRIS's support", note)
        self.assertIn("Add Signing Keys", note)
        self.assertNotIn("Fetch Keys", note)
